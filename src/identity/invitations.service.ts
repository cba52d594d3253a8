import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { type MemberActor, systemActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { reachFor } from '../permissions/reach.js';
import { emailHash } from './account.rules.js';
import { Accounts } from './accounts.service.js';
import { INVITATION_CREATED } from './identity.events.js';
import type { AcceptInvitationInput, Delivery, InviteInput } from './invitation.dto.js';
import { checkMembership, Memberships } from './memberships.service.js';
import { deadLink, OneTimeLinks } from './one-time-links.service.js';

const LINK_DAYS = 7;
const DAY_MS = 86_400_000;

interface InvitationRow {
  id: string;
  email: string;
  name: string;
  organisation_id: string;
  role: InviteInput['role'];
  triages: boolean;
  expires_at: Date;
  accepted_at: Date | null;
  revoked_at: Date | null;
}

const INVITATION = sql`id, email, name, organisation_id, role, triages, expires_at, accepted_at, revoked_at`;

@Injectable()
export class Invitations {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly links: OneTimeLinks,
    private readonly accounts: Accounts,
    private readonly memberships: Memberships,
  ) {}

  invite(actor: MemberActor, input: InviteInput): Promise<string> {
    reachFor(actor, 'user.invite');
    return this.unitOfWork.run(actor, async (tx) => {
      await lockInvitations(tx);
      await refuseIfInvited(tx, input.email);
      return this.make(tx, input);
    });
  }

  /** Where another verb invites: whoever was invited to that place in that role already is sent the same invitation again. */
  async sendWithin(tx: Tx, input: InviteInput): Promise<void> {
    await lockInvitations(tx);
    await refuseIfKnown(tx, input);
    const open = await openTo(tx, input.email, input);
    await (open === null ? this.make(tx, input) : this.sendAgain(tx, open.id));
  }

  private async make(tx: Tx, input: InviteInput): Promise<string> {
    const { id, linkId } = await this.inviteWithin(tx, input, 'waiting');
    await outbox.add(tx, INVITATION_CREATED, { invitationId: id, linkId });
    return id;
  }

  /** Without sending it: a command shows the link to the person who runs it. */
  async inviteWithin(
    tx: Tx,
    input: InviteInput,
    delivery: Delivery,
  ): Promise<{ id: string; linkId: string }> {
    await checkMembership(tx, input);
    await refuseIfKnown(tx, input);
    const id = newId();
    const expiresAt = this.expiry(tx);
    await tx.run(sql`
      insert into invitation (scheme_id, id, email, name, organisation_id, role, triages, delivery, created_by,
        created_at, expires_at)
      values (${tx.schemeId}, ${id}, ${input.email}, ${input.name}, ${input.organisationId}, ${input.role},
        ${input.triages ?? false}, ${delivery}, ${tx.actor.kind === 'member' ? tx.actor.membershipId : null}, ${tx.now}, ${expiresAt})`);
    const linkId = await this.link(tx, id, expiresAt);
    await audit(tx, {
      action: 'user.invite',
      subject: { kind: 'invitation', id },
      details: { organisationId: input.organisationId, role: input.role },
    });
    return { id, linkId };
  }

  /** A new link, good for seven days from now; the old one stops working. */
  resend(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'user.invite');
    return this.unitOfWork.run(actor, async (tx) => {
      await lockInvitations(tx);
      const { email, expires_at: expiredAt } = await lockOpen(tx, id, 'resend');
      // An open one that is sent again makes no second, whatever else is open.
      if (expiredAt <= tx.now) await refuseIfInvited(tx, email);
      await this.sendAgain(tx, id);
      return id;
    });
  }

  private async sendAgain(tx: Tx, id: string): Promise<void> {
    const expiresAt = this.expiry(tx);
    await this.links.revoke(tx, 'invitation', id);
    const linkId = await this.link(tx, id, expiresAt);
    await tx.run(
      sql`
        update invitation set expires_at = ${expiresAt}, delivery = 'waiting'
        where scheme_id = ${tx.schemeId} and id = ${id}`,
    );
    await audit(tx, {
      action: 'user.invite',
      subject: { kind: 'invitation', id },
      details: { again: true },
    });
    await outbox.add(tx, INVITATION_CREATED, { invitationId: id, linkId });
  }

  revoke(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'user.invite');
    return this.unitOfWork.run(actor, async (tx) => {
      await this.revokeWithin(tx, id);
      return id;
    });
  }

  /** By a caller that asked its own permission. */
  async revokeWithin(tx: Tx, id: string): Promise<void> {
    await lockOpen(tx, id, 'revoke');
    await this.links.revoke(tx, 'invitation', id);
    await tx.run(
      sql`update invitation set revoked_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${id}`,
    );
    await audit(tx, { action: 'user.revokeInvitation', subject: { kind: 'invitation', id } });
  }

  /** By whoever holds the link. Answers with the new membership's id. */
  async accept(input: AcceptInvitationInput): Promise<string> {
    const { schemeId, subjectId } = await this.links.find('invitation', input.token, this.clock.now());
    const invitation = await this.database.maybe<InvitationRow>(
      schemeId,
      sql`select ${INVITATION} from invitation where scheme_id = ${schemeId} and id = ${subjectId}`,
    );
    if (!invitation) throw deadLink();
    const proved = await this.accounts.prove(invitation.email, input.password);
    return this.unitOfWork.run(systemActor(schemeId, 'invitation'), async (tx) => {
      await this.links.claim(tx, 'invitation', input.token);
      const row = await tx.maybe<InvitationRow>(sql`
        select ${INVITATION} from invitation
        where scheme_id = ${tx.schemeId} and id = ${subjectId} and accepted_at is null and revoked_at is null
        for update`);
      if (!row) throw deadLink();
      const accountId = await this.accounts.openWithin(tx, row.email, proved);
      await refuseIfKnown(tx, { email: row.email, organisationId: row.organisation_id, role: row.role });
      await tx.run(sql`
        insert into user_profile (scheme_id, account_id, name, email, created_at, updated_at)
        values (${tx.schemeId}, ${accountId}, ${input.name ?? row.name}, ${row.email}, ${tx.now}, ${tx.now})
        on conflict (scheme_id, account_id) do nothing`);
      const membershipId = await this.memberships.createWithin(tx, accountId, {
        organisationId: row.organisation_id,
        role: row.role,
        triages: row.triages,
      });
      await tx.run(
        sql`update invitation set accepted_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${subjectId}`,
      );
      await audit(tx, {
        action: 'user.acceptInvitation',
        subject: { kind: 'invitation', id: subjectId },
        details: { accountId, membershipId },
      });
      return membershipId;
    });
  }

  private expiry(tx: Tx): Date {
    return new Date(tx.now.getTime() + LINK_DAYS * DAY_MS);
  }

  private async link(tx: Tx, invitationId: string, expiresAt: Date): Promise<string> {
    const linkId = newId();
    await this.links.make(tx, { purpose: 'invitation', linkId, subjectId: invitationId, expiresAt });
    return linkId;
  }
}

async function lockOpen(tx: Tx, id: string, action: string): Promise<InvitationRow> {
  const row = await tx.maybe<InvitationRow>(sql`
    select ${INVITATION} from invitation where scheme_id = ${tx.schemeId} and id = ${id} for update`);
  if (!row) throw Refusal.notFound();
  const ended = row.accepted_at ? 'accepted' : row.revoked_at ? 'revoked' : null;
  if (ended) throw Refusal.illegalMove(ended, action, `This invitation is ${ended} already.`);
  return row;
}

/** The newest invitation to an address that can still be accepted: to anywhere, or to that place in that role. */
const openTo = (tx: Tx, email: string, to: Pick<InviteInput, 'organisationId' | 'role'> | null) =>
  tx.maybe<{ id: string }>(sql`
    select id from invitation
    where scheme_id = ${tx.schemeId} and lower(email) = lower(${email}) and accepted_at is null and revoked_at is null
      and expires_at > ${tx.now}
      and ${to === null ? sql`true` : sql`organisation_id = ${to.organisationId} and role = ${to.role}`}
    order by created_at desc limit 1`);

/** One at a time to an address, by hand as by a list: of two links somebody would use one, and wonder at the other. */
async function refuseIfInvited(tx: Tx, email: string): Promise<void> {
  const open = await openTo(tx, email, null);
  if (open === null) return;
  throw Refusal.conflict(
    'invited',
    'This address has an open invitation already. Send that one again, or take it back first.',
    { invitationId: open.id },
  );
}

/** Of two who invite together, the second finds the invitation of the first. */
export const lockInvitations = (tx: Tx) =>
  tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`invitations ${tx.schemeId}`}, 0))`);

/** Refuses what the person has already, and a way round being disabled in this scheme. */
async function refuseIfKnown(
  tx: Tx,
  { email, organisationId, role }: Pick<InviteInput, 'email' | 'organisationId' | 'role'>,
): Promise<void> {
  const known = await tx.rows<{ same: boolean; disabled: boolean }>(sql`
    select m.organisation_id = ${organisationId} and m.role = ${role} as same, m.user_disabled_at is not null as disabled
    from membership m join user_account a on a.id = m.account_id
    where m.scheme_id = ${tx.schemeId} and a.email_hash = ${emailHash(email)} and m.ended_at is null`);
  if (known.some((row) => row.disabled)) {
    throw Refusal.conflict('disabled', 'This person is disabled in this scheme. Enable them first.');
  }
  if (known.some((row) => row.same)) {
    throw Refusal.conflict('already-there', 'This person has that role in that organisation already.');
  }
}
