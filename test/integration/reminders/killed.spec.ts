import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sql from 'sql-template-tag';
import { inScheme } from '../../factories/episodes.js';
import { deliveryFaults, type LedgerLine } from '../../support/delivery-check.js';
import { aMember, aScheme, type TestScheme } from '../../support/people.js';
import { fill, startSlowMailbox } from '../../support/reminder-load.js';
import { redisInstalled, startRedis, type TestRedis } from '../../support/redis.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const EACH = 500;
/** A killed worker's jobs are taken up by others after three quarters of a minute. */
const DEADLINE_MS = 300_000;

for (const { name, onRedis } of [
  { name: 'PostgreSQL', onRedis: false },
  { name: 'Redis', onRedis: true },
]) {
  (onRedis && !redisInstalled ? describe.skip : describe)(`1,000 due reminders, the queue on ${name}`, () => {
    let betony: TestApp;
    let scheme: TestScheme;
    let redis: TestRedis | undefined;
    let mailbox: Awaited<ReturnType<typeof startSlowMailbox>>;
    let dataDir: string;
    const workers = new Set<ChildProcess>();
    let now = Date.parse('2026-11-24T14:05:00Z');

    beforeAll(async () => {
      if (onRedis) redis = await startRedis();
      mailbox = await startSlowMailbox();
      dataDir = mkdtempSync(join(tmpdir(), 'betony-killed-'));
      betony = await startApp();
      scheme = await aScheme(betony);
      await fill(betony, scheme, EACH, (await aMember(scheme, 'link_worker')).actor.membershipId);
    }, 60_000);
    afterAll(async () => {
      for (const worker of workers) worker.kill('SIGKILL');
      await betony.stop();
      await mailbox.stop();
      await redis?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }, 60_000);

    /** The product's own worker, in a process of its own. */
    const startWorker = (): ChildProcess => {
      const worker = spawn(
        process.execPath,
        ['--import', './test/support/shifted-clock.js', 'dist-test/worker.js'],
        {
          cwd: ROOT,
          stdio: ['ignore', 'ignore', 'inherit'],
          env: {
            PATH: process.env['PATH'],
            BETONY_TEST_NOW: new Date(now).toISOString(),
            DATABASE_URL: betony.database.url,
            AUDIT_KEY: betony.config.auditKey,
            TOKEN_KEY: betony.config.tokenKey,
            DATA_KEY: betony.config.dataKey,
            PUBLIC_URL: betony.config.publicUrl,
            DATA_DIR: dataDir,
            SMTP_URL: mailbox.url,
            LOG_LEVEL: 'silent',
            ...(redis ? { REDIS_URL: redis.url } : {}),
          },
        },
      );
      workers.add(worker);
      worker.once('exit', () => workers.delete(worker));
      return worker;
    };

    const kill = async (worker: ChildProcess): Promise<void> => {
      if (worker.exitCode !== null) throw new Error('A worker ended by itself.');
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      worker.kill('SIGKILL');
      await ended;
    };

    const left = () =>
      inScheme(scheme, (tx) =>
        tx.one<{ reminders: number; messages: number }>(sql`
          select (select count(*)::int from reminder where scheme_id = ${scheme.id} and state = 'waiting'
              and due_at <= ${new Date(now)}) as reminders,
            (select count(*)::int from message where scheme_id = ${scheme.id} and state in ('ready', 'sending')) as messages`),
      );

    it(
      'with workers killed again and again: to clients once or a person’s task, to groups at least once, nothing lost',
      async () => {
        const deadline = performance.now() + DEADLINE_MS;
        let kills = 0;
        for (const share of [0.04, 0.2, 0.4, 0.7]) {
          const pair = [startWorker(), startWorker()];
          const enough = mailbox.arrivals.length + share * EACH;
          while (mailbox.arrivals.length < Math.min(enough, 1.6 * EACH) && performance.now() < deadline)
            await wait(5);
          for (const worker of pair) await kill(worker);
          kills += pair.length;
          if (share === 0.4) await redis?.wipe();
          // Longer than a claim is believed, so that the next workers know what the dead ones left.
          now += 12 * 60_000;
        }
        startWorker();
        for (let turn = 0; performance.now() < deadline; turn += 1) {
          await wait(500);
          const { reminders, messages } = await left();
          if (reminders === 0 && messages === 0) break;
          if (turn === 4) await redis?.wipe();
        }

        const ledger = await inScheme(scheme, (tx) =>
          tx.rows<LedgerLine & Record<string, unknown>>(sql`
            select m.id, m.recipient_kind as recipient, m.state, exists (
              select 1 from task t where t.scheme_id = m.scheme_id and t.subject_id = m.id and t.ended_at is null) as task
            from message m where m.scheme_id = ${scheme.id} and m.recipient_kind <> 'staff'`),
        );
        const reminders = await inScheme(scheme, (tx) =>
          tx.one<{ due: number; told: number }>(sql`
            select count(*)::int as due, (count(*) filter (where outcome = 'message'))::int as told from reminder
            where scheme_id = ${scheme.id} and due_at <= ${new Date(now)}`),
        );
        expect(deliveryFaults(ledger, mailbox.arrivals, reminders)).toEqual([]);
        expect(reminders.due).toBe(2 * EACH);
        expect(kills).toBe(8);
        const unconfirmed = ledger.filter((line) => line.state === 'unconfirmed').length;
        const repeats =
          mailbox.arrivals.length - new Set(mailbox.arrivals.map((mail) => mail.messageId)).size;
        process.stdout.write(
          `${name}: ${String(kills)} kills, ${String(mailbox.arrivals.length)} arrivals, ` +
            `${String(unconfirmed)} handed to a person, ${String(repeats)} repeats to groups\n`,
        );
      },
      DEADLINE_MS + 60_000,
    );
  });
}
