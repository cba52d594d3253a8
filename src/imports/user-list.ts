import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { emailHash, normaliseEmail } from '../identity/account.rules.js';
import { INVITATION_CREATED } from '../identity/identity.events.js';
import { Invitations, lockInvitations } from '../identity/invitations.service.js';
import { membershipProblem } from '../identity/membership.rules.js';
import type { Role } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import type { ListedUser, RowWarning } from './import.types.js';
import type { ListedRow, Made, MadeRow, OwnKind } from './own-kind.js';

interface Place {
  id: string;
  names: string[];
  refers: boolean;
  provides: boolean;
  active: boolean;
}

interface Known {
  emailHash: string;
  email: string;
  name: string;
  organisationId: string;
  role: Role;
  /** Not where an invitation is all there is. */
  disabled: boolean;
}

interface ComparedRow {
  row: number;
  outcome: 'added' | 'refused';
  raw: { organisation?: string } | null;
  value: ListedUser | null;
  problems: RowWarning[];
  warnings: RowWarning[];
}

/** People to be invited: nothing but what inviting them one by one would do, and refuse. */
@Injectable()
export class UserList implements OwnKind<ListedUser> {
  constructor(private readonly invitations: Invitations) {}

  async compare(tx: Tx, id: string): Promise<void> {
    const rows = await tx.rows<ComparedRow & Record<string, unknown>>(sql`
      select row, outcome, raw, value, problems, warnings from import_row
      where scheme_id = ${tx.schemeId} and batch_id = ${id} and outcome in ('added', 'refused') order by row`);
    const [places, known] = await Promise.all([placesOf(tx), knownOf(tx)]);
    const asked = new Map<string, number>();
    const found = rows.map((one) => ({ row: one.row, ...comparedWith(one, places, known, asked) }));
    await tx.run(sql`
      update import_row r set outcome = f.outcome, organisation_id = f.organisation_id, problems = f.problems,
        warnings = f.warnings
      from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as f (row integer, outcome text, organisation_id uuid,
        problems jsonb, warnings jsonb)
      where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.row = f.row`);
  }

  /** One list at a time: of two that invite somebody together, the second finds the invitation of the first. */
  async write(tx: Tx, rows: readonly ListedRow<ListedUser>[]): Promise<Made[]> {
    await lockInvitations(tx);
    const invited = new Set((await invitedTo(tx)).map(askedOf));
    const made: Made[] = [];
    for (const { row, value, organisationId } of rows) {
      const { name, email, role } = value;
      const asked = { name, email, role, organisationId: organisationId ?? '' };
      if (invited.has(askedOf(asked))) {
        made.push({ row, outcome: 'same' });
        continue;
      }
      try {
        const { id, linkId } = await this.invitations.inviteWithin(tx, asked, 'waiting');
        await outbox.add(tx, INVITATION_CREATED, { invitationId: id, linkId });
        made.push({ row, outcome: 'added', madeId: id, before: {} });
      } catch (error) {
        // What was there by then is refused before anything is written.
        if (!(error instanceof Refusal)) throw error;
        made.push(
          error.code === 'already-there'
            ? { row, outcome: 'same' }
            : { row, outcome: 'refused', problems: [{ column: 'role', reason: error.message }] },
        );
      }
    }
    return made;
  }

  /** An invitation that was used stays: somebody signs in with it. */
  async takeBack(tx: Tx, rows: readonly MadeRow[]): Promise<Map<number, string>> {
    const ids = rows.map(({ madeId }) => madeId);
    const there = await tx.rows<{ id: string; accepted: boolean; open: boolean }>(sql`
      select id, accepted_at is not null as accepted, accepted_at is null and revoked_at is null as open
      from invitation where scheme_id = ${tx.schemeId} and id = any(${ids}::uuid[]) order by id for update`);
    for (const { id } of there.filter(({ open }) => open)) await this.invitations.revokeWithin(tx, id);
    const used = new Set(there.filter(({ accepted }) => accepted).map(({ id }) => id));
    return new Map(
      rows.flatMap(({ row, madeId }) =>
        used.has(madeId) ? [[row, 'They stay: they have used the invitation.'] as const] : [],
      ),
    );
  }
}

/** What an invitation is to: the same person, organisation and role again is the same invitation. */
const askedOf = ({ email, organisationId, role }: Pick<Known, 'email' | 'organisationId' | 'role'>): string =>
  [normaliseEmail(email), organisationId, role].join(' ');

interface People {
  byEmail: ReadonlyMap<string, Known[]>;
  byName: ReadonlyMap<string, Known[]>;
}

const nameAt = (organisationId: string, name: string): string => `${organisationId} ${name.toLowerCase()}`;

/** What a row would do; `asked` holds the rows before it. Of one that is refused already, what else is wrong with it. */
function comparedWith(
  { row, outcome, raw, value, problems, warnings }: ComparedRow,
  places: ReadonlyMap<string, Place[]>,
  known: People,
  asked: Map<string, number>,
) {
  const refused = (...more: RowWarning[]) => ({
    outcome: 'refused',
    problems: [...problems, ...more],
    warnings: [],
  });
  const called = (value?.organisation ?? raw?.organisation ?? '').trim();
  const place = placeCalled(called, places);
  if (outcome === 'refused' || value === null) {
    const unknown =
      'reason' in place && called !== '' && !problems.some(({ column }) => column === place.column);
    return refused(...(unknown ? [place] : []));
  }
  if ('reason' in place) return refused(place);
  const here = known.byEmail.get(emailHash(value.email)) ?? [];
  if (here.some(({ disabled }) => disabled))
    return refused({ column: 'email', reason: 'This person is disabled in this scheme. Enable them first' });
  const problem = membershipProblem({ role: value.role, triages: false, organisation: place });
  if (problem)
    return refused({ column: problem.field === 'role' ? 'role' : 'organisation', reason: problem.message });
  const to = askedOf({ ...value, organisationId: place.id });
  const earlier = asked.get(to);
  if (earlier !== undefined)
    return refused({
      column: 'organisation',
      reason: `The same person, role and organisation as row ${String(earlier)}`,
    });
  asked.set(to, row);
  const same = here.some((one) => one.organisationId === place.id && one.role === value.role);
  const alike = (known.byName.get(nameAt(place.id, value.name)) ?? []).find((one) => !here.includes(one));
  const look =
    same || alike === undefined
      ? []
      : [
          {
            column: 'name',
            reason: `${alike.name} is there already, as ${alike.email}. Is it somebody else?`,
          },
        ];
  return {
    outcome: same ? 'same' : 'added',
    organisation_id: place.id,
    problems: [],
    warnings: [...warnings, ...look],
  };
}

function placeCalled(called: string, places: ReadonlyMap<string, Place[]>): Place | RowWarning {
  const [place, other] = places.get(called.toLowerCase()) ?? [];
  if (!place) return { column: 'organisation', reason: 'There is no such organisation' };
  return other ? { column: 'organisation', reason: 'Several are called so. Give its code instead' } : place;
}

/** Organisations by what they are called: their name, and their code. */
async function placesOf(tx: Tx): Promise<ReadonlyMap<string, Place[]>> {
  const rows = await tx.rows<Place & Record<string, unknown>>(sql`
    select id, refers, provides, active, array_remove(array[lower(name), lower(ods_code)], null) as names
    from organisation where scheme_id = ${tx.schemeId}`);
  return grouped(rows.flatMap((place) => [...new Set(place.names)].map((name) => [name, place] as const)));
}

/** Invitations that still work. */
const invitedTo = (tx: Tx) =>
  tx.rows<Omit<Known, 'emailHash' | 'disabled'> & Record<string, unknown>>(sql`
    select email, name, organisation_id as "organisationId", role from invitation
    where scheme_id = ${tx.schemeId} and accepted_at is null and revoked_at is null and expires_at > ${tx.now}`);

/** Who has a role here, or an invitation to one that still works. */
async function knownOf(tx: Tx): Promise<People> {
  const members = await tx.rows<Known & Record<string, unknown>>(sql`
    select a.email_hash as "emailHash", p.email, p.name, m.organisation_id as "organisationId", m.role,
      m.user_disabled_at is not null as disabled
    from membership m
    join user_account a on a.id = m.account_id
    join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
    where m.scheme_id = ${tx.schemeId} and m.ended_at is null`);
  const invited = await invitedTo(tx);
  const all: Known[] = [
    ...members,
    ...invited.map((one) => ({ ...one, emailHash: emailHash(one.email), disabled: false })),
  ];
  return {
    byEmail: grouped(all.map((one) => [one.emailHash, one] as const)),
    byName: grouped(all.map((one) => [nameAt(one.organisationId, one.name), one] as const)),
  };
}

function grouped<Value>(pairs: Iterable<readonly [string, Value]>): ReadonlyMap<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
