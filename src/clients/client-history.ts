import type { Tx } from '../platform/database/tx.js';
import { insertOf } from '../platform/database/entity-sql.js';
import { newId } from '../platform/pure/ids.js';
import { ClientHistory } from './client.entity.js';

/** Each changed answer, before and after. */
export type Changes = Record<string, { from: unknown; to: unknown }>;

export const actorIdOf = (tx: Tx): string | null =>
  tx.actor.kind === 'member' ? tx.actor.membershipId : null;

/** Adds one line to what happened to this person's record. Its action is the permission's name. */
export async function recordHistory(
  tx: Tx,
  clientId: string,
  action: string,
  changes: Record<string, unknown> = {},
): Promise<void> {
  await tx.run(
    insertOf(ClientHistory, {
      schemeId: tx.schemeId,
      id: newId(),
      clientId,
      at: tx.now,
      action,
      actorId: actorIdOf(tx),
      actorName: tx.actor.kind === 'system' ? tx.actor.name : null,
      changes,
    }),
  );
}
