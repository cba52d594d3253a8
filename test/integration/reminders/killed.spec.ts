import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SMTPServer } from 'smtp-server';
import sql from 'sql-template-tag';
import { RemindersService } from '../../../src/reminders/reminders.service.js';
import { inScheme } from '../../factories/episodes.js';
import { type Arrival, deliveryFaults, type LedgerLine } from '../../support/delivery-check.js';
import { aMember, aScheme, type TestScheme } from '../../support/people.js';
import { redisInstalled, startRedis, type TestRedis } from '../../support/redis.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const EACH = 500;
/** A killed worker's jobs are taken up by others after three quarters of a minute. */
const DEADLINE_MS = 300_000;

/** A mail server that takes a little while before it says that it has taken something. */
async function startSlowMailbox(): Promise<{ url: string; arrivals: Arrival[]; stop: () => Promise<void> }> {
  const arrivals: Arrival[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const messageId = /^Message-ID: <([^@>]+)@/im.exec(Buffer.concat(parts).toString())?.[1] ?? '';
        const [to] = session.envelope.rcptTo;
        arrivals.push({ messageId, to: to?.address ?? '' });
        setTimeout(done, Math.random() * 30);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${String(port)}`,
    arrivals,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}

/** 500 people with an appointment tomorrow and e-mail they called safe, and 500 groups with an offer not yet answered. */
async function fill(betony: TestApp, scheme: TestScheme, ownerId: string): Promise<void> {
  await inScheme(scheme, async (tx) => {
    const { now } = tx;
    const made = async (statement: ReturnType<typeof sql>) =>
      (await tx.rows<{ id: string }>(statement)).map((row) => row.id);
    await tx.run(sql`
      insert into client (scheme_id, id, standing, first_name, last_name, date_of_birth, first_name_key, last_name_key,
        last_name_sound, email, safe_to_email, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), 'confirmed', 'Test', 'Person ' || n, '1950-01-01', 'test', 'person' || n, 'PRSN',
        'client' || n || '@example.org', 'yes', ${now}, ${now}
      from generate_series(1, ${EACH}::int) n`);
    await tx.run(sql`
      insert into agreement (scheme_id, id, client_id, recipient_kind, scope, basis, agreed_on, how, recorded_at)
      select ${scheme.id}, gen_random_uuid(), id, 'scheme', '{scheme_support}', 'agreed', '2026-11-02', 'phone', ${now}
      from client where scheme_id = ${scheme.id}`);
    await tx.run(sql`
      insert into referral (scheme_id, id, reference, client_id, route, state, owner_kind, owner_id, next_at, next_kind,
        told_status, told_at, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), 'BT-' || row_number() over (), id, 'gp', 'active', 'worker', ${ownerId},
        '2027-12-01T09:00:00Z', 'next_contact', 'in_touch', ${now}, ${now}, ${now}
      from client where scheme_id = ${scheme.id}`);
    const appointments = await made(sql`
      insert into appointment (scheme_id, id, referral_id, kind, state, starts_at, minutes, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), id, 'phone', 'made', '2026-11-25T14:00:00Z', 30, ${now}, ${now}
      from referral where scheme_id = ${scheme.id} returning id`);
    const groups = await made(sql`
      insert into organisation (scheme_id, id, name, kind, provides, email, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), 'Group ' || n, 'community_group', true, 'group' || n || '@example.org',
        ${now}, ${now}
      from generate_series(1, ${EACH}::int) n returning id`);
    await tx.run(sql`
      insert into provider (scheme_id, organisation_id, sector, created_at, updated_at)
      select ${scheme.id}, id, 'community', ${now}, ${now} from unnest(${groups}::uuid[]) id`);
    await tx.run(sql`
      insert into listing (scheme_id, id, organisation_id, name, description, state, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), id, 'Lunch', 'Lunch', 'published', ${now}, ${now}
      from unnest(${groups}::uuid[]) id`);
    const offers = await made(sql`
      with r as (
        select r.id, r.client_id, a.id as agreement_id, row_number() over (order by r.id) n
        from referral r join agreement a on a.scheme_id = r.scheme_id and a.client_id = r.client_id
        where r.scheme_id = ${scheme.id}),
      l as (select id, organisation_id, row_number() over (order by id) n from listing where scheme_id = ${scheme.id})
      insert into onward_referral (scheme_id, id, referral_id, client_id, listing_id, organisation_id, agreement_id, state,
        called_by, contact_route, needs, how_soon, offered_at, clock_started_at, answer_by, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), r.id, r.client_id, l.id, l.organisation_id, r.agreement_id, 'offered',
        'first_name', 'through_worker', '{loneliness}', 'no_hurry', ${now}, ${now}, '2026-12-07T17:00:00Z', ${now}, ${now}
      from r join l using (n) returning id`);
    await betony.get(RemindersService).plan(tx, { appointment: appointments, onward_referral: offers });
  });
}

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
      await fill(betony, scheme, (await aMember(scheme, 'link_worker')).actor.membershipId);
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
