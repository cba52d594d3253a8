import sql, { type Sql } from 'sql-template-tag';
import type { Reached } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { onwardWithin } from './onward.reach.js';

/** Which warm handovers, from `warm_handover w` joined to `onward_referral o`, a reach covers: also one's own to go to. */
export const warmHandoverWithin = (actor: Actor, reach: Reached, at: Date): Sql =>
  actor.kind === 'member'
    ? sql`(${onwardWithin(actor, reach, at)} or w.goes_id = any(${actor.actsFor}::uuid[]))`
    : onwardWithin(actor, reach, at);
