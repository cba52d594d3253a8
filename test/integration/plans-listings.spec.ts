import { readFileSync } from 'node:fs';
import pg from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { indexAllListings } from '../../src/providers/listing-index.js';
import type { SearchQuery } from '../../src/providers/listing.dto.js';
import { shownStatement, weighedStatement } from '../../src/onward-referrals/matching.queries.js';
import {
  candidates,
  firstFound,
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

const SERVICES = readFileSync(new URL('../../bench/services.sql', import.meta.url), 'utf8');

async function seed(betony: TestApp, scheme: TestScheme, listings: number): Promise<void> {
  await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
    await tx.manager.query(SERVICES, [scheme.id, listings, TODAY]);
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

  /** With how many services at most may be looked at: a page, or where only they know, those the index finds. */
  const cases: [string, () => Sql, number][] = [
    ['by name', () => statement(null, {}), PAGE + 1],
    [
      'by name, far down',
      () => statement(null, {}, false, { rank: null, name: 'knitting', far: null, id: middle }),
      PAGE + 1,
    ],
    ['by distance', () => statement(null, {}, true), PAGE + 1],
    [
      'by distance, the next page',
      () => statement(null, {}, true, { rank: null, name: null, far: 3000, id: middle }),
      PAGE + 1,
    ],
    ['by distance and need', () => statement(null, { need: ['food'] }, true), PAGE + 1],
    ['within five miles', () => statement(null, { withinMiles: 5 }, true), PAGE + 1],
    ['by words', () => statement('knitting', {}), PAGE + 1],
    ['by words and place', () => statement('knitting stories', {}, true), PAGE + 1],
    [
      'by words, need and miles',
      () => statement('garden', { need: ['bereavement'], withinMiles: 25 }, true),
      PAGE + 1,
    ],
    ['by need', () => statement(null, { need: ['bereavement'] }), PAGE + 1],
    [
      'by need and day, with places',
      () => statement(null, { need: ['housing'], day: ['monday'], hasPlaces: true }),
      2600,
    ],
    [
      'by everything that can be asked',
      () =>
        statement(
          'garden',
          {
            need: ['bereavement', 'food'],
            withinMiles: 25,
            day: ['monday', 'friday'],
            cost: ['free', 'paid'],
            language: 'en',
            access: ['step_free'],
            setting: ['non_religious'],
            hasPlaces: true,
          },
          true,
        ),
      1100,
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

  it.each(
    (
      [
        ['anything', {}, false],
        ['what helps a person', { need: ['bereavement', 'food'] }, false],
        ['what helps a person near here', { need: ['food'], withinMiles: 10 }, true],
      ] as [string, SearchQuery, boolean][]
    ).flatMap(([name, query, near]) =>
      (['custom', 'generic'] as const).map((kind) => ({ name, query, near, kind })),
    ),
  )(
    'of the first text that $name has ($kind plan) read the words by their index',
    async ({ query, near, kind }) => {
      const asked = { schemeId: scheme.id, today: TODAY, text: null, query, point: near ? CLACTON : null };
      const texts = ['submarine', 'periscope', 'periscope or submarine', 'knitting'];
      const plan = await planOf(betony.database.url, scheme.id, firstFound(asked, texts), kind);
      expect(plan.endToEnd).toEqual([]);
      expect(plan.indexes).toContain('listing_search_words');
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
        [
          'of a person, by any of several words',
          () => matched('garden or knitting or stories', { need: ['bereavement', 'food'] }),
        ],
        ['of a person, within miles', () => matched(null, { need: ['food'], withinMiles: 10 })],
      ] as [string, () => Sql][]
    ).flatMap(([name, make]) => (['custom', 'generic'] as const).map((kind) => ({ name, make, kind }))),
  )('$name ($kind plan) weigh a few hundred and walk through no table', async ({ make, kind }) => {
    const plan = await planOf(betony.database.url, scheme.id, make(), kind);
    expect(plan.endToEnd).toEqual([]);
    expect(plan.indexes).toEqual(expect.arrayContaining(['onward_referral_load', 'onward_referral_carried']));
    expect(plan.looked['listing']).toBeLessThanOrEqual(400);
    expect(plan.looked['provider']).toBeLessThanOrEqual(400);
    expect(plan.looked['onward_referral']).toBeLessThanOrEqual(10_000);
  });

  it.each(['custom', 'generic'] as const)(
    'of the page that is shown (%s plan) read that page',
    async (kind) => {
      const rows = await betony
        .get(Database)
        .read<{ id: string }>(
          scheme.id,
          sql`select id from listing where scheme_id = ${scheme.id} limit ${PAGE}`,
        );
      const ids = rows.map(({ id }) => id);
      const plan = await planOf(betony.database.url, scheme.id, shownStatement(scheme.id, ids), kind);
      expect(plan.endToEnd).toEqual([]);
      expect(plan.looked).toMatchObject({ listing: PAGE, provider: PAGE, organisation: PAGE });
    },
  );

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
