import sql from 'sql-template-tag';
import type { Tx } from '../database/tx.js';
import { newId } from '../pure/ids.js';
import { type EventName, type EventPayload, unfitParts } from './events.js';

/**
 * What happened, for whoever has something to do about it. Written in the caller's transaction, so that an event is
 * told if and only if it happened; needing `tx`, it does not compile outside one.
 */
export const outbox = {
  /** Not before `at`: the line reads as if it happened and was passed on then, and the sweep takes it up minutes later. */
  async hold(tx: Tx, at: Date, event: EventName, payload: EventPayload): Promise<void> {
    refuseUnfit(event, payload);
    await tx.run(sql`
      insert into outbox (id, scheme_id, event, payload, created_at, published_at)
      values (${newId()}, ${tx.schemeId}, ${event}, ${JSON.stringify(payload)}, ${at}, ${at})`);
  },

  /** `to` is another scheme only where the two have something between them: its handlers work inside it alone. */
  async add(tx: Tx, event: EventName, payload: EventPayload, to: string = tx.schemeId): Promise<void> {
    refuseUnfit(event, payload);
    await tx.run(sql`
      insert into outbox (id, scheme_id, event, payload, created_at)
      values (${newId()}, ${to}, ${event}, ${JSON.stringify(payload)}, ${tx.now})`);
  },
};

function refuseUnfit(event: EventName, payload: EventPayload): void {
  const unfit = unfitParts(payload);
  if (unfit.length > 0) {
    throw new Error(`The event ${event} may carry ids and codes only, not: ${unfit.join(', ')}`);
  }
}
