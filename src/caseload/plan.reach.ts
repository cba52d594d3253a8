import sql, { type Sql } from 'sql-template-tag';
import type { MemberActor } from '../platform/actor/actor.types.js';

/** P9: whether the person agrees today that this organisation reads their plan. All three are columns. */
export const agreesToPlan = (schemeId: Sql, clientId: Sql, organisationId: Sql): Sql => sql`exists (
  select 1 from agreement g
  where g.scheme_id = ${schemeId} and g.client_id = ${clientId} and g.organisation_id = ${organisationId}
    and g.withdrawn_at is null and 'plan' = any(g.scope))`;

/** Section 5 of what a group sees: whether an organisation takes part with the person of `referral r`. A column. */
const takesPart = (organisationId: Sql): Sql => sql`exists (
  select 1 from onward_referral n
  where n.scheme_id = r.scheme_id and n.referral_id = r.id and n.organisation_id = ${organisationId}
    and n.state in ('accepted', 'started'))`;

/**
 * Whether anybody of `organisation o` may read the plan of `referral r` now: agreed to today, and where it sends nobody
 * itself only while it takes part.
 */
export const planReadableBy: Sql = sql`(
  r.state <> 'entered_in_error' and ${agreesToPlan(sql`r.scheme_id`, sql`r.client_id`, sql`o.id`)}
  and (o.refers or ${takesPart(sql`o.id`)}))`;

/** Which shares, from `plan_share s` with the plan's `referral r`, this member may read now: not ended, and readable by them. */
export const sharedPlanWithin = (actor: MemberActor): Sql => sql`(
  s.organisation_id = ${actor.organisationId} and s.ended_at is null and r.state <> 'entered_in_error'
  and ${agreesToPlan(sql`s.scheme_id`, sql`r.client_id`, sql`s.organisation_id`)}
  and (${actor.role !== 'provider_member'}::boolean or ${takesPart(sql`s.organisation_id`)}))`;
