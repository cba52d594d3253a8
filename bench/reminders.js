import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { WorkerModule } from '../dist/worker.module.js';
import { Clock } from '../dist/platform/clock/clock.js';
import { Config } from '../dist/platform/config/config.js';
import { UnitOfWork } from '../dist/platform/database/unit-of-work.js';
import { RemindersService } from '../dist/reminders/reminders.service.js';
import { systemActor } from '../dist/platform/actor/actor.types.js';
import { atEnd, endAll, folder, KEYS, startDatabase, startPgBouncer, startRedis } from './installation.js';

/**
 * Makes the reminders of 100,000 referrals, and drains 10,000 due ones through a worker of its own to a mail server on
 * this machine: on PostgreSQL's queue, on Redis's where redis-server is installed, and on that through PgBouncer in
 * transaction mode where `--pgbouncer <program>` says where it is; each has a day of its own. Told: seconds, and the memory of
 * the process that does it, at most in each half of the work; and whether making and draining stayed under ten
 * minutes together and the memory flat. A missed aim fails. `npm run bench:reminders [-- --referrals N --due N]`.
 */
const { values: given } = parseArgs({
  options: {
    referrals: { type: 'string', default: '100000' },
    due: { type: 'string', default: '10000' },
    pgbouncer: { type: 'string' },
  },
});
const REFERRALS = Number(given.referrals);
const DUE = Number(given.due);
const DAYS = 3;
const BATCH = 500;
const MOST_MINUTES = 10;
/** How much more than at most in its first half the work may hold in its second: what V8 lets lie about, no more. */
const MOST_GROWTH = 1.1;
const MADE_AT = '2026-11-23T10:00:00Z';

const say = (text) => process.stdout.write(`${text}\n`);
const judge = (met, text) => {
  say(`${met ? 'met   ' : 'MISSED'} ${text}`);
  if (!met) process.exitCode = 1;
};
const told = ([first, second]) =>
  `${first.toFixed(0)} MB in the first half, ${second.toFixed(0)} MB in the second`;
const judgeGrowth = (name, [first, second]) => {
  const percent = (times) => `${Math.round(100 * times)}%`;
  judge(
    second <= first * MOST_GROWTH,
    `${name}: the second half held ${percent(second / first)} of the most of the first, at most ${percent(MOST_GROWTH)}`,
  );
};
/** As `npm run start:worker` starts it. */
const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const asStarted = scripts['start:worker'].split(' ').slice(1);
const rss = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** People in touch with a worker, each with a next date; the first ones have an appointment on one of the next three days. */
async function fill(client, schemeId) {
  const [organisation, account, worker] = [randomUUID(), randomUUID(), randomUUID()];
  const run = (text, values) => client.query(text, values);
  await run(`insert into scheme (id, name, created_at) values ($1, 'Bench', $2)`, [schemeId, MADE_AT]);
  await run(
    `insert into organisation (scheme_id, id, name, kind, created_at, updated_at) values ($1, $2, 'Host', 'host', $3, $3)`,
    [schemeId, organisation, MADE_AT],
  );
  await run(`insert into user_account (id, email_hash, created_at) values ($1, 'bench', $2)`, [
    account,
    MADE_AT,
  ]);
  await run(
    `insert into membership (id, scheme_id, account_id, organisation_id, role, created_at)
     values ($1, $2, $3, $4, 'link_worker', $5)`,
    [worker, schemeId, account, organisation, MADE_AT],
  );
  await run(
    `insert into client (scheme_id, id, standing, first_name, last_name, date_of_birth, first_name_key, last_name_key,
       last_name_sound, email, safe_to_email, created_at, updated_at)
     select $1, gen_random_uuid(), 'confirmed', 'Test', 'Person ' || n, '1950-01-01', 'test', 'person' || n, 'PRSN',
       'client' || n || '@example.org', 'yes', $2, $2 from generate_series(1, $3::int) n`,
    [schemeId, MADE_AT, REFERRALS],
  );
  await run(
    `insert into agreement (scheme_id, id, client_id, recipient_kind, scope, basis, agreed_on, how, recorded_at)
     select scheme_id, gen_random_uuid(), id, 'scheme', '{scheme_support}', 'agreed', '2026-11-02', 'phone', $2
     from client where scheme_id = $1`,
    [schemeId, MADE_AT],
  );
  await run(
    `insert into referral (scheme_id, id, reference, client_id, route, state, owner_kind, owner_id, next_at, next_kind,
       begun_at, told_status, told_at, created_at, updated_at)
     select scheme_id, gen_random_uuid(), 'BT-' || row_number() over (), id, 'gp', 'active', 'worker', $2,
       '2026-12-14T09:00:00Z', 'next_contact', $3, 'in_touch', $3, $3, $3
     from client where scheme_id = $1`,
    [schemeId, worker, MADE_AT],
  );
  await run(
    `insert into client_reach (scheme_id, client_id, holder_kind, holder_id, why, source_id)
     select scheme_id, client_id, 'membership', owner_id, 'owns', id from referral where scheme_id = $1`,
    [schemeId],
  );
  await run(
    `insert into appointment (scheme_id, id, referral_id, kind, state, starts_at, minutes, created_at, updated_at)
     select scheme_id, gen_random_uuid(), id, 'phone', 'made',
       '2026-11-25T11:00:00Z'::timestamptz + ((row_number() over (order by id) - 1) / $3::int) * interval '1 day', 30, $2, $2
     from (select * from referral where scheme_id = $1 order by id limit $3::int * $4::int) r`,
    [schemeId, MADE_AT, DUE, DAYS],
  );
  // Whom nobody asks questions: a link to them would be due of everybody on the next day.
  await run(
    `insert into measure_wish (scheme_id, client_id, ask, said_by, recorded_by, recorded_at)
     select scheme_id, id, false, 'worker', $2, $3 from client where scheme_id = $1`,
    [schemeId, worker, MADE_AT],
  );
  await run('vacuum analyze');
}

async function made(url, client, schemeId) {
  const config = new Config({
    port: 0,
    host: '127.0.0.1',
    databaseUrl: url,
    databaseOwnerUrl: null,
    embedded: false,
    databasePoolSize: 4,
    redisUrl: null,
    dataDir: join(folder, 'data'),
    smtpUrl: null,
    notify: null,
    mailFrom: 'Betony <no-reply@betony.example.org>',
    publicUrl: 'http://127.0.0.1',
    auditKey: KEYS.AUDIT_KEY,
    tokenKey: KEYS.TOKEN_KEY,
    dataKey: KEYS.DATA_KEY,
    oidc: null,
    logLevel: 'silent',
    demoData: false,
    demoPassword: null,
    trustProxy: false,
  });
  Clock.prototype.now = () => new Date(MADE_AT);
  const app = await NestFactory.createApplicationContext(WorkerModule.for(config), { logger: false });
  const ids = async (table) =>
    (await client.query(`select id from ${table} where scheme_id = $1 order by id`, [schemeId])).rows.map(
      ({ id }) => id,
    );
  const subjects = { referral: await ids('referral'), appointment: await ids('appointment') };
  const began = performance.now();
  const most = [0, 0];
  const total = subjects.referral.length + subjects.appointment.length;
  let done = 0;
  for (const [kind, all] of Object.entries(subjects)) {
    for (let from = 0; from < all.length; from += BATCH) {
      await app
        .get(UnitOfWork)
        .run(systemActor(schemeId, 'bench'), (tx) =>
          app.get(RemindersService).plan(tx, { [kind]: all.slice(from, from + BATCH) }),
        );
      const half = done * 2 >= total ? 1 : 0;
      most[half] = Math.max(most[half], rss(process.pid));
      done += BATCH;
    }
  }
  const seconds = (performance.now() - began) / 1000;
  const { rows } = await client.query('select count(*)::int as n from reminder where scheme_id = $1', [
    schemeId,
  ]);
  say(
    `made ${rows[0].n} reminders of ${REFERRALS} referrals in ${seconds.toFixed(1)} s; memory at most ${told(most)}`,
  );
  await app.close();
  judgeGrowth('making', most);
  return seconds;
}

async function startSink() {
  const seen = new Map();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (part) => (text += part));
      stream.on('end', () => {
        const id = /^Message-ID: <([^@>]+)@/im.exec(text)?.[1] ?? '';
        seen.set(id, (seen.get(id) ?? 0) + 1);
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  atEnd(() => new Promise((done) => server.close(done)));
  return { url: `smtp://127.0.0.1:${server.server.address().port}`, seen };
}

async function drained(name, { url, client, schemeId, at, redisUrl }) {
  const sink = await startSink();
  const worker = spawn(process.execPath, ['--import', './bench/later-clock.js', ...asStarted], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ...KEYS,
      BENCH_NOW: at,
      DATABASE_URL: url,
      DATA_DIR: join(folder, 'data'),
      SMTP_URL: sink.url,
      PUBLIC_URL: 'http://127.0.0.1',
      LOG_LEVEL: 'error',
      ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
    },
  });
  const began = performance.now();
  const most = [0, 0];
  for (;;) {
    await wait(500);
    if (sink.seen.size === 0) continue;
    const half = sink.seen.size * 2 > DUE ? 1 : 0;
    most[half] = Math.max(most[half], rss(worker.pid));
    if (sink.seen.size < DUE) continue;
    const { rows } = await client.query(
      `select count(*)::int as n from message where scheme_id = $1 and state in ('ready', 'sending') and recipient_kind = 'client'`,
      [schemeId],
    );
    if (rows[0].n === 0) break;
  }
  const seconds = (performance.now() - began) / 1000;
  const twice = [...sink.seen.values()].filter((times) => times > 1).length;
  say(
    `${name}: ${sink.seen.size} due reminders sent in ${seconds.toFixed(1)} s (${Math.round(sink.seen.size / seconds)} a second), ${twice} twice; worker at most ${told(most)}`,
  );
  const ended = new Promise((done) => worker.once('exit', done));
  worker.kill('SIGTERM');
  await ended;
  judge(twice === 0, `${name}: nothing was sent twice`);
  judgeGrowth(name, most);
  return seconds;
}

try {
  const { url, superuserUrl } = await startDatabase({ shared_buffers: '256MB' });
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  atEnd(() => client.end());
  const schemeId = randomUUID();
  await fill(client, schemeId);
  const making = await made(url, client, schemeId);
  const backends = [{ name: 'queue on PostgreSQL', url }];
  const redisUrl = await startRedis();
  if (redisUrl) backends.push({ name: 'queue on Redis', url, redisUrl });
  else say('queue on Redis: not measured, redis-server is not installed');
  if (given.pgbouncer && !redisUrl)
    throw new Error('Behind PgBouncer the queue needs Redis: install redis-server');
  if (given.pgbouncer)
    backends.push({
      name: 'queue on Redis, through PgBouncer',
      url: await startPgBouncer(given.pgbouncer, url),
      redisUrl,
    });
  for (const [day, { name, ...backend }] of backends.entries()) {
    const at = new Date(Date.UTC(2026, 10, 24 + day, 11, 5)).toISOString();
    const draining = await drained(name, { client, schemeId, at, ...backend });
    const minutes = (making + draining) / 60;
    judge(
      minutes <= MOST_MINUTES,
      `${name}: made and drained in ${minutes.toFixed(1)} minutes, at most ${MOST_MINUTES}`,
    );
  }
} finally {
  await endAll();
}
