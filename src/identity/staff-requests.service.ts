import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { move } from '../platform/pure/lifecycle.js';
import { reachFor } from '../permissions/reach.js';
import { standing } from './cover.queries.js';
import { Invitations } from './invitations.service.js';
import { Memberships } from './memberships.service.js';
import { OrganisationHooks } from './organisation.hooks.js';
import { organisationWithin } from './organisation.reach.js';
import type { AskStaffInput, StaffRequestKind, StaffRequestState } from './staff.dto.js';
import { STAFF_REQUEST_LIFECYCLE, type StaffRequestVerb } from './staff-request.lifecycle.js';

for (const constraint of ['staff_request_joins', 'staff_request_leaves']) {
  CONSTRAINT_REFUSALS.set(constraint, () =>
    Refusal.conflict(
      'already-asked',
      'Somebody of yours asked for that already, and it waits for an answer.',
    ),
  );
}

interface Locked {
  kind: StaffRequestKind;
  state: StaffRequestState;
  organisationId: string;
  name: string;
  email: string | null;
  membershipId: string | null;
}

/** A practice says who is to sign in for it, and who no more; whoever runs the scheme's accounts does it, or says why not. */
@Injectable()
export class StaffRequests {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: OrganisationHooks,
    private readonly invitations: Invitations,
    private readonly memberships: Memberships,
  ) {}

  ask(actor: MemberActor, input: AskStaffInput): Promise<string> {
    reachFor(actor, 'staffRequest.make');
    return this.unitOfWork.run(actor, async (tx) => {
      const { kind } = input;
      const who = kind === 'join' ? await newcomer(tx, actor, input) : await colleague(tx, actor, input);
      const id = newId();
      await tx.run(sql`
        insert into staff_request (scheme_id, id, organisation_id, kind, name, email, membership_id, state, asked_by,
          asked_at)
        values (${tx.schemeId}, ${id}, ${actor.organisationId}, ${kind}, ${who.name}, ${who.email}, ${who.membershipId},
          'open', ${actor.membershipId}, ${tx.now})`);
      await this.tell(tx, 'ask', id, { kind });
      return id;
    });
  }

  /** Whoever asked, or a colleague, no longer wants it. */
  withdraw(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'staffRequest.make');
    return this.unitOfWork.run(actor, async (tx) => {
      await lock(tx, actor, id, 'withdraw');
      await this.settle(tx, actor, id, 'withdraw', null);
      return id;
    });
  }

  /** Does it in the same act: sends the invitation, or ends the membership. */
  grant(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'staffRequest.settle');
    return this.unitOfWork.run(actor, async (tx) => {
      const { organisationId, name, email, membershipId } = await lock(tx, actor, id, 'grant');
      if (email !== null) {
        await this.invitations.sendWithin(tx, { email, name, organisationId, role: 'referrer' });
      }
      if (membershipId !== null) {
        const row = await this.memberships.lock(tx, membershipId);
        // Ended meanwhile in another way: it is as was asked.
        if (!row.ended_at) await this.memberships.leaveWithin(tx, [row], null, 'ended');
      }
      await this.settle(tx, actor, id, 'grant', null);
      return id;
    });
  }

  refuse(actor: MemberActor, id: string, because: string): Promise<string> {
    reachFor(actor, 'staffRequest.settle');
    return this.unitOfWork.run(actor, async (tx) => {
      await lock(tx, actor, id, 'refuse');
      await this.settle(tx, actor, id, 'refuse', because);
      return id;
    });
  }

  private async settle(
    tx: Tx,
    actor: MemberActor,
    id: string,
    verb: Exclude<StaffRequestVerb, 'ask'>,
    because: string | null,
  ): Promise<void> {
    await tx.run(sql`
      update staff_request set state = ${STAFF_REQUEST_LIFECYCLE[verb].to}, settled_by = ${actor.membershipId},
        settled_at = ${tx.now}, because = ${because}
      where scheme_id = ${tx.schemeId} and id = ${id}`);
    await this.tell(tx, verb, id);
  }

  private async tell(tx: Tx, verb: StaffRequestVerb, id: string, details: object = {}): Promise<void> {
    await this.hooks.staffAsked.run(tx, { requestId: id });
    await audit(tx, {
      action: `staffRequest.${verb}`,
      subject: { kind: 'staff_request', id },
      details: { ...details },
    });
  }
}

interface Who {
  name: string;
  email: string | null;
  membershipId: string | null;
}

/** Nothing here says whether the address is known to the scheme: that is told to whoever invites. */
async function newcomer(tx: Tx, actor: MemberActor, { name, email }: AskStaffInput): Promise<Who> {
  const missing = [
    ...(name === undefined ? [{ field: 'name', message: 'Enter their name' }] : []),
    ...(email === undefined ? [{ field: 'email', message: 'Enter their e-mail address' }] : []),
  ];
  if (name === undefined || email === undefined) throw Refusal.invalid(missing);
  const here = await tx.maybe(sql`
    select 1 from membership m join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
    where m.scheme_id = ${tx.schemeId} and m.organisation_id = ${actor.organisationId} and ${standing(sql`m`)}
      and lower(p.email) = ${email.toLowerCase()}`);
  if (here) throw Refusal.invalidField('email', 'Somebody with this address signs in for you already');
  return { name, email, membershipId: null };
}

async function colleague(tx: Tx, actor: MemberActor, { membershipId }: AskStaffInput): Promise<Who> {
  if (membershipId === undefined) throw Refusal.invalidField('membershipId', 'Choose who it is');
  const found = await tx.maybe<{ name: string }>(sql`
    select p.name from membership m join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
    where m.scheme_id = ${tx.schemeId} and m.id = ${membershipId} and m.organisation_id = ${actor.organisationId}
      and ${standing(sql`m`)} and p.email is not null`);
  if (!found) throw Refusal.invalidField('membershipId', 'Choose somebody who works with you now');
  return { name: found.name, email: null, membershipId };
}

async function lock(
  tx: Tx,
  actor: MemberActor,
  id: string,
  verb: Exclude<StaffRequestVerb, 'ask'>,
): Promise<Locked> {
  const within = organisationWithin(actor, reachFor(actor, 'staffRequest.list'), sql`o`);
  const row = await tx.maybe<Locked & Record<string, unknown>>(sql`
    select s.kind, s.state, s.organisation_id as "organisationId", s.name, s.email, s.membership_id as "membershipId"
    from staff_request s join organisation o on o.scheme_id = s.scheme_id and o.id = s.organisation_id
    where s.scheme_id = ${tx.schemeId} and s.id = ${id} and ${within} for update of s`);
  if (!row) throw Refusal.notFound();
  const answer = move(STAFF_REQUEST_LIFECYCLE, verb, row.state);
  if (!answer.ok) throw Refusal.illegalMove(row.state, verb, answer.because);
  return row;
}
