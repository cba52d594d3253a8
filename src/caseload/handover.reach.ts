import sql, { type Sql } from 'sql-template-tag';
import type { Reach } from '../permissions/permission.table.js';
import type { Actor } from '../platform/actor/actor.types.js';

/** Which handovers, from `handover h`: a worker those they give or take. */
export const handoverWithin = (actor: Actor, reach: Reach): Sql => {
  if (reach === 'scheme') return sql`true`;
  if (reach !== 'own' || actor.kind !== 'member') return sql`false`;
  return sql`(h.from_id = ${actor.membershipId} or exists (
    select 1 from handover_item mine
    where mine.scheme_id = h.scheme_id and mine.handover_id = h.id and mine.to_id = ${actor.membershipId}))`;
};

/** Which notes, from `escalation e`: a worker their own. */
export const escalationWithin = (actor: Actor, reach: Reach): Sql => {
  if (reach === 'scheme') return sql`true`;
  return reach === 'own' && actor.kind === 'member' ? sql`e.raised_by = ${actor.membershipId}` : sql`false`;
};
