import sql, { type Sql } from 'sql-template-tag';
import { sinceReopened } from './closing.queries.js';
import { EVERYWHERE } from './measures.catalogue.js';

const ALWAYS: Sql = sql`${EVERYWHERE.map(({ id }) => id)}::text[]`;

/** Whether a questionnaire is asked in the scheme at all, in whichever version. */
const isAsked = (schemeId: Sql, measure: Sql): Sql => sql`(
  ${measure} = any(${ALWAYS})
  or exists (select 1 from measure_switch s where s.scheme_id = ${schemeId} and s.measure = ${measure} and s.is_on)
  or exists (
    select 1 from questionnaire n
    where n.scheme_id = ${schemeId} and n.measure = ${measure} and n.state = 'published'))`;

/** What is asked as it ends, and after, is asked anew once it was reopened. */
const ofThisTime = (occasion: Sql): Sql =>
  sql`(${occasion} in ('baseline', 'review') or ${sinceReopened(sql`q`)})`;

/**
 * What is to be asked of a referral at an occasion and has neither answers nor a reason why there are none, each by itself:
 * at the start what everybody is asked, later what it began with. What was answered later without a first set has none to
 * come.
 */
export const stillToAsk = (schemeId: Sql, referralId: Sql, occasion: Sql): Sql => sql`
  select w.measure from (
    select unnest(${ALWAYS}) as measure
    where ${occasion} = 'baseline' or not exists (
      select 1 from measure_response b
      where b.scheme_id = ${schemeId} and b.referral_id = ${referralId} and b.occasion = 'baseline'
        and b.superseded_at is null)
    union
    select b.measure from measure_response b
    where ${occasion} <> 'baseline' and b.scheme_id = ${schemeId} and b.referral_id = ${referralId}
      and b.occasion = 'baseline' and b.superseded_at is null and ${isAsked(schemeId, sql`b.measure`)}) w
  where not exists (
      select 1 from measure_response q
      where q.scheme_id = ${schemeId} and q.referral_id = ${referralId} and q.measure = w.measure
        and q.superseded_at is null and (${occasion} = 'baseline' or q.occasion = ${occasion})
        and ${ofThisTime(occasion)})
    and not exists (
      select 1 from measure_missing q
      where q.scheme_id = ${schemeId} and q.referral_id = ${referralId} and q.measure = w.measure
        and q.occasion = ${occasion} and ${ofThisTime(occasion)})
  order by w.measure`;
