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

  it('takes addresses without a name as shared, in every scheme, and leaves the wall between schemes up', async () => {
    await migrate(addresses(database));
    await ask(
      database.superuserUrl,
      `with s as (
         insert into scheme (id, name, created_at) select gen_random_uuid(), 'Scheme', now() from generate_series(1, 2)
         returning id),
       o as (
         insert into organisation (scheme_id, id, name, kind, created_at, updated_at)
         select s.id, gen_random_uuid(), n, 'community_group', now(), now()
         from s cross join unnest(array['Public', 'Named', 'Silent']) n returning scheme_id, id, name)
       insert into provider (scheme_id, organisation_id, sector, contact_name, contact_email, created_at, updated_at)
       select scheme_id, id, 'community', case name when 'Named' then 'Ann Lee' end,
         case when name <> 'Silent' then 'info@example.org' end, now(), now() from o;
       delete from migration where name like 'shared-addresses%'`,
    );
    expect((await migrate(addresses(database))).applied).toHaveLength(1);
    expect(
      await ask(
        database.superuserUrl,
        `select o.name, p.contact_shared as shared, count(*)::int as n from provider p
         join organisation o on o.id = p.organisation_id group by 1, 2 order by 1`,
      ),
    ).toEqual([
      { name: 'Named', shared: false, n: 2 },
      { name: 'Public', shared: true, n: 2 },
      { name: 'Silent', shared: false, n: 2 },
    ]);
    expect(await ask(database.ownerUrl, 'select * from provider')).toEqual([]);
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
