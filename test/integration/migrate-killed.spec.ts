import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrate.js';
import { catalogueOf } from '../support/catalogue.js';
import { type Program, runProgram } from '../support/program.js';
import { eventually } from '../support/settle.js';
import { type TestDatabase, testDatabase } from '../support/test-database.js';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
const KEYS = { AUDIT_KEY: 'a'.repeat(40), TOKEN_KEY: 't'.repeat(40), DATA_KEY: 'd'.repeat(40) };

/** Counts each command that changes the schema, also of what is rolled back, and stands still at one of them. */
const STOPS = (at: number) => `
  create schema trial;
  create sequence trial.command;
  create function trial.stand_still() returns event_trigger language plpgsql security definer as $$
    begin
      if nextval('trial.command') = ${String(at)} then perform pg_sleep(600); end if;
    end $$;
  create event trigger stand_still on ddl_command_end execute function trial.stand_still()`;
const GOES_ON = `drop event trigger stand_still; drop schema trial cascade`;

const BEGINNINGS = [
  { from: 'an empty database', left: Infinity },
  { from: 'ten migrations ago', left: 10 },
];

describe.each(BEGINNINGS)('migrations from $from, killed in the middle', ({ left }) => {
  let dataDir: string;
  let older: string;
  let whole: string[];
  let commands: number;

  const addresses = ({ url, ownerUrl }: TestDatabase) => ({ databaseUrl: url, databaseOwnerUrl: ownerUrl });

  const ask = async ({ superuserUrl }: TestDatabase, text: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: superuserUrl });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };

  const begun = async (): Promise<TestDatabase> => {
    const database = await testDatabase({ bare: true });
    await ask(database, 'create extension cube; create extension earthdistance');
    if (Number.isFinite(left)) await migrate(addresses(database), older);
    return database;
  };

  const commandsOf = async (database: TestDatabase): Promise<number> => {
    const [row] = await ask(database, 'select last_value::int as n, is_called from trial.command');
    return row?.['is_called'] === true ? Number(row['n']) : 0;
  };

  const started = (database: TestDatabase): Program =>
    runProgram('cli', ['migrate'], {
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      ...KEYS,
    });

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'betony-killed-'));
    older = mkdtempSync(join(tmpdir(), 'betony-older-'));
    const files = readdirSync(MIGRATIONS).sort();
    for (const file of files.slice(0, -left)) copyFileSync(join(MIGRATIONS, file), join(older, file));
    const database = await begun();
    await ask(database, STOPS(-1));
    const program = started(database);
    expect([await program.ended, program.output()]).toEqual([0, expect.stringContaining('Applied: ')]);
    commands = await commandsOf(database);
    await ask(database, GOES_ON);
    whole = await catalogueOf(database);
    await database.drop();
  });
  afterAll(() => {
    for (const folder of [dataDir, older]) rmSync(folder, { recursive: true });
  });

  it.each([
    ['at its first change', () => 1],
    ['halfway', () => Math.round(commands / 2)],
    ['at its last change', () => commands],
  ])('%s: the next run finishes, and nothing shows that it was cut off', async (_where, at) => {
    const database = await begun();
    try {
      await ask(database, STOPS(at()));
      const killed = started(database);
      await eventually(async () => (await commandsOf(database)) === at());
      killed.child.kill('SIGKILL');
      expect(await killed.ended).toBe('SIGKILL');
      // What it had begun stands on the server until that sees that nobody is there; the next run may come before.
      const next = migrate(addresses(database));
      await ask(
        database,
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event = 'PgSleep'`,
      );
      await next;
      await ask(database, GOES_ON);
      expect(await catalogueOf(database)).toEqual(whole);
      expect((await migrate(addresses(database))).applied).toEqual([]);
    } finally {
      await database.drop();
    }
  });
});

describe('two databases that are not the same', () => {
  it.each([
    ['a column more', 'alter table client add column more text'],
    ['a wall down', 'alter table client disable row level security'],
    [
      'an index less',
      `do $$ begin execute 'drop index ' || (
        select min(indexname) from pg_indexes where tablename = 'client' and indexdef !~ 'UNIQUE'); end $$`,
    ],
    ['a right more', 'grant delete on migration to public'],
    ['a migration less', 'delete from migration where id = (select max(id) from migration)'],
  ])('are seen to be so: %s', async (_what, change) => {
    const database = await testDatabase();
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    try {
      const before = await catalogueOf(database);
      await client.query(change);
      expect(await catalogueOf(database)).not.toEqual(before);
    } finally {
      await client.end();
      await database.drop();
    }
  });
});
