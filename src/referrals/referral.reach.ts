import sql, { type Sql } from 'sql-template-tag';
import type { Reach } from '../permissions/permission.table.js';
import { heldClient } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';

/**
 * Which referrals, from `referral r`, a reach covers at a moment: lists and single checks both ask here. An organisation
 * reaches what it sent, drafts included; a worker what concerns the clients they hold; an author their own until triage
 * has it.
 */
export function referralWithin(actor: Actor, reach: Reach, at: Date): Sql {
  switch (reach) {
    case 'scheme':
      return sql`true`;
    case 'assigned':
      return heldClient(actor, sql`r.client_id`, at);
    case 'organisation':
      return actor.kind === 'member' ? sql`r.organisation_id = ${actor.organisationId}` : sql`false`;
    case 'own':
      return actor.kind === 'member'
        ? sql`(r.author_id = ${actor.membershipId} and r.state in ('draft', 'sent', 'returned'))`
        : sql`false`;
    case 'none':
    case 'aggregate':
      return sql`false`;
  }
}
