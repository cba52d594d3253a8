import sql, { type Sql } from 'sql-template-tag';
import { coveredBy, standing } from '../identity/cover.queries.js';
import type { ListMoment } from './task.reach.js';

/** Everybody who may have a list, with whose work they do today. Those who are away themselves get nothing. */
export const listHolders = (schemeId: string, at: ListMoment): Sql => sql`
  select m.id, m.account_id, m.scheme_id, m.role, m.triages, m.organisation_id,
    array_append(${coveredBy(sql`m`, sql`h`, sql`${at.today}::date`)}, m.id) as acts_for
  from membership m join scheme h on h.id = m.scheme_id join user_account a on a.id = m.account_id
  where m.scheme_id = ${schemeId} and m.role in ('link_worker', 'scheme_manager', 'referrer', 'provider_member')
    and ${standing(sql`m`)} and a.disabled_at is null
    and not exists (
      select 1 from cover away
      where away.scheme_id = m.scheme_id and away.worker_id = m.id and away.ended_at is null
        and away.reason <> 'part_time' and away.starts_on <= ${at.today}::date
        and coalesce(away.ends_on, 'infinity'::date) >= ${at.today}::date)`;
