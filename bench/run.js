import 'reflect-metadata';
import { fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import pg from 'pg';
import { addLiveReferrals } from './live.js';
import { percentile, pgbench } from './peer.js';
import { pgbenchScript, prepared, recorded, repeatable } from './statements.js';
import { demoNhsNumber } from '../dist/demo/story.js';

/**
 * The work of real days over HTTP, with sign-in, validation, row security and audit on, beside the bare SQL of it: pgbench
 * sends every statement of the request (session look-up, begin, scheme, question with its audit entry, commit) to the same
 * PostgreSQL over as many connections, one after another as a program without us would. Rounds are interleaved and
 * medians printed, so that a machine that slows down slows both; CPU for one request is told beside them, which a busy
 * machine disturbs least. Where an aim is set, it is told whether it was met, and `--aims` makes a missed one a failure.
 * `npm run bench -- --quick` takes a minute; `--referrals N` and `--services N` set the size, `--live N --team N` add so
 * many live referrals to so many link workers, who then do the reading, and `--profile <folder>` keeps a CPU profile of
 * the API.
 */
const { values: options } = parseArgs({
  options: {
    referrals: { type: 'string', default: '20000' },
    services: { type: 'string', default: '10000' },
    live: { type: 'string', default: '0' },
    team: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '16' },
    only: { type: 'string' },
    profile: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    aims: { type: 'boolean', default: false },
  },
});
const REFERRALS = options.quick ? 3000 : Number(options.referrals);
const SERVICES = Number(options.services);
const LIVE = Number(options.live);
const TEAM = Number(options.team);
const ROUNDS = options.quick ? 1 : Number(options.rounds);
const SECONDS = options.quick ? 4 : Number(options.seconds);
const CONNECTIONS = Number(options.connections);

/** How many times as long as its bare SQL, at the 95th percentile, each may take; and the most an API may hold, in MB. */
const AIMS = { search: 3, filters: 3, match: 3, today: 2, caseload: 2, counts: 2 };
/** The least share of pgbench's requests a second, and of those of a bare program of Node's; how far p99 may be above p50. */
const SHARES = { of: ['send', 'caseload', 'move'], bareRate: 0.5, nodeRate: 0.7, spread: 4 };
const MOST_MEMORY = 250;
/** How many times as long as the call with the same data a page may take. */
const MOST_TIMES_PAGE = 2;

const say = (text) => process.stdout.write(`${text}\n`);
const folder = mkdtempSync(join(tmpdir(), 'betony-bench-'));
chmodSync(folder, 0o711);
const stops = [];

async function main() {
  say(
    `${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`,
  );
  const database = await startDatabase();
  const { app, config } = await startInProcess(database);
  const world = await seed(app, database);
  const api = await startApi(config);
  const works = workloads(world, api).filter(
    ({ name }) => !options.only || options.only.split(',').includes(name),
  );
  for (const work of works) work.connections = await statementsOf(app, work);
  await app.close();
  const bareNode = await startBareNode(database, works);
  const rows = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const work of works) {
      const ours = [api.pid, database.pid];
      const before = ours.map(cpuOf);
      const http = await loaded(api, work);
      const [apiCpu, databaseCpu] = ours.map((pid, n) => (cpuOf(pid) - before[n]) / http.answers);
      const beforeBare = cpuOf(database.pid);
      const script = pgbenchScript(work.connections);
      const bare = await pgbench(database.url, script, { clients: CONNECTIONS, seconds: SECONDS });
      rows.push({
        name: work.name,
        http,
        apiCpu,
        databaseCpu,
        bare: bare && {
          rate: bare.rate * work.perScript,
          p50: bare.p50 / work.perScript,
          p95: bare.p95 / work.perScript,
          cpu: (cpuOf(database.pid) - beforeBare) / (bare.rate * work.perScript * SECONDS),
        },
        node: await loaded(bareNode, ofBareNode(work)),
        memory: residentMegabytes(api.pid),
      });
      const { node } = rows.at(-1);
      say(
        `round ${round} ${work.name.padEnd(10)} ${Math.round(http.rate)} requests/s beside ${bare === null ? 'no pgbench' : `${Math.round(bare.rate * work.perScript)} of pgbench`} and ${Math.round(node.rate)} of bare Node`,
      );
    }
  }
  if (works.length > 0) report(works, rows);
  if (!options.only || options.only.split(',').includes('pages')) await besideApi(world, api);
}

/** Pages beside the calls that answer with the same data, round by round in turn, so that a busy machine slows both. */
async function besideApi(world, api) {
  const asked = 'text=lunch&near=CO97%201AA';
  const pairs = [
    ['today', '/desk/today', '/api/v1/today'],
    ['caseload', '/desk/caseload', '/api/v1/caseload?limit=25'],
    ['find', `/desk/find?${asked}`, `/api/v1/listings?${asked}&limit=25`],
  ];
  const rows = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [name, page, call] of pairs) {
      const get = (path, headers) => ({
        name,
        requests: (n) => [{ method: 'GET', path, headers: headers(world.workers[n % world.workers.length]) }],
      });
      const works = [
        get(page, ({ cookie }) => ({ cookie, 'accept-encoding': 'gzip' })),
        get(call, ({ token }) => ({ authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' })),
      ];
      const told = [];
      for (const work of works) {
        const before = cpuOf(api.pid);
        const { answers, p50, p95 } = await loaded(api, work);
        told.push({ p50, p95, cpu: (cpuOf(api.pid) - before) / answers });
      }
      rows.push({ name, page: told[0], call: told[1] });
    }
  }
  say('');
  for (const [name] of pairs) {
    const mine = rows.filter((row) => row.name === name);
    const of = (which, what) => median(mine.map((row) => row[which][what]));
    const times = median(mine.map(({ page, call }) => page.p95 / call.p95));
    const met = times <= MOST_TIMES_PAGE;
    say(
      `page ${name.padEnd(8)} p50 ${of('page', 'p50').toFixed(1)} (call ${of('call', 'p50').toFixed(1)}) ms, ` +
        `p95 ${of('page', 'p95').toFixed(1)} (${of('call', 'p95').toFixed(1)}) ms, CPU ${of('page', 'cpu').toFixed(2)} ` +
        `(${of('call', 'cpu').toFixed(2)}) ms: ${times.toFixed(2)} times at p95, aim ${MOST_TIMES_PAGE}, ${met ? 'met' : 'MISSED'}`,
    );
    if (!met && options.aims) process.exitCode = 1;
  }
}

async function startDatabase() {
  const load = (path) => import(`../dist/platform/database/${path}.js`);
  const [{ postgresBinaries }, { serverAccount }, server, roles, { migrate }] = await Promise.all(
    ['postgres-binaries', 'server-account', 'postgres-server', 'embedded-roles', 'migrate'].map(load),
  );
  const account = serverAccount(null);
  const place = {
    binaries: postgresBinaries(account),
    account,
    folder: join(folder, 'postgres'),
    log: join(folder, 'postgres.log'),
  };
  const passwords = Object.fromEntries(
    ['superuser', 'owner', 'app'].map((role) => [role, randomBytes(12).toString('hex')]),
  );
  await server.makeCluster(place, passwords.superuser);
  const { port, pid } = await server.startServer(place, await server.freePort(), {
    max_connections: '120',
    shared_buffers: '512MB',
    max_wal_size: '4GB',
  });
  stops.push(() => server.stopServer(place));
  await roles.prepareDatabase(port, passwords);
  const url = roles.address(roles.APP_ROLE, passwords.app, port, roles.DATABASE);
  const ownerUrl = roles.address(roles.OWNER_ROLE, passwords.owner, port, roles.DATABASE);
  await migrate({ databaseUrl: url, databaseOwnerUrl: ownerUrl });
  return {
    pid,
    url,
    ownerUrl,
    superuserUrl: roles.address(server.SUPERUSER, passwords.superuser, port, roles.DATABASE),
  };
}

const KEYS = {
  AUDIT_KEY: 'a key for the length of one benchmark',
  TOKEN_KEY: 'another key for one benchmark only',
  DATA_KEY: 'a third key for one benchmark only',
};

async function startInProcess(database) {
  const { Test } = await import('@nestjs/testing');
  const { AppModule } = await import('../dist/app.module.js');
  const { Config } = await import('../dist/platform/config/config.js');
  const { httpAdapter, prepareHttpApp } = await import('../dist/platform/http/http-app.js');
  const { createLog, NestLog } = await import('../dist/platform/logging/log.js');
  const config = new Config({
    port: 0,
    host: '127.0.0.1',
    databaseUrl: database.url,
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
  const log = createLog(config);
  const module = await Test.createTestingModule({ imports: [AppModule.for(config)] })
    .setLogger(new NestLog(log))
    .compile();
  const app = module.createNestApplication(httpAdapter(config, log));
  await prepareHttpApp(app, config);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return { app, config };
}

async function seed(app, database) {
  const { DemoSeeder, DEMO_SIZE } = await import('../dist/demo/demo.seeder.js');
  const { AccessTokens } = await import('../dist/identity/access-tokens.service.js');
  const { newToken, sha256 } = await import('../dist/platform/pure/hash.js');
  const began = performance.now();
  const workers = Math.max(CONNECTIONS, Math.round(REFERRALS / 250));
  const size = {
    ...DEMO_SIZE,
    referrals: REFERRALS,
    workers,
    communityGroups: Math.max(56, Math.round(REFERRALS / 150)),
  };
  const { schemeId } = await app.get(DemoSeeder).seed('a password for the bench', size);
  await addServices(app, schemeId);
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  stops.push(() => client.end());
  const team =
    LIVE === 0 ? null : await addLiveReferrals(client, schemeId, { workers: TEAM, referrals: LIVE });
  await client.query('vacuum analyze');
  say(
    `${team ? `${LIVE} live referrals of ${TEAM} link workers beside ` : ''}${REFERRALS} referrals, ${workers} link workers, ${SERVICES} services beside the demo's, seeded in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  const members = async (role) => {
    const { rows } = await client.query(
      `select id, account_id from membership
       where scheme_id = $1 and role = $2 and ($4::uuid[] is null or id = any($4)) order by id limit $3`,
      [schemeId, role, CONNECTIONS, role === 'link_worker' ? team : null],
    );
    const signedIn = [];
    for (const row of rows) {
      const sessionId = crypto.randomUUID();
      const secret = newToken();
      await client.query(
        `insert into session (id, account_id, membership_id, created_at, last_used_at, expires_at, cookie_hash) values ($1, $2, $3, now(), now(), now() + interval '1 day', $4)`,
        [sessionId, row.account_id, row.id, sha256(secret)],
      );
      const actor = { accountId: row.account_id, sessionId, membershipId: row.id, schemeId };
      signedIn.push({
        id: row.id,
        token: app.get(AccessTokens).sign(actor, new Date(), 86_400),
        cookie: `__Host-betony=${secret}`,
      });
    }
    return signedIn;
  };
  const workersSignedIn = await members('link_worker');
  const referrers = await members('referrer');
  const { rows: movable } = await client.query(
    `select distinct on (owner_id) id, owner_id from referral where scheme_id = $1 and state = 'active' and owner_id = any($2) order by owner_id, id`,
    [schemeId, workersSignedIn.map(({ id }) => id)],
  );
  return { workers: workersSignedIn, referrers, movable };
}

async function addServices(app, schemeId) {
  const load = (path) => import(`../dist/${path}.js`);
  const [{ UnitOfWork }, { systemActor }, { indexAllListings }] = await Promise.all(
    ['platform/database/unit-of-work', 'platform/actor/actor.types', 'providers/listing-index'].map(load),
  );
  const services = readFileSync(new URL('./services.sql', import.meta.url), 'utf8');
  await app.get(UnitOfWork).run(systemActor(schemeId, 'bench'), async (tx) => {
    await tx.manager.query(services, [schemeId, SERVICES, tx.now.toISOString().slice(0, 10)]);
    await indexAllListings(tx);
  });
}

async function startApi(config) {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const profiling = options.profile ? ['--cpu-prof', '--cpu-prof-dir', options.profile] : [];
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const asStarted = scripts['start:api'].split(' ').slice(1);
  const child = spawn(process.execPath, [...profiling, ...asStarted], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      ...KEYS,
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: config.databaseUrl,
      DATA_DIR: join(folder, 'api'),
      LOG_LEVEL: 'error',
    },
  });
  stops.push(async () => {
    child.kill('SIGTERM');
    await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`${url}/health/live`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return { url, pid: child.pid };
    if (tries > 900 || child.exitCode !== null) throw new Error('The API did not start');
    await wait(100);
  }
}

let people = 0;
/** Numbers that begin with 999 run out at half a million; the demo counts them from the other end. */
const person = () => {
  const n = 499_000 - (people += 1);
  return {
    nhsNumber: demoNhsNumber(n),
    firstName: 'Bench',
    lastName: `Person ${String.fromCharCode(65 + (n % 26))}`,
    dateOfBirth: '1950-02-03',
    phone: '07700900123',
    postcode: 'CO97 1AA',
    safeToCall: 'yes',
  };
};

/** `requests(n)` are the requests that connection n repeats; `perScript` is how many of them one recorded script does. */
function workloads(world, api) {
  const authorised = (token) => ({ authorization: `Bearer ${token}` });
  const json = (token) => ({ ...authorised(token), 'content-type': 'application/json' });
  const at = (list, n) => list[n % list.length];
  const sendBody = () =>
    JSON.stringify(
      JSON.parse(readFileSync(new URL('./referral.json', import.meta.url), 'utf8'), (key, value) =>
        key === 'client' ? { ...value, ...person() } : value,
      ),
    );
  const tomorrow = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10);
  return [
    {
      name: 'caseload',
      perScript: 1,
      requests: (n) => [
        { method: 'GET', path: '/api/v1/caseload?limit=25', headers: authorised(at(world.workers, n).token) },
      ],
    },
    ...['today', 'caseload/counts'].map((path) => ({
      name: path.split('/').at(-1),
      perScript: 1,
      requests: (n) => [
        { method: 'GET', path: `/api/v1/${path}`, headers: authorised(at(world.workers, n).token) },
      ],
    })),
    {
      name: 'send',
      perScript: 1,
      requests: (n) => [
        {
          method: 'POST',
          path: '/api/v1/referrals',
          headers: json(at(world.referrers, n).token),
          setupRequest: (request) => ({ ...request, body: sendBody() }),
          body: sendBody(),
        },
      ],
      unique: (answer) => [answer.reference],
    },
    {
      name: 'move',
      perScript: 2,
      requests: (n) => {
        const { id, owner_id: ownerId } = at(world.movable, n);
        const headers = json(world.workers.find((worker) => worker.id === ownerId).token);
        return [
          {
            method: 'POST',
            path: `/api/v1/referrals/${id}/hold`,
            headers,
            body: JSON.stringify({ reason: 'away', resumeOn: tomorrow }),
          },
          {
            method: 'POST',
            path: `/api/v1/referrals/${id}/resume`,
            headers,
            body: JSON.stringify({ nextOn: tomorrow }),
          },
        ];
      },
    },
    ...Object.entries({
      search: 'text=lunch&near=CO97%201AA',
      filters:
        'need=food&near=CO97%201AA&withinMiles=20&day=tuesday&cost=free&language=en&access=step_free&hasPlaces=true',
    }).map(([name, asked]) => ({
      name,
      perScript: 1,
      requests: (n) => [
        {
          method: 'GET',
          path: `/api/v1/listings?${asked}&limit=25`,
          headers: authorised(at(world.workers, n).token),
        },
      ],
    })),
    {
      name: 'match',
      perScript: 1,
      requests: (n) => {
        const { id, owner_id: ownerId } = at(world.movable, n);
        const { token } = world.workers.find((worker) => worker.id === ownerId);
        return [
          { method: 'GET', path: `/api/v1/referrals/${id}/services?limit=25`, headers: authorised(token) },
        ];
      },
    },
  ].map((work) => ({ ...work, api }));
}

/** What every connection sends to PostgreSQL, request by request, so that others contend for no more rows than ours do. */
async function statementsOf(app, work) {
  const sample = async (connection) => {
    let unique = [];
    const statements = [];
    for (const { method, path, headers, body, setupRequest } of work.requests(connection)) {
      const ask = async () => {
        const answer = await app.inject({
          method,
          url: path,
          headers,
          payload: setupRequest ? setupRequest({}).body : body,
        });
        if (answer.statusCode >= 300) throw new Error(`${work.name}: ${answer.statusCode} ${answer.body}`);
        if (work.unique) unique = work.unique(answer.json());
      };
      statements.push(await recorded(ask));
    }
    return { statements, unique };
  };
  const connections = [];
  await sample(0);
  for (let connection = 0; connection < CONNECTIONS; connection += 1) {
    const first = await sample(connection);
    const second = await sample(connection);
    connections.push(repeatable(first.statements, second.statements, first.unique));
  }
  return connections;
}

/** The program without a framework that does the same. */
async function startBareNode(database, works) {
  const child = fork(new URL('./bare-node.js', import.meta.url), { stdio: 'inherit' });
  stops.push(() => child.disconnect());
  const sent = Object.fromEntries(works.map(({ name, connections }) => [name, prepared(connections)]));
  child.send({ url: database.url, connections: CONNECTIONS, works: sent });
  const [{ port }] = await once(child, 'message');
  return { url: `http://127.0.0.1:${port}`, pid: child.pid };
}

/** The same work asked of it. */
const ofBareNode = ({ name, connections }) => ({
  name,
  requests: (n) =>
    connections[n % CONNECTIONS].map((_statements, number) => ({
      method: 'POST',
      path: `/${name}/${n % CONNECTIONS}/${number}`,
    })),
});

function loaded(api, work) {
  let next = 0;
  let refused = null;
  const times = [];
  return new Promise((resolve, reject) => {
    const run = autocannon(
      {
        url: api.url,
        connections: CONNECTIONS,
        duration: SECONDS,
        setupClient: (client) => {
          client.setRequests(work.requests(next++));
          client.on('response', (status, _bytes, milliseconds) => {
            times.push(milliseconds);
            if (status >= 300) refused ??= status;
          });
        },
      },
      (error, result) => {
        if (error) return reject(error);
        if (refused !== null || result.errors > 0)
          return reject(new Error(`${work.name}: answered ${refused}, ${result.errors} errors`));
        resolve({
          answers: times.length,
          rate: result.requests.total / result.duration,
          p50: percentile(times, 50),
          p95: percentile(times, 95),
          p99: result.latency.p99,
        });
      },
    );
    run.on('error', reject);
  });
}

/** The most it ever held. */
function residentMegabytes(pid) {
  try {
    return Math.round(
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    );
  } catch {
    return null;
  }
}

/** What a process and those it started have used of the processors, in ms; the kernel counts hundredths of a second. */
function cpuOf(pid) {
  try {
    const now = statOf(pid);
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(statOf)
      .filter((stat) => stat?.parent === pid);
    return children.reduce((sum, child) => sum + child.own, now.own + now.ended) * 10;
  } catch {
    return NaN;
  }
}

function statOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ').map(Number);
    return { parent: fields[1], own: fields[11] + fields[12], ended: fields[13] + fields[14] };
  } catch {
    return null;
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

function report(works, rows) {
  const results = works.map(({ name, connections, perScript }) => {
    const mine = rows.filter((row) => row.name === name);
    const of = (take) => {
      const numbers = mine.map(take);
      return numbers.some((number) => number === undefined) ? null : median(numbers);
    };
    const p50 = of(({ http }) => http.p50);
    const p95 = of(({ http }) => http.p95);
    const bareP50 = of(({ bare }) => bare?.p50);
    const bareP95 = of(({ bare }) => bare?.p95);
    return {
      name,
      rate: of(({ http }) => http.rate),
      bareRate: of(({ bare }) => bare?.rate),
      nodeRate: of(({ node }) => node.rate),
      p50,
      bareP50,
      p95,
      bareP95,
      p99: of(({ http }) => http.p99),
      times: bareP95 === null ? null : p95 / bareP95,
      timesAtMedian: bareP50 === null ? null : p50 / bareP50,
      apiCpu: of((row) => row.apiCpu),
      databaseCpu: of((row) => row.databaseCpu),
      bareCpu: of(({ bare }) => bare?.cpu),
      statements: connections[0].flat().length / perScript,
      memory: Math.max(...mine.map(({ memory }) => memory ?? 0)),
    };
  });
  const columns = [
    ['requests/s', 'rate', 0],
    ['(bare)', 'bareRate', 0],
    ['(Node)', 'nodeRate', 0],
    ['p50 ms', 'p50', 1],
    ['(bare)', 'bareP50', 1],
    ['p95 ms', 'p95', 1],
    ['(bare)', 'bareP95', 1],
    ['p99 ms', 'p99', 1],
    ['API CPU ms', 'apiCpu', 2],
    ['database', 'databaseCpu', 2],
    ['(bare)', 'bareCpu', 2],
    ['statements', 'statements', 0],
    ['most MB', 'memory', 0],
  ];
  const shown = (value, digits) =>
    value === null || Number.isNaN(value) ? '-' : Number(value).toFixed(digits);
  say('');
  say(['work'.padEnd(8), ...columns.map(([title]) => title.padStart(10))].join(' '));
  for (const row of results) {
    say(
      [row.name.padEnd(8), ...columns.map(([, key, digits]) => shown(row[key], digits).padStart(10))].join(
        ' ',
      ),
    );
  }
  judge(results);
  if (options.json)
    say(
      JSON.stringify({
        referrals: REFERRALS,
        services: SERVICES,
        live: LIVE,
        team: TEAM,
        connections: CONNECTIONS,
        rounds: ROUNDS,
        seconds: SECONDS,
        results,
      }),
    );
}

function judge(results) {
  say('');
  let missed = false;
  const told = (met, text) => {
    missed ||= !met;
    say(`${met ? 'met   ' : 'MISSED'} ${text}`);
  };
  for (const { name, times, timesAtMedian } of results) {
    const aim = AIMS[name];
    if (aim === undefined || times === null) continue;
    told(
      times <= aim,
      `${name}: ${times.toFixed(2)} times its bare SQL at the 95th percentile (${timesAtMedian.toFixed(2)} at the median), at most ${aim}`,
    );
  }
  for (const row of results.filter(({ name }) => SHARES.of.includes(name))) {
    for (const [key, beside] of [
      ['bareRate', 'pgbench'],
      ['nodeRate', 'bare Node'],
    ]) {
      const share = row[key] === null ? null : row.rate / row[key];
      if (share !== null)
        told(
          share >= SHARES[key],
          `${row.name}: ${share.toFixed(2)} of the requests a second of ${beside}, at least ${SHARES[key]}`,
        );
    }
    const spread = row.p99 / row.p50;
    told(
      spread <= SHARES.spread,
      `${row.name}: p99 ${spread.toFixed(1)} times p50, at most ${SHARES.spread}`,
    );
  }
  const memory = Math.max(...results.map((row) => row.memory));
  told(memory <= MOST_MEMORY, `memory of the API: ${memory} MB at its most, at most ${MOST_MEMORY}`);
  if (options.aims && missed) process.exitCode = 1;
}

try {
  await main();
} finally {
  for (const stop of stops.reverse()) await stop();
  rmSync(folder, { recursive: true, force: true });
}
