import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  openEmbeddedPostgres,
} from '../../src/platform/database/embedded-postgres.js';
import { readPidFile } from '../../src/platform/database/postgres-server.js';
import { eventually } from '../support/settle.js';

async function ask<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const serverPid = (dataDir: string) => readPidFile(join(dataDir, 'postgres'))?.pid;

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const open: EmbeddedPostgres[] = [];
const start = async (dataDir: string, alone = true) => {
  const server = await openEmbeddedPostgres(dataDir, { alone });
  open.push(server);
  return server;
};
const stopAll = async () => {
  for (const server of open.splice(0).reverse()) await server.close().catch(() => undefined);
};

function newDataDir(): string {
  const around = mkdtempSync(join(tmpdir(), 'betony-embedded-'));
  // As where people unpack projects: others may pass through.
  chmodSync(around, 0o755);
  mkdirSync(join(around, 'data'));
  return join(around, 'data');
}

// Making a database takes its time on a busy machine.
jest.setTimeout(90_000);
afterEach(stopAll);

describe('the embedded PostgreSQL', () => {
  const dataDir = newDataDir();
  afterAll(() => {
    rmSync(dirname(dataDir), { recursive: true, force: true });
  });

  it('keeps what was written, and stops with the last who used it', async () => {
    const first = await start(dataDir);
    const second = await start(dataDir, false);
    await ask(first.ownerUrl, "create table kept (word text); insert into kept values ('yes')");
    const pid = serverPid(dataDir) ?? 0;
    await first.close();
    expect(isAlive(pid)).toBe(true);
    await second.close();
    // It has said that it is gone a moment before its process is.
    await eventually(() => !isAlive(pid));
    const again = await start(dataDir);
    expect(await ask(again.ownerUrl, 'select word from kept')).toEqual([{ word: 'yes' }]);
  });

  it('gives the application a role that owns nothing and obeys row security', async () => {
    const server = await start(dataDir);
    const [role] = await ask<Record<string, boolean>>(
      server.url,
      'select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user',
    );
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false });
    await expect(ask(server.url, 'create table mine (id int)')).rejects.toThrow('permission denied');
  });

  it('keeps passwords where only their owner can read them, and listens on this machine only', async () => {
    const server = await start(dataDir);
    const { mode } = statSync(join(dataDir, 'keys', 'postgres-app'));
    expect(mode & 0o777).toBe(0o600);
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
    const [setting] = await ask<{ listen_addresses: string }>(server.url, 'show listen_addresses');
    expect(setting).toEqual({ listen_addresses: '127.0.0.1' });
  });

  it('refuses a second one that wants to be alone, and names the first', async () => {
    const server = await start(dataDir);
    await server.announce('http://127.0.0.1:3456');
    await expect(openEmbeddedPostgres(dataDir, { alone: true })).rejects.toThrow(
      `process ${process.pid}, http://127.0.0.1:3456`,
    );
  });

  it('starts again after the server itself was killed', async () => {
    const server = await start(dataDir);
    await ask(server.ownerUrl, 'create table safe (word text)');
    const pid = serverPid(dataDir) ?? 0;
    process.kill(pid, 'SIGKILL');
    await eventually(() => !isAlive(pid));
    const again = await start(dataDir);
    expect(serverPid(dataDir)).not.toBe(pid);
    expect(await ask(again.ownerUrl, 'select word from safe')).toEqual([]);
  });

  it('starts after a pid file was left whose number somebody else has now', async () => {
    await start(dataDir);
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    const text = readFileSync(file, 'utf8');
    await stopAll();
    writeFileSync(file, text.replace(/^\d+/, String(process.pid)));
    const again = await start(dataDir);
    expect(await ask(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('takes another port when its own is taken', async () => {
    const first = await start(dataDir);
    const { port } = new URL(first.url);
    await stopAll();
    const thief = createServer().listen(Number(port), '127.0.0.1');
    const again = await start(dataDir);
    expect(new URL(again.url).port).not.toBe(port);
    expect(await ask(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await new Promise((resolve) => thief.close(resolve));
  });

  it('says plainly that the keys do not belong to the database', async () => {
    await start(dataDir);
    await stopAll();
    renameSync(join(dataDir, 'keys'), join(dataDir, 'keys.away'));
    await expect(start(dataDir)).rejects.toThrow('does not know the passwords');
    expect(serverPid(dataDir)).toBeUndefined();
    rmSync(join(dataDir, 'keys'), { recursive: true });
    renameSync(join(dataDir, 'keys.away'), join(dataDir, 'keys'));
  });
});

describe('a first start', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = newDataDir();
  });
  afterEach(async () => {
    await stopAll();
    rmSync(dirname(dataDir), { recursive: true, force: true });
  });

  it('starts after an initdb that was cut short, and after a start that was killed', async () => {
    mkdirSync(join(dataDir, 'postgres.making', 'base'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres.making', 'PG_VERSION'), '18\n');
    // Nobody has this number: the largest possible is 4194304.
    writeFileSync(join(dataDir, 'starting.lock'), '4194305');
    const server = await start(dataDir);
    expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(existsSync(join(dataDir, 'postgres.making'))).toBe(false);
  });

  it('says plainly what is wrong with a folder that holds half a database', async () => {
    mkdirSync(join(dataDir, 'postgres', 'base'), { recursive: true });
    await expect(start(dataDir)).rejects.toThrow('is not a whole database');
  });

  it('says plainly that the data folder cannot be written', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    await expect(openEmbeddedPostgres(join(dataDir, 'file'), { alone: true })).rejects.toThrow('DATA_DIR');
  });

  (process.getuid?.() === 0 ? it : it.skip)(
    'works for root in a folder that no other account may enter',
    async () => {
      const closed = dirname(dataDir);
      chmodSync(closed, 0o700);
      const server = await start(dataDir);
      expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      const place = readFileSync(join(dataDir, 'postgres.place'), 'utf8').trim();
      await stopAll();
      const again = await start(dataDir);
      expect(await ask(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await stopAll();
      rmSync(dirname(place), { recursive: true });
    },
  );
});
