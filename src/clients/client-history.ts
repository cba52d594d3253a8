import sql from 'sql-template-tag';
import { nameInHistory } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { insertOf } from '../platform/database/entity-sql.js';
import { newId } from '../platform/pure/ids.js';
import { ClientHistory } from './client.entity.js';

/** Each changed answer, before and after. */
export type Changes = Record<string, { from: unknown; to: unknown }>;

export const actorIdOf = (tx: Tx): string | null =>
  tx.actor.kind === 'member' ? tx.actor.membershipId : null;

/** People who work here are named by their membership; others have only a name. */
const actorNameOf = (tx: Tx): string | null => nameInHistory(tx.actor);

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
      actorName: actorNameOf(tx),
      changes,
    }),
  );
}

/** The same for many people in one statement. */
export async function recordHistories(
  tx: Tx,
  action: string,
  people: readonly { clientId: string; changes: object }[],
): Promise<void> {
  if (people.length === 0) return;
  await tx.run(sql`
    insert into client_history (scheme_id, id, client_id, at, action, actor_id, actor_name, changes)
    select ${tx.schemeId}, told.id, told.client_id, ${tx.now}, ${action}, ${actorIdOf(tx)}, ${actorNameOf(tx)},
      told.changes
    from unnest(${people.map(() => newId())}::uuid[], ${people.map(({ clientId }) => clientId)}::uuid[],
      ${people.map(({ changes }) => JSON.stringify(changes))}::jsonb[]) as told (id, client_id, changes)`);
}
