import sql, { type Sql } from 'sql-template-tag';
import type { Reach } from '../permissions/permission.table.js';
import type { Actor } from '../platform/actor/actor.types.js';

/** The concerns `k` within a reach: the whole scheme's, or those somebody raised. No group reaches any. */
export function concernWithin(actor: Actor, reach: Reach): Sql {
  if (reach === 'scheme') return sql`true`;
  if (reach === 'own' && actor.kind === 'member') return sql`k.raised_by = ${actor.membershipId}`;
  return sql`false`;
}
