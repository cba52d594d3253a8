import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, LOOPBACK } from '../../src/platform/database/postgres-server.js';
import { aSend } from '../factories/referrals.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { KeepAlive, type Sent, startBalancer } from '../support/rolling.js';
import { eventually } from '../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLIENTS = 16;
/** How often both processes are restarted, one after the other. */
const TURNS = Number(process.env['TURNS'] ?? 2);

describe('two processes of the API, each told to stop and started again in turn, while people work', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let practice: TestMember;
  let folder: string;
  let balancer: Awaited<ReturnType<typeof startBalancer>>;
  const ports: number[] = [];
  const running = new Map<number, ChildProcess>();

  const start = async (port: number): Promise<void> => {
    const log = openSync(join(folder, 'log'), 'a');
    const child = spawn(
      process.execPath,
      ['--import', './test/support/shifted-clock.js', 'dist-test/main.js', '--api'],
      {
        cwd: ROOT,
        stdio: ['ignore', log, log],
        env: {
          PATH: process.env['PATH'],
          BETONY_TEST_NOW: TEST_NOW,
          DATABASE_URL: betony.database.url,
          AUDIT_KEY: betony.config.auditKey,
          TOKEN_KEY: betony.config.tokenKey,
          DATA_KEY: betony.config.dataKey,
          PUBLIC_URL: betony.config.publicUrl,
          DATA_DIR: join(folder, 'data'),
          PORT: String(port),
          LOG_LEVEL: 'warn',
        },
      },
    );
    closeSync(log);
    running.set(port, child);
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(readFileSync(join(folder, 'log'), 'utf8').slice(-2000));
      const answer = await fetch(`http://${LOOPBACK}:${String(port)}/health/ready`, {
        headers: { connection: 'close' },
      }).catch(() => null);
      await answer?.body?.cancel();
      return answer?.ok === true;
    }, 120_000);
  };

  const stop = async (port: number): Promise<number | string | null> => {
    const child = running.get(port);
    if (!child || child.exitCode !== null) return null;
    const ended = new Promise<number | string | null>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(code ?? signal);
      });
    });
    child.kill('SIGTERM');
    return ended;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'betony-rolling-'));
    betony = await startApp();
    scheme = await aScheme(betony);
    practice = await aMember(scheme, 'referrer');
    ports.push(await freePort(), await freePort());
    for (const port of ports) await start(port);
    balancer = await startBalancer(ports);
  });
  afterAll(async () => {
    await balancer.stop();
    for (const port of ports) await stop(port);
    await betony.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers every request that was sent, whole, and keeps each referral once', async () => {
    const sent: Sent[] = [];
    const acknowledged: string[] = [];
    let working = true;
    const work = async (): Promise<void> => {
      const client = new KeepAlive(balancer.port, practice.headers);
      while (working) {
        const made = await client.send('POST', '/api/v1/referrals', aSend());
        sent.push(made);
        if (made.status === 201) acknowledged.push((JSON.parse(made.body) as { id: string }).id);
        sent.push(await client.send('GET', '/api/v1/referrals?limit=5'));
      }
      client.stop();
    };
    const all = Array.from({ length: CLIENTS }, work);
    const ends: unknown[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const port of ports) {
        const enough = sent.length + 4 * CLIENTS;
        await eventually(() => sent.length >= enough);
        ends.push(await stop(port));
        await start(port);
      }
    }
    working = false;
    await Promise.all(all);

    const count = new Map<string, number>();
    for (const { status, why = '' } of sent) {
      const what = `${String(status ?? 'lost')} ${why}`.trim();
      count.set(what, (count.get(what) ?? 0) + 1);
    }
    expect(Object.fromEntries(count)).toEqual({ 200: sent.length / 2, 201: sent.length / 2 });
    expect(ends).toEqual(ends.map(() => 0));
    // On connections that were kept, so that there was something to lose.
    expect(sent.filter(({ reused }) => reused).length).toBeGreaterThan(sent.length / 2);
    const kept = new Set<string>();
    const asking = new KeepAlive(balancer.port, practice.headers);
    for (let next: string | null = ''; next !== null;) {
      const { body } = await asking.send('GET', `/api/v1/referrals?limit=100${next && `&after=${next}`}`);
      const page = JSON.parse(body) as { items: { id: string }[]; next: string | null };
      for (const { id } of page.items) kept.add(id);
      next = page.next;
    }
    asking.stop();
    expect([...kept].sort()).toEqual([...acknowledged].sort());
  }, 600_000);
});
