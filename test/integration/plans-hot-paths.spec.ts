import pg from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { DemoSeeder } from '../../src/demo/demo.seeder.js';
import { demoNhsNumber } from '../../src/demo/story.js';
import { AccessTokens } from '../../src/identity/access-tokens.service.js';
import { systemActor, type Role } from '../../src/platform/actor/actor.types.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { newToken, sha256 } from '../../src/platform/pure/hash.js';
import { newId } from '../../src/platform/pure/ids.js';
import { factsOf } from '../../src/reminders/reminder-facts.queries.js';
import { SUBJECTS } from '../../src/reminders/reminder.types.js';
import { multiply } from '../support/multiply.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const TIMES = 112;
const SMALL = 1000;

interface Heard {
  text: string;
  values: unknown[];
}

/**
 * Every statement that the hot paths send, from the session check to the audit entry, explained as the application role
 * at 100,000 referrals. None may read a table of over 1,000 rows from end to end, whatever values it is given.
 */
describe('the plans of the hot paths at 100,000 referrals', () => {
  let test: TestApp;
  let schemeId: string;
  const bearer: Partial<Record<Role, { authorization: string }>> = {};
  const cookies: Partial<Record<Role, { cookie: string }>> = {};
  let movable: string;

  beforeAll(async () => {
    test = await startApp();
    ({ schemeId } = await test.get(DemoSeeder).seed('a password for the plans'));
    await multiply(test.database.superuserUrl, schemeId, TIMES);
    const worker = await signIn('link_worker');
    await signIn('referrer');
    await signIn('scheme_manager');
    const [row] = await read<{ id: string }>(sql`
      select r.id from referral r join membership m on m.id = r.owner_id
      where r.state = 'active' and r.author_id is not null and m.id = ${worker} limit 1`);
    movable = row!.id;
  }, 900_000);
  afterAll(() => test.stop());

  const read = <Row extends Record<string, unknown>>(statement: Sql): Promise<Row[]> =>
    test.get(Database).read<Row>(schemeId, statement);

  /** One of those there from the start: the others have neither a profile nor an id that a path accepts. */
  async function signIn(role: Role): Promise<string> {
    const sessionId = newId();
    const secret = newToken();
    const [member] = await read<{ id: string; account_id: string }>(sql`
      select m.id, m.account_id from membership m join user_profile p on p.account_id = m.account_id
      where m.role = ${role} order by m.id limit 1`);
    await test.get(Database).unscoped(sql`
      insert into session (id, account_id, membership_id, created_at, last_used_at, expires_at, cookie_hash)
      values (${sessionId}, ${member!.account_id}, ${member!.id}, ${TEST_NOW}, ${TEST_NOW}, '2030-01-01', ${sha256(secret)})`);
    const actor = { accountId: member!.account_id, sessionId, membershipId: member!.id, schemeId };
    bearer[role] = { authorization: `Bearer ${test.get(AccessTokens).sign(actor, new Date(TEST_NOW))}` };
    cookies[role] = { cookie: `__Host-betony=${secret}` };
    return member!.id;
  }

  async function heard(work: () => Promise<void>): Promise<Heard[]> {
    const statements: Heard[] = [];
    const query = Object.getOwnPropertyDescriptor(pg.Client.prototype, 'query')!.value as (
      ...all: unknown[]
    ) => unknown;
    const spy = function (this: pg.Client, config: Heard, ...rest: unknown[]): unknown {
      if (typeof config === 'object' && typeof config.text === 'string') {
        statements.push({ text: config.text, values: config.values });
      }
      return query.call(this, config, ...rest);
    };
    pg.Client.prototype.query = spy as never;
    try {
      await work();
    } finally {
      pg.Client.prototype.query = query as never;
    }
    return statements.filter(({ text }) => /^\s*(select|with|insert|update|delete)/i.test(text));
  }

  const ask = async (role: Role, method: 'GET' | 'POST', url: string, payload?: object): Promise<void> => {
    const answer = await test.inject({
      method,
      url: `/api/v1${url}`,
      headers: bearer[role]!,
      ...(payload ? { payload } : {}),
    });
    expect({ status: answer.statusCode, body: answer.statusCode < 300 ? '' : answer.body }).toEqual({
      status: expect.any(Number) as number,
      body: '',
    });
  };

  const look = async (role: Role, url: string): Promise<void> => {
    const { statusCode } = await test.inject({ method: 'GET', url, headers: cookies[role]! });
    expect(statusCode).toBe(200);
  };

  const PATHS: [string, () => Promise<void>][] = [
    ["a worker's caseload", () => ask('link_worker', 'GET', '/caseload?limit=25')],
    [
      'a referral sent',
      () =>
        ask('referrer', 'POST', '/referrals', {
          client: {
            nhsNumber: demoNhsNumber(4321),
            firstName: 'Grace',
            lastName: 'Okoro',
            dateOfBirth: '1951-03-02',
            phone: '07700900982',
            postcode: 'CO97 1AA',
            safeToCall: 'yes',
          },
          agreement: { basis: 'agreed', agreedOn: '2026-11-20', how: 'in_person' },
          reasons: ['loneliness'],
          noKnownRisks: true,
          couldComeToHarm: false,
        }),
    ],
    [
      'a hold',
      () =>
        ask('link_worker', 'POST', `/referrals/${movable}/hold`, { reason: 'away', resumeOn: '2026-12-01' }),
    ],
    [
      'a resumption',
      () => ask('link_worker', 'POST', `/referrals/${movable}/resume`, { nextOn: '2026-12-01' }),
    ],
    ["a worker's own list", () => ask('link_worker', 'GET', '/tasks')],
    ["the page of a worker's day", () => look('link_worker', '/desk/today')],
    ['the page of a caseload, with what is around it', () => look('link_worker', '/desk/caseload')],
    ['the page of one in conversation', () => look('link_worker', '/desk/caseload?part=conversation')],
    ["a manager's list", () => ask('scheme_manager', 'GET', '/tasks')],
    ['a search', () => ask('link_worker', 'GET', '/listings?text=lunch&near=CO97%201AA&withinMiles=10')],
    ['the services that suit a person', () => ask('link_worker', 'GET', `/referrals/${movable}/services`)],
    ['one referral read', () => ask('link_worker', 'GET', `/referrals/${movable}`)],
    ["a practice's own referrals", () => ask('referrer', 'GET', '/referrals?limit=25')],
    [
      "a practice's search among its own",
      () => ask('referrer', 'POST', '/referrals/search', { lastName: 'Okoro', firstName: 'Grace' }),
    ],
  ];

  it('stands on a hundred thousand', async () => {
    const [row] = await read<{ n: number }>(sql`select count(*)::int as n from referral`);
    expect(row!.n).toBeGreaterThan(100_000);
  });

  // A practice's is read once a week, and ends with the first of its referrals that says something.
  it.each(SUBJECTS.filter((kind) => kind !== 'practice'))(
    'what the reminders of a %s follow from is found by keys, planned once and for all',
    async (kind) => {
      const statements = await heard(() =>
        test.get(UnitOfWork).run(systemActor(schemeId, 'test'), async (tx) => {
          const plannedAnew = () =>
            tx.one<{ n: number }>(sql`
            select coalesce(sum(custom_plans), 0)::int as n from pg_prepared_statements
            where statement not like '%set_config%'`);
          const before = await plannedAnew();
          for (let n = 0; n < 2; n += 1) await factsOf(tx, { [kind]: [newId()] });
          expect(await plannedAnew()).toEqual(before);
        }),
      );
      expect(statements.length).toBeGreaterThan(2);
      expect(await readsWhole(statements)).toEqual([]);
    },
  );

  it.each(PATHS)('%s reads no large table from end to end', async (_what, work) => {
    const statements = await heard(work);
    expect(statements.length).toBeGreaterThan(1);
    expect(await readsWhole(statements)).toEqual([]);
  });

  /** The large tables that one of these statements reads from end to end, planned for its values or for any. */
  async function readsWhole(statements: readonly Heard[]): Promise<string[]> {
    const found: string[] = [];
    const client = new pg.Client({ connectionString: test.database.url });
    await client.connect();
    const large = new Set(
      (
        await client.query<{ relname: string }>('select relname from pg_class where reltuples >= $1', [SMALL])
      ).rows.map(({ relname }) => relname),
    );
    expect(large.has('referral')).toBe(true);
    for (const { text, values } of statements) {
      for (const kind of ['custom', 'generic']) {
        await client.query('begin');
        await client.query("select set_config('app.scheme_id', $1, true)", [schemeId]);
        await client.query(`set local plan_cache_mode = force_${kind}_plan`);
        await client.query(`prepare hot as ${text}`);
        const given = values.map(literal).join(', ');
        const { rows } = await client.query<{ 'QUERY PLAN': object }>(
          `explain (format json) execute hot${given === '' ? '' : `(${given})`}`,
        );
        for (const table of readWhole(rows[0]!['QUERY PLAN'])) {
          if (large.has(table))
            found.push(`${table} (${kind}): ${text.replaceAll(/\s+/g, ' ').slice(0, 160)}`);
        }
        await client.query('rollback');
        await client.query('deallocate all');
      }
    }
    await client.end();
    return found;
  }
});

/** The tables that a plan reads by Seq Scan. */
function readWhole(plan: unknown): string[] {
  if (typeof plan !== 'object' || plan === null) return [];
  const own = plan as { 'Node Type'?: string; 'Relation Name'?: string };
  const here = own['Node Type'] === 'Seq Scan' && own['Relation Name'] ? [own['Relation Name']] : [];
  return [...here, ...Object.values(plan).flatMap(readWhole)];
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  if (Array.isArray(value))
    return pg.escapeLiteral(`{${value.map((item) => JSON.stringify(String(item))).join(',')}}`);
  return pg.escapeLiteral(typeof value === 'string' ? value : JSON.stringify(value));
}
