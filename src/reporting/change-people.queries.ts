import sql, { type Sql } from 'sql-template-tag';
import type { ChangeSplit } from './change.types.js';

/** The referral `r` was none. */
export const ERROR = sql`(r.state = 'entered_in_error'
  or coalesce(r.end_reason in ('sent_in_error', 'wrong_person', 'entered_twice', 'test', 'duplicate'), false))`;

/** Why the person `c` of the referral `r` is counted apart; null where they are not. */
export const APART = sql`case when c.death_recorded_at is not null or r.result = 'died' then 'died'
  when ${ERROR} then 'error'
  when r.end_reason in ('moved_away', 'handed_to_another_scheme') then 'moved' end`;

/** Whether answers may yet come. */
export const STILL_OPEN = sql`r.state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold')`;

const NONE = sql`'[]'::jsonb`;

/** The groups somebody of `a` stands in, as [{ key, title }]. */
export function groupsBy(by: ChangeSplit | null): Sql {
  switch (by) {
    case null:
      return NONE;
    case 'route':
      return sql`jsonb_build_array(jsonb_build_object('key', a.route, 'title', a.route))`;
    case 'need':
      return sql`(select coalesce(jsonb_agg(jsonb_build_object('key', need, 'title', need)), ${NONE})
        from unnest(a.reasons) as need)`;
    case 'area':
      return sql`case when a.postcode is null then ${NONE} else jsonb_build_array(jsonb_build_object(
        'key', split_part(a.postcode, ' ', 1), 'title', split_part(a.postcode, ' ', 1))) end`;
    case 'provider':
      return sql`(select coalesce(jsonb_agg(distinct jsonb_build_object('key', g.id, 'title', g.name)), ${NONE})
        from onward_referral o join organisation g on g.scheme_id = o.scheme_id and g.id = o.organisation_id
        where o.scheme_id = a.scheme_id and o.referral_id = a.referral_id
          and o.state in ('started', 'completed', 'stopped'))`;
  }
}
