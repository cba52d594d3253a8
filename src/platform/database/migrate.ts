import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { AbstractLogger, DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { PlainFault } from '../errors/plain-fault.js';
import { migrateQueue } from '../jobs/queue-schema.js';

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
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const [, number, slug] = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file) ?? [];
      if (number === undefined || slug === undefined) {
        throw new Error(`migrations/${file} is not named NNNN-name.sql`);
      }
      // TypeORM takes the last 13 characters of a name for its place in the order.
      return { name: `${slug}${number.padStart(13, '0')}`, path: join(folder, file) };
    });
}

/** Names as TypeORM records them, in order. */
export const expectedMigrations = (): string[] => migrationFiles(FOLDER).map((file) => file.name);

const quoted = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`;

function migrationClass({ name, path }: MigrationFile, appRole: string): new () => MigrationInterface {
  return class {
    readonly name = name;

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
 * in its own transaction, and the queue's own tables. Safe to repeat and to run twice at once.
 */
export async function migrate(addresses: MigrateAddresses, folder = FOLDER): Promise<{ applied: string[] }> {
  if (addresses.databaseOwnerUrl === null) {
    throw new PlainFault(
      'DATABASE_OWNER_URL is missing. Migrations run as the owner of the tables, which the application is not.',
    );
  }
  const appRole = decodeURIComponent(new URL(addresses.databaseUrl).username);
  const lock = new pg.Client({
    connectionString: addresses.databaseOwnerUrl,
    application_name: 'betony migrate',
  });
  // Lost after it was taken, the lock's own statements fail below; without a listener Node would stop at once.
  lock.on('error', () => undefined);
  await lock.connect();
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
    throw new PlainFault(
      'The role in DATABASE_URL is a superuser or has BYPASSRLS, so the walls between schemes would not hold.',
      'Give the application an ordinary role.',
    );
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
