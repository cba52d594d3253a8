import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { readCatalogue } from '../outcomes/catalogue.queries.js';
import { type Catalogued, findIn, newestIn } from '../outcomes/catalogue.rules.js';
import type { Measure } from '../outcomes/measures.catalogue.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { FiguresDatabase } from '../platform/database/figures-database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { DEFAULT_SETTINGS } from '../platform/scheme/scheme-settings.js';
import type { ChangeFiguresQuery, ChangeFiguresView } from './change.dto.js';
import { APART, ERROR, groupsBy, STILL_OPEN } from './change-people.queries.js';
import { countPeople, scoreChange, type TQuantile } from './change.rules.js';
import type { ChangeFacts as Facts, ChangeSplit } from './change.types.js';
import { goalFacts } from './goal-attainment.queries.js';
import { changeView } from './change.view.js';
import { UNANSWERED_AT_START } from '../outcomes/response.types.js';
import { periodOf, periodProblems, type Period } from './overview.rules.js';

@Injectable()
export class ChangeQueries {
  constructor(
    private readonly database: FiguresDatabase,
    private readonly clock: Clock,
  ) {}

  /** Counts and means only: no row of anybody leaves here. */
  async change(actor: MemberActor, query: ChangeFiguresQuery): Promise<ChangeFiguresView> {
    const now = this.clock.now();
    const reach = reachFor(actor, 'figures.read') === 'scheme' ? 'scheme' : 'aggregate';
    const measure = measureOf(await readCatalogue(this.database, actor.schemeId), query);
    const period = periodOf(query, now);
    const problems = periodProblems(period, reach, now);
    if (problems.length > 0) throw Refusal.invalid(problems);
    const by = query.by ?? null;
    const facts = measure.fromPlan
      ? await goalFacts(this.database, actor.schemeId, period, by)
      : await this.answered(actor.schemeId, measure, period, by);
    const tQuantile = await loadTQuantile();
    const { minimumPairs } = { ...DEFAULT_SETTINGS, ...facts.settings };
    const counts = countPeople(facts.people, facts.neverAsked);
    const changes = Object.fromEntries(
      measure.scores.map((score) => [score.key, scoreChange(facts.people, score, tQuantile)]),
    );
    return changeView(
      { measure, period, asOf: facts.asOf, reach, minimumPairs, by },
      { counts, changes, people: facts.people },
      tQuantile,
    );
  }

  private async answered(
    schemeId: string,
    measure: Measure,
    period: Period,
    by: ChangeSplit | null,
  ): Promise<Facts> {
    const { found: row, asOf } = await this.database.count<Omit<Facts, 'asOf'> & Record<string, unknown>>(
      schemeId,
      factsOf(schemeId, measure, period, by),
    );
    return { ...row, asOf };
  }
}

function measureOf(catalogue: readonly Catalogued[], { measure, version }: ChangeFiguresQuery): Measure {
  const newest = newestIn(catalogue, measure);
  if (!newest) throw Refusal.invalidField('measure', 'There is no such questionnaire');
  const found = version === undefined ? newest : findIn(catalogue, measure, version);
  if (!found) throw Refusal.invalidField('version', 'There is no such version of this questionnaire');
  return found.measure;
}

/** Twenty kilobytes of tables that nothing else needs: read when first asked for. */
async function loadTQuantile(): Promise<TQuantile> {
  const { default: quantile } = await import('@stdlib/stats-base-dists-t-quantile');
  return quantile;
}

/**
 * Everybody whose first answers to this version fall into the period: for each person one episode, their first in it
 * that was no error. The latest answers since are those of a later day, of the same episode and version, whatever the occasion.
 */
function factsOf(schemeId: string, measure: Measure, period: Period, by: ChangeSplit | null): Sql {
  return sql`
    with asked as (
      select distinct on (r.client_id) r.scheme_id, r.id as referral_id, r.route, r.reasons, b.scores as before, b.answered_on as begun_on,
        ${APART} as apart, ${STILL_OPEN} as open, c.postcode
      from measure_response b
      join referral r on r.scheme_id = b.scheme_id and r.id = b.referral_id
      join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
      where b.scheme_id = ${schemeId} and b.measure = ${measure.id} and b.measure_version = ${measure.version}
        and b.occasion = 'baseline' and b.superseded_at is null
        and b.answered_on between ${period.from} and ${period.to}
      order by r.client_id, ${ERROR}, b.answered_on, b.id
    ),
    person as (
      select a.apart, a.open, a.before, ${groupsBy(by)} as groups,
        (select q.scores from measure_response q
          where q.scheme_id = ${schemeId} and q.referral_id = a.referral_id and q.measure = ${measure.id}
            and q.measure_version = ${measure.version} and q.occasion <> 'baseline' and q.superseded_at is null
            and q.answered_on > a.begun_on
          order by q.answered_on desc, q.id desc limit 1) as after,
        exists (select 1 from measure_response q
          where q.scheme_id = ${schemeId} and q.referral_id = a.referral_id and q.measure = ${measure.id}
            and q.measure_version <> ${measure.version} and q.occasion <> 'baseline'
            and q.superseded_at is null) as "otherVersion",
        exists (select 1 from measure_response q
          where q.scheme_id = ${schemeId} and q.referral_id = a.referral_id and q.measure = ${measure.id}
            and q.measure_version = ${measure.version} and q.occasion <> 'baseline' and q.superseded_at is null
            and q.answered_on <= a.begun_on) as "sameDay"
      from asked a
    )
    select coalesce((select jsonb_agg(to_jsonb(p)) from person p), '[]') as people,
      (select coalesce(jsonb_agg(to_jsonb(n)), '[]') from (
        select because, count(*)::integer as people from (
          select distinct on (r.client_id) r.client_id, (
            select m.because from measure_missing m
            where m.scheme_id = r.scheme_id and m.referral_id = r.id and m.measure = ${measure.id}
              and m.occasion = 'baseline' and m.because = any(${UNANSWERED_AT_START})
            order by m.recorded_at desc, m.id desc limit 1) as because
          from referral r
          where r.scheme_id = ${schemeId} and (r.begun_at at time zone 'Europe/London')::date
              between ${period.from} and ${period.to} and r.state <> 'entered_in_error'
            and not exists (select 1 from measure_response b
              where b.scheme_id = r.scheme_id and b.referral_id = r.id and b.measure = ${measure.id}
                and b.occasion = 'baseline' and b.superseded_at is null)
          order by r.client_id, because nulls last) each
        group by because) n) as "neverAsked",
      (select settings from scheme where id = ${schemeId}) as settings`;
}
