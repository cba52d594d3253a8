import pg from 'pg';
import { EXTENSIONS } from './migrate.js';
import { LOOPBACK, SUPERUSER } from './postgres-server.js';
import { mayEnd } from './sessions.js';

export const OWNER_ROLE = 'betony_owner';
export const APP_ROLE = 'betony_app';
export const DATABASE = 'betony';

export interface Passwords {
  superuser: string;
  owner: string;
  app: string;
}

export const address = (role: string, password: string, port: number, database: string): string =>
  `postgres://${role}:${encodeURIComponent(password)}@${LOOPBACK}:${String(port)}/${database}`;

/** The two roles and the database of the embedded server. Safe to repeat: a first start may have been cut short. */
export async function prepareDatabase(port: number, passwords: Passwords): Promise<void> {
  await asSuperuser(port, passwords.superuser, 'postgres', async (client) => {
    for (const [role, password] of [
      [OWNER_ROLE, passwords.owner],
      [APP_ROLE, passwords.app],
    ] as const) {
      const known = await client.query('select 1 from pg_roles where rolname = $1', [role]);
      if (known.rowCount === 0) await client.query(`create role ${role}`);
      await client.query(
        `alter role ${role} login nosuperuser nobypassrls nocreaterole nocreatedb
           password ${client.escapeLiteral(password)}`,
      );
    }
    const made = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (made.rowCount === 0) await client.query(`create database ${DATABASE} owner ${OWNER_ROLE}`);
    await client.query(`revoke all on database ${DATABASE} from public`);
    await client.query(`grant connect, temporary on database ${DATABASE} to ${APP_ROLE}`);
  });
  await asSuperuser(port, passwords.superuser, DATABASE, async (client) => {
    for (const extension of EXTENSIONS) await client.query(`create extension if not exists ${extension}`);
  });
}

async function asSuperuser(
  port: number,
  password: string,
  database: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: address(SUPERUSER, password, port, database) });
  mayEnd(client);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
