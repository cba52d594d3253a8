import { memberName } from '../identity/member-name.queries.js';
import type { Tx } from '../platform/database/tx.js';

/** Rows name a person by their membership; the product itself has only its name. */
export const memberOf = (tx: Tx): string | null =>
  tx.actor.kind === 'member' ? tx.actor.membershipId : null;
export const systemOf = (tx: Tx): string | null => (tx.actor.kind === 'system' ? tx.actor.name : null);

export const nameOf = memberName;
