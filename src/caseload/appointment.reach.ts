import sql, { type Sql } from 'sql-template-tag';
import type { Reached } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { referralWithin } from '../referrals/referral.reach.js';

/** For so long after a visit whoever was sent still reads about it: they may be asked what happened. */
const AFTER_VISIT_MS = 86_400_000;

/**
 * A visit at home, from `home_visit v` and `appointment a`, of somebody this actor is, or covers: where they go, whom they
 * see and what keeps them safe is theirs to read though the referral is a colleague's, until they are back and a day on.
 * Whoever asks after them has to say where they went, from when it begins until they are back.
 */
const sent = (actor: Actor, at: Date): Sql =>
  actor.kind === 'member'
    ? sql`exists (
        select 1 from home_visit v
        where v.scheme_id = a.scheme_id and v.appointment_id = a.id and (
          v.worker_id = any(${actor.actsFor}::uuid[])
            and (a.state = 'made' and v.back_at is null or v.back_by > ${new Date(at.getTime() - AFTER_VISIT_MS)})
          or v.buddy_id = any(${actor.actsFor}::uuid[])
            and a.state = 'made' and v.back_at is null and a.starts_at <= ${at}))`
    : sql`false`;

/** Which appointments, from `appointment a` and its `referral r`, a reach covers: those of the referral, and one's own visits. */
export function appointmentWithin(actor: Actor, reach: Reached, at: Date): Sql {
  const ofReferral = referralWithin(actor, reach, at);
  return reach === 'assigned' || reach === 'opened' ? sql`(${ofReferral} or ${sent(actor, at)})` : ofReferral;
}

/** The same, of the appointment `id` where only its `referral r` is at hand. */
export const referralOfAppointment = (actor: Actor, reach: Reached, at: Date, id: string): Sql => sql`exists (
  select 1 from appointment a
  where a.scheme_id = r.scheme_id and a.referral_id = r.id and a.id = ${id} and ${appointmentWithin(actor, reach, at)})`;
