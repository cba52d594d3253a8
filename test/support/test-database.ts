import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { address, APP_ROLE, OWNER_ROLE, type Passwords } from '../../src/platform/database/embedded-roles.js';
import { SUPERUSER } from '../../src/platform/database/postgres-server.js';

interface TestPostgres {
  port: number;
  passwords: Passwords;
  template: string;
}

function testPostgres(): TestPostgres {
  const given = process.env['BETONY_TEST_POSTGRES'];
  if (given === undefined) throw new Error('This test needs the database of test/support/global-setup.js');
  return JSON.parse(given) as TestPostgres;
}

export interface TestDatabase {
  name: string;
  /** As the application. */
  url: string;
  ownerUrl: string;
  superuserUrl: string;
  drop(): Promise<void>;
}

/** A migrated, empty database of its own for one test file. `bare` gives one without any table. */
export async function testDatabase(options: { bare?: boolean } = {}): Promise<TestDatabase> {
  const { port, passwords, template } = testPostgres();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const source = options.bare ? 'template0' : template;
  const server = address(SUPERUSER, passwords.superuser, port, 'postgres');
  await once(server, `create database ${name} owner ${OWNER_ROLE} template ${source}`);
  return {
    name,
    url: address(APP_ROLE, passwords.app, port, name),
    ownerUrl: address(OWNER_ROLE, passwords.owner, port, name),
    superuserUrl: address(SUPERUSER, passwords.superuser, port, name),
    drop: () => once(server, `drop database if exists ${name} with (force)`),
  };
}

async function once(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
