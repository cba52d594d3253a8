import sql, { type Sql } from 'sql-template-tag';
import type { Reach } from '../permissions/permission.table.js';
import { heldClient } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { agreedScopes } from '../onward-referrals/onward-facts.queries.js';
import { OFFER_SCOPE } from '../onward-referrals/onward.rules.js';

/** Of `onward_referral o`: accepted or started, and agreed to today. */
export const takesPart = sql`(o.state in ('accepted', 'started')
  and ${OFFER_SCOPE} = any(${agreedScopes(sql`o.client_id`, sql`o.organisation_id`)}))`;

/**
 * The rows of `practical_help h` within a reach: lists and single checks both ask here. A link worker reaches the help of
 * people they hold, and the tallies they made; a group its own tallies, and what it gave to somebody who takes part with it
 * and still agrees that it is told about them.
 */
export function helpWithin(actor: Actor, reach: Reach, at: Date): Sql {
  if (reach === 'scheme') return sql`true`;
  if (actor.kind !== 'member') return sql`false`;
  if (reach === 'organisation') {
    return sql`(h.organisation_id = ${actor.organisationId} and (h.client_id is null or exists (
      select 1 from onward_referral o
      where o.scheme_id = h.scheme_id and o.id = h.onward_referral_id and o.organisation_id = h.organisation_id
        and ${takesPart})))`;
  }
  if (reach !== 'assigned') return sql`false`;
  return sql`(case when h.client_id is null then h.recorded_by = ${actor.membershipId}
    else ${heldClient(actor, sql`h.client_id`, at)} end)`;
}
