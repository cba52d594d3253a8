import sql, { type Sql } from 'sql-template-tag';

/**
 * Everybody of a scheme who went from helped to helper, once: `client_id` and the first day, by a volunteer role that they
 * started or as it was recorded.
 */
export const helpersOf = (schemeId: string): Sql => sql`
  select v.client_id, min(v.since_on) as since_on from (
    select coalesce(c.merged_into, c.id) as client_id, b.since_on from became_volunteer b
    join client c on c.scheme_id = b.scheme_id and c.id = b.client_id
    where b.scheme_id = ${schemeId} and b.voided_at is null
    union all
    select o.client_id, o.started_on from onward_referral o
    join listing l on l.scheme_id = o.scheme_id and l.id = o.listing_id and l.volunteer_role
    where o.scheme_id = ${schemeId} and o.started_on is not null
  ) v group by v.client_id`;
