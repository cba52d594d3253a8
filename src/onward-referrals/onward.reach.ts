import sql, { type Sql } from 'sql-template-tag';
import { heldClients, type Reached } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';

/**
 * Which onward referrals, from `onward_referral o`, a reach covers at a moment: lists and single checks both ask here.
 * A group reaches what was made to its own organisation, a link worker the clients they hold. What of them is shown is
 * decided by the step reached, not here.
 */
export function onwardWithin(actor: Actor, reach: Reached, at: Date): Sql {
  if (reach === 'scheme') return sql`true`;
  if (reach === 'organisation' && actor.kind === 'member') {
    return sql`o.organisation_id = ${actor.organisationId}`;
  }
  if (reach === 'own' && actor.kind === 'link') {
    const { kind, id } = actor.about;
    switch (kind) {
      case 'onward_referral':
        return sql`(o.id = ${id} and o.organisation_id = ${actor.organisationId})`;
      case 'register':
        return sql`(o.organisation_id = ${actor.organisationId} and o.listing_id = (
          select g.listing_id from register g where g.scheme_id = o.scheme_id and g.id = ${id}))`;
      case 'listing':
        return sql`false`;
    }
  }
  return reach === 'assigned' || reach === 'opened'
    ? sql`o.client_id = any(${heldClients(actor, at, reach)})`
    : sql`false`;
}

/** A group answers for itself and is shown its step; everybody else who reaches a row works for the scheme. */
export const isGroup = (actor: Actor): boolean =>
  actor.kind === 'link' || (actor.kind === 'member' && actor.role === 'provider_member');
