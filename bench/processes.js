import 'reflect-metadata';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import {
  atEnd,
  endAll,
  startApi,
  startDatabase,
  startInProcess,
  startPgBouncer,
  startRedis,
} from './installation.js';
import { cpuOf, loaded, median } from './measure.js';
import { workloads } from './works.js';
import { seed, settled, signedIn } from './world.js';

/**
 * The same work by one, two and four processes of the API behind a balancer, on one PostgreSQL, with Redis where
 * `redis-server` is installed, and by four through PgBouncer in transaction mode where `--pgbouncer <program>` says where
 * it is. Rounds are interleaved, medians printed. On a machine of few cores this shows that nothing is lost by more
 * processes and what each request costs; how far more cores carry is worked out from that.
 */
const { values: options } = parseArgs({
  options: {
    referrals: { type: 'string', default: '5000' },
    connections: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    pgbouncer: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const REFERRALS = options.quick ? 2000 : Number(options.referrals);
const CONNECTIONS = Number(options.connections);
const ROUNDS = options.quick ? 1 : Number(options.rounds);
const SECONDS = options.quick ? 2 : Number(options.seconds);
const MOST = 4;
const WORKS = ['caseload', 'send', 'move'];

const say = (text) => process.stdout.write(`${text}\n`);

async function main() {
  const database = await startDatabase();
  const redis = await startRedis();
  say(
    `${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, Node ${process.version}, a load of ${loadavg()[0].toFixed(1)} before it began, queue on ${redis ? 'Redis' : 'PostgreSQL'}`,
  );
  const app = await startInProcess(database);
  const world = await seed(app, database, { referrals: REFERRALS, services: 100, workers: CONNECTIONS });
  await settled(world);
  const people = await signedIn(app, world, CONNECTIONS);
  await app.close();

  const layouts = [];
  const direct = [];
  while (direct.length < MOST) direct.push(await startApi(database, { redis }));
  for (const many of [1, 2, MOST]) layouts.push(await balanced(`${many} of the API`, direct.slice(0, many)));
  if (options.pgbouncer) {
    if (!redis) throw new Error('Behind PgBouncer the queue needs Redis: install redis-server');
    const pooled = { ...database, url: await startPgBouncer(options.pgbouncer, database.url) };
    const apis = [];
    while (apis.length < MOST) apis.push(await startApi(pooled, { redis }));
    layouts.push(await balanced(`${MOST}, through PgBouncer`, apis));
  }

  const rows = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const work of workloads(people).filter(({ name }) => WORKS.includes(name))) {
      for (const { name, url, pids } of layouts) {
        await work.settle?.(url, CONNECTIONS);
        const watched = [...pids, database.pid];
        const before = watched.map(cpuOf);
        const load = { connections: CONNECTIONS, seconds: round === 0 ? 1 : SECONDS };
        const { rate, p50, p99, answers } = await loaded(url, work, load);
        const spent = watched.map((pid, n) => (cpuOf(pid) - before[n]) / answers);
        // The first round is each process's first meeting with the work.
        if (round > 0)
          rows.push({
            work: work.name,
            layout: name,
            rate,
            p50,
            p99,
            api: sum(spent.slice(0, -1)),
            database: spent.at(-1),
          });
      }
    }
  }
  const results = WORKS.flatMap((work) =>
    layouts.map(({ name }) => {
      const mine = rows.filter((row) => row.work === work && row.layout === name);
      const of = (key) => median(mine.map((row) => row[key]));
      return {
        work,
        layout: name,
        rate: of('rate'),
        p50: of('p50'),
        p99: of('p99'),
        api: of('api'),
        database: of('database'),
      };
    }),
  );
  say(
    `${'work'.padEnd(9)} ${'processes'.padEnd(22)} requests/s   p50 ms   p99 ms  API CPU ms  database CPU ms`,
  );
  for (const { work, layout, rate, p50, p99, api, database: db } of results)
    say(
      `${work.padEnd(9)} ${layout.padEnd(22)} ${rate.toFixed(0).padStart(10)} ${p50.toFixed(1).padStart(8)} ${p99.toFixed(1).padStart(8)} ${api.toFixed(2).padStart(11)} ${db.toFixed(2).padStart(16)}`,
    );
  if (options.json)
    say(JSON.stringify({ referrals: REFERRALS, connections: CONNECTIONS, rounds: ROUNDS, results }));
}

async function balanced(name, apis) {
  const child = fork(new URL('./balancer.js', import.meta.url));
  atEnd(() => child.disconnect());
  child.send(apis.map(({ url }) => Number(new URL(url).port)));
  const [port] = await once(child, 'message');
  return { name, url: `http://127.0.0.1:${port}`, pids: apis.map(({ pid }) => pid) };
}

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

try {
  await main();
} finally {
  await endAll();
}
