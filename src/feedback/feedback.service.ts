import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { actorIdOf } from '../clients/client-history.js';
import { lockWithin } from '../clients/client-rows.js';
import { standing } from '../identity/cover.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor, MemberActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { move } from '../platform/pure/lifecycle.js';
import type { AnswerFeedbackInput, GiveFeedbackInput } from './feedback.dto.js';
import { FEEDBACK_EVENTS } from './feedback.events.js';
import { FeedbackHooks } from './feedback.hooks.js';
import { FEEDBACK_LIFECYCLE, type FeedbackVerb } from './feedback.lifecycle.js';
import { feedbackToHandle } from './feedback.reach.js';
import type { FeedbackState } from './feedback.types.js';

interface Locked {
  clientId: string;
  state: FeedbackState;
  workerId: string | null;
  released: boolean;
}

/**
 * What somebody says of the service, or is worried about. It goes past whoever it is about: nothing of it is written into
 * the person's history, their timeline, a message or a task's words.
 */
@Injectable()
export class ClientFeedback {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: FeedbackHooks,
  ) {}

  /** For a worker who writes down what somebody told them. */
  give(actor: Actor, clientId: string, input: GiveFeedbackInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'clientFeedback.give', clientId);
      return this.giveWithin(tx, clientId, input);
    });
  }

  /** The same for a verb that has made sure by itself that it is this person who speaks, such as their own page. */
  async giveWithin(tx: Tx, clientId: string, input: GiveFeedbackInput): Promise<string> {
    const workerId = await meantBy(tx, clientId, input);
    const id = newId();
    const { kind, about, words, wantsAnswer, toldBy = 'client', toldHow } = input;
    await tx.run(sql`
      insert into client_feedback (scheme_id, id, client_id, kind, about, worker_id, words, wants_answer, told_by, told_how,
        recorded_by, received_at, state, reader_id, updated_at)
      values (${tx.schemeId}, ${id}, ${clientId}, ${kind}, ${about}, ${workerId}, ${words}, ${wantsAnswer}, ${toldBy},
        ${toldHow}, ${actorIdOf(tx)}, ${tx.now}, 'open', ${await readerFor(tx, workerId)}, ${tx.now})`);
    await this.tell(tx, 'give', id, clientId, { kind });
    return id;
  }

  look(actor: MemberActor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { clientId } = await lock(tx, id, 'look');
      await tx.run(sql`
        update client_feedback set state = 'looked_at', looked_at = ${tx.now}, looked_at_by = ${actor.membershipId},
          updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.tell(tx, 'look', id, clientId);
      return id;
    });
  }

  answer(actor: MemberActor, id: string, input: AnswerFeedbackInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { clientId } = await lock(tx, id, 'answer');
      await tx.run(sql`
        update client_feedback set state = 'answered', looked_at = coalesce(looked_at, ${tx.now}),
          looked_at_by = coalesce(looked_at_by, ${actor.membershipId}), answer = ${input.answer},
          answered_how = ${input.how}, answered_by = ${actor.membershipId}, answered_at = ${tx.now},
          updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.tell(tx, 'answer', id, clientId);
      return id;
    });
  }

  /** Lets the worker it is about read it. Not taken back: what was read is known. */
  release(actor: MemberActor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { clientId, workerId, released } = await lock(tx, id, null);
      if (workerId === null) throw Refusal.conflict('nobody-meant', 'It is about nobody who works here.');
      if (released) throw Refusal.illegalMove('released', 'release', 'They may read it already.');
      await tx.run(sql`
        update client_feedback set released_at = ${tx.now}, released_by = ${actor.membershipId}, updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.tell(tx, 'release', id, clientId);
      return id;
    });
  }

  private async tell(
    tx: Tx,
    verb: keyof typeof FEEDBACK_EVENTS,
    id: string,
    clientId: string,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    await audit(tx, {
      action: `clientFeedback.${verb}`,
      subject: { kind: 'client_feedback', id },
      clients: [clientId],
      details,
    });
    await outbox.add(tx, FEEDBACK_EVENTS[verb], { feedbackId: id });
    await this.hooks.changed.run(tx, { feedbackId: id });
  }
}

/** Whoever is named, somebody of this scheme; else whoever has their referral. */
async function meantBy(
  tx: Tx,
  clientId: string,
  { about, workerId = null }: Pick<GiveFeedbackInput, 'about' | 'workerId'>,
): Promise<string | null> {
  if (about !== 'worker') {
    if (workerId !== null) throw Refusal.invalidField('workerId', 'Leave this out: it is not about a worker');
    return null;
  }
  if (workerId !== null) {
    const known = await tx.maybe(sql`
      select 1 from membership where scheme_id = ${tx.schemeId} and id = ${workerId}
        and role in ('link_worker', 'scheme_manager')`);
    if (!known) throw Refusal.invalidField('workerId', 'Choose somebody who works for this scheme');
    return workerId;
  }
  const owner = await tx.maybe<{ id: string }>(sql`
    select r.owner_id as id from referral r
    where r.scheme_id = ${tx.schemeId} and r.client_id = ${clientId} and r.owner_kind = 'worker'`);
  return owner?.id ?? null;
}

/**
 * Whom it goes to where it cannot be all managers, one of them being meant: another manager, else a safeguarding lead,
 * nobody who is the same person. Null: the managers, which is also what is left where there is nobody else.
 */
async function readerFor(tx: Tx, workerId: string | null): Promise<string | null> {
  if (workerId === null) return null;
  const reader = await tx.maybe<{ id: string }>(sql`
    with meant as (
      select account_id from membership where scheme_id = ${tx.schemeId} and id = ${workerId})
    select m.id from membership m
    where m.scheme_id = ${tx.schemeId} and ${standing(sql`m`)} and m.account_id not in (select account_id from meant)
      and (m.role = 'scheme_manager' or exists (
        select 1 from safeguarding_lead l
        where l.scheme_id = m.scheme_id and l.membership_id = m.id and l.ended_at is null))
      and exists (select 1 from membership manages
        where manages.scheme_id = m.scheme_id and manages.role = 'scheme_manager' and ${standing(sql`manages`)}
          and manages.account_id in (select account_id from meant))
    order by (m.role = 'scheme_manager') desc, m.id limit 1`);
  return reader?.id ?? null;
}

async function lock(tx: Tx, id: string, verb: FeedbackVerb | null): Promise<Locked> {
  const within = feedbackToHandle(tx.actor, reachFor(tx.actor, 'clientFeedback.handle'));
  const found = await tx.maybe<Locked & Record<string, unknown>>(sql`
    select f.client_id as "clientId", f.state, f.worker_id as "workerId", f.released_at is not null as released
    from client_feedback f where f.scheme_id = ${tx.schemeId} and f.id = ${id} and ${within} for update of f`);
  if (!found) throw Refusal.notFound();
  if (verb !== null) {
    const answer = move(FEEDBACK_LIFECYCLE, verb, found.state);
    if (!answer.ok) throw Refusal.illegalMove(found.state, verb, answer.because);
  }
  return found;
}
