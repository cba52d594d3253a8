import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';

/** P9: whether the person agrees today that this organisation reads their plan. All three are columns. */
export const agreesToPlan = (schemeId: Sql, clientId: Sql, organisationId: Sql): Sql => sql`exists (
  select 1 from agreement g
  where g.scheme_id = ${schemeId} and g.client_id = ${clientId} and g.organisation_id = ${organisationId}
    and g.withdrawn_at is null and 'plan' = any(g.scope))`;

/**
 * Which shares, from `plan_share s` with the plan's `referral r`, an organisation may read now: not ended, agreed to
 * today, and for a group only while it takes part (section 5 of what a group sees).
 */
export const sharedPlanWithin = (actor: MemberActor): Sql => sql`(
  s.organisation_id = ${actor.organisationId} and s.ended_at is null and r.state <> 'entered_in_error'
  and ${agreesToPlan(sql`s.scheme_id`, sql`r.client_id`, sql`s.organisation_id`)}
  and (${actor.role !== 'provider_member'}::boolean or exists (
    select 1 from onward_referral o
    where o.scheme_id = s.scheme_id and o.referral_id = r.id and o.organisation_id = s.organisation_id
      and o.state in ('accepted', 'started'))))`;
