import sql, { type Sql } from 'sql-template-tag';
import { OPEN_STATES } from './referral.types.js';

/**
 * The referral that `practice_move m` leaves a question about: one that the practice they left sent before, still going on
 * by itself or within another. Null where there is none, as for whoever has moved on again since.
 */
export const LEFT_WITH: Sql = sql`(
  select coalesce(into_r.id, r.id) from referral r
  left join referral into_r on into_r.scheme_id = r.scheme_id and into_r.id = r.joined_into
  where r.scheme_id = m.scheme_id and m.client_id in (r.client_id, r.sent_client_id)
    and r.organisation_id = m.from_organisation_id and r.sent_at <= m.recorded_at
    and coalesce(into_r.state, r.state) = any(${[...OPEN_STATES]}::text[])
    and not exists (
      select 1 from practice_move newer
      where newer.scheme_id = m.scheme_id and newer.client_id = m.client_id and newer.id > m.id)
  order by r.id desc limit 1)`;
