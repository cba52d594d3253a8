import sql, { type Sql } from 'sql-template-tag';
import type { Reached } from '../permissions/reach.js';
import type { Actor, MemberActor } from '../platform/actor/actor.types.js';

/** Whether somebody is a safeguarding lead of their scheme today. */
export const isLead = (actor: MemberActor): Sql => sql`exists (
  select 1 from safeguarding_lead lead
  where lead.scheme_id = ${actor.schemeId} and lead.membership_id = ${actor.membershipId} and lead.ended_at is null)`;

/** The concerns `s` within a reach. `own`: those somebody recorded, and every one for a safeguarding lead. */
export function safeguardingWithin(actor: Actor, reach: Reached): Sql {
  if (reach === 'scheme') return sql`true`;
  if (reach === 'own' && actor.kind === 'member') {
    return sql`(s.recorded_by = ${actor.membershipId} or ${isLead(actor)})`;
  }
  return sql`false`;
}
