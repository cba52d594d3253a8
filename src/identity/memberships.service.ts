import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { MemberActor, Role } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { reachFor } from '../permissions/reach.js';
import { standing } from './cover.queries.js';
import { MEMBERSHIP_CREATED, MEMBERSHIP_DISABLED, MEMBERSHIP_ENDED } from './identity.events.js';
import { MembershipHooks } from './membership.hooks.js';
import { membershipProblem } from './membership.rules.js';
import { revokeSessions } from './sessions.service.js';
import type { CreateMembershipInput } from './user.dto.js';

CONSTRAINT_REFUSALS.set('membership_live', () =>
  Refusal.conflict('already-there', 'This person has that role in that organisation already.'),
);

export interface MembershipRow {
  id: string;
  account_id: string;
  role: Role;
  triages: boolean;
  disabled_at: Date | null;
  user_disabled_at: Date | null;
  ended_at: Date | null;
}

@Injectable()
export class Memberships {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: MembershipHooks,
  ) {}

  /** A further role for somebody the scheme knows. Answers with the account's id, as all of these do. */
  async create(actor: MemberActor, accountId: string, input: CreateMembershipInput): Promise<string> {
    reachFor(actor, 'user.invite');
    return this.unitOfWork.run(actor, async (tx) => {
      const known = await tx.maybe<{ disabled: boolean }>(sql`
        select a.disabled_at is not null or exists (
          select 1 from membership m where m.scheme_id = p.scheme_id and m.account_id = p.account_id
            and m.ended_at is null and m.user_disabled_at is not null) as disabled
        from user_profile p join user_account a on a.id = p.account_id
        where p.scheme_id = ${tx.schemeId} and p.account_id = ${accountId} and a.kind = 'person' for no key update of p`);
      if (!known) throw Refusal.notFound();
      if (known.disabled) throw Refusal.conflict('disabled', 'This person is disabled. Enable them first.');
      await this.createWithin(tx, accountId, input);
      return accountId;
    });
  }

  /** For those who bring their own authority: an accepted invitation, a command. */
  async createWithin(tx: Tx, accountId: string, input: CreateMembershipInput): Promise<string> {
    const triages = input.triages ?? false;
    await checkMembership(tx, input);
    const id = newId();
    await tx.run(sql`
      insert into membership (id, scheme_id, account_id, organisation_id, role, triages, created_at)
      values (${id}, ${tx.schemeId}, ${accountId}, ${input.organisationId}, ${input.role}, ${triages}, ${tx.now})`);
    await audit(tx, {
      action: 'membership.create',
      subject: { kind: 'membership', id },
      details: { accountId, organisationId: input.organisationId, role: input.role, triages },
    });
    await outbox.add(tx, MEMBERSHIP_CREATED, { membershipId: id });
    return id;
  }

  async setTriages(actor: MemberActor, id: string, triages: boolean): Promise<string> {
    reachFor(actor, 'user.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await this.lock(tx, id);
      if (row.ended_at) throw Refusal.illegalMove('ended', 'set-triages', 'This membership has ended.');
      if (triages && row.role !== 'link_worker') {
        throw Refusal.invalidField('triages', 'Only a link worker is given the triage queue');
      }
      if (row.triages !== triages) {
        await tx.run(sql`update membership set triages = ${triages} where id = ${id}`);
        await audit(tx, {
          action: 'membership.setTriages',
          subject: { kind: 'membership', id },
          details: { triages },
        });
      }
      return row.account_id;
    });
  }

  /** For good. Live work goes, in this transaction, to whoever is named or to the standing cover. */
  async end(actor: MemberActor, id: string, handTo: string | null): Promise<string> {
    reachFor(actor, 'membership.end');
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await this.lock(tx, id);
      if (row.ended_at) throw Refusal.illegalMove('ended', 'end', 'This membership has ended already.');
      await this.leaveWithin(tx, [row], handTo, 'ended');
      return row.account_id;
    });
  }

  async disable(actor: MemberActor, id: string, handTo: string | null): Promise<string> {
    reachFor(actor, 'membership.end');
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await this.lock(tx, id);
      if (row.ended_at || row.disabled_at) {
        const from = row.ended_at ? 'ended' : 'disabled';
        throw Refusal.illegalMove(from, 'disable', `This membership is ${from} already.`);
      }
      await tx.run(sql`update membership set disabled_at = ${tx.now} where id = ${id}`);
      await this.leaveWithin(tx, [row], handTo, 'disabled');
      return row.account_id;
    });
  }

  async enable(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'membership.end');
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await this.lock(tx, id);
      if (row.ended_at) {
        throw Refusal.illegalMove('ended', 'enable', 'This membership has ended. Create a new one.');
      }
      if (!row.disabled_at) throw Refusal.illegalMove('live', 'enable', 'This membership is not disabled.');
      await tx.run(sql`update membership set disabled_at = null where id = ${id}`);
      await audit(tx, { action: 'membership.enable', subject: { kind: 'membership', id } });
      await this.hooks.shut.run(tx, { membershipIds: [id] });
      return row.account_id;
    });
  }

  /**
   * Settles what the holder of these memberships leaves behind: sessions, live work, and that a scheme never lacks an
   * administrator. Marking the rows as disabled is the caller's, since there are two ways of being so.
   */
  async leaveWithin(
    tx: Tx,
    leaving: readonly MembershipRow[],
    handTo: string | null,
    because: 'ended' | 'disabled',
  ): Promise<void> {
    const ids = leaving.map(({ id }) => id);
    if (because === 'ended') {
      await tx.run(sql`update membership set ended_at = ${tx.now} where id = any(${ids}::uuid[])`);
      await tx.run(sql`
        update scheme set version = version + 1, standing_cover_id = null
        where id = ${tx.schemeId} and standing_cover_id = any(${ids}::uuid[])`);
    }
    const heir = await heirOf(tx, handTo, ids);
    for (const { id } of leaving) {
      await revokeSessions(
        tx,
        { membershipId: id },
        because === 'ended' ? 'membership_ended' : 'membership_disabled',
      );
      await this.hooks.ending.run(tx, { membershipId: id, handTo: heir, because });
      await audit(tx, {
        action: because === 'ended' ? 'membership.end' : 'membership.disable',
        subject: { kind: 'membership', id },
        details: { handTo: heir },
      });
      await outbox.add(tx, because === 'ended' ? MEMBERSHIP_ENDED : MEMBERSHIP_DISABLED, {
        membershipId: id,
      });
    }
    await this.hooks.shut.run(tx, { membershipIds: ids });
    if (tx.actor.kind === 'member' && leaving.some(({ role }) => role === 'administrator')) {
      await keepAnAdministrator(tx);
    }
  }

  /** That of a person: a program is looked after as one. */
  async lock(tx: Tx, id: string): Promise<MembershipRow> {
    const row = await tx.maybe<MembershipRow>(sql`
      select m.id, m.account_id, m.role, m.triages, m.disabled_at, m.user_disabled_at, m.ended_at
      from membership m join user_account a on a.id = m.account_id
      where m.scheme_id = ${tx.schemeId} and m.id = ${id} and a.kind = 'person' for no key update of m`);
    if (!row) throw Refusal.notFound();
    return row;
  }
}

/** Refuses a role that the organisation cannot have, naming the field. */
export async function checkMembership(
  tx: Tx,
  { organisationId, role, triages = false }: { organisationId: string; role: Role; triages?: boolean },
): Promise<void> {
  const organisation = await tx.maybe<{ refers: boolean; provides: boolean; active: boolean }>(sql`
    select refers, provides, active from organisation
    where scheme_id = ${tx.schemeId} and id = ${organisationId} for share`);
  if (!organisation) throw Refusal.invalidField('organisationId', 'We cannot find this organisation');
  const problem = membershipProblem({ role, triages, organisation });
  if (problem) throw Refusal.invalid([problem]);
}

/** Who takes over: the membership named, which must be able to, else the standing cover unless that is leaving too. */
async function heirOf(tx: Tx, named: string | null, leaving: readonly string[]): Promise<string | null> {
  const able = (id: string) =>
    tx.maybe<{ id: string }>(sql`
      select m.id from membership m join user_account a on a.id = m.account_id
      where m.scheme_id = ${tx.schemeId} and m.id = ${id} and m.id <> all(${leaving}::uuid[])
        and m.role in ('link_worker', 'scheme_manager') and ${standing(sql`m`)} and a.disabled_at is null
      for share of m`);
  if (named !== null) {
    if (await able(named)) return named;
    throw Refusal.invalidField('handTo', 'Choose a link worker or manager who is here and stays');
  }
  const { standing_cover_id: cover } = await tx.one<{ standing_cover_id: string | null }>(
    sql`select standing_cover_id from scheme where id = ${tx.schemeId}`,
  );
  return cover && (await able(cover)) ? cover : null;
}

/** Two administrators who end each other at once wait here, and the second finds that it would be the last. */
async function keepAnAdministrator(tx: Tx): Promise<void> {
  await tx.one(sql`select 1 from scheme where id = ${tx.schemeId} for no key update`);
  const left = await tx.maybe(sql`
    select 1 from membership m join user_account a on a.id = m.account_id
    where m.scheme_id = ${tx.schemeId} and m.role = 'administrator' and ${standing(sql`m`)} and a.disabled_at is null
    limit 1`);
  if (!left) {
    throw Refusal.conflict(
      'last-administrator',
      'This is the scheme’s last administrator. Invite another first.',
    );
  }
}

/** The memberships of a person in this scheme that have not ended, locked in the order of their ids. */
export async function lockMembershipsOf(tx: Tx, accountId: string): Promise<MembershipRow[]> {
  return tx.rows<MembershipRow>(sql`
    select id, account_id, role, triages, disabled_at, user_disabled_at, ended_at from membership
    where scheme_id = ${tx.schemeId} and account_id = ${accountId} and ended_at is null order by id for no key update`);
}
