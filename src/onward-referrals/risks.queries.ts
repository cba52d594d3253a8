import sql, { type Sql } from 'sql-template-tag';
import { flagsOf } from '../clients/lone-worker-flags.service.js';
import type { Tx } from '../platform/database/tx.js';
import type { BarFacts } from './bar.rules.js';
import type { FitChange } from './fit.rules.js';
import { LIVE_STATES } from './onward.types.js';
import type { RiskFacts } from './risk.rules.js';

/** What the people of a service are to be kept safe from. The caller holds the client's lock. */
export const riskFacts = (
  tx: Tx,
  { referralId, listingId }: { referralId: string; listingId: string },
): Promise<RiskFacts> =>
  tx.one<RiskFacts>(sql`
    select r.risks, l.level, ${flagsOf(tx.schemeId, sql`r.client_id`)} as flags
    from referral r join listing l on l.scheme_id = r.scheme_id and l.id = ${listingId}
    where r.scheme_id = ${tx.schemeId} and r.id = ${referralId}`);

/** `RiskFacts` of a live onward referral `o`, as JSON; null of one that has ended. */
export const RISK_FACTS: Sql = sql`
  case when o.state = any(${LIVE_STATES}::text[]) then (
    select json_build_object('risks', r.risks, 'level', met.level, 'flags', ${flagsOf(sql`o.scheme_id`, sql`o.client_id`)})
    from referral r join listing met on met.scheme_id = r.scheme_id and met.id = o.listing_id
    where r.scheme_id = o.scheme_id and r.id = o.referral_id) end`;

/** `RisksLearned` of a live onward referral `o` of the referral `r`, as JSON; null of one that has ended. */
export const RISKS_LEARNED: Sql = sql`
  case when o.state = any(${LIVE_STATES}::text[]) then json_build_object(
    'risks', r.risks,
    'level', (select l.level from listing l where l.scheme_id = o.scheme_id and l.id = o.listing_id),
    'flags', ${flagsOf(sql`o.scheme_id`, sql`o.client_id`)},
    'flaggedAt', (
      select coalesce(json_object_agg(f.code, f.at), '{}') from (
        select f.code, min(f.recorded_at) as at from lone_worker_flag f
        join client c on c.scheme_id = f.scheme_id and c.id = f.client_id
        where f.scheme_id = o.scheme_id and f.ended_at is null and o.client_id in (c.id, c.merged_into)
        group by f.code) f),
    'said', case when cardinality(r.risks) > 0 then (
      select coalesce(json_agg(json_build_object(
        'at', h.at, 'risks', h.details -> 'risks', 'before', h.details -> 'before') order by h.id), '[]')
      from referral_history h
      where h.scheme_id = r.scheme_id and h.referral_id = r.id
        and h.action in ('setRisks', 'note') and h.details ? 'risks') else '[]' end) end`;

/** `BarFacts` of a live onward referral `o`, as JSON; null of one that has ended. */
export const BAR_FACTS: Sql = sql`
  case when o.state = any(${LIVE_STATES}::text[]) then (
    select json_build_object('risks', asked.risks, 'dateOfBirth', who.date_of_birth, 'mustAvoid', o.must_avoid,
      'excludes', met.excludes, 'present', met.present, 'limits', host.limits, 'neverOfferSince', (
        select n.recorded_at from never_offer n
        where n.scheme_id = o.scheme_id and n.client_id = o.client_id and n.organisation_id = o.organisation_id))
    from referral asked
    join client who on who.scheme_id = asked.scheme_id and who.id = o.client_id
    join listing met on met.scheme_id = asked.scheme_id and met.id = o.listing_id
    join provider host on host.scheme_id = asked.scheme_id and host.organisation_id = o.organisation_id
    where asked.scheme_id = o.scheme_id and asked.id = o.referral_id) end`;

/** What their groups have said anew since these were offered, oldest first. */
export async function fitChanges(tx: Tx, ids: readonly string[]): Promise<Map<string, FitChange[]>> {
  const found = new Map<string, FitChange[]>();
  if (ids.length === 0) return found;
  const rows = await tx.rows<FitChange & { id: string }>(sql`
    select o.id, h.at, said.key as field, said.value -> 'from' as "from", said.value -> 'to' as "to"
    from onward_referral o
    cross join lateral (
      select p.at, p.changes from provider_history p
      where p.scheme_id = o.scheme_id and p.organisation_id = o.organisation_id and p.at >= o.offered_at
      union all
      select l.at, l.changes from listing_history l
      where l.scheme_id = o.scheme_id and l.listing_id = o.listing_id and l.at >= o.offered_at) h
    cross join lateral jsonb_each(h.changes) said
    where o.scheme_id = ${tx.schemeId} and o.id = any(${ids}::uuid[])
      and said.key in ('limits', 'excludes', 'present', 'level')
    order by h.at`);
  for (const { id, ...change } of rows) found.set(id, [...(found.get(id) ?? []), change]);
  return found;
}

/** `BarFacts` of one. The caller holds the client's lock, under which the never-offer list is written. */
export async function barFacts(tx: Tx, id: string): Promise<BarFacts | null> {
  const { bar } = await tx.one<{ bar: BarFacts | null }>(sql`
    select ${BAR_FACTS} as bar from onward_referral o where o.scheme_id = ${tx.schemeId} and o.id = ${id}`);
  return bar;
}
