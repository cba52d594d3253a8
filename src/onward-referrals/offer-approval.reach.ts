import sql, { type Sql } from 'sql-template-tag';
import { heldClient } from '../permissions/reach.js';
import type { Reach } from '../permissions/permission.table.js';
import type { Actor } from '../platform/actor/actor.types.js';

/**
 * The askings `a`, beside their referral `r`, within a reach: the whole scheme's, or those of people somebody holds and
 * those they asked themselves.
 */
export function approvalWithin(actor: Actor, reach: Reach, at: Date): Sql {
  if (reach === 'scheme') return sql`true`;
  if (reach === 'assigned' && actor.kind === 'member') {
    return sql`(a.asked_by = ${actor.membershipId} or ${heldClient(actor, sql`r.client_id`, at)})`;
  }
  return sql`false`;
}
