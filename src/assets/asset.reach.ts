import sql, { type Sql } from 'sql-template-tag';
import type { Reach } from '../permissions/permission.table.js';
import type { Actor } from '../platform/actor/actor.types.js';

/** The rows of `asset a` within a reach: lists and single checks both ask here. Reaches that mean nothing here reach nothing. */
export function assetWithin(actor: Actor, reach: Reach): Sql {
  // What an undone import brought is nobody's.
  if (reach === 'scheme') return sql`a.taken_back_at is null`;
  if (actor.kind !== 'member') return sql`false`;
  if (reach === 'organisation') return sql`a.organisation_id = ${actor.organisationId}`;
  return reach === 'own' ? sql`a.created_by = ${actor.membershipId}` : sql`false`;
}
