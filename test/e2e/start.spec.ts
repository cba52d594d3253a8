import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import pg from 'pg';
import { readPidFile } from '../../src/platform/database/postgres-server.js';
import { type Program, runProgram, startedAt } from '../support/program.js';
import { eventually } from '../support/settle.js';
import { testDatabase } from '../support/test-database.js';

// The first start makes a database and fills it with demo data, on a machine that may be busy.
jest.setTimeout(240_000);

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('npm start with nothing but Node', () => {
  let dataDir: string;
  let running: Program | undefined;
  const start = (more: Record<string, string> = {}) =>
    runProgram('main', [], { DATA_DIR: dataDir, PORT: '0', ...more });
  const serverPid = () => readPidFile(join(dataDir, 'postgres'))?.pid ?? 0;

  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'betony-start-'));
    chmodSync(dataDir, 0o711);
  });
  afterAll(async () => {
    if (running?.child.exitCode === null) {
      running.child.kill('SIGINT');
      await running.ended;
    }
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('brings up everything and says where it is', async () => {
    running = start();
    const address = await startedAt(running);
    const health = await fetch(`${address}/health/ready`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({
      status: 'ready',
      checks: { database: 'ok', migrations: 'ok', queue: 'ok' },
    });
    expect((await fetch(`${address}/docs`)).status).toBe(200);
    const screen = running.output();
    expect(screen).toContain(`${address}/docs`);
    expect(screen).toContain(join(dataDir, 'outbox'));
    expect(existsSync(join(dataDir, 'outbox'))).toBe(true);
    expect(screen).toContain('open /reply at the address above, give faith1@example.org');
    expect(screen).toContain('npm run walk');
    expect(screen.split('\n').length).toBeLessThanOrEqual(30);
  });

  it('refuses to run twice, naming the one that runs', async () => {
    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`process ${running?.child.pid}`);
    expect(second.output()).toContain(await startedAt(running!));
    expect(second.output()).not.toContain('    at ');
    expect(running?.child.exitCode).toBeNull();
  });

  it('lets commands and a worker use the database it runs', async () => {
    const command = runProgram('cli', ['migrate'], { DATA_DIR: dataDir });
    expect(await command.ended).toBe(0);
    expect(command.output()).toContain('up to date');
    const worker = runProgram('worker', [], { DATA_DIR: dataDir });
    await eventually(() => worker.output().includes('worker runs'), 60_000);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect((await fetch(`${await startedAt(running!)}/health/ready`)).status).toBe(200);
  });

  it('says in one line that the Redis it was told of is away, and works on', async () => {
    const worker = runProgram('worker', [], { DATA_DIR: dataDir, REDIS_URL: 'redis://127.0.0.1:1' });
    await eventually(() => worker.output().includes('WAITING'), 60_000);
    expect(worker.output()).toMatch(
      /WAITING: the Redis of REDIS_URL does not answer \(\w+\)\. Nothing is lost/,
    );
    expect(worker.output()).not.toContain('    at ');
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
  });

  it('carries on with the server that a killed process left behind', async () => {
    const left = serverPid();
    running!.child.kill('SIGKILL');
    await running!.ended;
    expect(isAlive(left)).toBe(true);
    running = start();
    const address = await startedAt(running);
    expect(serverPid()).toBe(left);
    expect((await fetch(`${address}/health/ready`)).status).toBe(200);
  });

  it('starts after everything was killed at once', async () => {
    const left = serverPid();
    running!.child.kill('SIGKILL');
    process.kill(left, 'SIGKILL');
    await running!.ended;
    await eventually(() => !isAlive(left));
    running = start();
    const address = await startedAt(running);
    expect((await fetch(`${address}/health/ready`)).status).toBe(200);
  });

  it('stops in order on Ctrl-C, also when npm passes it on a second time', async () => {
    const left = serverPid();
    running!.child.kill('SIGINT');
    running!.child.kill('SIGINT');
    expect(await running!.ended).toBe(0);
    expect(isAlive(left)).toBe(false);
    const log = readFileSync(join(dataDir, 'postgres.log'), 'utf8');
    expect(log.trimEnd().endsWith('database system is shut down')).toBe(true);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  it('names PORT when another program has it, and leaves no server behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const refused = start({ PORT: String(port) });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(`Port ${port}`);
    expect(refused.output()).toContain(`PORT=${port + 1} npm start`);
    expect(refused.output()).not.toContain('    at ');
    expect(serverPid()).toBe(0);
    other.close();
  });

  it('logs neither queries nor what was asked for', () => {
    const log = readFileSync(join(dataDir, 'betony.log'), 'utf8');
    expect(log).toContain('"route":"/health/ready"');
    for (const line of log.trimEnd().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });
});

describe('settings', () => {
  it('stop the start before anything is made, all named at once, no value shown', async () => {
    const folder = join(tmpdir(), `betony-never-made-${process.pid}`);
    const program = runProgram('main', [], {
      DATA_DIR: folder,
      PORT: 'secret-port',
      SMTP_URL: 'secret-mail',
      DATABASE_URL: 'secret-database',
    });
    expect(await program.ended).toBe(1);
    for (const name of ['PORT', 'SMTP_URL', 'DATABASE_URL', 'AUDIT_KEY', 'TOKEN_KEY', 'DATA_KEY']) {
      expect(program.output()).toContain(name);
    }
    expect(program.output()).not.toContain('secret');
    expect(existsSync(folder)).toBe(false);
  });

  it('that name a folder nobody can have are refused in words', async () => {
    const file = join(tmpdir(), `betony-a-file-${process.pid}`);
    writeFileSync(file, '');
    for (const folder of ['/proc/nope', join(file, 'data')]) {
      const program = runProgram('main', [], { DATA_DIR: folder, PORT: '0' });
      expect(await program.ended).toBe(1);
      expect(program.output()).toContain('DATA_DIR cannot be used: ');
      expect(program.output()).not.toContain('    at ');
    }
    rmSync(file);
  });
});

describe('a real database', () => {
  const keys = { AUDIT_KEY: 'a'.repeat(40), TOKEN_KEY: 't'.repeat(40), DATA_KEY: 'd'.repeat(40) };

  it('is not touched before it was migrated, then serves API and worker as separate processes', async () => {
    const database = await testDatabase({ bare: true });
    const superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    await superuser.query('create extension cube; create extension earthdistance');
    await superuser.end();
    const dataDir = mkdtempSync(join(tmpdir(), 'betony-real-'));
    const real = { DATA_DIR: dataDir, DATABASE_URL: database.url, PORT: '0', ...keys };

    const early = runProgram('main', ['--api'], real);
    expect(await early.ended).toBe(1);
    expect(early.output()).toContain('npm run migrate');

    const withoutOwner = runProgram('cli', ['migrate'], real);
    expect(await withoutOwner.ended).toBe(1);
    expect(withoutOwner.output()).toContain('DATABASE_OWNER_URL');

    const migrating = runProgram('cli', ['migrate'], { ...real, DATABASE_OWNER_URL: database.ownerUrl });
    expect(await migrating.ended).toBe(0);

    for (const [url, because] of [
      [database.ownerUrl, 'owns the tables'],
      [database.superuserUrl, 'is a superuser'],
    ] as const) {
      const asOther = runProgram('main', ['--api'], { ...real, DATABASE_URL: url });
      expect(await asOther.ended).toBe(1);
      expect(asOther.output()).toContain(because);
    }

    const api = runProgram('main', ['--api'], real);
    const address = await startedAt(api);
    const worker = runProgram('worker', [], real);
    await eventually(() => worker.output().includes('worker runs'), 60_000);
    const health = await fetch(`${address}/health/ready`);
    expect(health.status).toBe(200);
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
    for (const program of [api, worker]) {
      program.child.kill('SIGTERM');
      expect(await program.ended).toBe(0);
    }
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('out of reach is told without its address', async () => {
    const program = runProgram('cli', ['migrate'], {
      DATABASE_URL: 'postgres://app:hunter2@127.0.0.1:1/betony',
      DATABASE_OWNER_URL: 'postgres://owner:hunter2@127.0.0.1:1/betony',
      DATA_DIR: tmpdir(),
      ...keys,
    });
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain('ECONNREFUSED');
    expect(program.output()).not.toContain('hunter2');
  });
});
