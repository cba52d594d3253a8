import sql from 'sql-template-tag';
import type { Tx } from '../database/tx.js';
import { newId } from '../pure/ids.js';
import { type EventName, type EventPayload, unfitParts } from './events.js';

/**
 * What happened, for whoever has something to do about it. Written in the caller's transaction, so that an event is
 * told if and only if it happened; needing `tx`, it does not compile outside one.
 */
export const outbox = {
  /** `to` is another scheme only where the two have something between them: its handlers work inside it alone. */
  async add(tx: Tx, event: EventName, payload: EventPayload, to: string = tx.schemeId): Promise<void> {
    const unfit = unfitParts(payload);
    if (unfit.length > 0) {
      throw new Error(`The event ${event} may carry ids and codes only, not: ${unfit.join(', ')}`);
    }
    await tx.run(sql`
      insert into outbox (id, scheme_id, event, payload, created_at)
      values (${newId()}, ${to}, ${event}, ${JSON.stringify(payload)}, ${tx.now})`);
  },
};
