import sql, { type Sql } from 'sql-template-tag';
import type { Reach } from '../permissions/permission.table.js';
import type { Actor, MemberActor } from '../platform/actor/actor.types.js';

/** Whether the words `f` are about this person, under whichever of their memberships. */
const aboutMe = (actor: MemberActor): Sql => sql`exists (
  select 1 from membership meant
  where meant.scheme_id = f.scheme_id and meant.id = f.worker_id and meant.account_id = ${actor.accountId})`;

/**
 * What a reach may read of `f`: the scheme's, or what somebody wrote down for a person or is to deal with. Whoever it is
 * about reads nothing of it, manager or not, until it is released to them.
 */
export function feedbackWithin(actor: Actor, reach: Reach): Sql {
  if (actor.kind !== 'member') return sql`false`;
  const released = sql`(f.released_at is not null and ${aboutMe(actor)})`;
  if (reach === 'scheme') return sql`(not ${aboutMe(actor)} or ${released})`;
  if (reach === 'own') {
    return sql`((${actor.membershipId} in (f.recorded_by, f.reader_id) and not ${aboutMe(actor)}) or ${released})`;
  }
  return sql`false`;
}

/** What a reach may deal with: a manager all of it, anybody else what was given to them. Nobody what is about them. */
export function feedbackToHandle(actor: Actor, reach: Reach): Sql {
  if (actor.kind !== 'member') return sql`false`;
  if (reach === 'scheme') return sql`not ${aboutMe(actor)}`;
  if (reach === 'own') return sql`(f.reader_id = ${actor.membershipId} and not ${aboutMe(actor)})`;
  return sql`false`;
}
