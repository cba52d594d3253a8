import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Tx } from '../database/tx.js';
import { newId } from '../pure/ids.js';
import { type DomainEvent, type EventPayload, partsThatAreNotIds } from './events.js';

/** Tells others, if and only if the transaction that did it commits. The worker passes each line to its handlers. */
@Injectable()
export class Outbox {
  async add<Payload extends EventPayload>(
    tx: Tx,
    event: DomainEvent<Payload>,
    payload: NoInfer<Payload>,
  ): Promise<void> {
    const strangers = partsThatAreNotIds(payload);
    if (strangers.length > 0) {
      throw new Error(`The event ${event.name} may carry ids only, not: ${strangers.join(', ')}`);
    }
    await tx.run(sql`
      insert into outbox (id, scheme_id, event, payload, created_at)
      values (${newId()}, ${tx.schemeId}, ${event.name}, ${JSON.stringify(payload)}, ${tx.now})`);
  }
}
