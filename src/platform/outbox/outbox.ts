import sql from 'sql-template-tag';
import type { Tx } from '../database/tx.js';
import { newId } from '../pure/ids.js';

/** Ids, and codes that say nothing about a person: payloads pass through queues and logs. */
export type EventPayload = Record<string, string | null>;

/**
 * What happened, for whoever has something to do about it. Written in the caller's transaction, so that an event is
 * told if and only if it happened; needing `tx`, it does not compile outside one.
 */
export const outbox = {
  async add(tx: Tx, event: `${string}.${string}`, payload: EventPayload): Promise<void> {
    await tx.run(sql`
      insert into outbox (id, scheme_id, event, payload, created_at)
      values (${newId()}, ${tx.schemeId}, ${event}, ${JSON.stringify(payload)}, ${tx.now})`);
  },
};
