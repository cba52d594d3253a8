import sql, { type Sql } from 'sql-template-tag';
import { heldClient, type Reached } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';

/**
 * Which referrals, from `referral r`, a reach covers at a moment: lists and single checks both ask here. An organisation
 * reaches what it sent, drafts included; a worker what concerns the clients they hold; an author their own until triage
 * has it; a person, on their own page, those that are about them.
 */
export function referralWithin(actor: Actor, reach: Reached, at: Date): Sql {
  switch (reach) {
    case 'scheme':
      return sql`true`;
    case 'assigned':
    case 'opened':
      return heldClient(actor, sql`r.client_id`, at, reach);
    case 'organisation':
      return actor.kind === 'member' ? sql`r.organisation_id = ${actor.organisationId}` : sql`false`;
    case 'own':
      if (actor.kind === 'client') return sql`r.client_id = ${actor.clientId}`;
      return actor.kind === 'member'
        ? sql`(r.author_id = ${actor.membershipId} and r.state in ('draft', 'sent', 'returned'))`
        : sql`false`;
    case 'none':
    case 'aggregate':
      return sql`false`;
  }
}
