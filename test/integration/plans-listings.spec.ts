import pg from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { indexAllListings } from '../../src/providers/listing-index.js';
import type { SearchQuery } from '../../src/providers/listing.dto.js';
import { weighedStatement } from '../../src/onward-referrals/matching.queries.js';
import {
  candidates,
  ListingSearch,
  searchStatement,
  spellingStatement,
} from '../../src/providers/listing-search.queries.js';
import { aScheme, type TestScheme } from '../support/people.js';
import { planOf } from '../support/plans.js';
import { startApp, type TestApp } from '../support/start-app.js';

const LISTINGS = 10_000;
const OFFERS = 20_000;
const PAGE = 25;
const TODAY = '2026-11-23';
const CLACTON = { lat: 51.79, lon: 1.155 };

/** Services in the hundreds of groups of a large county: 40 kinds of thing, 50 places, a tenth nowhere known. */
async function seed(betony: TestApp, scheme: TestScheme, listings: number): Promise<void> {
  await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
    await tx.run(sql`
      insert into organisation (scheme_id, id, name, kind, provides, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), 'Group of friends ' || n, 'community_group', true, ${tx.now}, ${tx.now}
      from generate_series(1, ${Math.ceil(listings / 8)}::int) n`);
    await tx.run(sql`
      insert into provider (scheme_id, organisation_id, sector, created_at, updated_at)
      select o.scheme_id, o.id, 'community', ${tx.now}, ${tx.now} from organisation o
      where o.scheme_id = ${scheme.id}`);
    await tx.run(sql`
      with groups as (
        select o.id, row_number() over (order by o.id) - 1 as turn, count(*) over () as many
        from organisation o where o.scheme_id = ${scheme.id} and o.provides
      )
      insert into listing (scheme_id, id, organisation_id, name, description, state, needs, schedule, languages,
        access, cost, latitude, longitude, places_kind, places_total, places_confirmed_on, confirmed_on, created_at,
        updated_at)
      select ${scheme.id}, gen_random_uuid(), g.id,
        (array['Lunch','Walking','Garden','Knitting','Singing','Bereavement','Debt','Digital','Chess','Carers'])[1 + n % 10]
          || ' ' || (array['club','group','circle','morning'])[1 + n % 4] || ' ' || n,
        'Company, tea and ' || (array['soup','songs','seeds','stories','stitches','steps','sums'])[1 + n % 7]
          || ' ' || left(translate(md5(n::text), '0123456789', 'ghijklmnop'), 8),
        'published',
        array[(array['loneliness','food','bereavement','debt_and_money','digital','inactivity','housing','other'])[1 + n % 8]],
        jsonb_build_array(jsonb_build_object('day',
          (array['monday','tuesday','wednesday','thursday','friday'])[1 + n % 5], 'from', '10:00', 'to', '12:00',
          'every', 'week')),
        case when n % 20 = 0 then array['bn'] else array['en'] end,
        case when n % 3 = 0 then array['step_free'] else '{}' end, (array['free','donation','paid'])[1 + n % 3],
        case when n % 10 > 0 then 51.5 + (n * 7 % 500) / 1000.0 end,
        case when n % 10 > 0 then 0.4 + (n * 13 % 800) / 1000.0 end,
        case when n % 2 = 0 then 'counted' else 'drop_in' end, case when n % 2 = 0 then n % 9 end,
        ${TODAY}, ${TODAY}, ${tx.now}, ${tx.now}
      from generate_series(1, ${listings}::int) n join groups g on g.turn = n % g.many`);
    await indexAllListings(tx);
  });
}

/** Twenty thousand offers to its groups, half of them live: what each group carries. Nobody is behind them. */
const offers = (schemeId: string): string => `
  insert into onward_referral (scheme_id, id, referral_id, client_id, listing_id, organisation_id, state, called_by,
    contact_route, needs, how_soon, agreement_id, offered_at, clock_started_at, answer_by, ended_at, end_reason, end_side,
    review_on, created_at, updated_at)
  select scheme_id, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), id, organisation_id, state, 'first_name',
    'phone', '{loneliness}', 'no_hurry', gen_random_uuid(), at, case when state = 'offered' then at end,
    case when state = 'offered' then at end, case when state = 'declined' then at end,
    case when state = 'declined' then 'full' end, case when state = 'declined' then 'provider' end,
    case when state = 'waitlisted' then date '2026-12-20' end, at, at
  from (
    select l.scheme_id, l.id, l.organisation_id, (array['offered','declined','waitlisted','declined'])[1 + n % 4] as state,
      timestamptz '2026-11-23 10:00Z' - make_interval(days => (n % 500)::int) as at
    from (select l.scheme_id, l.id, l.organisation_id, row_number() over (order by l.id) as turn from listing l where scheme_id = '${schemeId}') l
    cross join generate_series(0, ${OFFERS / LISTINGS - 1}) again(m), lateral (select turn + m as n) counted) l`;

describe('the plans of the search', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    await seed(betony, scheme, LISTINGS);
    // A second scheme, whose rows nobody must walk through.
    await seed(betony, await aScheme(betony), LISTINGS / 2);
    const superuser = new pg.Client({ connectionString: betony.database.superuserUrl });
    await superuser.connect();
    await superuser.query('set session_replication_role = replica');
    await superuser.query(offers(scheme.id));
    await superuser.end();
    const owner = new pg.Client({ connectionString: betony.database.ownerUrl });
    await owner.connect();
    for (const table of ['listing_search', 'listing_word']) await owner.query(`vacuum analyze ${table}`);
    await owner.query('analyze');
    await owner.end();
  }, 120_000);
  afterAll(() => betony.stop());

  type Asked = Parameters<typeof searchStatement>[0];
  const statement = (
    text: string | null,
    query: SearchQuery,
    near = false,
    after: Asked['after'] = null,
  ): Sql =>
    searchStatement({
      schemeId: scheme.id,
      today: TODAY,
      text,
      query,
      point: near ? CLACTON : null,
      after,
      limit: PAGE,
    });
  const middle = '80000000-0000-4000-8000-000000000000';

  /** With how many services at most may be looked at: those that match, or about a page of them. */
  const cases: [string, () => Sql, number][] = [
    ['by name', () => statement(null, {}), 60],
    [
      'by name, far down',
      () => statement(null, {}, false, { rank: null, name: 'knitting', far: null, id: middle }),
      60,
    ],
    ['by distance', () => statement(null, {}, true), 120],
    [
      'by distance, the next page',
      () => statement(null, {}, true, { rank: null, name: null, far: 3000, id: middle }),
      250,
    ],
    ['by distance and need', () => statement(null, { need: ['food'] }, true), 1600],
    ['within five miles', () => statement(null, { withinMiles: 5 }, true), 1000],
    ['by words', () => statement('knitting', {}), 1100],
    ['by words and place', () => statement('knitting stories', {}, true), 400],
    [
      'by words, need and miles',
      () => statement('garden', { need: ['bereavement'], withinMiles: 25 }, true),
      1100,
    ],
    ['by need', () => statement(null, { need: ['bereavement'] }), 1600],
    [
      'by need and day, with places',
      () => statement(null, { need: ['housing'], day: ['monday'], hasPlaces: true }),
      2600,
    ],
  ];

  it.each(
    cases.flatMap(([name, make, most]) =>
      (['custom', 'generic'] as const).map((kind) => ({ name, make, most, kind })),
    ),
  )('$name ($kind plan) read no table from end to end', async ({ make, most, kind }) => {
    const plan = await planOf(betony.database.url, scheme.id, make(), kind);
    expect(plan.endToEnd).toEqual([]);
    expect(plan.indexes.length).toBeGreaterThan(0);
    expect(plan.looked['listing']).toBeLessThanOrEqual(most);
    expect(plan.looked['provider']).toBeLessThanOrEqual(2 * PAGE + 2);
    expect(plan.looked['organisation']).toBeLessThanOrEqual(2 * PAGE + 2);
  });

  it.each(['custom', 'generic'] as const)(
    'of a right spelling (%s plan) read only alike words',
    async (kind) => {
      const plan = await planOf(
        betony.database.url,
        scheme.id,
        spellingStatement(scheme.id, ['knittting', 'lunhc']),
        kind,
      );
      expect(plan.endToEnd).toEqual([]);
      expect(plan.indexes).toContain('listing_word_similar');
      expect(plan.looked['listing_word']).toBeLessThanOrEqual(100);
    },
  );

  const matched = (text: string | null, query: SearchQuery, near = true): Sql =>
    weighedStatement(
      scheme.id,
      candidates({ schemeId: scheme.id, today: TODAY, text, query, point: near ? CLACTON : null }, 300, 100),
      '2025-11-23',
    );

  it.each(
    (
      [
        ['of a person', () => matched(null, { need: ['food'] })],
        ['of a person with many needs', () => matched(null, { need: ['food', 'housing', 'digital'] })],
        ['of a person who lives nowhere known', () => matched(null, { need: ['food'] }, false)],
        ['of a person, by words', () => matched('garden', { need: ['bereavement', 'food'] })],
        ['of a person, within miles', () => matched(null, { need: ['food'], withinMiles: 10 })],
      ] as [string, () => Sql][]
    ).flatMap(([name, make]) => (['custom', 'generic'] as const).map((kind) => ({ name, make, kind }))),
  )('$name ($kind plan) weigh a few hundred and walk through no table', async ({ make, kind }) => {
    const plan = await planOf(betony.database.url, scheme.id, make(), kind);
    expect(plan.endToEnd).toEqual([]);
    expect(plan.indexes).toContain('onward_referral_load');
    // Each candidate once to filter and once to show.
    expect(plan.looked['listing']).toBeLessThanOrEqual(3000);
    expect(plan.looked['provider']).toBeLessThanOrEqual(400);
    expect(plan.looked['onward_referral']).toBeLessThanOrEqual(10_000);
  });

  it('are those of statements that give answers', async () => {
    const search = (query: SearchQuery) =>
      betony.get(ListingSearch).search(systemActor(scheme.id, 'test'), query);
    expect((await search({ text: 'knittting stories', near: '51.79,1.155' })).spelling).toBe(
      'knitting stories',
    );
    for (const query of [
      {},
      { text: 'garden' },
      { near: '51.79,1.155' },
      { need: ['food'] },
    ] as SearchQuery[]) {
      expect((await search(query)).items).toHaveLength(PAGE);
    }
  });
});
