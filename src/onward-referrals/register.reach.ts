import sql, { type Sql } from 'sql-template-tag';
import type { Reach } from '../permissions/permission.table.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { ofProviderWithin } from '../providers/provider.reach.js';

/** Which registers, from `register r` joined to `listing l`, a reach covers. A link covers the one that it is about. */
export function registerWithin(actor: Actor, reach: Reach): Sql {
  const within = ofProviderWithin(actor, reach, sql`l.organisation_id`);
  if (actor.kind !== 'link') return within;
  return actor.about.kind === 'register' ? sql`(${within} and r.id = ${actor.about.id})` : sql`false`;
}
