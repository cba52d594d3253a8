import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../platform/actor/actor.types.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { Reach } from '../permissions/permission.table.js';

/** Whose absences an actor may arrange or end. `worker` is the column that names who is away. */
export function workerWithin(actor: Actor, reach: Reach, worker: Sql): Sql {
  if (reach === 'scheme') return sql`true`;
  if (reach === 'own' && actor.kind === 'member') return sql`${worker} = ${actor.membershipId}`;
  throw Refusal.forbidden();
}
