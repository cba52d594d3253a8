import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expectedMigrations, migrate } from '../../src/platform/database/migrate.js';
import { type TestDatabase, testDatabase } from '../support/test-database.js';

async function ask<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const addresses = (database: TestDatabase) => ({
  databaseUrl: database.url,
  databaseOwnerUrl: database.ownerUrl,
});

describe('migrate', () => {
  let database: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    database = await testDatabase({ bare: true });
    await ask(database.superuserUrl, 'create extension cube; create extension earthdistance');
    folder = mkdtempSync(join(tmpdir(), 'betony-migrations-'));
  });
  afterEach(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('brings an empty database to this version, and finds nothing to do the second time', async () => {
    expect((await migrate(addresses(database))).applied).toEqual(expectedMigrations());
    expect((await migrate(addresses(database))).applied).toEqual([]);
  });

  it('lets two run at once, each file applied once', async () => {
    const both = await Promise.all([migrate(addresses(database)), migrate(addresses(database))]);
    expect(both.flatMap(({ applied }) => applied)).toEqual(expectedMigrations());
  });

  it('works on an empty folder', async () => {
    expect((await migrate(addresses(database), folder)).applied).toEqual([]);
  });

  it('keeps what was applied before a file that fails, and nothing of that file', async () => {
    writeFileSync(join(folder, '0001-good.sql'), 'create table good (id int)');
    writeFileSync(join(folder, '0002-bad.sql'), 'create table half (id int); select 1 / 0');
    await expect(migrate(addresses(database), folder)).rejects.toThrow('division by zero');
    const tables = await ask<{ good: boolean; half: boolean }>(
      database.ownerUrl,
      `select to_regclass('good') is not null as good, to_regclass('half') is not null as half`,
    );
    expect(tables).toEqual([{ good: true, half: false }]);
    writeFileSync(join(folder, '0002-bad.sql'), 'create table half (id int)');
    expect((await migrate(addresses(database), folder)).applied).toEqual(['bad0000000000002']);
  });

  it('gives the application its role rows, but neither the tables nor the record of migrations', async () => {
    writeFileSync(
      join(folder, '0001-one.sql'),
      'create table one (id int); revoke delete on one from betony_app',
    );
    await migrate(addresses(database), folder);
    await ask(database.url, 'insert into one values (1)');
    await expect(ask(database.url, 'delete from one')).rejects.toThrow('permission denied');
    await expect(ask(database.url, 'alter table one add name text')).rejects.toThrow('must be owner');
    await expect(ask(database.url, 'delete from migration')).rejects.toThrow('permission denied');
    await expect(ask(database.url, 'create table mine (id int)')).rejects.toThrow('permission denied');
  });

  it('refuses an application role that row level security would not bind', async () => {
    await expect(migrate({ ...addresses(database), databaseUrl: database.superuserUrl })).rejects.toThrow(
      'superuser',
    );
    await expect(migrate({ ...addresses(database), databaseUrl: database.ownerUrl })).rejects.toThrow(
      'same role',
    );
    await expect(migrate({ ...addresses(database), databaseOwnerUrl: null })).rejects.toThrow(
      'DATABASE_OWNER_URL',
    );
  });
});
