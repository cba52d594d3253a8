import 'reflect-metadata';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { atEnd, endAll, folder, freePort, startApi, startDatabase, startInProcess } from './installation.js';
import { cpuOf, loaded, median, mostMegabytes } from './measure.js';
import { person, workloads } from './works.js';
import { seed, settled, signedIn } from './world.js';

/**
 * The same work by Directus, a general headless back end that puts an API over any database, on a copy of the same database
 * on the same PostgreSQL, round by round in turn: `npm run bench:directus`. It is installed from npm into the folder
 * `--directus` names (the system's temporary one otherwise), since the product does not need it.
 *
 * All that differs is in its favour: one static token of an administrator, so that nobody is signed in and no permission is
 * worked out; no row security, no triggers, no validation but types; an index for just this question. It keeps an activity
 * and a revision of each change, as it does by default, and no history, agreement, reminder or sealed audit record beside.
 */
const { values: options } = parseArgs({
  options: {
    directus: { type: 'string', default: join(tmpdir(), 'betony-bench-directus') },
    referrals: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    seed: { type: 'string', default: '20261121' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const REFERRALS = options.quick ? 1500 : Number(options.referrals);
const ROUNDS = options.quick ? 1 : Number(options.rounds);
const SECONDS = options.quick ? 2 : Number(options.seconds);
const CONNECTIONS = Number(options.connections);
/** How many times as many requests a second as a general back end the product is meant to answer. */
const AIM = 8;
/** Directus 12 runs on Node 22 alone. */
const NODE = 'node@22.21.1';
const DIRECTUS = 'directus@12.4.0';
const TOKEN = randomBytes(24).toString('hex');

const say = (text) => process.stdout.write(`${text}\n`);

/** As somebody would lay out the same tables for it: one key each, plain references, nothing that a row must pass. */
const LAID_OUT = `
  do $$ declare it record; begin
    for it in select conrelid::regclass as of, conname from pg_constraint
      where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0
    loop execute format('alter table %s drop constraint %I', it.of, it.conname); end loop;
    for it in select tgrelid::regclass as of, tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where c.relnamespace = 'public'::regnamespace and not tgisinternal and tgparentid = 0
    loop execute format('drop trigger %I on %s', it.tgname, it.of); end loop;
    for it in select oid::regclass as of from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relrowsecurity
    loop execute format('alter table %s disable row level security', it.of); end loop;
    for it in select conrelid::regclass as of, conname from pg_constraint
      where contype in ('p', 'c') and conrelid in ('client'::regclass, 'organisation'::regclass, 'referral'::regclass)
    loop execute format('alter table %s drop constraint %I', it.of, it.conname); end loop;
  end $$;
  alter table organisation add primary key (id);
  alter table client add primary key (id), alter id set default gen_random_uuid();
  alter table referral add primary key (id), alter id set default gen_random_uuid(),
    add foreign key (client_id) references client, add foreign key (organisation_id) references organisation;
  create index on referral (owner_id, next_at);`;

async function copyFor(database, name) {
  const address = (path) => Object.assign(new URL(database.superuserUrl), { pathname: `/${path}` }).href;
  const from = new URL(database.superuserUrl).pathname.slice(1);
  await asked(address('postgres'), `create database ${name} template ${from}`);
  await asked(address(name), LAID_OUT);
  await asked(address(name), 'vacuum analyze');
  return address(name);
}

async function asked(url, sql) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Nothing is compiled, which would need headers of that Node: only scripts within its flows want what is left out. */
function install(into) {
  if (existsSync(join(into, 'node_modules', 'directus'))) return;
  say(`Installing ${NODE} and ${DIRECTUS} into ${into}`);
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, 'package.json'), '{ "private": true }\n');
  for (const args of [[NODE], [DIRECTUS, '--ignore-scripts']]) {
    const all = ['install', '--no-audit', '--no-fund', '--save-exact', ...args];
    const { status, stderr } = spawnSync('npm', all, { cwd: into, encoding: 'utf8' });
    if (status !== 0) throw new Error(`npm could not install ${args[0]}:\n${stderr}`);
  }
  writeFileSync(join(into, 'node_modules', 'isolated-vm', 'isolated-vm.js'), 'module.exports = {};\n');
}

async function startDirectus(into, url) {
  const port = await freePort();
  const node = join(into, 'node_modules', 'node', 'bin', 'node');
  const cli = join(into, 'node_modules', 'directus', 'cli.js');
  const place = join(folder, 'directus');
  mkdirSync(place);
  const run = {
    cwd: place,
    env: {
      PATH: process.env.PATH,
      HOME: place,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      SECRET: randomBytes(24).toString('hex'),
      DB_CLIENT: 'pg',
      DB_CONNECTION_STRING: url,
      DB_POOL__MAX: '16',
      ADMIN_EMAIL: 'admin@example.org',
      ADMIN_PASSWORD: randomBytes(12).toString('hex'),
      ADMIN_TOKEN: TOKEN,
      CACHE_ENABLED: 'false',
      RATE_LIMITER_ENABLED: 'false',
      PRESSURE_LIMITER_ENABLED: 'false',
      TELEMETRY: 'false',
      SERVE_APP: 'false',
      LOG_LEVEL: 'error',
      STORAGE_LOCATIONS: 'local',
      STORAGE_LOCAL_ROOT: place,
      EXTENSIONS_PATH: place,
    },
  };
  const made = spawnSync(node, [cli, 'bootstrap'], { ...run, encoding: 'utf8' });
  if (made.status !== 0)
    throw new Error(`Directus could not prepare the copy:\n${made.stdout}${made.stderr}`);
  const child = spawn(node, [cli, 'start'], { ...run, stdio: ['ignore', 'ignore', 'inherit'] });
  atEnd(async () => {
    child.kill('SIGTERM');
    await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
  });
  const base = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`${base}/server/ping`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return { url: base, pid: child.pid };
    if (tries > 600 || child.exitCode !== null) throw new Error('Directus did not start');
    await wait(100);
  }
}

const LINE = [
  ...['id', 'version', 'reference', 'state', 'route', 'reasons', 'next_at', 'next_kind'],
  ...['sent_at', 'ended_at', 'owner_kind', 'owner_id', 'organisation_id.name'],
  ...['id', 'standing', 'nhs_number', 'first_name', 'last_name', 'known_as', 'date_of_birth'].map(
    (name) => `client_id.${name}`,
  ),
  ...['client_id.safety_flag', 'client_id.access_needs'],
].join(',');
const LIVE = 'allocated,active,on_hold';

/** What each piece of work is to it: one request where ours is one. */
function worksOfDirectus({ workers, movable, sample }) {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const inTwoWeeks = new Date(Date.now() + 14 * 86_400_000).toISOString();
  const sent = () => {
    const { nhsNumber, firstName, lastName, dateOfBirth, phone, postcode } = person();
    const now = new Date().toISOString();
    return JSON.stringify({
      scheme_id: sample.scheme_id,
      organisation_id: sample.organisation_id,
      author_id: sample.author_id,
      reference: randomBytes(6).toString('hex'),
      route: 'gp',
      state: 'sent',
      owner_kind: 'triage',
      next_at: inTwoWeeks,
      next_kind: 'triage',
      reasons: '{loneliness}',
      note: 'Would welcome a call.',
      no_known_risks: true,
      sent_at: now,
      told_status: 'sent',
      told_at: now,
      created_at: now,
      updated_at: now,
      client_id: {
        scheme_id: sample.scheme_id,
        standing: 'provisional',
        nhs_number: nhsNumber,
        first_name: firstName,
        last_name: lastName,
        first_name_key: firstName,
        last_name_key: lastName,
        last_name_sound: lastName,
        date_of_birth: dateOfBirth,
        phone,
        postcode,
        safe_to_call: 'yes',
        created_at: now,
        updated_at: now,
      },
    });
  };
  return {
    caseload: (n) => [
      {
        method: 'GET',
        path: `/items/referral?fields=${LINE}&filter[owner_id][_eq]=${workers[n % workers.length].id}&filter[state][_in]=${LIVE}&sort=next_at&limit=25`,
        headers,
      },
    ],
    send: () => [
      {
        method: 'POST',
        path: '/items/referral',
        headers,
        body: sent(),
        setupRequest: (request) => ({ ...request, body: sent() }),
      },
    ],
    move: (n) =>
      [
        { state: 'on_hold', held_from: 'active', next_at: inTwoWeeks, next_kind: 'resume' },
        { state: 'active', held_from: null, next_at: inTwoWeeks, next_kind: 'next_contact' },
      ].map((change) => ({
        method: 'PATCH',
        path: `/items/referral/${movable[n % movable.length].id}`,
        headers,
        body: JSON.stringify(change),
      })),
  };
}

/** Fails where Directus does not do the work: a fast refusal is no answer. */
async function tried(directus, works) {
  for (const [name, requests] of Object.entries(works))
    for (const { method, path, headers, body } of requests(0)) {
      const answer = await fetch(`${directus.url}${path}`, { method, headers, body });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${name}: Directus answered ${answer.status} ${text}`);
      const { data } = JSON.parse(text);
      if (name === 'caseload' && !data[0]?.client_id?.last_name)
        throw new Error(`${name}: Directus knows nobody: ${text}`);
    }
}

async function main() {
  install(options.directus);
  say(
    `${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, Node ${process.version}, ${NODE}, ${DIRECTUS}, a load of ${loadavg()[0].toFixed(1)} before it began, seed ${options.seed}`,
  );
  const database = await startDatabase();
  const app = await startInProcess(database);
  const world = await seed(app, database, {
    referrals: REFERRALS,
    services: 100,
    workers: Math.max(CONNECTIONS, Math.round(REFERRALS / 250)),
    chance: Number(options.seed),
  });
  await settled(world);
  const people = await signedIn(app, world, CONNECTIONS);
  const [sample] = (
    await world.client.query(
      `select scheme_id, organisation_id, author_id from referral where route = 'gp' limit 1`,
    )
  ).rows;
  await app.close();
  await world.client.end();
  const directus = await startDirectus(options.directus, await copyFor(database, 'directus'));
  const api = await startApi(database);
  const theirs = worksOfDirectus({ ...people, sample });
  await tried(directus, theirs);

  const load = { connections: CONNECTIONS, seconds: SECONDS };
  const rows = [];
  for (let round = 1; round <= ROUNDS; round += 1)
    for (const work of workloads(people).filter(({ name }) => name in theirs)) {
      await work.settle?.(api.url, CONNECTIONS);
      const row = { name: work.name };
      for (const [who, { url, pid }, requests] of [
        ['ours', api, work.requests],
        ['directus', directus, theirs[work.name]],
      ]) {
        const before = [pid, database.pid].map(cpuOf);
        const { answers, rate, p50, p99 } = await loaded(url, { name: work.name, requests }, load);
        const [cpu, databaseCpu] = [pid, database.pid].map((one, n) => (cpuOf(one) - before[n]) / answers);
        row[who] = { rate, p50, p99, cpu, databaseCpu };
      }
      rows.push({ ...row, times: row.ours.rate / row.directus.rate });
      say(
        `round ${round} ${work.name.padEnd(9)} ${row.ours.rate.toFixed(0)} requests/s, ${row.directus.rate.toFixed(0)} of Directus`,
      );
    }
  report(rows, { ours: mostMegabytes(api.pid), directus: mostMegabytes(directus.pid) });
}

function report(rows, memory) {
  const results = [...new Set(rows.map(({ name }) => name))].map((name) => {
    const mine = rows.filter((row) => row.name === name);
    const of = (who) =>
      Object.fromEntries(
        Object.keys(mine[0][who]).map((key) => [key, median(mine.map((row) => row[who][key]))]),
      );
    return {
      name,
      ours: of('ours'),
      directus: of('directus'),
      times: median(mine.map(({ times }) => times)),
    };
  });
  say('work      who       requests/s   p50 ms   p99 ms   CPU ms  database CPU ms');
  for (const { name, times, ...both } of results) {
    for (const who of ['ours', 'directus']) {
      const { rate, p50, p99, cpu, databaseCpu } = both[who];
      say(
        `${name.padEnd(9)} ${who.padEnd(9)} ${rate.toFixed(0).padStart(10)} ${p50.toFixed(1).padStart(8)} ${p99.toFixed(1).padStart(8)} ${cpu.toFixed(2).padStart(8)} ${databaseCpu.toFixed(2).padStart(16)}`,
      );
    }
    say(
      `${times >= AIM ? 'met   ' : 'MISSED'} ${name}: ${times.toFixed(1)} times its requests a second, aim ${AIM}`,
    );
  }
  say(`memory at most: ${memory.ours} MB, ${memory.directus} MB of Directus`);
  if (options.json)
    say(
      JSON.stringify({
        seed: Number(options.seed),
        referrals: REFERRALS,
        connections: CONNECTIONS,
        results,
        memory,
      }),
    );
}

try {
  await main();
} finally {
  await endAll();
}
