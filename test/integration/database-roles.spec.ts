import pg from 'pg';
import { INSTALLATION, systemActor } from '../../src/platform/actor/actor.types.js';
import { audit } from '../../src/audit/audit.js';
import { AuditSealer } from '../../src/audit/seal.service.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';

/** Needed before a scheme is known (ids, hashes and settings only), and the words of what is published. */
const WITHOUT_WALLS = [
  'scheme',
  'user_account',
  'program',
  'program_key',
  'membership',
  'cover',
  'session',
  'sign_in_challenge',
  'code_entry',
  'one_time_link',
  'contact_point',
  'measure_link',
  'reply_link',
  'group_link',
  'page_link',
  'page_code',
  'page_session',
  'calendar_feed',
  'outbox',
  'tick',
  'listing_search',
  'listing_word',
];

describe('the walls between schemes', () => {
  let betony: TestApp;
  let mine: TestScheme;
  let other: TestScheme;
  let app: pg.Client;
  let owner: pg.Client;

  beforeAll(async () => {
    betony = await startApp({ config: { databasePoolSize: 2 } });
    [mine, other] = [await aScheme(betony), await aScheme(betony)];
    for (const scheme of [mine, other]) await aMember(scheme, 'link_worker');
    app = new pg.Client({ connectionString: betony.database.url });
    owner = new pg.Client({ connectionString: betony.database.ownerUrl });
    await Promise.all([app.connect(), owner.connect()]);
  });
  afterAll(async () => {
    await Promise.all([app.end(), owner.end()]);
    await betony.stop();
  });

  /** In a transaction that is undone, bound to a scheme or to none. */
  async function inside<Result>(
    client: pg.Client,
    schemeId: string | null,
    work: () => Promise<Result>,
  ): Promise<Result> {
    await client.query('begin');
    try {
      if (schemeId) await client.query(`select set_config('app.scheme_id', $1, true)`, [schemeId]);
      return await work();
    } finally {
      await client.query('rollback');
    }
  }
  const count = async (client: pg.Client, table: string, schemeId: string | null) =>
    inside(client, schemeId, async () => {
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table}`);
      return rows[0]!.n;
    });

  it('stand around every table that has a scheme, save those needed before one is known', async () => {
    const { rows } = await app.query<{ name: string; walled: boolean }>(`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as walled
      from pg_class c join pg_namespace s on s.oid = c.relnamespace and s.nspname = 'public'
      where c.relkind in ('r', 'p') and exists (
        select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'scheme_id' and not a.attisdropped)`);
    expect(rows.length).toBeGreaterThan(20);
    const open = rows.filter((row) => !row.walled).map((row) => row.name);
    expect(open.filter((name) => !WITHOUT_WALLS.includes(name))).toEqual([]);
  });

  it('are first in the key of each, and in what leads from one to another, as a database on several servers needs', async () => {
    const { rows } = await app.query<{ of: string; key: string }>(`
      with walled as (
        select c.oid, c.relname from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relrowsecurity and not c.relispartition and exists (
          select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'scheme_id' and not a.attisdropped))
      select w.relname as of, coalesce(pg_get_constraintdef(k.oid), 'no key') as key
      from walled w left join pg_constraint k on k.conrelid = w.oid and k.contype = 'p'
      union all
      select c.relname, pg_get_constraintdef(k.oid) from pg_constraint k
      join walled w on w.oid = k.confrelid join pg_class c on c.oid = k.conrelid where k.contype = 'f'`);
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.filter(({ key }) => !/^(PRIMARY|FOREIGN) KEY \(scheme_id\b/.test(key))).toEqual([]);
  });

  it.each([
    'organisation',
    'user_profile',
    'invitation',
    'link_worker',
    'client',
    'referral',
    'audit_entry',
    'audit_seal',
  ])('show nothing of %s where no scheme is bound, to the owner either', async (table) => {
    expect(await count(app, table, null)).toBe(0);
    expect(await count(owner, table, null)).toBe(0);
  });

  it('show one’s own and hide the other’s', async () => {
    for (const table of ['organisation', 'user_profile']) {
      expect(await count(app, table, mine.id)).toBe(1);
      expect(await count(app, table, other.id)).toBe(1);
      const foreign = await inside(app, mine.id, () =>
        app.query(`select 1 from ${table} where scheme_id = $1`, [other.id]),
      );
      expect(foreign.rowCount).toBe(0);
    }
  });

  it('hold where twenty schemes share two connections: two hundred requests at once, writes and refusals too, while sessions end', async () => {
    const members = await Promise.all(
      Array.from({ length: 20 }, async () => aMember(await aScheme(betony), 'administrator')),
    );
    const kinds: {
      status: number;
      /** Whether it names whose it is. */
      names: boolean;
      url: (next: TestMember) => string;
      write?: (of: TestMember, n: number) => object;
    }[] = [
      { status: 200, names: true, url: () => 'users' },
      { status: 200, names: true, url: () => 'organisations' },
      { status: 200, names: true, url: () => 'me' },
      {
        status: 201,
        names: true,
        url: () => 'organisations',
        write: ({ actor }, n) => ({ name: `${actor.membershipId} ${String(n)}`, kind: 'community_group' }),
      },
      // Refused within a transaction that had begun to look, or to write.
      { status: 404, names: false, url: (next) => `users/${next.actor.accountId}` },
      {
        status: 404,
        names: false,
        url: (next) => `users/${next.actor.accountId}/disable`,
        write: () => ({}),
      },
      { status: 422, names: false, url: () => 'organisations', write: () => ({ kind: 'community_group' }) },
    ];
    const own = await app.query<{ pid: number }>('select pg_backend_pid() as pid');
    const superuser = new pg.Client({ connectionString: betony.database.superuserUrl });
    await superuser.connect();
    let cut = 0;
    const cutSessions = async (): Promise<void> => {
      const { rowCount } = await superuser.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and usename = $1 and pid <> $2 and state <> 'idle'`,
        [new URL(betony.database.url).username, own.rows[0]?.pid],
      );
      cut += rowCount ?? 0;
    };
    const asked = Array.from({ length: 200 }, (_, n) => ({
      n,
      member: members[n % members.length]!,
      next: members[(n + 1) % members.length]!,
      kind: kinds[n % kinds.length]!,
    }));
    let answered = 0;
    const seen = await Promise.all(
      asked.map(async ({ n, member, next, kind: { status, names, url, write } }) => {
        const { headers, actor } = member;
        const { statusCode, body } = await betony.inject({
          method: write ? 'POST' : 'GET',
          url: `/api/v1/${url(next)}`,
          headers,
          ...(write && { payload: write(member, n) }),
        });
        answered += 1;
        if (answered % 20 === 0) await cutSessions();
        const named = members.filter((one) =>
          [one.actor.organisationId, one.actor.accountId, one.actor.membershipId, one.name].some((word) =>
            new RegExp(`${word}(?!\\d)`).test(body),
          ),
        );
        const others = named.filter((one) => one.actor.schemeId !== actor.schemeId).length;
        return { n, statusCode, others, fine: statusCode === status && (!names || named.length === 1) };
      }),
    );
    expect(seen.filter(({ others }) => others > 0)).toEqual([]);
    // Whose session ended is told so, and nobody else sees it.
    const broken = seen.filter(({ fine }) => !fine);
    expect(broken.filter(({ statusCode }) => statusCode < 500)).toEqual([]);
    expect([cut > 0, broken.length <= cut]).toEqual([true, true]);
    const { rows: kept } = await superuser.query<{ line: string }>(
      `select scheme_id || ' ' || name as line from organisation where name ~ '^[0-9a-f-]{36} [0-9]+$'`,
    );
    await superuser.end();
    const lineOf = ({ n, member: { actor } }: (typeof asked)[number]) =>
      `${actor.schemeId} ${actor.membershipId} ${String(n)}`;
    const lines = kept.map(({ line }) => line);
    expect(lines.filter((line) => !asked.map(lineOf).includes(line))).toEqual([]);
    const acknowledged = seen
      .filter(({ statusCode }) => statusCode === 201)
      .map(({ n }) => lineOf(asked[n]!));
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(acknowledged.filter((line) => !lines.includes(line))).toEqual([]);
  });

  it('come back when the transaction ends, on the same connection', async () => {
    expect(await count(app, 'organisation', mine.id)).toBe(1);
    const after = await app.query('select 1 from organisation');
    expect(after.rowCount).toBe(0);
  });

  it('let nobody write into another scheme', async () => {
    await inside(app, mine.id, async () => {
      const touched = await app.query(`update organisation set name = 'Stolen' where scheme_id = $1`, [
        other.id,
      ]);
      expect(touched.rowCount).toBe(0);
      const gone = await app.query('delete from user_profile where scheme_id = $1', [other.id]);
      expect(gone.rowCount).toBe(0);
      await expect(
        app.query(
          `insert into audit_entry (scheme_id, at, actor_kind, action) values ($1, now(), 'system', 'forged.entry')`,
          [other.id],
        ),
      ).rejects.toThrow(/row-level security/);
    });
  });

  it('are not to be climbed by the application role', async () => {
    const { rows } = await app.query<Record<string, boolean>>(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
         exists (select 1 from pg_class c join pg_namespace s on s.oid = c.relnamespace
           where s.nspname = 'public' and c.relowner = pg_roles.oid) as owns
       from pg_roles where rolname = current_user`,
    );
    expect(rows[0]).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      owns: false,
    });
    await expect(app.query('alter table organisation disable row level security')).rejects.toThrow(
      /must be owner/,
    );
    await expect(app.query('set session authorization postgres')).rejects.toThrow(
      /permission denied|does not exist/,
    );
  });

  describe('around the audit record', () => {
    beforeAll(async () => {
      for (const id of [mine.id, INSTALLATION]) {
        await betony
          .get(UnitOfWork)
          .run(systemActor(id, 'test'), (tx) => audit(tx, { action: 'scheme.read' }));
      }
      await betony.get(AuditSealer).sealAll();
    });

    it.each(['audit_entry', 'audit_seal'])(
      '%s cannot be changed, removed or emptied by the application',
      async (table) => {
        for (const text of [
          `update ${table} set scheme_id = scheme_id`,
          `delete from ${table}`,
          `truncate ${table}`,
        ]) {
          await expect(inside(app, mine.id, () => app.query(text))).rejects.toThrow(/permission denied/);
        }
        await expect(app.query(`alter table ${table} disable trigger all`)).rejects.toThrow(/must be owner/);
      },
    );

    it('cannot be changed by the owner either, as long as its triggers stand', async () => {
      for (const text of [
        `update audit_entry set action = 'x.y'`,
        'delete from audit_entry',
        'truncate audit_entry',
      ]) {
        await expect(inside(owner, mine.id, () => owner.query(text))).rejects.toThrow(/append-only/);
      }
    });

    it('of the installation is seen from no scheme', async () => {
      const seen = await inside(app, mine.id, () =>
        app.query('select 1 from audit_entry where scheme_id = $1', [INSTALLATION]),
      );
      expect(seen.rowCount).toBe(0);
    });
  });
});
