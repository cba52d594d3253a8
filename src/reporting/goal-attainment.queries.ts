import sql from 'sql-template-tag';
import { attainmentOf, type GoalSaid } from '../outcomes/goal-attainment.rules.js';
import type { FiguresDatabase } from '../platform/database/figures-database.js';
import { APART, ERROR, groupsBy, STILL_OPEN } from './change-people.queries.js';
import type { ChangeFacts, ChangeSplit, Person } from './change.types.js';
import type { Period } from './overview.rules.js';

interface Row extends Omit<ChangeFacts, 'people' | 'asOf'>, Record<string, unknown> {
  people: (Pick<Person, 'apart' | 'open' | 'groups'> & { goals: GoalSaid[] })[];
}

/**
 * Everybody who first said in the period how far one of their goals was: one episode each, the first in it that was no
 * error. Goals that were dropped, or are no longer wanted, are on neither side.
 */
export async function goalFacts(
  database: FiguresDatabase,
  schemeId: string,
  period: Period,
  by: ChangeSplit | null,
): Promise<ChangeFacts> {
  const { found: row, asOf } = await database.count<Row>(
    schemeId,
    sql`
    with said as (
      select p.referral_id, min(s.at) as at
      from plan p join goal g on g.scheme_id = p.scheme_id and g.plan_id = p.id
      join goal_progress s on s.scheme_id = g.scheme_id and s.goal_id = g.id
      where p.scheme_id = ${schemeId} and s.how_far is not null
      group by p.referral_id
    ),
    asked as (
      select distinct on (r.client_id) r.scheme_id, r.id as referral_id, r.route, r.reasons, ${APART} as apart,
        ${STILL_OPEN} as open, c.postcode
      from said join referral r on r.scheme_id = ${schemeId} and r.id = said.referral_id
      join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
      where (said.at at time zone 'Europe/London')::date between ${period.from} and ${period.to}
      order by r.client_id, ${ERROR}, said.at, r.id
    ),
    person as (
      select a.apart, a.open, ${groupsBy(by)} as groups,
        (select coalesce(jsonb_agg(jsonb_build_object('importance', g.importance, 'first', far.first, 'last', far.last)), '[]')
          from plan p join goal g on g.scheme_id = p.scheme_id and g.plan_id = p.id
          cross join lateral (
            select (array_agg(s.how_far order by s.at, s.id))[1] as first,
              case when count(*) > 1 then (array_agg(s.how_far order by s.at desc, s.id desc))[1] end as last
            from goal_progress s
            where s.scheme_id = g.scheme_id and s.goal_id = g.id and s.how_far is not null) far
          where p.scheme_id = a.scheme_id and p.referral_id = a.referral_id and g.dropped_at is null
            and g.status <> 'no_longer_wanted' and far.first is not null) as goals
      from asked a
    )
    select coalesce((select jsonb_agg(to_jsonb(p)) from person p), '[]') as people,
      (select jsonb_build_array(jsonb_build_object('because', null, 'people', count(distinct r.client_id))) from referral r
        where r.scheme_id = ${schemeId} and (r.begun_at at time zone 'Europe/London')::date
            between ${period.from} and ${period.to} and r.state <> 'entered_in_error'
          and not exists (select 1 from said where said.referral_id = r.id)) as "neverAsked",
      (select settings from scheme where id = ${schemeId}) as settings`,
  );
  return {
    ...row,
    asOf,
    people: row.people.map(({ goals, ...person }) => {
      const { before, after } = attainmentOf(goals);
      return {
        ...person,
        before: { attainment: before },
        after: after === null ? null : { attainment: after },
        otherVersion: false,
        sameDay: false,
      };
    }),
  };
}
