import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { addDays, atLondon, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { FiguresDatabase } from '../platform/database/figures-database.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { Page } from '../platform/http/pagination.js';
import type { ReferralLine, SentReferralLine } from '../referrals/referral.dto.js';
import { ReferralsQueries } from '../referrals/referrals.queries.js';
import { LONG_WAIT_DAYS } from '../referrals/referral.types.js';
import type { OpenedCountQuery, OverviewQuery, OverviewView } from './overview.dto.js';
import {
  overview,
  periodBefore,
  periodOf,
  periodProblems,
  periodsOffered,
  type Period,
} from './overview.rules.js';
import type { OpenedCount, OverviewCounts } from './overview.types.js';

export interface ComparedOverview {
  current: OverviewView;
  before: OverviewView;
  offered: Period[];
}

@Injectable()
export class OverviewQueries {
  constructor(
    private readonly database: FiguresDatabase,
    private readonly clock: Clock,
    private readonly referrals: ReferralsQueries,
  ) {}

  /** Counts only: no row of anybody leaves here. */
  async overview(actor: MemberActor, query: OverviewQuery): Promise<OverviewView> {
    const now = this.clock.now();
    const reach = reachFor(actor, 'figures.read') === 'scheme' ? 'scheme' : 'aggregate';
    const period = periodOf(query, now);
    const problems = periodProblems(period, reach, now);
    if (problems.length > 0) throw Refusal.invalid(problems);
    const { found: row, asOf } = await this.database.count<
      OverviewCounts & { median: number | null; [column: string]: unknown }
    >(actor.schemeId, countsOf(actor.schemeId, period, now));
    const { median, ...counts } = row;
    return { ...period, asOf, figures: overview(counts, median, reach) };
  }

  /** Whom a number of the overview counts, one by one. */
  list(actor: MemberActor, query: OpenedCountQuery): Promise<Page<ReferralLine | SentReferralLine>> {
    return this.referrals.list(actor, query, this.behind(actor, query));
  }

  count(actor: MemberActor, query: OpenedCountQuery): Promise<number> {
    return this.referrals.count(actor, query, this.behind(actor, query));
  }

  private behind(actor: MemberActor, query: OpenedCountQuery): Sql {
    reachFor(actor, 'figures.open');
    const now = this.clock.now();
    const period = periodOf(query, now);
    const problems = periodProblems(period, 'scheme', now);
    if (problems.length > 0) throw Refusal.invalid(problems);
    return sql`r.id in (with ${counted(actor.schemeId, period)} ${OPENED[query.figure](now)})`;
  }

  /** The same beside the period before it: of the first period on offer, unless another is asked for. */
  async compared(actor: MemberActor, query: OverviewQuery): Promise<ComparedOverview> {
    const offered = periodsOffered(this.clock.now(), reachFor(actor, 'figures.read') === 'scheme');
    const asked = query.from === undefined && query.to === undefined ? { ...offered[0] } : query;
    const current = await this.overview(actor, asked);
    return { current, before: await this.overview(actor, periodBefore(current)), offered };
  }
}

/** Whom every number is about, each in one place: what is counted is what is opened. */
function counted(schemeId: string, { from, to }: Period) {
  const starts = atLondon(from, '00:00');
  const ends = atLondon(addDays(to, 1), '00:00');
  return sql`
  received as (
      select r.id, r.state, r.result, r.accepted_at is not null as accepted,
        r.state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold') as open,
        exists (select 1 from onward_referral o where o.scheme_id = r.scheme_id and o.referral_id = r.id
          and o.state in ('accepted', 'started', 'completed', 'stopped')) as with_a_group,
        (select (min(c.at) at time zone 'Europe/London')::date from contact c
          where c.scheme_id = r.scheme_id and c.referral_id = r.id and c.outcome = 'reached')
          - (r.sent_at at time zone 'Europe/London')::date as days
      from referral r
      where r.scheme_id = ${schemeId} and r.sent_at >= ${starts} and r.sent_at < ${ends}
        and r.state <> 'entered_in_error'
    ),
    episode as (select * from received where state <> 'joined'),
    taken_on as (select * from episode where accepted),
    open_now as (
      select r.id, r.state, r.sent_at from referral r where r.scheme_id = ${schemeId}
        and r.state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold')
    )`;
}

const longAgo = (now: Date): Date => atLondon(addDays(londonDate(now), -LONG_WAIT_DAYS), '00:00');

/** Which of them each number counts: the same conditions as in `countsOf`. */
const OPENED: Record<OpenedCount, (now: Date) => Sql> = {
  received: () => sql`select id from episode`,
  reached: () => sql`select id from taken_on where days is not null`,
  notReachedYet: () => sql`select id from taken_on where days is null and open`,
  withAGroup: () => sql`select id from taken_on where with_a_group`,
  closed: () => sql`select id from taken_on where state = 'closed'`,
  openNow: () => sql`select id from open_now`,
  waitingNow: () => sql`select id from open_now where state not in ('active', 'on_hold')`,
  waitingLong: (now) =>
    sql`select id from open_now where state not in ('active', 'on_hold') and sent_at < ${longAgo(now)}`,
};

function countsOf(schemeId: string, period: Period, now: Date): Sql {
  return sql`
    with ${counted(schemeId, period)},
    of_received as (
      select count(*)::integer as received, count(*) filter (where accepted)::integer as accepted,
        count(*) filter (where not accepted and open)::integer as "awaitingTriage",
        count(*) filter (where not accepted and not open)::integer as "notTakenOn",
        (select count(*)::integer from received where state = 'joined') as joined
      from episode
    ),
    of_accepted as (
      select count(*) filter (where days is not null)::integer as reached,
        count(*) filter (where days is null and open)::integer as "notReachedYet",
        count(*) filter (where days is null and not open)::integer as "notReachedEnded",
        count(*) filter (where with_a_group)::integer as "withAGroup",
        count(*) filter (where not with_a_group and open)::integer as "noGroupYet",
        count(*) filter (where not with_a_group and not open)::integer as "noGroupEnded",
        count(*) filter (where state = 'closed')::integer as closed,
        count(*) filter (where open)::integer as "stillOpen",
        count(*) filter (where state <> 'closed' and not open)::integer as "endedOtherwise",
        count(*) filter (where state = 'closed' and result = 'helped')::integer as helped,
        count(*) filter (where state = 'closed' and result = 'partly_helped')::integer as "partlyHelped",
        count(*) filter (where state = 'closed' and result = 'not_helped')::integer as "notHelped",
        count(*) filter (where state = 'closed' and result = 'not_known')::integer as "resultNotKnown",
        count(*) filter (where state = 'closed' and result = 'died')::integer as died,
        percentile_cont(0.5) within group (order by days) as median
      from taken_on
    ),
    of_open as (
      select count(*)::integer as "openNow",
        count(*) filter (where state not in ('active', 'on_hold'))::integer as "waitingNow",
        count(*) filter (where state in ('sent', 'returned'))::integer as "waitingTriage",
        count(*) filter (where state = 'accepted')::integer as "waitingAllocation",
        count(*) filter (where state = 'allocated')::integer as "waitingFirstContact",
        count(*) filter (where state not in ('active', 'on_hold') and sent_at < ${longAgo(now)})::integer as "waitingLong",
        count(*) filter (where state not in ('active', 'on_hold') and sent_at >= ${longAgo(now)})::integer
          as "waitingNotLong",
        count(*) filter (where state in ('active', 'on_hold'))::integer as "supportedNow"
      from open_now
    )
    select * from of_received, of_accepted, of_open`;
}
