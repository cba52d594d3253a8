import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { addDays, atLondon, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { placesStale } from '../providers/listing-search.queries.js';
import type { GapBarrierView, GapCountView } from './gap.dto.js';

/** What is asked for is counted over so many days. */
export const ASKED_DAYS = 365;

/** What is asked for, what is there and what is missing, by need and district: counts, of nobody. */
@Injectable()
export class GapCounts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Only where somebody asked, or could not be helped; most gaps first. */
  async list(actor: MemberActor): Promise<GapCountView[]> {
    reachFor(actor, 'gap.count');
    const { schemeId } = actor;
    const today = londonDate(this.clock.now());
    const since = atLondon(addDays(today, -ASKED_DAYS), '00:00');
    return this.database.read<GapCountView & Record<string, unknown>>(
      schemeId,
      sql`
      with asked as (
        select reason as need, nullif(split_part(case when c.place_found_by = 'day_place' then c.day_place_postcode
            else c.postcode end, ' ', 1), '') as area, count(*)::int as count
        from referral r
        join client c on c.scheme_id = r.scheme_id and c.id = r.client_id, unnest(r.reasons) as reason
        where r.scheme_id = ${schemeId} and r.sent_at >= ${since} and r.state not in ('entered_in_error', 'joined')
        group by 1, 2
      ), missing as (
        select need, area, count(*)::int as count from gap
        where scheme_id = ${schemeId} and closed_at is null group by 1, 2
      )
      select cell.need, cell.area, coalesce(missing.count, 0) as gaps, coalesce(asked.count, 0) as referrals, there.*
      from (select need, area from asked union select need, area from missing) as cell
      cross join lateral (
        select count(*)::int as services,
          coalesce(sum(greatest(l.places_total - l.places_taken, 0)) filter (where its.reading = 'counted'), 0)::int
            as "placesFree",
          (count(*) filter (where its.reading = 'drop_in'))::int as "dropIn",
          (count(*) filter (where its.reading = 'ask_first'))::int as "askFirst"
        from listing l cross join lateral (
          select case when l.full_until > ${today}::date then 'full'
            when l.places_kind = 'counted' and ${placesStale(today)} then 'ask_first'
            else l.places_kind end as reading) its
        where l.scheme_id = ${schemeId} and l.state = 'published' and cell.need = any(l.needs)
          and (cell.area = any(l.areas) or (l.areas = '{}' and l.radius_miles is null))) as there
      left join asked on asked.need = cell.need and asked.area is not distinct from cell.area
      left join missing on missing.need = cell.need and missing.area is not distinct from cell.area
      order by gaps desc, referrals desc, cell.need, cell.area`,
    );
  }

  /** By language other than English and by what people need to take part, only where somebody does; most gaps first. */
  async barriers(actor: MemberActor): Promise<GapBarrierView[]> {
    reachFor(actor, 'gap.count');
    const { schemeId } = actor;
    const since = atLondon(addDays(londonDate(this.clock.now()), -ASKED_DAYS), '00:00');
    return this.database.read<GapBarrierView & Record<string, unknown>>(
      schemeId,
      sql`
      with asked as (
        select kind, code, count(*)::int as count
        from referral r
        join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        cross join lateral (
          select 'language' as kind, c.language as code where c.language <> 'en'
          union all select 'access', need from unnest(c.access_needs) as need) as its
        where r.scheme_id = ${schemeId} and r.sent_at >= ${since} and r.state not in ('entered_in_error', 'joined')
        group by 1, 2
      ), missing as (
        select kind, code, count(*)::int as count
        from gap g
        left join referral r on r.scheme_id = g.scheme_id and r.id = g.referral_id
        left join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        cross join lateral (
          select 'language' as kind, g.language as code where g.language <> 'en'
          union all select 'access', need from unnest(c.access_needs) as need) as its
        where g.scheme_id = ${schemeId} and g.closed_at is null
        group by 1, 2
      ), there as (
        select kind, code, count(*)::int as count
        from listing l
        cross join lateral (
          select 'language' as kind, spoken as code from unnest(l.languages) as spoken
          union all select 'access', has from unnest(l.access) as has) as its
        where l.scheme_id = ${schemeId} and l.state = 'published'
        group by 1, 2
      )
      select kind as barrier, code, coalesce(missing.count, 0) as gaps, coalesce(asked.count, 0) as referrals,
        coalesce(there.count, 0) as services
      from asked full join missing using (kind, code) left join there using (kind, code)
      order by gaps desc, referrals desc, kind, code`,
    );
  }
}
