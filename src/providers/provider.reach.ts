import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Reach } from '../permissions/permission.table.js';

/**
 * The rows of a provider, or of what belongs to one, within a reach. `organisationId` is the column to compare, such as
 * sql`p.organisation_id`. Reaches that mean nothing here reach nothing.
 */
export function ofProviderWithin(actor: Actor, reach: Reach, organisationId: Sql): Sql {
  if (reach === 'scheme') {
    // What an undone import brought is nobody's; the few there are have an index of their own.
    return sql`not exists (
      select 1 from organisation gone
      where gone.scheme_id = ${actor.schemeId} and gone.id = ${organisationId} and gone.taken_back_at is not null)`;
  }
  if (reach === 'organisation' && actor.kind === 'member') {
    return sql`${organisationId} = ${actor.organisationId}`;
  }
  // A link about a service or a register: which one it is, the link itself says, and it is asked for no other.
  if (reach === 'own' && actor.kind === 'link' && actor.about.kind !== 'onward_referral') {
    return sql`${organisationId} = ${actor.organisationId}`;
  }
  return sql`false`;
}

/** A tradition that a group does not want shown is for itself and for managers, who keep it. */
export const maySeeHidden = (actor: Actor): boolean =>
  actor.kind === 'system' ||
  (actor.kind === 'member' && (actor.role === 'scheme_manager' || actor.role === 'provider_member'));
