import sql, { type Sql } from 'sql-template-tag';

/** Whether a response was recorded since its referral was last reopened, if ever it was. */
export const sinceReopened = (
  q: Sql,
): Sql => sql`${q}.recorded_at >= coalesce((select max(h.at) from referral_history h
  where h.scheme_id = ${q}.scheme_id and h.referral_id = ${q}.referral_id and h.action = 'reopen'), '-infinity')`;

/** Whether the measure of a baseline, `b` of measure_response, was answered for the closing that stands. */
export const hasClosing = (b: Sql): Sql => sql`exists (
  select 1 from measure_response q
  where q.scheme_id = ${b}.scheme_id and q.referral_id = ${b}.referral_id and q.measure = ${b}.measure
    and q.occasion = 'closing' and q.superseded_at is null
    and ${sinceReopened(sql`q`)})`;

/**
 * Each measure asked at the start of a referral, and whether closing has its answers: a closing response counts for the
 * closing it was given for, and after a reopening it has to be asked again.
 */
export const askedAtStart = (schemeId: string, referralId: string): Sql => sql`
  select b.measure, ${hasClosing(sql`b`)} as "hasClosing"
  from measure_response b
  where b.scheme_id = ${schemeId} and b.referral_id = ${referralId} and b.occasion = 'baseline'
    and b.superseded_at is null
  order by b.measure`;

/** What was answered at the start and, for the closing that stands, at the end; the newest last. */
export const startAndEnd = (schemeId: string, referralId: string): Sql => sql`
  select q.measure as "measureId", q.measure_version as version, q.occasion, q.answered_on::text as "takenOn", q.scores
  from measure_response q
  where q.scheme_id = ${schemeId} and q.referral_id = ${referralId} and q.superseded_at is null
    and (q.occasion = 'baseline' or (q.occasion = 'closing' and ${sinceReopened(sql`q`)}))
  order by q.answered_on, q.id`;
