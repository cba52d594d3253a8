import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';

/** Rows name a person by their membership; the product itself has only its name. */
export const memberOf = (tx: Tx): string | null =>
  tx.actor.kind === 'member' ? tx.actor.membershipId : null;
export const systemOf = (tx: Tx): string | null => (tx.actor.kind === 'system' ? tx.actor.name : null);

/** The name of the person a membership belongs to; null where there is none. Both are columns of the statement around it. */
export const nameOf = (schemeId: Sql, membershipId: Sql): Sql => sql`(
  select by_profile.name from membership by_member
  join user_profile by_profile on by_profile.scheme_id = by_member.scheme_id
    and by_profile.account_id = by_member.account_id
  where by_member.scheme_id = ${schemeId} and by_member.id = ${membershipId})`;
