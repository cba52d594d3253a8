import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../platform/actor/actor.types.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { Reach } from '../permissions/permission.table.js';

/** The organisations an actor may see or change. `o` is a row of organisation. */
export function organisationWithin(actor: Actor, reach: Reach, o: Sql): Sql {
  // What an undone import brought is nobody's.
  if (reach === 'scheme') return sql`${o}.taken_back_at is null`;
  if (reach === 'organisation' && actor.kind === 'member') return sql`${o}.id = ${actor.organisationId}`;
  throw Refusal.forbidden();
}
