import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { EventName } from '../platform/outbox/events.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { isWithWorker } from '../referrals/referral.types.js';
import { ownServiceOf, secondPersonAgreed, tieOf } from './offer-approval.queries.js';
import { approvalRefusal } from './offer-approval.rules.js';
import type { ApproveOffer, AskApproval, RefuseOffer } from './offer-approval.dto.js';
import { approvalWithin } from './offer-approval.reach.js';
import type { ApprovalState, ApprovalVerb, OwnService } from './offer-approval.types.js';
import { APPROVAL_EVENTS } from './onward.events.js';
import { OnwardHooks } from './onward.hooks.js';

CONSTRAINT_REFUSALS.set('offer_approval_live', () =>
  Refusal.conflict('already-asked', 'A second person was asked about this already.'),
);

interface Locked {
  id: string;
  state: ApprovalState;
  askedByAccount: string;
  tie: OwnService | null;
  clientId: string | null;
  /** The referral is with a worker, so that something may be offered. */
  withWorker: boolean;
}

/** A second pair of eyes before somebody is offered to a service of the asker's, or the referrer's, own organisation. */
@Injectable()
export class OfferApprovals {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: OnwardHooks,
  ) {}

  async ask(actor: MemberActor, referralId: string, input: AskApproval): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const within = referralWithin(actor, reachFor(actor, 'approval.ask'), tx.now);
      const referral = await lockReferral(tx, referralId, within);
      const facts = await tx.maybe<{ organisationId: string; why: OwnService | null; agreed: boolean }>(sql`
        select l.organisation_id as "organisationId", ${ownServiceOf(actor)} as why, ${secondPersonAgreed} as agreed
        from referral r join listing l on l.scheme_id = r.scheme_id and l.id = ${input.listingId}
        where r.scheme_id = ${tx.schemeId} and r.id = ${referralId}`);
      if (!facts) throw Refusal.invalidField('listingId', 'Choose a service of this scheme');
      if (!isWithWorker(referral.state)) {
        throw Refusal.illegalMove(
          referral.state,
          'ask',
          'This can be done only while the referral is with a worker.',
        );
      }
      const { why, organisationId } = facts;
      if (why === null) {
        throw Refusal.conflict(
          'not-needed',
          'No second person is needed: neither you nor the referrer belongs to it.',
        );
      }
      const id = newId();
      await tx.run(sql`
        insert into offer_approval (scheme_id, id, referral_id, listing_id, organisation_id, why, because, state, asked_by,
          asked_at)
        values (${tx.schemeId}, ${id}, ${referralId}, ${input.listingId}, ${organisationId}, ${why}, ${input.because},
          'waiting', ${actor.membershipId}, ${tx.now})`);
      await this.tell(tx, 'approval.ask', APPROVAL_EVENTS.ask, { id, clientId: referral.client_id });
      return id;
    });
  }

  approve(actor: MemberActor, id: string, input: ApproveOffer): Promise<string> {
    return this.decide(actor, 'approve', id, input.note ?? null);
  }

  refuse(actor: MemberActor, id: string, input: RefuseOffer): Promise<string> {
    return this.decide(actor, 'refuse', id, input.reason);
  }

  withdraw(actor: MemberActor, id: string): Promise<string> {
    return this.decide(actor, 'withdraw', id, null);
  }

  private async decide(
    actor: MemberActor,
    verb: ApprovalVerb,
    id: string,
    because: string | null,
  ): Promise<string> {
    const action = verb === 'withdraw' ? 'approval.ask' : 'approval.decide';
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await lockApproval(tx, actor, id, action);
      const refusal = approvalRefusal(verb, row, actor.accountId);
      if (refusal !== null) throw Refusal.illegalMove(row.state, verb, refusal);
      if (verb === 'approve' && !row.withWorker) {
        throw Refusal.illegalMove(row.state, verb, 'The referral is not with a worker any more.');
      }
      await tx.run(sql`
        update offer_approval set state = ${LEADS_TO[verb]}, decided_at = ${tx.now}, decided_because = ${because},
          decided_by = ${verb === 'withdraw' ? null : actor.membershipId}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.tell(tx, action, APPROVAL_EVENTS[verb], row);
      return id;
    });
  }

  private async tell(
    tx: Tx,
    action: Action,
    event: EventName,
    { id, clientId }: { id: string; clientId: string | null },
  ): Promise<void> {
    await audit(tx, {
      action,
      subject: { kind: 'offer_approval', id },
      clients: clientId === null ? [] : [clientId],
      details: { event },
    });
    await outbox.add(tx, event, { approvalId: id });
    await this.hooks.approvalChanged.run(tx, { approvalIds: [id] });
  }
}

const LEADS_TO = { approve: 'approved', refuse: 'refused', withdraw: 'withdrawn' } as const satisfies Record<
  ApprovalVerb,
  ApprovalState
>;

/** Client and referral before the asking, as everywhere, authorising in the statement that locks. */
async function lockApproval(
  tx: Tx,
  actor: MemberActor,
  id: string,
  action: 'approval.ask' | 'approval.decide',
): Promise<Locked> {
  const within = approvalWithin(actor, reachFor(actor, action), tx.now);
  const found = await tx.maybe<{ referralId: string }>(sql`
    select a.referral_id as "referralId" from offer_approval a
    join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
    where a.scheme_id = ${tx.schemeId} and a.id = ${id} and ${within}`);
  if (!found) throw Refusal.notFound();
  const referral = await lockReferral(tx, found.referralId);
  const row = await tx.maybe<Pick<Locked, 'state' | 'askedByAccount' | 'tie'>>(sql`
    select a.state, m.account_id as "askedByAccount", ${tieOf(actor)} as tie from offer_approval a
    join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
    join listing l on l.scheme_id = a.scheme_id and l.id = a.listing_id
    join membership m on m.scheme_id = a.scheme_id and m.id = a.asked_by
    where a.scheme_id = ${tx.schemeId} and a.id = ${id} and ${within}
    for update of a`);
  if (!row) throw Refusal.notFound();
  return { ...row, id, clientId: referral.client_id, withWorker: isWithWorker(referral.state) };
}

/** The referral has ended: nobody needs to look any more. Gives all that were asked under it. */
export async function lapseApprovals(tx: Tx, referralId: string): Promise<string[]> {
  await tx.run(sql`
    update offer_approval set state = 'lapsed', decided_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and referral_id = ${referralId} and state = 'waiting'`);
  const rows = await tx.rows<{ id: string }>(sql`
    select id from offer_approval where scheme_id = ${tx.schemeId} and referral_id = ${referralId} order by id`);
  return rows.map(({ id }) => id);
}
