import 'reflect-metadata';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { deliveryFaults, madeBad, tableFaults } from './drill-judge.js';

/**
 * The backup and restore drill of docs/operating.md, whose words it uses: base backup and archive while people write and
 * mail goes out, everything killed with -9, and the database restored to a second T in a new folder and on a new port, from
 * the backup and the archive alone. Proved: every table's rows and contents are those of T, the audit record verifies, no
 * worker starts unasked, and after `restored` nobody is told twice, also of what was sent after T. `npm run drill`;
 * `--quick` in a minute, `--json` puts the figures on the last line, `--seed N` does the same again, `--postgres <folder>`
 * takes another PostgreSQL's programs, and its pg_basebackup where it has one.
 */
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    seed: { type: 'string' },
    postgres: { type: 'string' },
  },
});
const SEED = Number(options.seed ?? randomInt(2 ** 31));
/** People and groups who fall due in each minute of the product's clock. */
const EACH = options.quick ? 28 : 200;
const MINUTES = 3;
const APART_MS = 20 * 60_000;
/** A Tuesday by day, so that mail goes out. */
const NOW = '2026-11-24T10:00:20Z';
const BEGAN = Date.now();
const KEYS = {
  AUDIT_KEY: 'a key for the length of one drill only',
  TOKEN_KEY: 'another key for one drill only, not kept',
  DATA_KEY: 'a third key for one drill only, not kept',
};
const PASSWORD = 'password-of-the-drill';

const folder = mkdtempSync(join(tmpdir(), 'betony-drill-'));
chmodSync(folder, 0o711);
process.env.DRILL_CLOCK = join(folder, 'clock');
const { moveTo } = await import('./drill-clock.js');
moveTo(new Date(NOW));
const { NestFactory } = await import('@nestjs/core');
const { WorkerModule } = await import('../dist/worker.module.js');
const { Clock } = await import('../dist/platform/clock/clock.js');
const { Config } = await import('../dist/platform/config/config.js');
const { UnitOfWork } = await import('../dist/platform/database/unit-of-work.js');
const { INSTALLATION, systemActor } = await import('../dist/platform/actor/actor.types.js');
const { postgresBinaries } = await import('../dist/platform/database/postgres-binaries.js');
const postgres = await import('../dist/platform/database/postgres-server.js');
const roles = await import('../dist/platform/database/embedded-roles.js');
const { asAccount, serverAccount } = await import('../dist/platform/database/server-account.js');
const { RemindersService } = await import('../dist/reminders/reminders.service.js');
const { londonTime } = await import('../dist/platform/clock/wall-clock.js');

/** With the seconds since the beginning. */
const say = (text) =>
  process.stdout.write(`${((Date.now() - BEGAN) / 1000).toFixed(0).padStart(4)} ${text}\n`);
const clock = new Clock();
/** A moment of the product's clock comes. */
const come = (moment) => {
  if (moment > clock.now()) moveTo(moment);
};
let state = SEED;
/** From 0 to 1, the same for the same seed (a linear congruential generator is enough here). */
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;

const account = serverAccount(null);
const children = new Set();
const clients = [];
const faults = [];
const figures = { seed: SEED, quick: options.quick };
const proved = (holds, text) => {
  say(`${holds ? 'proved ' : 'FAILED '} ${text}`);
  if (!holds) faults.push(text);
};

/** What docs/operating.md says, with its folders for ours. */
function documented(setting) {
  const text = readFileSync(new URL('../docs/operating.md', import.meta.url), 'utf8');
  const [, value] = new RegExp(`^ *${setting} = '?(.+?)'?$`, 'm').exec(text) ?? [];
  if (value === undefined) throw new Error(`docs/operating.md does not say ${setting} any more`);
  return value.replaceAll('/srv/backup', folder);
}

const owned = (path) => account && chownSync(path, account.uid, account.gid);
function newFolder(path, mode = 0o700) {
  mkdirSync(path, { recursive: true, mode });
  owned(path);
  return path;
}

const programs = options.postgres
  ? {
      postgres: join(options.postgres, 'postgres'),
      initdb: join(options.postgres, 'initdb'),
      pgCtl: join(options.postgres, 'pg_ctl'),
    }
  : postgresBinaries(account);
const baseBackupProgram = options.postgres && join(options.postgres, 'pg_basebackup');
const placeOf = (name) => ({
  binaries: programs,
  account,
  folder: join(folder, name),
  log: join(folder, `${name}.log`),
});
const passwords = Object.fromEntries(
  ['superuser', 'owner', 'app'].map((role) => [role, randomBytes(12).toString('hex')]),
);

async function makeCluster(place) {
  if (!options.postgres) return postgres.makeCluster(place, passwords.superuser);
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${passwords.superuser}\n`);
  owned(passwordFile);
  newFolder(place.folder);
  run(programs.initdb, [
    '-D',
    place.folder,
    '-U',
    postgres.SUPERUSER,
    '--pwfile',
    passwordFile,
    '--auth',
    'scram-sha-256',
    '--encoding',
    'UTF8',
    '--locale',
    'C',
  ]);
}

function run(program, args, env = {}) {
  const { status, stderr } = spawnSync(program, args, {
    ...asAccount(account),
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
}

async function connect(port) {
  const client = new pg.Client({
    connectionString: roles.address(postgres.SUPERUSER, passwords.superuser, port, roles.DATABASE),
  });
  client.on('error', () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

const envOf = (port, dataDir, more = {}) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_ENV: 'production',
  ...KEYS,
  DRILL_CLOCK: process.env.DRILL_CLOCK,
  DATABASE_URL: roles.address(roles.APP_ROLE, passwords.app, port, roles.DATABASE),
  DATABASE_OWNER_URL: roles.address(roles.OWNER_ROLE, passwords.owner, port, roles.DATABASE),
  DATA_DIR: dataDir,
  PUBLIC_URL: 'http://127.0.0.1',
  LOG_LEVEL: 'error',
  ...more,
});

/** A process of the product, as `npm run` starts it. */
function start(file, args, env) {
  const child = spawn(process.execPath, ['--import', './bench/drill-clock.js', `dist/${file}.js`, ...args], {
    cwd: new URL('..', import.meta.url),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (printed += part));
  const ended = new Promise((done) => child.once('close', (code, signal) => done(code ?? signal)));
  child.once('close', () => children.delete(child));
  return { child, ended, printed: () => printed };
}
async function command(args, env, expected = 0) {
  const { ended, printed } = start('cli', args, env);
  const code = await ended;
  if (code !== expected) throw new Error(`${args.join(' ')} ended with ${code}:\n${printed()}`);
  return printed();
}

/** A mail server on this machine that keeps who was written to under which Message-ID, and when. */
async function startSink() {
  const arrivals = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (part) => (text += part));
      stream.on('end', () => {
        const messageId = /^Message-ID: <([^@>]+)@/im.exec(text)?.[1] ?? '';
        arrivals.push({ messageId, to: session.envelope.rcptTo[0]?.address ?? '', at: Date.now() });
        // As a server elsewhere: some answers come late, so that a kill finds messages that were taken and not settled.
        setTimeout(done, 20);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `smtp://127.0.0.1:${server.server.address().port}`,
    arrivals,
    stop: () => new Promise((done) => server.close(done)),
  };
}

/** A scheme in which so many people and groups are to be told one thing each, in each of the minutes to come. */
async function fill(client, env, schemeId) {
  const now = clock.now();
  const [organisation, accountId, worker] = [randomUUID(), randomUUID(), randomUUID()];
  const query = (text, values) => client.query(text, values);
  await query(`insert into scheme (id, name, created_at) values ($1, 'Drill', $2)`, [schemeId, now]);
  await query(
    `insert into organisation (scheme_id, id, name, kind, created_at, updated_at) values ($1, $2, 'Host', 'host', $3, $3)`,
    [schemeId, organisation, now],
  );
  await query(`insert into user_account (id, email_hash, created_at) values ($1, 'drill', $2)`, [
    accountId,
    now,
  ]);
  await query(
    `insert into membership (id, scheme_id, account_id, organisation_id, role, created_at)
     values ($1, $2, $3, $4, 'link_worker', $5)`,
    [worker, schemeId, accountId, organisation, now],
  );
  const count = EACH * MINUTES;
  await query(
    `insert into client (scheme_id, id, standing, first_name, last_name, date_of_birth, first_name_key, last_name_key,
       last_name_sound, email, safe_to_email, created_at, updated_at)
     select $1, gen_random_uuid(), 'confirmed', 'Test', 'Person ' || n, '1950-01-01', 'test', 'person' || n, 'PRSN',
       'person' || n || '@drill.example.org', 'yes', $2, $2 from generate_series(1, $3::int) n`,
    [schemeId, now, count],
  );
  await query(
    `insert into agreement (scheme_id, id, client_id, recipient_kind, scope, basis, agreed_on, how, recorded_at)
     select scheme_id, gen_random_uuid(), id, 'scheme', '{scheme_support}', 'agreed', '2026-11-02', 'phone', $2
     from client where scheme_id = $1`,
    [schemeId, now],
  );
  await query(
    `insert into referral (scheme_id, id, reference, client_id, route, state, owner_kind, owner_id, next_at, next_kind,
       begun_at, told_status, told_at, created_at, updated_at)
     select scheme_id, gen_random_uuid(), 'BT-' || row_number() over (), id, 'gp', 'active', 'worker', $2,
       '2027-12-14T09:00:00Z', 'next_contact', $3, 'in_touch', $3, $3, $3 from client where scheme_id = $1`,
    [schemeId, worker, now],
  );
  // Minutes of tomorrow: a reminder is due at the same minute today.
  const first = Math.ceil(now.getTime() / 60_000) * 60_000;
  const minutes = Array.from({ length: MINUTES }, (_, n) => new Date(first + (n + 1) * APART_MS));
  const tomorrow = minutes.map((minute) => `2026-11-25T${londonTime(minute)}:00Z`);
  const ids = async (text, values) => (await query(text, values)).rows.map(({ id }) => id);
  const appointments = await ids(
    `insert into appointment (scheme_id, id, referral_id, kind, state, starts_at, minutes, created_at, updated_at)
     select r.scheme_id, gen_random_uuid(), r.id, 'phone', 'made', ($3::timestamptz[])[1 + (row_number() over (order by c.email))::int % $4::int], 30, $2, $2
     from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id where r.scheme_id = $1 returning id`,
    [schemeId, new Date(now - 3_600_000), tomorrow, MINUTES],
  );
  const groups = await ids(
    `insert into organisation (scheme_id, id, name, kind, provides, email, created_at, updated_at)
     select $1, gen_random_uuid(), 'Group ' || n, 'community_group', true, 'group' || n || '@drill.example.org', $2, $2
     from generate_series(1, $3::int) n returning id`,
    [schemeId, now, count],
  );
  await query(
    `insert into provider (scheme_id, organisation_id, sector, created_at, updated_at)
     select $1, id, 'community', $2, $2 from unnest($3::uuid[]) id`,
    [schemeId, now, groups],
  );
  await query(
    `insert into listing (scheme_id, id, organisation_id, name, description, state, created_at, updated_at)
     select $1, gen_random_uuid(), id, 'Lunch', 'Lunch', 'published', $2, $2 from unnest($3::uuid[]) id`,
    [schemeId, now, groups],
  );
  const offers = await ids(
    `with r as (
       select r.id, r.client_id, a.id as agreement_id, row_number() over (order by r.id) n
       from referral r join agreement a on a.scheme_id = r.scheme_id and a.client_id = r.client_id where r.scheme_id = $1),
     l as (select id, organisation_id, row_number() over (order by id) n from listing where scheme_id = $1)
     insert into onward_referral (scheme_id, id, referral_id, client_id, listing_id, organisation_id, agreement_id, state,
       called_by, contact_route, needs, how_soon, offered_at, clock_started_at, answer_by, created_at, updated_at)
     select $1, gen_random_uuid(), r.id, r.client_id, l.id, l.organisation_id, r.agreement_id, 'offered', 'first_name',
       'through_worker', '{loneliness}', 'no_hurry', ($3::timestamptz[])[1 + r.n::int % $4::int], $2, '2026-12-07T17:00:00Z', $2, $2
     from r join l using (n) returning id`,
    [schemeId, now, minutes, MINUTES],
  );
  const config = new Config({
    port: 0,
    host: '127.0.0.1',
    databaseUrl: env.DATABASE_URL,
    databaseOwnerUrl: null,
    embedded: false,
    databasePoolSize: 4,
    redisUrl: null,
    dataDir: env.DATA_DIR,
    smtpUrl: null,
    notify: null,
    mailFrom: 'Betony <no-reply@betony.example.org>',
    publicUrl: env.PUBLIC_URL,
    auditKey: KEYS.AUDIT_KEY,
    tokenKey: KEYS.TOKEN_KEY,
    dataKey: KEYS.DATA_KEY,
    oidc: null,
    logLevel: 'silent',
    demoData: false,
    demoPassword: null,
    trustProxy: false,
  });
  const app = await NestFactory.createApplicationContext(WorkerModule.for(config), { logger: false });
  await app
    .get(UnitOfWork)
    .run(systemActor(schemeId, 'drill'), (tx) =>
      app.get(RemindersService).plan(tx, { appointment: appointments, onward_referral: offers }),
    );
  await app.close();
  return minutes;
}

/** Somebody at a practice who refers people, one after another, and keeps what was acknowledged and when. */
async function referring(port, acknowledged, goingOn) {
  const url = `http://127.0.0.1:${port}/api/v1`;
  let token = null;
  for (let n = 0; goingOn();) {
    const post = (path, body) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(30_000),
      });
    try {
      if (token === null) {
        const signedIn = await post('/sign-in', { email: 'practice@demo.example.org', password: PASSWORD });
        if (!signedIn.ok) throw new Error(`sign-in: ${signedIn.status} ${await signedIn.text()}`);
        token = (await signedIn.json()).accessToken;
      }
      n += 1;
      const answer = await post('/referrals', {
        client: {
          noNhsNumberBecause: 'not_known',
          firstName: 'Grace',
          lastName: `Drill${randomBytes(6).toString('hex').replace(/\d/g, 'x')}`,
          dateOfBirth: `19${30 + (n % 50)}-03-0${1 + (n % 9)}`,
          phone: `07700 900${String(n % 1000).padStart(3, '0')}`,
          postcode: 'CO97 1AA',
          safeToCall: 'yes',
          noKnownGpPractice: true,
        },
        agreement: { basis: 'agreed', agreedOn: '2026-11-24', how: 'in_person' },
        reasons: ['loneliness', 'food'],
        noKnownRisks: true,
        couldComeToHarm: false,
      });
      if (answer.status === 401) token = null;
      else if (answer.status === 201) acknowledged.push({ id: (await answer.json()).id, at: Date.now() });
      else if (answer.status === 429) await wait(1_000);
      else throw new Error(`The API answered ${answer.status}: ${await answer.text()}`);
    } catch (error) {
      // Killed in the middle of an answer: what was not acknowledged does not count.
      if (error.cause === undefined && error.name !== 'TimeoutError') throw error;
    }
    await wait(100);
  }
}

/** A base backup as docs/operating.md says, taken while the server works. Gives how it was taken. */
async function baseBackup(client, place, to, port) {
  if (baseBackupProgram && existsSync(baseBackupProgram)) {
    run(
      baseBackupProgram,
      [
        `--pgdata=${to}`,
        '--checkpoint=fast',
        '--wal-method=none',
        '-h',
        '127.0.0.1',
        '-p',
        String(port),
        '-U',
        postgres.SUPERUSER,
      ],
      { PGPASSWORD: passwords.superuser },
    );
    return 'pg_basebackup';
  }
  await client.query(`select pg_backup_start('betony', true)`);
  copyCluster(place.folder, newFolder(to));
  const { rows } = await client.query('select labelfile from pg_backup_stop(true)');
  writeFileSync(join(to, 'backup_label'), rows[0].labelfile, { mode: 0o600 });
  owned(join(to, 'backup_label'));
  return 'pg_backup_start, a copy and pg_backup_stop';
}

const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts']);
/** Files come and go while they are copied: what the archive says of them is what counts. */
function copyCluster(from, to, inside = '') {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (LEFT_OUT.has(entry.name)) continue;
    if (entry.isDirectory()) {
      newFolder(target);
      if (inside === '' && entry.name === 'pg_wal') newFolder(join(target, 'archive_status'));
      else copyCluster(source, target, join(inside, entry.name));
    } else {
      try {
        copyFileSync(source, target);
        owned(target);
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
      }
    }
  }
}

/** Rows and contents of every table of ours. */
async function sums(client) {
  const { rows } = await client.query(
    `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and not c.relispartition order by 1`,
  );
  const found = {};
  for (const { name } of rows) {
    const { rows: told } = await client.query(
      `select count(*)::int as rows, coalesce(md5(string_agg(one, '' order by one)), '') as sum
       from (select md5(t::text) as one from "${name}" t) all_rows`,
    );
    found[name] = told[0];
  }
  return found;
}
const peopleTables = async (client) =>
  (
    await client.query(
      `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'scheme_id'`,
    )
  ).rows.map(({ name }) => name);

const walFile = async (client) =>
  (await client.query('select pg_walfile_name(pg_current_wal_lsn()) as name')).rows[0].name;

async function eventually(what, holds, ms = 120_000) {
  const deadline = performance.now() + ms;
  while (!(await holds())) {
    if (faults.length > 0) throw new Error(`Given up: ${faults[0]}`);
    if (performance.now() > deadline) throw new Error(`Not in time: ${what}`);
    await wait(25);
  }
}
const isReady = (port) =>
  fetch(`http://127.0.0.1:${port}/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  );

async function main() {
  say(
    `Drill with seed ${SEED}, on ${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, Node ${process.version}`,
  );
  const archive = newFolder(join(folder, 'wal'));
  newFolder(join(folder, 'base'));
  const old = placeOf('old');
  await makeCluster(old);
  const port = await postgres.freePort();
  const server = await postgres.startServer(old, port, {
    wal_level: documented('wal_level'),
    archive_mode: documented('archive_mode'),
    archive_command: documented('archive_command'),
    // The page says 60; nothing else is different here.
    archive_timeout: '4',
    shared_buffers: '128MB',
  });
  await roles.prepareDatabase(port, passwords);
  const client = await connect(port);
  const dataDir = join(folder, 'data');
  const sink = await startSink();
  const env = envOf(port, dataDir, { SMTP_URL: sink.url });
  await command(['migrate'], env);
  await command(['demo'], { ...env, DEMO_PASSWORD: PASSWORD });
  figures.version = (await client.query('show server_version')).rows[0].server_version;
  const apiPort = await postgres.freePort();
  const api = start('main', ['--api'], { ...env, PORT: String(apiPort) });
  const schemeId = randomUUID();
  let worker = start('worker', [], env);
  const minutes = await fill(client, env, schemeId);

  await eventually('the API is ready', () => isReady(apiPort));
  say('api and worker are at work, on a demo scheme and one whose messages are counted');
  const acknowledged = [];
  let goingOn = true;
  const load = [1, 2].map(() => referring(apiPort, acknowledged, () => goingOn));
  Promise.all(load).catch((error) => {
    faults.push(`writing: ${error.message}`);
  });

  // The base backup, while people write and mail goes out.
  await eventually('somebody writes', () => acknowledged.length > 2);
  const base = join(folder, 'base', 'tonight');
  const began = performance.now();
  const how = await baseBackup(client, old, base, port);
  cpSync(dataDir, join(folder, 'base', 'data'), { recursive: true });
  figures.baseBackupMs = Math.round(performance.now() - began);
  say(
    `base backup by ${how} in ${figures.baseBackupMs} ms, ${acknowledged.length} writes acknowledged meanwhile and before`,
  );
  const headNow = async () => {
    const { rows } = await client.query(
      `select number || ':' || mac as head from audit_seal where scheme_id = $1 order by number desc limit 1`,
      [INSTALLATION],
    );
    return rows[0]?.head;
  };
  // It does so every five minutes.
  come(new Date(clock.now().getTime() + 6 * 60_000));
  await eventually('the worker has sealed the record', async () => (await headNow()) !== undefined);

  // T: in the middle of the first minute's mail. Everything is held still for as long as counting takes.
  come(minutes[0]);
  const ours = () => sink.arrivals.filter(({ to }) => to.endsWith('@drill.example.org')).length;
  const share = Math.round(EACH * 2 * (0.1 + 0.6 * random()));
  await eventually('mail goes out', () => ours() >= share);
  for (const { child } of [api, worker]) child.kill('SIGSTOP');
  await eventually('nothing is under way', async () => {
    const { rows } = await client.query(
      `select count(*)::int as busy from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    return rows[0].busy === 0;
  });
  const second = Math.ceil(Date.now() / 1000) * 1000;
  await eventually('the second is over', () => Date.now() >= second);
  const [T, tReal] = [new Date(second).toISOString().replace('T', ' ').replace('.000Z', '+00'), second];
  const before = await sums(client);
  const { rows: readyForGroups } = await client.query(
    `select id from message where scheme_id = $1 and recipient_kind = 'provider' and state = 'ready'`,
    [schemeId],
  );
  const { rows: openAtT } = await client.query(
    `select (count(*) filter (where state = 'ready'))::int as ready, (count(*) filter (where state = 'sending'))::int as sending
     from message where scheme_id = $1`,
    [schemeId],
  );
  const head = await headNow();
  const writtenAtT = acknowledged.length;
  const sentAtT = sink.arrivals.length;
  for (const { child } of [api, worker]) child.kill('SIGCONT');
  say(
    `T is ${T}: ${Object.keys(before).length} tables counted, ${writtenAtT} writes acknowledged, ${sentAtT} messages out, ${openAtT[0].ready} ready and ${openAtT[0].sending} on their way`,
  );

  // The lost span: writing and sending go on, and what is needed to reach T leaves for the archive.
  await eventually('people write again', () => acknowledged.length > writtenAtT + 5);
  const needed = await walFile(client);
  come(minutes[1]);
  const peopleSince = () =>
    sink.arrivals.filter(({ to, at }) => at > tReal && /^person\d+@drill/.test(to)).length;
  const enough = Math.ceil(EACH * (0.1 + 0.5 * random()));
  // Also some mail to groups that the restored database will know, and send again.
  const known = new Set(readyForGroups.map(({ id }) => id));
  const oneOfThem = () =>
    known.size === 0 || sink.arrivals.some(({ messageId, at }) => at > tReal && known.has(messageId));
  await eventually('more mail goes out', () => peopleSince() >= enough && oneOfThem());
  await eventually('the archive has T', async () =>
    readdirSync(archive).some((name) => /^[0-9A-F]{24}$/.test(name) && name >= needed),
  );
  const crashed = Date.now();
  for (const { child } of [worker, api]) child.kill('SIGKILL');
  process.kill(server.pid, 'SIGKILL');
  goingOn = false;
  await Promise.all(load);
  const lostUntil = clock.now();
  const lost = (at) => at > tReal && at <= crashed + 1_000;
  const sentInLost = sink.arrivals.filter(({ at }) => lost(at)).length;
  Object.assign(figures, {
    lostSeconds: Math.round((crashed - tReal) / 100) / 10,
    acknowledged: acknowledged.length,
    sentBeforeT: sentAtT,
    sentInLost,
  });
  say(
    `killed everything ${figures.lostSeconds} s after T; in between ${acknowledged.length - writtenAtT} writes and ${sentInLost} messages`,
  );

  // Restore, from base backup and archive alone, into a new folder and on a new port.
  const restoreBegan = performance.now();
  const fresh = placeOf('restored');
  run('cp', ['-a', `${base}/.`, newFolder(fresh.folder)]);
  chmodSync(fresh.folder, 0o700);
  appendFileSync(
    join(fresh.folder, 'postgresql.auto.conf'),
    [
      '',
      `restore_command = '${documented('restore_command')}'`,
      `recovery_target_time = '${T}'`,
      `recovery_target_action = ${documented('recovery_target_action')}`,
      '',
    ].join('\n'),
  );
  writeFileSync(join(fresh.folder, 'recovery.signal'), '');
  owned(join(fresh.folder, 'recovery.signal'));
  const newPort = await postgres.freePort();
  await postgres.startServer(fresh, newPort, { shared_buffers: '128MB' });
  const restored = await connect(newPort);
  await eventually(
    'it has been promoted',
    async () => !(await restored.query('select pg_is_in_recovery() as recovering')).rows[0].recovering,
  );
  figures.restoreMs = Math.round(performance.now() - restoreBegan);
  const newData = join(folder, 'data-restored');
  cpSync(join(folder, 'base', 'data'), newData, { recursive: true });
  const newEnv = envOf(newPort, newData, { SMTP_URL: sink.url });

  const after = await sums(restored);
  const different = tableFaults(before, after);
  const people = await peopleTables(restored);
  const rowCount = Object.values(after).reduce((sum, { rows }) => sum + rows, 0);
  Object.assign(figures, {
    tables: Object.keys(after).length,
    tablesAboutPeople: people.filter((name) => name in after).length,
    rows: rowCount,
  });
  proved(
    different.length === 0,
    `${figures.tables} tables (${figures.tablesAboutPeople} of a scheme) with ${rowCount} rows are as at T ${different.join('; ')}`,
  );
  const { rows: kept } = await restored.query('select id from referral where id = any($1::uuid[])', [
    acknowledged.map(({ id }) => id),
  ]);
  const keptIds = new Set(kept.map(({ id }) => id));
  const missing = acknowledged.filter(({ id, at }) => at <= tReal && !keptIds.has(id)).length;
  proved(
    missing === 0 && kept.length >= writtenAtT,
    `each of the ${writtenAtT} writes acknowledged before T is there (${kept.length} found, ${missing} missing)`,
  );
  // Nothing is sent before somebody has said what is lost.
  const refused = start('worker', [], newEnv);
  const verified = await command(['audit:verify', '--head', head], newEnv);
  proved(
    verified.includes('No change after sealing was found.'),
    `the audit record verifies, with its head as noted at T (seal ${head.split(':')[0]})`,
  );
  const code = await refused.ended;
  proved(
    code === 1 && refused.printed().includes('restored --lost-until'),
    'a worker refuses to start and says what to do',
  );
  say(`npm run cli -- restored --lost-until ${lostUntil.toISOString()}`);
  const told = await command(['restored', '--lost-until', lostUntil.toISOString()], newEnv);
  say(
    told
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n'),
  );
  worker = start('worker', [], newEnv);
  // Later by its clock the last of them fall due, and what is tried again has long been.
  come(minutes[MINUTES - 1]);
  await eventually('all that was due is told', async () => {
    const { rows } = await restored.query(
      `select (select count(*) from reminder where scheme_id = $1 and state = 'waiting' and kind in ('appointment', 'offer_made'))
         + (select count(*) from message where scheme_id = $1 and state in ('ready', 'sending')) as left`,
      [schemeId],
    );
    return Number(rows[0].left) === 0;
  });

  // What those who were written to saw, in both lives.
  const { rows: askedAbout } = await restored.query(
    `select coalesce(c.email, o.email) as to from task t join message m on m.scheme_id = t.scheme_id and m.id = t.subject_id
       left join client c on c.scheme_id = m.scheme_id and c.id = m.client_id
       left join organisation o on o.scheme_id = m.scheme_id and o.id = m.organisation_id
     where t.scheme_id = $1 and t.kind = 'message_unconfirmed' and t.ended_at is null`,
    [schemeId],
  );
  const due = ['client', 'group'].flatMap((kind) =>
    Array.from({ length: EACH * MINUTES }, (_, n) => ({
      kind,
      to: `${kind === 'client' ? 'person' : 'group'}${n + 1}@drill.example.org`,
    })),
  );
  const history = { due, arrivals: sink.arrivals, asked: new Set(askedAbout.map(({ to }) => to)), lost };
  const found = deliveryFaults(history);
  const afterwards = sink.arrivals.filter(({ at }) => at > crashed + 1_000);
  const seenBefore = new Set(
    sink.arrivals.filter(({ at }) => at <= crashed + 1_000).map(({ messageId }) => messageId),
  );
  Object.assign(figures, {
    toldOnce: due.length - history.asked.size,
    handedToPeople: history.asked.size,
    repeatedWithSameId: afterwards.filter(({ messageId }) => seenBefore.has(messageId)).length,
    sentAfterRestore: afterwards.length,
  });
  proved(
    found.length === 0,
    `of ${due.length} people and groups each due one message nobody was told twice, and nobody forgotten ${found.slice(0, 5).join('; ')}`,
  );
  const { rows: demoClients } = await restored.query(
    'select email from client where email is not null and scheme_id <> $1',
    [schemeId],
  );
  const addresses = new Set(demoClients.map(({ email }) => email));
  const both = afterwards.filter(({ to, messageId }) => addresses.has(to) && seenBefore.has(messageId));
  proved(both.length === 0, `no message to one of the demo's people went in both lives`);
  say(
    `${sentInLost} messages the restored database knew nothing of; ${history.asked.size} were handed to people, ` +
      `${figures.repeatedWithSameId} repeated to groups with the same Message-ID, ${afterwards.length} sent after the restore in all`,
  );
  const bad = Object.entries(madeBad(history, before, after));
  const missed = bad.filter(([, errors]) => errors.length === 0).map(([name]) => name);
  figures.badHistoriesRejected = bad.length - missed.length;
  proved(
    missed.length === 0,
    `the judge rejects ${bad.length} bad histories made of this one ${missed.join('; ')}`,
  );
  await sink.stop();
}

const startedAt = performance.now();
try {
  await main();
} catch (error) {
  faults.push(error.message);
  say(`FAILED  ${error.stack}`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  for (const client of clients) await client.end().catch(() => undefined);
  for (const name of ['old', 'restored']) {
    const place = placeOf(name);
    if (postgres.readPidFile(place.folder) !== null) await postgres.stopServer(place).catch(() => undefined);
  }
  rmSync(folder, { recursive: true, force: true });
}
figures.seconds = Math.round((performance.now() - startedAt) / 100) / 10;
figures.faults = faults;
say(
  `${faults.length === 0 ? 'The drill succeeded' : `The drill FAILED (${faults.length})`} in ${figures.seconds} s. Again: npm run drill -- --seed ${SEED}${options.quick ? ' --quick' : ''}`,
);
if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exit(faults.length === 0 ? 0 : 1);
