import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { ProgramRole } from '../identity/program.types.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { Outgoing, OutgoingFault } from '../platform/outgoing/outgoing.js';
import { newId } from '../platform/pure/ids.js';
import { reachFor } from '../permissions/reach.js';
import type { AmendWebhookInput, MakeWebhookInput } from './webhook.dto.js';
import { OLD_SECRET_MS, PATIENCE_MS } from './webhook.rules.js';
import { MOST_WEBHOOKS, TEST_EVENT, TOLD_TO } from './webhook.types.js';

interface Row {
  version: number;
  url: string;
  events: string[];
  off: boolean;
  role: ProgramRole;
  ended: boolean;
}

/** Where programs are told what happens: made, changed and tried by an administrator. */
@Injectable()
export class Webhooks {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly outgoing: Outgoing,
  ) {}

  make(actor: MemberActor, programId: string, input: MakeWebhookInput): Promise<string> {
    reachFor(actor, 'webhook.make');
    return this.unitOfWork.run(actor, async (tx) => {
      const program = await tx.maybe<{ role: ProgramRole; ended: boolean }>(sql`
        select m.role, m.ended_at is not null as ended from program p join membership m on m.id = p.membership_id
        where p.scheme_id = ${tx.schemeId} and p.membership_id = ${programId} for no key update of p`);
      if (!program) throw Refusal.notFound();
      if (program.ended) throw programEnded('make-webhook');
      const { there } = await tx.one<{ there: number }>(sql`
        select count(*)::int as there from webhook where scheme_id = ${tx.schemeId} and membership_id = ${programId}`);
      if (there >= MOST_WEBHOOKS) {
        throw Refusal.conflict(
          'too-many',
          `A program has ${String(MOST_WEBHOOKS)} at most. Change one of them.`,
        );
      }
      this.refuseAddress(input.url);
      refuseEvents(program.role, input.events);
      const id = newId();
      await tx.run(sql`
        insert into webhook (scheme_id, id, membership_id, url, events, created_by, created_at)
        values (${tx.schemeId}, ${id}, ${programId}, ${input.url}, ${input.events}, ${actor.membershipId}, ${tx.now})`);
      await audit(tx, {
        action: 'webhook.make',
        subject: { kind: 'webhook', id },
        details: { programId, events: input.events },
      });
      return id;
    });
  }

  amend(actor: MemberActor, id: string, version: number, input: AmendWebhookInput): Promise<string> {
    reachFor(actor, 'webhook.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await lock(tx, id, 'amend');
      refuseStale(row.version, version);
      const { url = row.url, events = row.events } = input;
      this.refuseAddress(url);
      refuseEvents(row.role, events);
      await tx.run(sql`
        update webhook set version = version + 1, url = ${url}, events = ${events}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, { action: 'webhook.amend', subject: { kind: 'webhook', id }, details: { events } });
      return id;
    });
  }

  /** The one before signs as well for a day. */
  renewSecret(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'webhook.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      await lock(tx, id, 'renew-secret');
      await tx.run(sql`
        update webhook set secret_number = secret_number + 1,
          old_secret_until = ${new Date(tx.now.getTime() + OLD_SECRET_MS)}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, { action: 'webhook.renewSecret', subject: { kind: 'webhook', id } });
      return id;
    });
  }

  switchOff(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'webhook.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      const { off } = await lock(tx, id, 'switch-off');
      if (off) throw Refusal.illegalMove('off', 'switch-off', 'It is switched off already.');
      await tx.run(sql`
        update webhook set off_at = ${tx.now}, off_because = 'by_hand' where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, { action: 'webhook.switchOff', subject: { kind: 'webhook', id } });
      return id;
    });
  }

  /** What still waits is told now. */
  switchOn(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'webhook.amend');
    return this.unitOfWork.run(actor, async (tx) => {
      const { off } = await lock(tx, id, 'switch-on');
      if (!off) throw Refusal.illegalMove('on', 'switch-on', 'It is switched on already.');
      await tx.run(sql`
        update webhook set off_at = null, off_because = null, failing_since = null
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await tx.run(sql`
        update webhook_delivery set tries = 0, due_at = ${tx.now}, give_up_at = ${new Date(tx.now.getTime() + PATIENCE_MS)}
        where scheme_id = ${tx.schemeId} and webhook_id = ${id} and state = 'waiting'`);
      await audit(tx, { action: 'webhook.switchOn', subject: { kind: 'webhook', id } });
      return id;
    });
  }

  /** Something that means nothing, to see whether it arrives. Gives the delivery's id. */
  test(actor: MemberActor, id: string): Promise<string> {
    reachFor(actor, 'webhook.send');
    return this.unitOfWork.run(actor, async (tx) => {
      const { off } = await lock(tx, id, 'test');
      if (off) throw Refusal.illegalMove('off', 'test', 'It is switched off. Switch it on first.');
      const deliveryId = newId();
      const body = JSON.stringify({ type: TEST_EVENT, timestamp: tx.now, data: {} });
      await tx.run(sql`
        insert into webhook_delivery (scheme_id, id, webhook_id, event, happened_at, body, due_at, give_up_at, created_at)
        values (${tx.schemeId}, ${deliveryId}, ${id}, ${TEST_EVENT}, ${tx.now}, ${body}, ${tx.now},
          ${new Date(tx.now.getTime() + PATIENCE_MS)}, ${tx.now})`);
      await audit(tx, { action: 'webhook.test', subject: { kind: 'webhook', id } });
      return deliveryId;
    });
  }

  /** Under the same webhook-id, so that whoever took it the first time knows it again. */
  sendAgain(actor: MemberActor, deliveryId: string): Promise<string> {
    reachFor(actor, 'webhook.send');
    return this.unitOfWork.run(actor, async (tx) => {
      const delivery = await tx.maybe<{ webhookId: string; state: string }>(sql`
        select webhook_id as "webhookId", state from webhook_delivery
        where scheme_id = ${tx.schemeId} and id = ${deliveryId} for update`);
      if (!delivery) throw Refusal.notFound();
      const { off } = await lock(tx, delivery.webhookId, 'send-again');
      if (off) throw Refusal.illegalMove('off', 'send-again', 'It is switched off. Switch it on first.');
      await tx.run(sql`
        update webhook_delivery set state = 'waiting', tries = 0, due_at = ${tx.now},
          give_up_at = ${new Date(tx.now.getTime() + PATIENCE_MS)}
        where scheme_id = ${tx.schemeId} and id = ${deliveryId}`);
      await audit(tx, {
        action: 'webhook.sendAgain',
        subject: { kind: 'webhook', id: delivery.webhookId },
        details: { deliveryId, was: delivery.state },
      });
      return deliveryId;
    });
  }

  private refuseAddress(url: string): void {
    try {
      this.outgoing.checkTold(url);
    } catch (error) {
      if (error instanceof OutgoingFault) throw Refusal.invalidField('url', error.message);
      throw error;
    }
  }
}

const programEnded = (action: string): Refusal =>
  Refusal.illegalMove('ended', action, 'This program has been switched off for good.');

async function lock(tx: Tx, id: string, action: string): Promise<Row> {
  const row = await tx.maybe<Row & Record<string, unknown>>(sql`
    select w.version, w.url, w.events, w.off_at is not null as off, m.role, m.ended_at is not null as ended
    from webhook w join membership m on m.id = w.membership_id
    where w.scheme_id = ${tx.schemeId} and w.id = ${id} for no key update of w`);
  if (!row) throw Refusal.notFound();
  if (row.ended) throw programEnded(action);
  return row;
}

function refuseEvents(role: ProgramRole, events: readonly string[]): void {
  const strange = events.filter((event) => !TOLD_TO[role].includes(event));
  if (strange.length > 0) {
    throw Refusal.invalidField('events', `A program of this role is not told: ${strange.join(', ')}`);
  }
}
