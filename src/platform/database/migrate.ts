import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { AbstractLogger, DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { PlainFault } from '../errors/plain-fault.js';
import { migrateQueue } from '../jobs/queue-schema.js';
import { mayEnd } from './sessions.js';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'migrations');
export const MIGRATIONS_TABLE = 'migration';

/** Any number nobody else uses: two migrators of one database wait for each other on it. */
const MIGRATION_LOCK = 7_266_101;

/** earthdistance is not a trusted extension: only a superuser may create it, as the embedded server's set-up does. */
export const EXTENSIONS = [
  'pg_trgm',
  'unaccent',
  'fuzzystrmatch',
  'cube',
  'earthdistance',
  'btree_gin',
  'btree_gist',
  'pgcrypto',
];

/** In migration files the application's role is called this; its real name comes from DATABASE_URL. */
const APP_ROLE = 'betony_app';

interface MigrationFile {
  name: string;
  path: string;
}

function migrationFiles(folder: string): MigrationFile[] {
  const taken = new Set<string>();
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const [, number, slug] = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file) ?? [];
      if (number === undefined || slug === undefined) {
        throw new Error(`migrations/${file} is not named NNNN-name.sql`);
      }
      if (taken.has(number)) throw new Error(`Two files in migrations/ are numbered ${number}`);
      taken.add(number);
      // TypeORM takes the last 13 characters of a name for its place in the order.
      return { name: `${slug}${number.padStart(13, '0')}`, path: join(folder, file) };
    });
}

/** Names as TypeORM records them, in order. */
export const expectedMigrations = (): string[] => migrationFiles(FOLDER).map((file) => file.name);

/** What the database at `url` still lacks, asked before anything else is started on it. */
export async function pendingMigrations(url: string): Promise<string[]> {
  const client = await connect(url, 'DATABASE_URL');
  try {
    const known = await client.query<{ known: boolean }>(
      `select to_regclass('${MIGRATIONS_TABLE}') is not null as known`,
    );
    if (known.rows[0]?.known !== true) return expectedMigrations();
    await refuseFreeRole(client);
    const { rows } = await client.query<{ name: string }>(`select name from ${MIGRATIONS_TABLE}`);
    const applied = new Set(rows.map((row) => row.name));
    return expectedMigrations().filter((name) => !applied.has(name));
  } finally {
    await client.end();
  }
}

/** To be asked at every start, since an address may be changed after the migration that checked it. */
async function refuseFreeRole(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ free: boolean; owns: boolean }>(`
    select r.rolsuper or r.rolbypassrls as free, exists (select 1 from pg_class c
      where c.oid = to_regclass('${MIGRATIONS_TABLE}') and pg_has_role(r.oid, c.relowner, 'member')) as owns
    from pg_roles r where r.rolname = current_user`);
  const role = rows[0];
  if (role?.free) throw new PlainFault(...FREE_ROLE);
  if (role?.owns) {
    throw new PlainFault(
      'The role in DATABASE_URL owns the tables, so it could take down the walls between schemes.',
      'Give the application a role of its own; the owner is for DATABASE_OWNER_URL.',
    );
  }
}

const FREE_ROLE = [
  'The role in DATABASE_URL is a superuser or has BYPASSRLS, so the walls between schemes would not hold.',
  'Give the application an ordinary role.',
];

const CONNECT_TRIES = 10;
const CONNECT_PAUSE_MS = 1500;

/** Databases often come up a moment after what needs them. A wrong password or name is told at once. */
async function connect(url: string, variable: string): Promise<pg.Client> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'betony migrate',
      connectionTimeoutMillis: 10_000,
    });
    mayEnd(client);
    try {
      await client.connect();
      return client;
    } catch (error) {
      const code = (error as { code?: string }).code ?? 'no answer';
      const mayComeUp = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', '57P03'].includes(code);
      if (!mayComeUp || attempt === CONNECT_TRIES) {
        throw new PlainFault(`Cannot connect to the database in ${variable} (${code}).`, connectAdvice(code));
      }
      await wait(CONNECT_PAUSE_MS);
    }
  }
}

function connectAdvice(code: string): string {
  if (code === '28P01' || code === '28000') return 'The server refuses the user name or password.';
  if (code === '3D000') return 'The server has no database of that name. Create it, owned by the owner role.';
  return 'Check that the server runs and that its address is right.';
}

/** One statement that commits part by part, so that a large table is not held for as long as it takes; safe to begin again. */
const WITHOUT_TRANSACTION = /^-- no transaction\b/;

const quoted = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`;

function migrationClass({ name, path }: MigrationFile, appRole: string): new () => MigrationInterface {
  return class {
    readonly name = name;
    readonly transaction = !WITHOUT_TRANSACTION.test(readFileSync(path, 'utf8'));

    async up(runner: QueryRunner): Promise<void> {
      const text = readFileSync(path, 'utf8').replaceAll(
        new RegExp(`\\b${APP_ROLE}\\b`, 'g'),
        quoted(appRole),
      );
      try {
        await runner.query(text);
      } catch (error) {
        throw new PlainFault(`Migration ${basename(path)} failed: ${(error as Error).message}`);
      }
    }

    down(): Promise<void> {
      return Promise.reject(new Error('Migrations go forward only. Write a new one.'));
    }
  };
}

export interface MigrateAddresses {
  databaseUrl: string;
  databaseOwnerUrl: string | null;
}

/**
 * Brings the database to this version of the product, as its owner: extensions, grants, every file in migrations/
 * in its own transaction unless it says otherwise, and the queue's own tables. Safe to repeat and to run twice at once.
 */
export async function migrate(addresses: MigrateAddresses, folder = FOLDER): Promise<{ applied: string[] }> {
  if (addresses.databaseOwnerUrl === null) {
    throw new PlainFault(
      'DATABASE_OWNER_URL is missing. Migrations run as the owner of the tables, which the application is not.',
    );
  }
  const appRole = decodeURIComponent(new URL(addresses.databaseUrl).username);
  const lock = await connect(addresses.databaseOwnerUrl, 'DATABASE_OWNER_URL');
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await checkRoles(lock, appRole);
    await createExtensions(lock);
    await grantDefaults(lock, appRole);
    const applied = await runFiles(addresses.databaseOwnerUrl, migrationFiles(folder), appRole);
    await lock.query(
      `revoke insert, update, delete on ${MIGRATIONS_TABLE} from ${quoted(appRole)};
       grant select on ${MIGRATIONS_TABLE} to ${quoted(appRole)}`,
    );
    await migrateQueue(lock, quoted(appRole));
    await makeMonths(lock);
    return { applied };
  } finally {
    await lock.end();
  }
}

/** Row level security binds neither superusers, nor roles that bypass it, nor (unless forced) owners. */
async function checkRoles(client: pg.Client, appRole: string): Promise<void> {
  const { rows } = await client.query<{ free: boolean; same: boolean; version: number }>(
    `select rolsuper or rolbypassrls as free, rolname = current_user as same,
            current_setting('server_version_num')::int as version
       from pg_roles where rolname = $1`,
    [appRole],
  );
  const role = rows[0];
  if (!role) throw new PlainFault('The role in DATABASE_URL does not exist on this server. Create it first.');
  if (role.version < 150_000) throw new PlainFault('This PostgreSQL is too old. Betony needs 15 or newer.');
  if (role.free) {
    throw new PlainFault(...FREE_ROLE);
  }
  if (role.same) {
    throw new PlainFault(
      'DATABASE_URL and DATABASE_OWNER_URL name the same role. The application must not own its tables.',
    );
  }
}

async function createExtensions(client: pg.Client): Promise<void> {
  for (const extension of EXTENSIONS) {
    try {
      await client.query(`create extension if not exists ${extension} with schema public`);
    } catch (error) {
      throw new PlainFault(
        `The extension ${extension} is missing and could not be created: ${(error as Error).message}`,
        `Ask a superuser of this database to run: create extension ${extension};`,
      );
    }
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

/** The months of the audit record that lie ahead. Where somebody reads it for long just now, a worker makes them later. */
async function makeMonths(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ known: boolean }>(
    `select to_regprocedure('make_audit_months()') is not null as known`,
  );
  if (!rows[0]?.known) return;
  try {
    await client.query('select make_audit_months()');
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
  }
}

async function grantDefaults(client: pg.Client, appRole: string): Promise<void> {
  const role = quoted(appRole);
  await client.query(`
    grant usage on schema public to ${role};
    alter default privileges in schema public grant select, insert, update, delete on tables to ${role};
    alter default privileges in schema public grant usage, select on sequences to ${role};
  `);
}

/** TypeORM prints to the console; what failed is told by the error. */
class Quiet extends AbstractLogger {
  protected writeLog(): void {
    // nothing
  }
}

async function runFiles(ownerUrl: string, files: MigrationFile[], appRole: string): Promise<string[]> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    applicationName: 'betony migrate',
    synchronize: false,
    migrations: files.map((file) => migrationClass(file, appRole)),
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
    installExtensions: false,
    logger: new Quiet(),
  });
  await dataSource.initialize();
  try {
    return (await dataSource.runMigrations()).map((migration) => migration.name);
  } finally {
    await dataSource.destroy();
  }
}
