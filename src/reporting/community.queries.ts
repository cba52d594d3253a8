import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ASSET_CHECK_DAYS, type AssetKind, type LiveWellDomain } from '../assets/asset.types.js';
import { HELP_KINDS } from '../assets/help.types.js';
import { neighbourhoodOf, neighbourhoodOfClient } from '../assets/neighbourhood-of.js';
import { helpersOf } from '../assets/volunteering.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { addDays, atLondon, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { type AsOf, FiguresDatabase } from '../platform/database/figures-database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { NEEDS } from '../platform/words/needs.js';
import type {
  CommunityPeriodQuery,
  HelpersFigureView,
  HelpFiguresView,
  NeighbourhoodFiguresView,
} from './community.dto.js';
import {
  allOf,
  helpersShown,
  keyOf,
  laidOut,
  laidOutHelp,
  namedOf,
  shownOf,
  type HelpCount,
  type HelperCounts,
  type Laid,
  type PlaceCount,
} from './community.rules.js';
import { OverviewQueries } from './overview.queries.js';
import { periodOf, periodProblems, type Period } from './overview.rules.js';

interface Asked {
  period: Period;
  aggregate: boolean;
  now: Date;
}

interface Place {
  id: string;
  name: string;
  pcnCode: string | null;
}

const RECEIVED = 'received';
const OPEN = 'open';

/** What a neighbourhood has, then what it asks for: counts only, no row of anybody leaves here. */
@Injectable()
export class CommunityQueries {
  constructor(
    private readonly database: FiguresDatabase,
    private readonly clock: Clock,
    private readonly overview: OverviewQueries,
  ) {}

  async neighbourhood(
    actor: MemberActor,
    id: string,
    query: CommunityPeriodQuery,
  ): Promise<NeighbourhoodFiguresView> {
    const asked = this.asked(actor, query);
    const { schemeId } = actor;
    const place = await this.place(schemeId, id, asked.now);
    const { found: counted, asOf } = await this.counted(schemeId, asked);
    const demand = await this.demand(actor, asked, counted.demand);
    const { gaps, help } = counted;
    return {
      neighbourhood: place.neighbourhood,
      ...asked.period,
      asOf,
      assets: place.assets,
      deprivation: place.deprivation,
      demand: {
        ...laidThere(demand, id, RECEIVED),
        definition:
          'Referrals received in the period for people who live there, by need; one may name several',
        denominator: {
          definition: 'Referrals received in the period in the whole scheme, without those joined to another',
          ...shownOf(demand, allOf(RECEIVED)),
        },
        missing: {
          definition: 'Of them, in no neighbourhood: no postcode known, or one that belongs to none',
          ...shownOf(demand, keyOf(RECEIVED, null)),
        },
      },
      gaps: laidGaps(laidOut(gaps, asked.aggregate), id, asked.aggregate),
      help: helpThere(laidOutHelp(help, asked.aggregate), id),
    };
  }

  async help(actor: MemberActor, query: CommunityPeriodQuery): Promise<HelpFiguresView> {
    const { period, aggregate } = this.asked(actor, query);
    const { found: rows, asOf } = await this.database.readAsOf<HelpCounted>(
      actor.schemeId,
      helpByPlace(actor.schemeId, period),
    );
    const { times, quantity } = laidOutHelp(rows, aggregate);
    return {
      ...period,
      asOf,
      definition:
        'How often practical help was given in the period, and how much; what was voided is left out',
      kinds: HELP_KINDS.map((key) => ({
        key,
        ...shownOf(times, allOf(key)),
        quantity: shownOf(quantity, allOf(key)),
        named: shownOf(times, namedOf(key, true)),
        tallied: shownOf(times, namedOf(key, false)),
        missing: {
          definition: 'Of them, in no neighbourhood: nobody knows where',
          ...shownOf(times, keyOf(key, null)),
        },
      })),
    };
  }

  async helpers(actor: MemberActor, query: CommunityPeriodQuery): Promise<HelpersFigureView> {
    const { period, aggregate } = this.asked(actor, query);
    const { found: counts, asOf } = await this.database.count<HelperCounts & Record<string, unknown>>(
      actor.schemeId,
      helperCounts(actor.schemeId, period),
    );
    const shown = helpersShown(counts, aggregate);
    return {
      ...period,
      asOf,
      definition:
        'People who became a volunteer in the period, each counted once, by the first volunteer role they started or as recorded',
      ...shown.helpers,
      denominator: {
        definition: 'People supported in the period, or who became a volunteer in it',
        ...shown.people,
      },
      missing: {
        definition: 'Accepted for a volunteer role today, and not started yet',
        ...shown.waiting,
      },
    };
  }

  private asked(actor: MemberActor, query: CommunityPeriodQuery): Asked {
    const now = this.clock.now();
    const reach = reachFor(actor, 'figures.read') === 'scheme' ? 'scheme' : 'aggregate';
    const period = periodOf(query, now);
    const problems = periodProblems(period, reach, now);
    if (problems.length > 0) throw Refusal.invalid(problems);
    return { period, aggregate: reach === 'aggregate', now };
  }

  /**
   * The overview publishes how many were received, too: where it leaves that out, this leaves it out for every place, or it
   * could be added up again.
   */
  private async demand(
    actor: MemberActor,
    { period, aggregate }: Asked,
    rows: readonly Counted[],
  ): Promise<Laid> {
    const laid = laidOut(rows, aggregate);
    if (!aggregate) return laid;
    const { figures } = await this.overview.overview(actor, period);
    if (figures.find(({ key }) => key === RECEIVED)?.suppressed !== true) return laid;
    const received = Object.keys(laid.counts).filter((key) => key.startsWith(`${RECEIVED}|`));
    return { counts: laid.counts, hidden: new Set([...laid.hidden, ...received]) };
  }

  /** What is laid over each place, together: a page is shown by a few questions to the database. */
  private counted(
    schemeId: string,
    asked: Asked,
  ): Promise<AsOf<{ demand: Counted[]; gaps: Counted[]; help: HelpCounted[] }>> {
    const rowsOf = (counts: Sql): Sql => sql`(select coalesce(json_agg(x), '[]'::json) from (${counts}) x)`;
    return this.database.count<{ demand: Counted[]; gaps: Counted[]; help: HelpCounted[] }>(
      schemeId,
      sql`
      select ${rowsOf(demandByPlace(schemeId, asked.period))} as demand,
        ${rowsOf(gapsByPlace(schemeId, asked))} as gaps, ${rowsOf(helpByPlace(schemeId, asked.period))} as help`,
    );
  }

  /** Of places and not of people, so that nothing of it is left out. */
  private async place(
    schemeId: string,
    id: string,
    now: Date,
  ): Promise<Pick<NeighbourhoodFiguresView, 'neighbourhood' | 'assets' | 'deprivation'>> {
    const since = addDays(londonDate(now), -ASSET_CHECK_DAYS);
    const row = await this.database.maybe<{
      neighbourhood: Place;
      total: number;
      takeReferrals: number;
      confirmed: number;
      mapped: number;
      nowhere: number;
      cells: { domain: LiveWellDomain; kind: AssetKind; count: number }[];
      areas: { decile: number | null; edition: string | null; lsoas: number }[];
    }>(
      schemeId,
      sql`
      with mapped as (select * from asset where scheme_id = ${schemeId} and state = 'published'),
        there as (select * from mapped where neighbourhood_id = ${id})
      select jsonb_build_object('id', n.id, 'name', n.name, 'pcnCode', n.pcn_code) as neighbourhood,
        (select count(*)::int from there) as total,
        (select count(*)::int from there where takes_referrals) as "takeReferrals",
        (select count(*)::int from there where confirmed_on >= ${since}::date) as confirmed,
        (select count(*)::int from mapped) as mapped,
        (select count(*)::int from mapped where neighbourhood_id is null) as nowhere,
        (select coalesce(jsonb_agg(jsonb_build_object('domain', c.domain, 'kind', c.kind, 'count', c.count)
            order by array_position(array['start_well', 'be_well', 'stay_well', 'age_well'], c.domain), c.kind), '[]')
          from (select d.domain, t.kind, count(*) from there t, unnest(t.domains) as d(domain)
            group by d.domain, t.kind) c) as cells,
        (select coalesce(jsonb_agg(jsonb_build_object('decile', l.decile, 'edition', l.edition, 'lsoas', l.lsoas)
            order by l.decile, l.edition), '[]')
          from (
            select d.decile, d.edition, count(*)::int as lsoas from neighbourhood_area a
            left join lsoa_deprivation d on d.lsoa = a.code
            where a.scheme_id = n.scheme_id and a.neighbourhood_id = n.id and a.code like '_01%'
            group by d.decile, d.edition) l) as areas
      from neighbourhood n where n.scheme_id = ${schemeId} and n.id = ${id}`,
    );
    if (!row) throw Refusal.notFound();
    const { neighbourhood, mapped, nowhere, areas, ...there } = row;
    return {
      neighbourhood,
      assets: {
        definition: 'Assets on the map that belong to this neighbourhood, by Live Well domain and kind',
        ...there,
        denominator: { definition: 'Assets on the map of the whole scheme', ...whole(mapped) },
        missing: {
          definition: 'Of them, of a community of interest and of no neighbourhood',
          ...whole(nowhere),
        },
      },
      deprivation: deprivationOf(areas),
    };
  }
}

function deprivationOf(
  areas: readonly { decile: number | null; edition: string | null; lsoas: number }[],
): NeighbourhoodFiguresView['deprivation'] {
  const known = areas.filter(
    (row): row is { decile: number; edition: string; lsoas: number } => row.decile !== null,
  );
  const sum = (some: readonly { lsoas: number }[]) => some.reduce((total, { lsoas }) => total + lsoas, 0);
  const deciles = new Map<number, number>();
  for (const { decile, lsoas } of known) deciles.set(decile, (deciles.get(decile) ?? 0) + lsoas);
  return {
    definition:
      'LSOAs of the neighbourhood by decile of the English Indices of Deprivation; 1 is most deprived',
    denominator: { definition: 'LSOAs that belong to it', ...whole(sum(areas)) },
    missing: { definition: 'Of them, with no decile loaded', ...whole(sum(areas) - sum(known)) },
    editions: [...new Set(known.map(({ edition }) => edition))],
    deciles: [...deciles].map(([decile, lsoas]) => ({ decile, lsoas })),
  };
}

type Counted = PlaceCount & Record<string, unknown>;
type HelpCounted = HelpCount & Record<string, unknown>;

const whole = (value: number) => ({ value, suppressed: false });

/** The whole of it there, and each need, with the same of the scheme beside it. */
const laidThere = (laid: Laid, id: string, item: string) => ({
  ...shownOf(laid, keyOf(item, id)),
  parts: NEEDS.map((key) => ({
    key,
    ...shownOf(laid, keyOf(key, id)),
    inScheme: shownOf(laid, allOf(key)),
  })),
});

const laidGaps = (laid: Laid, id: string, aggregate: boolean): NeighbourhoodFiguresView['gaps'] => ({
  ...laidThere(laid, id, OPEN),
  definition: aggregate
    ? 'Needs there that nobody could meet and that were open at the end of the quarter, by need'
    : 'Needs there that nobody could meet and that are open at this moment, by need',
  denominator: { definition: 'Such gaps of the whole scheme', ...shownOf(laid, allOf(OPEN)) },
  missing: {
    definition:
      'Of them, in no neighbourhood: recorded without an area, or for somebody whose place is not known',
    ...shownOf(laid, keyOf(OPEN, null)),
  },
});

const helpThere = (
  { times, quantity }: { times: Laid; quantity: Laid },
  id: string,
): NeighbourhoodFiguresView['help'] => ({
  definition: 'How often practical help was given there in the period, and how much',
  parts: HELP_KINDS.map((key) => ({
    key,
    ...shownOf(times, keyOf(key, id)),
    quantity: shownOf(quantity, keyOf(key, id)),
    inScheme: { definition: 'How often in the whole scheme', ...shownOf(times, allOf(key)) },
    missing: { definition: 'Of that, in no neighbourhood', ...shownOf(times, keyOf(key, null)) },
  })),
});

const between = ({ from, to }: Period): [Date, Date] => [
  atLondon(from, '00:00'),
  atLondon(addDays(to, 1), '00:00'),
];

function demandByPlace(schemeId: string, period: Period): Sql {
  const [starts, ends] = between(period);
  return sql`
    with episode as (
      select r.reasons, ${neighbourhoodOfClient(schemeId)} as place
      from referral r left join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
      where r.scheme_id = ${schemeId} and r.sent_at >= ${starts} and r.sent_at < ${ends}
        and r.state not in ('entered_in_error', 'joined')
    )
    select place, ${RECEIVED}::text as item, count(*)::int as count from episode group by place
    union all
    select place, reason, count(*)::int from episode, unnest(reasons) as reason group by place, reason`;
}

/** As of now; for whoever may not see single rows as of the end of the quarter, since today less yesterday is one person. */
function gapsByPlace(schemeId: string, { period, aggregate }: Asked): Sql {
  const [, ends] = between(period);
  const open = aggregate
    ? sql`g.opened_at < ${ends} and (g.closed_at is null or g.closed_at >= ${ends})`
    : sql`g.closed_at is null`;
  return sql`
    with gone_without as (
      select g.need, coalesce(
        case when c.id is not null then ${neighbourhoodOfClient(schemeId)} end,
        ${neighbourhoodOf(schemeId, sql`null::text`, sql`g.area`)}) as place
      from gap g
      left join referral r on r.scheme_id = g.scheme_id and r.id = g.referral_id
      left join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
      where g.scheme_id = ${schemeId} and ${open}
    )
    select place, ${OPEN}::text as item, count(*)::int as count from gone_without group by place
    union all
    select place, need, count(*)::int from gone_without group by place, need`;
}

function helpByPlace(schemeId: string, { from, to }: Period): Sql {
  return sql`
    select place, kind as item, named, count(*)::int as times, sum(quantity)::int as quantity from (
      select h.kind, h.quantity, h.client_id is not null as named,
        case when h.client_id is null then h.neighbourhood_id else ${neighbourhoodOfClient(schemeId)} end as place
      from practical_help h left join client c on c.scheme_id = h.scheme_id and c.id = h.client_id
      where h.scheme_id = ${schemeId} and h.given_on between ${from}::date and ${to}::date and h.voided_at is null
    ) given group by place, kind, named`;
}

function helperCounts(schemeId: string, period: Period): Sql {
  const [starts, ends] = between(period);
  return sql`
    with helper as (
      select h.client_id from (${helpersOf(schemeId)}) h
      where h.since_on between ${period.from}::date and ${period.to}::date
    ),
    supported as (
      select distinct r.client_id from referral r
      where r.scheme_id = ${schemeId} and r.client_id is not null and r.state <> 'entered_in_error'
        and r.begun_at < ${ends} and (r.ended_at is null or r.ended_at >= ${starts})
    )
    select (select count(*)::int from (select client_id from helper union select client_id from supported) p) as people,
      (select count(*)::int from helper) as helpers,
      (select count(distinct o.client_id)::int from onward_referral o
        join listing l on l.scheme_id = o.scheme_id and l.id = o.listing_id and l.volunteer_role
        where o.scheme_id = ${schemeId} and o.state = 'accepted') as waiting`;
}
