import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { londonTime } from '../../src/platform/clock/wall-clock.js';
import {
  address,
  APP_ROLE,
  DATABASE,
  OWNER_ROLE,
  type Passwords,
  prepareDatabase,
} from '../../src/platform/database/embedded-roles.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { postgresBinaries } from '../../src/platform/database/postgres-binaries.js';
import {
  freePort,
  makeCluster,
  type RunningServer,
  type ServerPlace,
  startServer,
  stopServer,
  SUPERUSER,
} from '../../src/platform/database/postgres-server.js';
import { serverAccount } from '../../src/platform/database/server-account.js';
import {
  type Acknowledged,
  type Arrival,
  deliveryFaults,
  type LedgerLine,
  writeFaults,
} from '../support/delivery-check.js';
import { aMember, aScheme } from '../support/people.js';
import { fill, startSlowMailbox } from '../support/reminder-load.js';
import { startApp } from '../support/start-app.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EACH = Number(process.env['CAMPAIGN_EACH'] ?? 400);
const KILLS = Number(process.env['CAMPAIGN_KILLS'] ?? 40);
const WIPES = Number(process.env['CAMPAIGN_WIPES'] ?? 5);
const DEADLINE_MS = Number(process.env['CAMPAIGN_MINUTES'] ?? 30) * 60_000;
/** When not even this much has happened, the kills go on. */
const MOST_MS_A_ROUND = 90_000;
/** Longer than a claim is believed, so that the next worker knows what the dead one left. */
const ROUND_CLOCK_MS = 12 * 60_000;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', resolve));

/**
 * Everything killed with -9 under load, again and again, and Redis wiped where the queue runs on it: a client of the API
 * arranges appointments, and repeats with the same key whatever was not answered; workers remind people and groups of them
 * through a mail server.
 */
it.each(['Redis', 'PostgreSQL'] as const)(
  'nothing acknowledged is lost, and no person is written to twice, with the queue on %s',
  async (queue) => {
    const onRedis = queue === 'Redis';
    const wanted = onRedis ? WIPES : 0;
    const folder = mkdtempSync(join(tmpdir(), 'betony-campaign-'));
    chmodSync(folder, 0o711);
    const account = serverAccount(null);
    const place: ServerPlace = {
      binaries: postgresBinaries(account),
      account,
      folder: join(folder, 'postgres'),
      log: join(folder, 'postgres.log'),
    };
    const secret = () => randomBytes(12).toString('hex');
    const passwords: Passwords = { superuser: secret(), owner: secret(), app: secret() };
    await makeCluster(place, passwords.superuser);
    const port = await freePort();
    let postgres: RunningServer = await startServer(place, port);
    await prepareDatabase(port, passwords);
    const url = address(APP_ROLE, passwords.app, port, DATABASE);
    const ownerUrl = address(OWNER_ROLE, passwords.owner, port, DATABASE);
    const superuserUrl = address(SUPERUSER, passwords.superuser, port, DATABASE);
    await migrate({ databaseUrl: url, databaseOwnerUrl: ownerUrl });

    let now = Date.parse('2026-11-24T14:05:00Z');
    const mailbox = await startSlowMailbox();
    const redisPort = await freePort();
    const apiPort = await freePort();

    // Filled by the product itself, which is gone before the first kill.
    const betony = await startApp({
      database: { name: DATABASE, url, ownerUrl, superuserUrl, drop: () => Promise.resolve() },
    });
    const scheme = await aScheme(betony);
    const worker = await aMember(scheme, 'link_worker');
    await fill(betony, scheme, EACH, worker.actor.membershipId);
    const { auditKey, tokenKey, dataKey, publicUrl } = betony.config;
    await betony.stop();

    const ask = async <Row extends pg.QueryResultRow>(
      text: string,
      values: unknown[] = [],
    ): Promise<Row[]> => {
      const client = new pg.Client({ connectionString: superuserUrl });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end().catch(() => undefined);
      }
    };
    await ask(
      `insert into client_reach (scheme_id, client_id, holder_kind, holder_id, why, source_id)
       select scheme_id, client_id, 'membership', $2, 'owns', id from referral where scheme_id = $1`,
      [scheme.id, worker.actor.membershipId],
    );
    // Those of the client of the API: each is to have one appointment more.
    const referrals = (
      await ask<{ id: string }>('select id from referral where scheme_id = $1 order by id', [scheme.id])
    ).map(({ id }) => id);

    const children = new Set<ChildProcess>();
    const started = (child: ChildProcess): ChildProcess => {
      children.add(child);
      child.once('exit', () => children.delete(child));
      return child;
    };
    const startRedis = (): ChildProcess => {
      mkdirSync(join(folder, 'redis'), { recursive: true });
      const options = [
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'yes',
        '--dir',
        join(folder, 'redis'),
      ];
      return started(spawn('redis-server', ['--port', String(redisPort), ...options], { stdio: 'ignore' }));
    };
    const startBetony = (file: 'main' | 'worker', args: string[] = []): ChildProcess =>
      started(
        spawn(
          process.execPath,
          ['--import', './test/support/shifted-clock.js', `dist-test/${file}.js`, ...args],
          {
            cwd: ROOT,
            stdio: 'ignore',
            env: {
              PATH: process.env['PATH'],
              BETONY_TEST_NOW: new Date(now).toISOString(),
              DATABASE_URL: url,
              ...(onRedis ? { REDIS_URL: `redis://127.0.0.1:${String(redisPort)}` } : {}),
              SMTP_URL: mailbox.url,
              AUDIT_KEY: auditKey,
              TOKEN_KEY: tokenKey,
              DATA_KEY: dataKey,
              PUBLIC_URL: publicUrl,
              DATA_DIR: join(folder, 'data'),
              PORT: String(apiPort),
              LOG_LEVEL: 'silent',
            },
          },
        ),
      );

    const acknowledged: Acknowledged[] = [];
    let repeats = 0;
    let calm = false;
    const goingOn = (): boolean => !calm;
    /** Arranges appointments one after another, as somebody who never gives up. */
    const arrange = async (): Promise<void> => {
      for (let about = referrals.pop(); about !== undefined && goingOn(); about = referrals.pop()) {
        const key = randomUUID();
        // Due in the next round: the day before, at this time of the clock.
        const time = londonTime(new Date(Math.ceil((now + 2 * 60_000) / 60_000) * 60_000));
        const body = JSON.stringify({
          kind: 'phone',
          on: '2026-11-25',
          time,
          minutes: 15,
          evenSo: ['double_booked'],
        });
        while (goingOn()) {
          const answer = await fetch(
            `http://127.0.0.1:${String(apiPort)}/api/v1/referrals/${about}/appointments`,
            {
              method: 'POST',
              headers: { ...worker.headers, 'content-type': 'application/json', 'idempotency-key': key },
              body,
              signal: AbortSignal.timeout(20_000),
            },
          ).catch(() => null);
          if (answer?.status === 201) {
            const made = (await answer.json().catch(() => null)) as { id: string } | null;
            if (made) {
              acknowledged.push({ id: made.id, about });
              break;
            }
          } else if (answer && answer.status < 500) {
            throw new Error(`The API answered ${String(answer.status)}: ${await answer.text()}`);
          }
          repeats += 1;
          await wait(200);
        }
        await wait(150);
      }
    };

    let kills = 0;
    let wipes = 0;
    const killed = async (child: ChildProcess): Promise<void> => {
      // It found no database when it started, and ended: whoever looks after it starts it again.
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await ended(child);
      kills += 1;
    };
    const deadline = performance.now() + DEADLINE_MS;
    try {
      let redis = onRedis ? startRedis() : null;
      let api = startBetony('main', ['--api']);
      let working = startBetony('worker');
      const load = Promise.all([arrange(), arrange(), arrange()]);
      for (let round = 1; kills < KILLS || wipes < wanted; round += 1) {
        const [arrived, answered] = [mailbox.arrivals.length, acknowledged.length];
        const until = performance.now() + MOST_MS_A_ROUND;
        // In the middle of it: mail has just gone out, answers have just been given, and more is on its way.
        const busy = () => mailbox.arrivals.length > arrived + 5 && acknowledged.length > answered + 5;
        while (!busy() && performance.now() < until) await wait(5);
        const order = [
          async () => {
            process.kill(postgres.pid, 'SIGKILL');
            kills += 1;
            for (let tries = 0; ; tries += 1) {
              try {
                postgres = await startServer(place, port);
                break;
              } catch (error) {
                // Its own processes take a moment to see that they are alone.
                if (tries > 100) throw error;
                await wait(200);
              }
            }
          },
          async () => {
            if (redis === null) return;
            await killed(redis);
            if (round % 2 === 1) {
              rmSync(join(folder, 'redis'), { recursive: true, force: true });
              wipes += 1;
            }
            redis = startRedis();
          },
          async () => {
            await killed(working);
          },
          async () => {
            await killed(api);
          },
        ];
        // Another goes first each time.
        for (let turn = 0; turn < order.length; turn += 1) await order[(turn + round) % order.length]!();
        now += ROUND_CLOCK_MS;
        api = startBetony('main', ['--api']);
        working = startBetony('worker');
        say(
          `round ${String(round)}: ${String(kills)} kills, ${String(wipes)} wipes, ` +
            `${String(acknowledged.length)} acknowledged, ${String(mailbox.arrivals.length)} arrivals`,
        );
      }
      calm = true;
      await load;
      // All due by then, and every claim of the dead forgotten.
      await killed(working);
      now += 30 * 60_000;
      startBetony('worker');
      for (;;) {
        await wait(1_000);
        const [left] = await ask<{ left: string }>(
          `select (select count(*) from reminder where scheme_id = $1 and state = 'waiting' and not by_product and due_at <= $2)
             + (select count(*) from message where scheme_id = $1 and state in ('ready', 'sending')) as left`,
          [scheme.id, new Date(now)],
        );
        if (Number(left?.left) === 0) break;
        if (performance.now() > deadline) throw new Error(`${String(left?.left)} left at the deadline`);
      }

      const ledger = await ask<LedgerLine & pg.QueryResultRow>(
        `select m.id, m.recipient_kind as recipient, m.state, exists (
           select 1 from task t where t.scheme_id = m.scheme_id and t.subject_id = m.id and t.ended_at is null) as task
         from message m where m.scheme_id = $1 and m.recipient_kind <> 'staff'`,
        [scheme.id],
      );
      const [reminders] = await ask<{ due: number; told: number }>(
        `select count(*)::int as due, (count(*) filter (where outcome = 'message'))::int as told from reminder
         where scheme_id = $1 and due_at <= $2 and kind in ('appointment', 'offer_made')`,
        [scheme.id, new Date(now)],
      );
      // Who was told of it less than a day before is not reminded a day before.
      const written = await ask<Acknowledged & { inTime: boolean } & pg.QueryResultRow>(
        `select id, referral_id as about, created_at < starts_at - interval '24 hours' as "inTime"
         from appointment where scheme_id = $1 and minutes = 15`,
        [scheme.id],
      );
      const { arrivals } = mailbox;
      const faults = [...deliveryFaults(ledger, arrivals, reminders!), ...writeFaults(acknowledged, written)];
      const unconfirmed = ledger.filter(({ state }) => state === 'unconfirmed').length;
      const again = arrivals.length - new Set(arrivals.map(({ messageId }) => messageId)).size;
      say(
        `The queue on ${queue}: ${String(kills)} kills, ${String(wipes)} wipes of Redis. ${String(acknowledged.length)} writes acknowledged ` +
          `(${String(repeats)} asked again), ${String(reminders!.due)} reminders due, ${String(arrivals.length)} messages ` +
          `arrived, ${String(again)} repeats to groups, ${String(unconfirmed)} handed to a person. ` +
          `${String(faults.length)} lost or twice.`,
      );
      expect(faults).toEqual([]);
      expect(kills).toBeGreaterThanOrEqual(KILLS);
      expect(wipes).toBeGreaterThanOrEqual(wanted);
      expect(reminders!.due).toBe(2 * EACH + written.filter(({ inTime }) => inTime).length);

      // The same history made bad in each way is rejected.
      const client = ledger.find(({ recipient, state }) => recipient === 'client' && state === 'sent')!;
      const mail = arrivals.find(({ messageId }) => messageId === client.id) as Arrival;
      const bad = [
        deliveryFaults(ledger, [...arrivals, mail], reminders!),
        deliveryFaults(
          ledger,
          arrivals.filter((one) => one !== mail),
          reminders!,
        ),
        deliveryFaults(
          ledger.map((line) => (line === client ? { ...line, state: 'ready' } : line)),
          arrivals,
          reminders!,
        ),
        deliveryFaults(ledger, arrivals, { ...reminders!, due: reminders!.due + 1 }),
        writeFaults(acknowledged, written.slice(1)),
        writeFaults(acknowledged, [...written, { id: 'again', about: written[0]!.about }]),
      ];
      expect(bad.filter((found) => found.length === 0)).toEqual([]);
      say(`The check rejects ${String(bad.length)} bad histories made of this one.`);
    } finally {
      calm = true;
      for (const child of children) child.kill('SIGKILL');
      await stopServer(place).catch(() => undefined);
      await mailbox.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  DEADLINE_MS + 120_000,
);
