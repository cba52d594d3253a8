import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { type Actor, nameInHistory } from '../platform/actor/actor.types.js';
import { columnsAs, insertOf, setOf } from '../platform/database/entity-sql.js';
import type { Tx } from '../platform/database/tx.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { move, type Side } from '../platform/pure/lifecycle.js';
import { groupSpeaks } from '../providers/contact-points.js';
import { holdPlace, releasePlace, type HoldAnswer } from '../providers/places.js';
import { lockReferral } from '../referrals/referral-moves.js';
import type { ReferralRow } from '../referrals/referral.types.js';
import { agreedScopes } from './onward-facts.queries.js';
import { OnwardHistory, OnwardReferral, type OnwardRecord } from './onward.entity.js';
import { OnwardHooks } from './onward.hooks.js';
import { ONWARD_EVENTS } from './onward.events.js';
import { onwardLifecycle, type OnwardVerb } from './onward.lifecycle.js';
import { isGroup, onwardWithin } from './onward.reach.js';
import { consequences, OFFER_SCOPE, VERB_ACTION } from './onward.rules.js';
import { isLive, type Before, type OnwardState } from './onward.types.js';

export type Change = Partial<OnwardRecord>;

export interface Because {
  reason?: string | null;
  side?: Side | null;
  note?: string | null;
  details?: Record<string, unknown>;
}

export interface Locked {
  row: OnwardRecord;
  referral: ReferralRow;
  /** The other offers of the same first-yes-wins round that still wait, where they were asked for. */
  round: OnwardRecord[];
}

export interface PlaceWish {
  listingId: string;
  /** The session or time, where the service counts by them. */
  periodId: string | null;
  people: number;
}

/** What a row holds, as something to give back. */
export const held = ({ listingId, periodId, placesHeld }: OnwardRecord): PlaceWish => ({
  listingId,
  periodId,
  people: placesHeld,
});

/** What undoing what is said now goes back to, and until when. */
export function undoable(
  tx: Tx,
  row: OnwardRecord,
  hours: number,
  also: Pick<Before, 'full' | 'closed'> = { full: null },
): Change {
  const {
    state,
    placesHeld,
    periodId,
    clockStopped,
    daysLeft,
    expectedWeeks,
    reviewOn,
    answer,
    answeredThrough,
  } = row;
  if (state !== 'offered' && state !== 'waitlisted' && state !== 'started') {
    throw new Error('Only what waits for an answer or takes part can be answered.');
  }
  return {
    before: {
      state,
      placesHeld,
      periodId,
      clockStopped,
      daysLeft,
      expectedWeeks,
      reviewOn,
      answer,
      answeredThrough,
      clockStartedAt: row.clockStartedAt?.toISOString() ?? null,
      answerBy: row.answerBy?.toISOString() ?? null,
      answeredAt: row.answeredAt?.toISOString() ?? null,
      ...also,
    },
    undoUntil: new Date(tx.now.getTime() + hours * 3_600_000),
  };
}

CONSTRAINT_REFUSALS.set('onward_referral_live', () =>
  Refusal.conflict('already-offered', 'This person is with this service already.'),
);

/** Locking, and writing a move with all that must go with it. Verbs decide; this carries out. */
@Injectable()
export class OnwardMoves {
  constructor(private readonly hooks: OnwardHooks) {}

  /**
   * Locks the client and the referral, then the onward referral (and on request the others of its round) by id,
   * authorising in the statement that locks. Refuses an illegal move before anything else is looked at.
   */
  async lock(tx: Tx, id: string, verb: OnwardVerb, reach: Sql, round = false): Promise<Locked> {
    const { agreed, ...locked } = await this.lockRows(tx, id, reach, round);
    this.refuseUnagreed(tx.actor, verb, locked.row.state, agreed);
    this.refuseMove(verb, locked.row.state);
    return locked;
  }

  /** For the clock, which gives way to whoever was first: null where there is nothing left to expire. */
  async lockToExpire(tx: Tx, id: string): Promise<OnwardRecord | null> {
    const { row } = await this.lockRows(tx, id, sql`true`, false);
    const due = row.state === 'offered' && row.answerBy !== null && row.answerBy <= tx.now;
    return due ? row : null;
  }

  /** For the clock that follows a message: null where none runs any more. */
  async lockRunning(tx: Tx, id: string): Promise<OnwardRecord | null> {
    const { row } = await this.lockRows(tx, id, sql`true`, false);
    return row.state === 'offered' && row.answerBy !== null ? row : null;
  }

  private async lockRows(
    tx: Tx,
    id: string,
    reach: Sql,
    round: boolean,
  ): Promise<Locked & { agreed: string[] }> {
    const found = await tx.maybe<{ referralId: string }>(sql`
      select o.referral_id as "referralId" from onward_referral o
      where o.scheme_id = ${tx.schemeId} and o.id = ${id} and ${reach}`);
    if (!found) throw Refusal.notFound();
    const referral = await lockReferral(tx, found.referralId);
    const rows = await tx.rows<OnwardRecord & { agreed: string[] }>(
      lockStatement(tx.schemeId, id, found.referralId, reach, round),
    );
    const main = rows.find((one) => one.id === id);
    if (!main) throw Refusal.notFound();
    const { agreed, ...row } = main;
    return { row, referral, round: row.firstYesWins ? rows.filter((one) => one.id !== id) : [], agreed };
  }

  /** Every onward referral that a referral, or an ending of its client's, may touch. The caller holds the client's lock. */
  async lockAll(tx: Tx, which: Sql): Promise<OnwardRecord[]> {
    await tx.run(sql`
      select r.id from referral r
      where r.scheme_id = ${tx.schemeId} and r.id in (
        select o.referral_id from onward_referral o where o.scheme_id = ${tx.schemeId} and ${which})
      order by r.id for no key update`);
    return tx.rows<OnwardRecord>(sql`
      select ${columnsAs(OnwardReferral, 'o')} from onward_referral o
      where o.scheme_id = ${tx.schemeId} and ${which}
      order by o.id for update of o`);
  }

  reach(tx: Tx, reach: Parameters<typeof onwardWithin>[1]): Sql {
    return onwardWithin(tx.actor, reach, tx.now);
  }

  refuseMove(verb: OnwardVerb, from: OnwardState | null): void {
    const answer = move(onwardLifecycle, verb, from);
    if (!answer.ok) throw Refusal.illegalMove(from ?? 'new', verb, answer.because);
  }

  /** P9: to a group, an offer the agreement no longer covers has ended; and nobody says yes on its behalf. */
  private refuseUnagreed(
    actor: Actor,
    verb: OnwardVerb,
    state: OnwardState,
    agreed: readonly string[],
  ): void {
    if (!isLive(state) || agreed.includes(OFFER_SCOPE)) return;
    if (isGroup(actor) || verb === 'accept') {
      throw Refusal.illegalMove('withdrawn', verb, 'The person no longer agrees to this being shared.');
    }
  }

  /** Gives places back and takes some, always in the order of the listings' ids, so that two who swap cannot lock each other out. */
  async exchange(tx: Tx, given: readonly PlaceWish[], taken?: PlaceWish): Promise<HoldAnswer | null> {
    const steps = [
      ...given.filter(({ people }) => people > 0).map((wish) => ({ ...wish, give: true })),
      ...(taken ? [{ ...taken, give: false }] : []),
    ].sort((a, b) => (a.listingId < b.listingId ? -1 : 1));
    let answer: HoldAnswer | null = null;
    for (const { listingId, people, periodId, give } of steps) {
      if (give) await releasePlace(tx, listingId, people, periodId);
      else answer = await holdPlace(tx, listingId, people, periodId);
    }
    return answer;
  }

  /** The row, its history, its audit entry, its outbox line and everybody who must know, in the caller's transaction. */
  async write(
    tx: Tx,
    row: OnwardRecord,
    verb: OnwardVerb,
    change: Change = {},
    because: Because = {},
  ): Promise<OnwardRecord> {
    const answer = move(onwardLifecycle, verb, row.state);
    if (!answer.ok) throw Refusal.illegalMove(row.state, verb, answer.because);
    const to = answer.to === 'before' ? row.before?.state : answer.to;
    if (to === undefined || to === 'gone') throw new Error(`${verb} leads nowhere`);
    const changed: Change = {
      ...(to === row.state ? {} : consequences(to, tx.now)),
      ...change,
      state: to,
      version: row.version + 1,
      updatedAt: tx.now,
    };
    const after = { ...row, ...changed };
    await this.tell(
      tx,
      after,
      verb,
      row.state,
      because,
      sql`
      update onward_referral set ${setOf(OnwardReferral, changed)}
      where scheme_id = ${tx.schemeId} and id = ${row.id}`,
    );
    return after;
  }

  async insert(tx: Tx, row: OnwardRecord, because: Because = {}): Promise<void> {
    await this.tell(tx, row, 'offer', null, because, insertOf(OnwardReferral, row));
  }

  private async tell(
    tx: Tx,
    row: OnwardRecord,
    verb: OnwardVerb,
    from: OnwardState | null,
    because: Because,
    written: Sql,
  ): Promise<void> {
    const { id, referralId, clientId, organisationId, listingId, state: to } = row;
    const moved = { onwardReferralId: id, referralId, clientId, organisationId, listingId, from, to };
    // Sent together: none waits for another's answer, and a round trip costs more than any of them.
    await Promise.all([
      tx.run(written),
      this.remember(tx, row, verb, from, because),
      audit(tx, {
        // Allowed to whoever may say that they rang, and another thing than the call that a group waits for.
        action: verb === 'chase' ? 'onward.chase' : (VERB_ACTION[verb] ?? `onward.${verb}`),
        subject: { kind: 'onward_referral', id },
        clients: [clientId],
        details: { from, to },
      }),
      outbox.add(tx, ONWARD_EVENTS[verb], moved),
      groupSpeaks(tx),
    ]);
    await this.hooks.moved.run(tx, { ...moved, action: verb });
  }

  /** One line of history; merging and unmerging write theirs here too. */
  async remember(
    tx: Tx,
    row: Pick<OnwardRecord, 'id' | 'state'>,
    action: OnwardHistory['action'],
    from: OnwardState | null,
    because: Because = {},
  ): Promise<void> {
    await tx.run(
      insertOf(OnwardHistory, {
        schemeId: tx.schemeId,
        id: newId(),
        onwardReferralId: row.id,
        at: tx.now,
        action,
        fromState: from,
        toState: row.state,
        actorId: tx.actor.kind === 'member' ? tx.actor.membershipId : null,
        actorName: nameInHistory(tx.actor),
        reason: because.reason ?? null,
        side: because.side ?? null,
        note: because.note ?? null,
        details: because.details ?? {},
      }),
    );
  }
}

/** Locks one, authorising in the same statement, and on request the others of its round. */
export const lockStatement = (
  schemeId: string,
  id: string,
  referralId: string,
  reach: Sql,
  round: boolean,
): Sql => sql`
  select ${columnsAs(OnwardReferral, 'o')},
    ${agreedScopes(sql`o.client_id`, sql`o.organisation_id`)} as agreed
  from onward_referral o
  where o.scheme_id = ${schemeId} and o.referral_id = ${referralId}
    and ((o.id = ${id} and ${reach})
      or (${round}::boolean and o.first_yes_wins and o.state in ('offered', 'waitlisted')))
  order by o.id for update of o`;
