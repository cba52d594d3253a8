import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { addDays, atLondon } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { FiguresDatabase } from '../platform/database/figures-database.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { OverviewQuery, OverviewView } from './overview.dto.js';
import { goalFigures, type GoalCounts } from './goals.rules.js';
import { periodOf, periodProblems } from './overview.rules.js';

@Injectable()
export class GoalsQueries {
  constructor(
    private readonly database: FiguresDatabase,
    private readonly clock: Clock,
  ) {}

  /** Counts only, of the referrals closed in the period: while one is open its goals are still being worked on. */
  async goals(actor: MemberActor, query: OverviewQuery): Promise<OverviewView> {
    const now = this.clock.now();
    const reach = reachFor(actor, 'figures.read') === 'scheme' ? 'scheme' : 'aggregate';
    const period = periodOf(query, now);
    const problems = periodProblems(period, reach, now);
    if (problems.length > 0) throw Refusal.invalid(problems);
    const { found: counts, asOf } = await this.database.count<GoalCounts & Record<string, unknown>>(
      actor.schemeId,
      sql`
        with closed as (
          select r.id, exists (select 1 from plan p join goal g on g.scheme_id = p.scheme_id and g.plan_id = p.id
              where p.scheme_id = r.scheme_id and p.referral_id = r.id and g.dropped_at is null
                and g.status <> 'no_longer_wanted') as planned,
            exists (select 1 from plan p join goal g on g.scheme_id = p.scheme_id and g.plan_id = p.id
              where p.scheme_id = r.scheme_id and p.referral_id = r.id and g.dropped_at is null
                and g.status = 'reached') as reached,
            exists (select 1 from plan p join goal g on g.scheme_id = p.scheme_id and g.plan_id = p.id
              where p.scheme_id = r.scheme_id and p.referral_id = r.id and g.dropped_at is null
                and g.status = 'partly_reached') as partly
          from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
          where r.scheme_id = ${actor.schemeId} and r.state = 'closed'
            and r.ended_at >= ${atLondon(period.from, '00:00')}
            and r.ended_at < ${atLondon(addDays(period.to, 1), '00:00')}
            and c.death_recorded_at is null and coalesce(r.result, '') <> 'died'
            and coalesce(r.end_reason, '') not in ('moved_away', 'handed_to_another_scheme', 'sent_in_error',
              'wrong_person', 'entered_twice', 'test', 'duplicate')
        )
        select count(*)::integer as closed, count(*) filter (where planned)::integer as planned,
          count(*) filter (where not planned)::integer as "withoutGoals",
          count(*) filter (where planned and reached)::integer as reached,
          count(*) filter (where planned and not reached and partly)::integer as partly,
          count(*) filter (where planned and not reached and not partly)::integer as "notReached"
        from closed`,
    );
    return { ...period, asOf, figures: goalFigures(counts, reach) };
  }
}
