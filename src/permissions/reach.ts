import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../platform/actor/actor.types.js';
import { Refusal } from '../platform/errors/refusal.js';
import { LINK_ACTIONS, reachOf, type Action, type Reach } from './permission.table.js';

/** How far this actor may go with this action. No permission at all is 403; the product itself reaches its scheme. */
export function reachFor(actor: Actor, action: Action): Reach {
  const reach = reachOfActor(actor, action);
  if (reach === 'none') throw Refusal.forbidden();
  return reach;
}

function reachOfActor(actor: Actor, action: Action): Reach {
  switch (actor.kind) {
    case 'system':
      return 'scheme';
    case 'link':
      return LINK_ACTIONS.has(action) ? 'own' : 'none';
    case 'member':
      return reachOf(action, actor.role);
  }
}

/** Whoever this actor stands for in `client_reach.holder_id`: itself, those it covers, and the triage queue. */
export function holdersOf(actor: Actor): string[] {
  if (actor.kind !== 'member') return [];
  return actor.triages ? [...actor.actsFor, actor.schemeId] : actor.actsFor;
}

/** True for the clients this actor holds at `at`. `clientId` is the column to compare, such as sql`r.client_id`. */
export const heldClient = (actor: Actor, clientId: Sql, at: Date): Sql => sql`exists (
  select 1 from client_reach held
  where held.scheme_id = ${actor.schemeId} and held.client_id = ${clientId}
    and held.holder_id = any(${holdersOf(actor)}::uuid[]) and (held.until is null or held.until > ${at}))`;

/**
 * The same clients as a list, for worklists of what is many to a client: `x.client_id = any(...)` is found through the
 * index on client_id whatever the planner believes, where `exists` may walk every row of the scheme in order.
 */
export const heldClients = (actor: Actor, at: Date): Sql => sql`array(
  select held.client_id from client_reach held
  where held.scheme_id = ${actor.schemeId} and held.holder_id = any(${holdersOf(actor)}::uuid[])
    and (held.until is null or held.until > ${at}))`;
