import sql, { type Sql } from 'sql-template-tag';
import { absence, coveredBy, standing } from '../identity/cover.queries.js';
import type { ListMoment } from './task.reach.js';

/**
 * Everybody who may have a list, with whose work they do today. Those who are away themselves get nothing, but for a
 * manager while no other is here: what only managers are asked would be heard of by nobody.
 */
export const listHolders = (schemeId: string, at: ListMoment): Sql => sql`
  select m.id, m.account_id, m.scheme_id, m.role, m.triages, m.organisation_id,
    array_append(${coveredBy(sql`m`, sql`h`, sql`${at.today}::date`)}, m.id) as acts_for
  from membership m join scheme h on h.id = m.scheme_id join user_account a on a.id = m.account_id
  where m.scheme_id = ${schemeId} and m.role in ('link_worker', 'scheme_manager', 'referrer', 'provider_member', 'administrator')
    and ${standing(sql`m`)} and a.disabled_at is null and a.kind = 'person'
    and (${here(sql`m`, at)} or (m.role = 'scheme_manager' and not exists (
      select 1 from membership other join user_account oa on oa.id = other.account_id
      where other.scheme_id = m.scheme_id and other.role = 'scheme_manager' and ${standing(sql`other`)}
        and oa.disabled_at is null and ${here(sql`other`, at)})))`;

/** Not away that day. `m` is a row of membership. */
const here = (m: Sql, at: ListMoment): Sql => sql`not exists (
  select 1 from cover away
  where away.scheme_id = ${m}.scheme_id and away.worker_id = ${m}.id
    and ${absence(sql`away`, sql`${at.today}::date`)})`;
