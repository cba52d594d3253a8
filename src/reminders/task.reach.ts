import sql, { raw, type Sql } from 'sql-template-tag';
import { standing } from '../identity/cover.queries.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { addWorkingDays, atLondon, londonDate } from '../platform/clock/calendar.js';

/** What an absent worker's tasks wait for, in working days, before they are the managers' as well. */
const UNHANDLED_DAYS = 2;

export interface ListMoment {
  /** YYYY-MM-DD. */
  today: string;
  /** Tasks of absent people made before this have not been handled. */
  unhandledBefore: Date;
}

export function listMoment(now: Date, holidays: ReadonlySet<string>): ListMoment {
  const today = londonDate(now);
  return {
    today,
    unhandledBefore: atLondon(addWorkingDays(today, -UNHANDLED_DAYS, holidays), '00:00'),
  };
}

/**
 * The row `me` that `onListOf` compares with, for somebody signed in. Role and triage are said, not given: a plan made once and
 * for all then leaves out what only others have, and finds somebody's own by its index.
 */
export const meAs = (actor: MemberActor): Sql => sql`
  (select ${actor.schemeId}::uuid as scheme_id, ${raw(`'${actor.role}'`)}::text as role, ${raw(String(actor.triages))} as triages,
    ${actor.organisationId}::uuid as organisation_id, ${actor.actsFor}::uuid[] as acts_for)`;

/**
 * Whether a task `t` is on the list of `me` (columns scheme_id, role, triages, organisation_id, acts_for): their own,
 * those of the people they cover, their organisation's, the triage queue's, the administrators'. Managers also have what nobody else has:
 * tasks of people who have left, and of people away that nobody handled for two working days.
 */
export const onListOf = (t: Sql, me: Sql, at: ListMoment): Sql => sql`(
  (${t}.audience = 'membership' and ${t}.audience_id = any(${me}.acts_for))
  or (${t}.audience = 'organisation' and ${t}.audience_id = ${me}.organisation_id)
  or (${t}.audience = 'triage' and ${me}.triages)
  or (${t}.audience = 'administrators' and ${me}.role = 'administrator')
  or (${me}.role = 'scheme_manager' and (
    ${t}.audience = 'managers'
    or (${t}.audience = 'triage' and not exists (
      select 1 from membership m where m.scheme_id = ${me}.scheme_id and m.triages and ${standing(sql`m`)}))
    or (${t}.audience = 'membership' and not exists (
      select 1 from membership m
      where m.scheme_id = ${me}.scheme_id and m.id = ${t}.audience_id and ${standing(sql`m`)}))
    or (${t}.audience = 'membership' and ${t}.created_at < ${at.unhandledBefore} and exists (
      select 1 from cover away
      where away.scheme_id = ${me}.scheme_id and away.worker_id = ${t}.audience_id and away.ended_at is null
        and away.reason <> 'part_time' and away.starts_on <= ${at.today}::date
        and coalesce(away.ends_on, 'infinity'::date) >= ${at.today}::date)))))`;
