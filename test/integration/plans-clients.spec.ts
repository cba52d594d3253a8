import pg from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { type Actor, systemActor } from '../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { reachFor } from '../../src/permissions/reach.js';
import { candidateRows } from '../../src/clients/client-candidates.js';
import type { ClientSearchInput } from '../../src/clients/client.dto.js';
import { presentClientWithin } from '../../src/clients/client.reach.js';
import { linesStatement, soughtBy } from '../../src/clients/clients.queries.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { planOf } from '../support/plans.js';
import { startApp, type TestApp } from '../support/start-app.js';

const PEOPLE = 20_000;
const CASELOAD = 40;
const AT = new Date('2026-11-23T10:00:00Z');

/** As many as a county has: 400 last names, 150 first names, 60 years of birthdays, five to a postcode. */
async function seed(betony: TestApp, scheme: TestScheme, people: number): Promise<void> {
  await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
    await tx.run(sql`
      insert into client (scheme_id, id, standing, nhs_number, first_name, last_name, date_of_birth, first_name_key,
        last_name_key, last_name_sound, phone, postcode, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), 'confirmed', '999' || lpad(n::text, 7, '0'), f, l,
        date '1930-01-01' + (n * 7919 % 21900), f, l, left(l, 3), '+4477009' || lpad(n::text, 5, '0'),
        'CO' || n % 4000 / 100 || ' ' || n % 9 || 'AA', ${tx.now}, ${tx.now}
      from generate_series(1, ${people}::int) n,
        lateral (select 'first' || n % 150 as f, chr(97 + n % 26) || 'name' || n % 400 as l) names`);
  });
}

describe('the plans of finding people', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let manager: TestMember;
  let middle: string;
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { triages: true });
    manager = await aMember(scheme, 'scheme_manager');
    await seed(betony, scheme, PEOPLE);
    // A second scheme, whose rows nobody must walk through.
    await seed(betony, await aScheme(betony), PEOPLE / 2);
    middle = await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
      await tx.run(sql`
        insert into client_reach (scheme_id, client_id, holder_kind, holder_id, why, source_id)
        select ${scheme.id}, id, 'membership',
          case when n <= ${CASELOAD} then ${sam.actor.membershipId}::uuid else md5((n / ${CASELOAD})::text)::uuid end,
          'owns', gen_random_uuid()
        from (select id, row_number() over (order by id) as n from client) people where n <= 8000`);
      const row = await tx.one<{ id: string }>(sql`
        select id from client order by last_name_key, first_name_key, id offset ${PEOPLE / 2} limit 1`);
      return row.id;
    });
    const owner = new pg.Client({ connectionString: betony.database.ownerUrl });
    await owner.connect();
    await owner.query('analyze');
    await owner.end();
  }, 120_000);
  afterAll(() => betony.stop());

  const within = (actor: Actor) => presentClientWithin(actor, reachFor(actor, 'client.list'), AT);
  const lines = (actor: Actor, which: Sql, after?: string) =>
    linesStatement(scheme.id, within(actor), which, after ? { after } : {});
  const search = (input: ClientSearchInput) => lines(manager.actor, soughtBy(input));
  const cursor = () => Buffer.from(JSON.stringify([middle])).toString('base64url');

  /** With how many people at most may be looked at. */
  const cases: [string, () => Sql, number][] = [
    ['everybody, by name', () => lines(manager.actor, sql`c.standing <> 'merged'`), 60],
    ['everybody, far down', () => lines(manager.actor, sql`c.standing <> 'merged'`, cursor()), 60],
    ['a caseload', () => lines(sam.actor, sql`c.standing <> 'merged'`), 2 * CASELOAD],
    ['an NHS number', () => search({ nhsNumber: '9990000777' }), 5],
    ['a phone', () => search({ phone: '+447700900777' }), 5],
    ['a postcode', () => search({ postcode: 'CO7 7AA' }), 80],
    ['a birthday', () => search({ dateOfBirth: '1951-03-02' }), 20],
    ['the beginning of a name', () => search({ lastName: 'bname1' }), 120],
    ['the beginnings of two names', () => search({ lastName: 'bname1', firstName: 'first1' }), 1100],
    ['a name and a birthday', () => search({ lastName: 'bname', dateOfBirth: '1951-03-02' }), 20],
    [
      'one person in the caseload',
      () => lines(sam.actor, soughtBy({ nhsNumber: '9990000777' })),
      2 * CASELOAD,
    ],
    [
      'whoever a new person may be',
      () =>
        candidateRows(
          scheme.id,
          {
            nhsNumber: '9990000777',
            firstName: 'First7',
            lastName: 'Bname27',
            knownAs: null,
            dateOfBirth: '1951-03-02',
            postcode: 'CO7 7AA',
            phone: '+447700900777',
          },
          within(manager.actor),
        ),
      300,
    ],
  ];

  it.each(
    cases.flatMap(([name, make, most]) =>
      (['custom', 'generic'] as const).map((kind) => ({ name, make, most, kind })),
    ),
  )('$name ($kind plan) read no table from end to end', async ({ make, most, kind }) => {
    const plan = await planOf(betony.database.url, scheme.id, make(), kind);
    expect(plan.endToEnd).toEqual([]);
    expect(plan.looked['client']).toBeLessThanOrEqual(most);
  });
});
