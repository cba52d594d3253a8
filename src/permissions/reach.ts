import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../platform/actor/actor.types.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  LINK_ACTIONS,
  OPENED_ACTIONS,
  PAGE_ACTIONS,
  PROGRAM_ACTIONS,
  REGISTER_LINK_ACTIONS,
  reachOf,
  type Action,
  type OpenedAction,
  type Reach,
} from './permission.table.js';

/** `opened`: what is assigned, and what this very person opened by breaking the glass. */
export type Reached = Reach | 'opened';

const OPENED: ReadonlySet<Action> = new Set(OPENED_ACTIONS);

/** How far this actor may go with this action. No permission at all is 403; the product itself reaches its scheme. */
export function reachFor<Asked extends Action>(
  actor: Actor,
  action: Asked,
): Asked extends OpenedAction ? Reached : Reach {
  const reach = reachOfActor(actor, action);
  if (reach === 'none') throw Refusal.forbidden();
  return reach as Asked extends OpenedAction ? Reached : Reach;
}

function reachOfActor(actor: Actor, action: Action): Reached {
  switch (actor.kind) {
    case 'system':
      return 'scheme';
    case 'link':
      return (actor.about.kind === 'register' ? REGISTER_LINK_ACTIONS : LINK_ACTIONS).has(action)
        ? 'own'
        : 'none';
    case 'client': {
      const item = PAGE_ACTIONS[action];
      if (item === undefined) return 'none';
      const may = actor.supporterId === null || (item !== null && actor.items.includes(item));
      return may ? 'own' : 'none';
    }
    case 'member': {
      if (actor.program && !PROGRAM_ACTIONS.has(action)) return 'none';
      const reach = reachOf(action, actor.role);
      return reach === 'assigned' && OPENED.has(action) ? 'opened' : reach;
    }
  }
}

/** Whoever this actor stands for in `client_reach.holder_id`: itself, those it covers, and the triage queue. */
export function holdersOf(actor: Actor): string[] {
  if (actor.kind !== 'member') return [];
  return actor.triages ? [...actor.actsFor, actor.schemeId] : actor.actsFor;
}

/** An opened record is for whoever opened it, and for reading: neither a cover nor another verb goes through it. */
const through = (actor: Actor, reach: 'assigned' | 'opened'): Sql =>
  reach === 'opened' && actor.kind === 'member'
    ? sql`(held.why <> 'break_glass' or held.holder_id = ${actor.membershipId})`
    : sql`held.why <> 'break_glass'`;

/** True for the clients this actor holds at `at`. `clientId` is the column to compare, such as sql`r.client_id`. */
export const heldClient = (
  actor: Actor,
  clientId: Sql,
  at: Date,
  reach: 'assigned' | 'opened' = 'assigned',
): Sql => sql`exists (
  select 1 from client_reach held
  where held.scheme_id = ${actor.schemeId} and held.client_id = ${clientId}
    and held.holder_id = any(${holdersOf(actor)}::uuid[]) and (held.until is null or held.until > ${at})
    and ${through(actor, reach)})`;

/**
 * The same clients as a list, for worklists of what is many to a client: `x.client_id = any(...)` is found through the
 * index on client_id whatever the planner believes, where `exists` may walk every row of the scheme in order.
 */
export const heldClients = (
  actor: Actor,
  at: Date,
  reach: 'assigned' | 'opened' = 'assigned',
): Sql => sql`array(
  select held.client_id from client_reach held
  where held.scheme_id = ${actor.schemeId} and held.holder_id = any(${holdersOf(actor)}::uuid[])
    and (held.until is null or held.until > ${at}) and ${through(actor, reach)})`;
