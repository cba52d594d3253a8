import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { emailHash } from '../identity/account.rules.js';
import { INVITATION_CREATED } from '../identity/identity.events.js';
import { Invitations } from '../identity/invitations.service.js';
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

/** People to be invited: nothing but what inviting them one by one would do, and refuse. */
@Injectable()
export class UserList implements OwnKind<ListedUser> {
  constructor(private readonly invitations: Invitations) {}

  async compare(tx: Tx, id: string): Promise<void> {
    const rows = await tx.rows<ListedRow<ListedUser> & Record<string, unknown>>(sql`
      select row, value, warnings from import_row
      where scheme_id = ${tx.schemeId} and batch_id = ${id} and outcome = 'added' order by row`);
    const [places, known] = await Promise.all([placesOf(tx), knownOf(tx)]);
    const found = rows.map(({ row, value, warnings }) => {
      const named = places.filter(({ names }) => names.includes(value.organisation.toLowerCase()));
      const problem = problemOf(value, named, known);
      if (problem) return { row, outcome: 'refused', problems: [problem], warnings: [] };
      const organisationId = named[0]?.id;
      const there = known.filter((one) => one.organisationId === organisationId);
      const same = there.some((one) => isOf(one, value) && one.role === value.role);
      const alike = there.find(
        (one) => !isOf(one, value) && one.name.toLowerCase() === value.name.toLowerCase(),
      );
      const look = alike
        ? [
            {
              column: 'name',
              reason: `${alike.name} is there already, as ${alike.email}. Is it somebody else?`,
            },
          ]
        : [];
      return {
        row,
        outcome: same ? 'same' : 'added',
        organisation_id: organisationId,
        problems: [],
        warnings: [...warnings, ...(same ? [] : look)],
      };
    });
    await tx.run(sql`
      update import_row r set outcome = f.outcome, organisation_id = f.organisation_id, problems = f.problems,
        warnings = f.warnings
      from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as f (row integer, outcome text, organisation_id uuid,
        problems jsonb, warnings jsonb)
      where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.row = f.row`);
  }

  async write(tx: Tx, rows: readonly ListedRow<ListedUser>[]): Promise<Made[]> {
    const made: Made[] = [];
    for (const { row, value, organisationId } of rows) {
      const { name, email, role } = value;
      try {
        const asked = { name, email, role, organisationId: organisationId ?? '' };
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

const isOf = (one: Known, { email }: ListedUser): boolean => one.emailHash === emailHash(email);

function problemOf(value: ListedUser, named: readonly Place[], known: readonly Known[]): RowWarning | null {
  const [organisation, other] = named;
  if (!organisation) return { column: 'organisation', reason: 'There is no such organisation' };
  if (other) return { column: 'organisation', reason: 'Several are called so. Give its code instead' };
  if (known.some((one) => one.disabled && isOf(one, value))) {
    return { column: 'email', reason: 'This person is disabled in this scheme. Enable them first' };
  }
  const problem = membershipProblem({ role: value.role, triages: false, organisation });
  return problem && { column: problem.field === 'role' ? 'role' : 'organisation', reason: problem.message };
}

const placesOf = (tx: Tx): Promise<Place[]> =>
  tx.rows<Place & Record<string, unknown>>(sql`
    select id, refers, provides, active, array_remove(array[lower(name), lower(ods_code)], null) as names
    from organisation where scheme_id = ${tx.schemeId}`);

/** Who has a role here, or an invitation to one that still works. */
async function knownOf(tx: Tx): Promise<Known[]> {
  const members = await tx.rows<Known & Record<string, unknown>>(sql`
    select a.email_hash as "emailHash", p.email, p.name, m.organisation_id as "organisationId", m.role,
      m.user_disabled_at is not null as disabled
    from membership m
    join user_account a on a.id = m.account_id
    join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
    where m.scheme_id = ${tx.schemeId} and m.ended_at is null`);
  const invited = await tx.rows<Omit<Known, 'emailHash' | 'disabled'> & Record<string, unknown>>(sql`
    select email, name, organisation_id as "organisationId", role from invitation
    where scheme_id = ${tx.schemeId} and accepted_at is null and revoked_at is null and expires_at > ${tx.now}`);
  return [
    ...members,
    ...invited.map((one) => ({ ...one, emailHash: emailHash(one.email), disabled: false })),
  ];
}
