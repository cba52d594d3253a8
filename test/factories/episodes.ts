import sql, { join, raw, type Sql } from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { newId } from '../../src/platform/pure/ids.js';
import type { TestScheme } from '../support/people.js';

/*
 * Rows as they stand in the middle of an episode, for tests of what looks at them from above. They pass every CHECK of
 * the database, and skip the verbs that would have led there.
 */

type Columns = Record<string, unknown>;

export const inScheme = <Result>(scheme: TestScheme, work: (tx: Tx) => Promise<Result>): Promise<Result> =>
  scheme.betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), work);

const names = (columns: Columns): Sql => join(Object.keys(columns).map((name) => raw(name)));

export const insertRow = (tx: Tx, table: string, columns: Columns) =>
  tx.run(sql`insert into ${raw(table)} (${names(columns)}) values (${join(Object.values(columns))})`);

export const setColumns = (tx: Tx, table: string, id: string, columns: Columns) =>
  tx.run(sql`
    update ${raw(table)} set (${names(columns)}) = row(${join(Object.values(columns))})
    where scheme_id = ${tx.schemeId} and id = ${id}`);

export const changeRow = (scheme: TestScheme, table: string, id: string, columns: Columns) =>
  inScheme(scheme, (tx) => setColumns(tx, table, id, columns));

let count = 0;

/** A referral in any state; `columns` say the rest. */
export async function anEpisode(scheme: TestScheme, state: string, columns: Columns = {}): Promise<string> {
  const id = newId();
  await inScheme(scheme, (tx) =>
    insertRow(tx, 'referral', {
      scheme_id: scheme.id,
      id,
      reference: `BT-${String(++count).padStart(5, '0')}`,
      route: 'gp',
      state,
      told_status: state === 'draft' ? 'draft' : 'sent',
      told_at: tx.now,
      created_at: tx.now,
      updated_at: tx.now,
      ...(state === 'draft' ? { draft: '{}' } : {}),
      ...columns,
    }),
  );
  return id;
}

/** What every open state needs beside its own name. */
export const withTriage = (state: 'sent' | 'returned' | 'accepted', nextAt: string): Columns => ({
  state,
  owner_kind: 'triage',
  next_at: nextAt,
  next_kind: { sent: 'triage', returned: 'return', accepted: 'allocate' }[state],
});

export const withWorker = (
  state: 'allocated' | 'active' | 'on_hold',
  ownerId: string,
  nextAt: string,
): Columns => ({
  state,
  owner_kind: 'worker',
  owner_id: ownerId,
  next_at: nextAt,
  next_kind: { allocated: 'first_contact', active: 'next_contact', on_hold: 'resume' }[state],
  held_from: state === 'on_hold' ? 'active' : null,
});

export const closedAt = (endedAt: string): Columns => ({
  state: 'closed',
  owner_kind: null,
  owner_id: null,
  next_at: null,
  next_kind: null,
  held_from: null,
  ended_at: endedAt,
  end_reason: 'done',
  end_side: 'client',
  result: 'helped',
  told_status: 'closed',
  told_at: endedAt,
  told_why: 'done',
  told_result: 'helped',
});

/** A group that can be written to, with one published service. */
export async function aGroupWithService(
  scheme: TestScheme,
  organisationId: string,
  provider: Columns = {},
): Promise<string> {
  const listingId = newId();
  await inScheme(scheme, async (tx) => {
    const times = { created_at: tx.now, updated_at: tx.now };
    await insertRow(tx, 'provider', {
      scheme_id: scheme.id,
      organisation_id: organisationId,
      sector: 'community',
      contact_email: 'group@example.org',
      ...times,
      ...provider,
    });
    await insertRow(tx, 'listing', {
      scheme_id: scheme.id,
      id: listingId,
      organisation_id: organisationId,
      name: 'Wednesday lunch',
      description: 'Lunch',
      state: 'published',
      ...times,
    });
  });
  return listingId;
}

export interface OfferDetails extends Columns {
  referral_id: string;
  client_id: string;
  listing_id: string;
  organisation_id: string;
  agreement_id: string;
}

export async function anOffer(scheme: TestScheme, columns: OfferDetails): Promise<string> {
  const id = newId();
  await inScheme(scheme, (tx) =>
    insertRow(tx, 'onward_referral', {
      scheme_id: scheme.id,
      id,
      state: 'offered',
      called_by: 'first_name',
      contact_route: 'through_worker',
      needs: ['loneliness'],
      how_soon: 'no_hurry',
      offered_at: tx.now,
      created_at: tx.now,
      updated_at: tx.now,
      ...columns,
    }),
  );
  return id;
}

export async function anAppointmentRow(
  scheme: TestScheme,
  referralId: string,
  startsAt: string,
  columns: Columns = {},
): Promise<string> {
  const id = newId();
  await inScheme(scheme, (tx) =>
    insertRow(tx, 'appointment', {
      scheme_id: scheme.id,
      id,
      referral_id: referralId,
      kind: 'phone',
      state: 'made',
      starts_at: startsAt,
      minutes: 30,
      created_at: tx.now,
      updated_at: tx.now,
      ...columns,
    }),
  );
  return id;
}
