import sql, { type Sql } from 'sql-template-tag';
import type { Reach } from '../permissions/permission.table.js';
import type { Actor } from '../platform/actor/actor.types.js';

/** What comes from other schemes is nobody's case yet: for whoever works the triage queue, and for managers. */
export const incomingWithin = (actor: Actor, reach: Reach): Sql => {
  if (reach === 'scheme') return sql`true`;
  return reach === 'assigned' && actor.kind === 'member' && actor.triages ? sql`true` : sql`false`;
};
