import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { readCatalogue } from '../outcomes/catalogue.queries.js';
import { type Catalogued, findIn, newestIn } from '../outcomes/catalogue.rules.js';
import type { Measure } from '../outcomes/measures.catalogue.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { DEFAULT_SETTINGS, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import type { ChangeFiguresQuery, ChangeFiguresView } from './change.dto.js';
import { countPeople, scoreChange, type TQuantile } from './change.rules.js';
import type { ChangeSplit, Person } from './change.types.js';
import { changeView } from './change.view.js';
import { periodOf, periodProblems, type Period } from './overview.rules.js';

/** What is asked for, and how many of how few may be told. */
interface Facts {
  people: Person[];
  neverAsked: number;
  settings: Partial<SchemeSettings>;
}

@Injectable()
export class ChangeQueries {
  constructor(
    private readonly database: Database,
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
    const [facts] = await this.database.read<Facts & Record<string, unknown>>(
      actor.schemeId,
      factsOf(actor.schemeId, measure, period, query.by ?? null),
    );
    if (!facts) throw new Error('Counting gave no row.');
    const tQuantile = await loadTQuantile();
    const { minimumPairs } = { ...DEFAULT_SETTINGS, ...facts.settings };
    const counts = countPeople(facts.people, facts.neverAsked);
    const changes = Object.fromEntries(
      measure.scores.map((score) => [score.key, scoreChange(facts.people, score, tQuantile)]),
    );
    return changeView(
      { measure, period, asOf: now, reach, minimumPairs, by: query.by ?? null },
      { counts, changes, people: facts.people },
      tQuantile,
    );
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
 * that was no error. The latest answers since are those of the same episode and version, whatever the occasion.
 */
function factsOf(schemeId: string, measure: Measure, period: Period, by: ChangeSplit | null): Sql {
  return sql`
    with asked as (
      select distinct on (r.client_id) r.scheme_id, r.id as referral_id, r.route, r.reasons, b.scores as before,
        case when c.death_recorded_at is not null or r.result = 'died' then 'died'
          when ${ERROR} then 'error'
          when r.end_reason in ('moved_away', 'handed_to_another_scheme') then 'moved' end as apart,
        r.state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold') as open, c.postcode
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
          order by q.answered_on desc, q.id desc limit 1) as after
      from asked a
    )
    select coalesce((select jsonb_agg(to_jsonb(p)) from person p), '[]') as people,
      (select count(distinct r.client_id)::integer from referral r
        where r.scheme_id = ${schemeId} and (r.begun_at at time zone 'Europe/London')::date
            between ${period.from} and ${period.to} and r.state <> 'entered_in_error'
          and not exists (select 1 from measure_response b
            where b.scheme_id = r.scheme_id and b.referral_id = r.id and b.measure = ${measure.id}
              and b.occasion = 'baseline' and b.superseded_at is null)) as "neverAsked",
      (select settings from scheme where id = ${schemeId}) as settings`;
}

const ERROR = sql`(r.state = 'entered_in_error'
  or coalesce(r.end_reason in ('sent_in_error', 'wrong_person', 'entered_twice', 'test', 'duplicate'), false))`;

const NONE = sql`'[]'::jsonb`;

function groupsBy(by: ChangeSplit | null): Sql {
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
