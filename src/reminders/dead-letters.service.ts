import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { StuckEvents } from '../platform/outbox/stuck-events.js';
import { reachFor } from '../permissions/reach.js';
import type { DropReason } from './message.types.js';

interface Dead {
  state: string;
  recipient: string;
  clientId: string | null;
  dropped: boolean;
}

/** What did not arrive, or nobody knows whether it did: sent again on a person's word, or let be with a reason. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly events: StuckEvents,
  ) {}

  /**
   * Ready to be sent once more; before that it is asked again whether it is still due, wanted and safe. P6: what may
   * have reached a person is sent again only by somebody who says that it did not.
   */
  retry(actor: MemberActor, id: string, notReceived: boolean): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'message.retry');
      const message = await lockDead(tx, id, 'retry');
      if (message.recipient === 'client' && message.state === 'unconfirmed' && !notReceived) {
        throw Refusal.invalidField(
          'notReceived',
          'Ask the person first: this message may have reached them, and nobody is told the same thing twice',
        );
      }
      const [other] = await tx.rows(sql`
        select 1 from message mine join message waiting on waiting.scheme_id = mine.scheme_id
          and waiting.kind = mine.kind and waiting.recipient_kind = mine.recipient_kind
          and waiting.channel = mine.channel and waiting.state = 'ready' and waiting.digest_on is null
          and coalesce(waiting.client_id, waiting.organisation_id, waiting.membership_id)
            = coalesce(mine.client_id, mine.organisation_id, mine.membership_id)
        where mine.scheme_id = ${tx.schemeId} and mine.id = ${id} and mine.digest_on is null
          and mine.kind <> 'notice'`);
      if (other)
        throw Refusal.conflict(
          'another-waiting',
          'Another message to them waits to be sent. Try again after it.',
        );
      await tx.run(sql`
        update message set state = 'ready', because = null, settled_at = null, sent_at = null,
          attempts_before = attempts, next_attempt_at = ${tx.now}, carrier_id = null, asked_at = null, receipt = null,
          receipt_at = null
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.lookedAt(tx, actor, id, message, 'message.retry', {});
      return id;
    });
  }

  drop(actor: MemberActor, id: string, because: DropReason): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'message.drop');
      const message = await lockDead(tx, id, 'drop');
      await tx.run(sql`
        update message set dropped_at = ${tx.now}, dropped_by = ${actor.membershipId}, dropped_because = ${because}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.lookedAt(tx, actor, id, message, 'message.drop', { because });
      return id;
    });
  }

  retryEvent(actor: MemberActor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'event.retry');
      if (!(await this.events.retry(tx, id))) throw Refusal.notFound();
      await audit(tx, { action: 'event.retry', subject: { kind: 'event', id } });
      return id;
    });
  }

  dropEvent(actor: MemberActor, id: string, because: DropReason): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'event.drop');
      if (!(await this.events.drop(tx, id))) throw Refusal.notFound();
      await audit(tx, { action: 'event.drop', subject: { kind: 'event', id }, details: { because } });
      return id;
    });
  }

  /** Whoever was asked to reach them another way need not any more. */
  private async lookedAt(
    tx: Tx,
    actor: MemberActor,
    id: string,
    message: Dead,
    action: Act,
    details: object,
  ): Promise<void> {
    await tx.run(sql`
      update task set ended_at = ${tx.now}, ended_by = ${actor.membershipId}, outcome = 'finished'
      where scheme_id = ${tx.schemeId} and subject_id = ${id} and ended_at is null`);
    await audit(tx, {
      action,
      subject: { kind: 'message', id },
      clients: message.clientId === null ? [] : [message.clientId],
      details: { was: message.state, ...details },
    });
  }
}

async function lockDead(tx: Tx, id: string, action: string): Promise<Dead> {
  const message = await tx.maybe<Dead & Record<string, unknown>>(sql`
    select state, recipient_kind as recipient, client_id as "clientId", dropped_at is not null as dropped
    from message where scheme_id = ${tx.schemeId} and id = ${id} for update`);
  if (!message) throw Refusal.notFound();
  const { state } = message;
  if (message.dropped) throw Refusal.illegalMove('dropped', action, 'Somebody has let it be already.');
  if (state !== 'failed' && state !== 'unconfirmed') {
    throw Refusal.illegalMove(
      state,
      action,
      'Only what failed, or could not be confirmed, is for a person to decide.',
    );
  }
  return message;
}
