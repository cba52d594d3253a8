import type { ClientActor } from '../platform/actor/actor.types.js';
import { Refusal } from '../platform/errors/refusal.js';

/** For items that are no row of the permission table: the person may, and a supporter to whom it was given. */
export function refuseWithout(actor: ClientActor, item: 'messages'): void {
  if (actor.supporterId !== null && !actor.items.includes(item)) throw Refusal.forbidden();
}
