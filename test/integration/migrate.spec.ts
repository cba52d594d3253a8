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

  it('moves tasks that stayed with whoever had a referral before, and counts nobody as here whose account was shut', async () => {
    await migrate(addresses(database));
    await ask(
      database.superuserUrl,
      `with s as (insert into scheme (id, name, created_at) values (gen_random_uuid(), 'Scheme', now()) returning id),
       o as (insert into organisation (scheme_id, id, name, kind, created_at, updated_at)
         select s.id, gen_random_uuid(), 'Host', 'host', now(), now() from s returning scheme_id, id),
       a as (insert into user_account (id, email_hash, created_at, disabled_at)
         select gen_random_uuid(), n, now(), case n when 'shut' then now() end
         from unnest(array['before', 'now', 'shut']) n returning id, email_hash),
       m as (insert into membership (id, scheme_id, account_id, organisation_id, role, created_at)
         select gen_random_uuid(), o.scheme_id, a.id, o.id, 'link_worker', now() from o, a returning id, account_id),
       who as (select m.id, a.email_hash as name from m join a on a.id = m.account_id),
       c as (insert into client (scheme_id, id, standing, first_name, last_name, date_of_birth, first_name_key,
           last_name_key, last_name_sound, created_at, updated_at)
         select s.id, gen_random_uuid(), 'confirmed', 'Grace', n, '1950-01-01', 'grace', 'adeyemi', 'ATM', now(), now()
         from s, unnest(array['handed', 'kept']) n returning scheme_id, id, last_name),
       r as (insert into referral (scheme_id, id, reference, client_id, sent_client_id, route, state, owner_kind, owner_id,
           next_at, next_kind, sent_at, accepted_at, allocated_at, begun_at, told_status, told_at, created_at, updated_at)
         select c.scheme_id, gen_random_uuid(), c.last_name, c.id, c.id, 'gp', 'active', 'worker', who.id, now(),
           'next_contact', now(), now(), now(), now(), 'in_touch', now(), now(), now()
         from c join who on who.name = case c.last_name when 'handed' then 'now' else 'before' end
         returning scheme_id, id, client_id, reference)
       insert into task (scheme_id, id, kind, audience, audience_id, subject_kind, subject_id, referral_id, client_id,
         occasion, step, due_at, created_at)
       select r.scheme_id, gen_random_uuid(), t.kind, 'membership', before.id, t.subject, gen_random_uuid(),
         case when t.named then r.id end, r.client_id, case when t.planned then now() end, case when t.planned then 1 end,
         now(), now()
       from r cross join (values ('in_touch', 'onward_referral', true, true), ('contact_wish', 'client', true, false),
         ('page_message', 'page_message', false, false), ('flag_review', 'lone_worker_flag', false, true),
         ('warm_handover', 'warm_handover', true, true)) as t(kind, subject, named, planned)
       join who before on before.name = 'before';
       delete from migration where name like 'nobodys-work%'`,
    );
    expect((await migrate(addresses(database))).applied).toHaveLength(1);
    const rows = await ask<{ line: string }>(
      database.superuserUrl,
      `select concat_ws(' ', c.last_name, t.kind, a.email_hash) as line from task t
       join client c on c.id = t.client_id join membership m on m.id = t.audience_id
       join user_account a on a.id = m.account_id order by 1`,
    );
    expect(rows.map(({ line }) => line)).toEqual([
      'handed contact_wish now',
      'handed flag_review now',
      'handed in_touch now',
      'handed page_message now',
      'handed warm_handover before',
      'kept contact_wish before',
      'kept flag_review before',
      'kept in_touch before',
      'kept page_message before',
      'kept warm_handover before',
    ]);
    expect(
      await ask(
        database.superuserUrl,
        `select a.email_hash as who from membership m join user_account a on a.id = m.account_id
         where m.user_disabled_at = a.disabled_at`,
      ),
    ).toEqual([{ who: 'shut' }]);
    expect(await ask(database.ownerUrl, 'select * from task')).toEqual([]);
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
