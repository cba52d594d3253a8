import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { endAll, startApi, startBareNode, startDatabase, startInProcess } from './installation.js';
import { cpuOf, loaded, median, mostMegabytes } from './measure.js';
import { pgbench } from './peer.js';
import { chart, judged, table } from './report.js';
import { pgbenchScript } from './statements.js';
import { ofBareNode, pagesBesideCalls, statementsOf, workloads } from './works.js';
import { addLive, growTo, seed, settled, signedIn } from './world.js';

/**
 * The work of real days over HTTP, with sign-in, validation, row security and audit on, beside the bare SQL of it: pgbench
 * sends every statement of the request (session look-up, begin, scheme, question with its audit entry, commit) to the same
 * PostgreSQL over as many connections, one after another as a program without us would; and beside a program of Node's alone
 * that does so. Rounds are interleaved and medians printed, so that a machine that slows down slows all; CPU for one
 * request is told beside them, which a busy machine disturbs least. The scheme grows from the first size to the last, and all
 * of it is measured at each; at the first with every number of connections, at the others with the first number. Where an
 * aim is set, it is told whether it was met, and `--aims` makes a missed one a failure.
 *
 * `--quick` takes a minute; `--referrals A,B,C` and `--connections N,M` say the sizes, `--services N` how many services there
 * are beside the demo's, `--live N --team N` add so many live referrals to so many link workers, who then do the reading,
 * `--only a,b` some of the work, `--seed N` another scheme, `--chart <file>` draws the shares, `--profile <folder>` keeps a CPU profile of the API.
 */
const { values: options } = parseArgs({
  options: {
    referrals: { type: 'string', default: '10000,100000,1000000' },
    services: { type: 'string', default: '1000' },
    live: { type: 'string', default: '0' },
    team: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16,1,64' },
    only: { type: 'string' },
    seed: { type: 'string', default: '20261121' },
    chart: { type: 'string' },
    profile: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    aims: { type: 'boolean', default: false },
  },
});
const numbers = (list) => list.split(',').map(Number);
const SIZES = options.quick ? [1500] : numbers(options.referrals);
const CONNECTIONS = options.quick ? [16] : numbers(options.connections);
const SERVICES = options.quick ? 100 : Number(options.services);
const ROUNDS = options.quick ? 1 : Number(options.rounds);
const SECONDS = options.quick ? 2 : Number(options.seconds);
/** ms from which nobody would ask for as many at once as there are connections: no more are asked than there are processors. */
const HEAVY = 1_000;
const QUICK = ['caseload', 'send', 'move'];
const only = options.only?.split(',') ?? (options.quick ? QUICK : null);
const wanted = ({ name }) => only === null || only.includes(name);
/** The largest number that the demo itself writes; a larger scheme is copies of it. */
const WRITTEN = 20_000;

const say = (text) => process.stdout.write(`${text}\n`);

async function main() {
  say(
    `${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, a load of ${loadavg()[0].toFixed(1)} before it began, seed ${options.seed}`,
  );
  const database = await startDatabase();
  let api = null;
  let world = null;
  const cells = [];
  let pages = [];
  for (const [n, referrals] of SIZES.entries()) {
    let app = await startInProcess(database);
    const began = performance.now();
    if (world === null) {
      if (referrals > WRITTEN) throw new Error(`The first size is at most ${WRITTEN}`);
      const workers = Math.max(...CONNECTIONS, Math.round(referrals / 250));
      world = await seed(app, database, {
        referrals,
        services: SERVICES,
        workers,
        chance: Number(options.seed),
        grows: SIZES.length > 1,
      });
      if (Number(options.live) > 0)
        await addLive(world, { referrals: Number(options.live), workers: Number(options.team) });
    } else {
      await growTo(world, { referrals, before: SIZES[n - 1] });
    }
    await settled(world);
    const { rows } = await world.client.query(
      'select count(*)::int as n, pg_size_pretty(pg_database_size(current_database())) as size from referral',
    );
    say(
      `${rows[0].n} referrals, ${rows[0].size}, seeded in ${((performance.now() - began) / 1000).toFixed(0)} s`,
    );
    for (const connections of n === 0 ? CONNECTIONS : CONNECTIONS.slice(0, 1)) {
      app ??= await startInProcess(database);
      const people = await signedIn(app, world, connections);
      const works = workloads(people).filter(wanted);
      for (const work of works) work.connections = await statementsOf(app, work, connections);
      await app.close();
      app = null;
      api ??= await startApi(database, { profile: options.profile });
      if (works.length > 0) {
        const results = await measured(api, database, works, connections);
        cells.push({ referrals, connections, results });
        say(`\n${table(cells.at(-1))}\n`);
      }
      if (n === 0 && connections === CONNECTIONS[0] && wanted({ name: 'pages' }) && !options.quick)
        pages = await besideCalls(api, people, connections);
    }
  }
  report(cells, pages, api === null ? {} : { memory: mostMegabytes(api.pid), ready: api.ready });
  if (options.chart && cells.length > 0) writeFileSync(options.chart, await chart(cells));
}

/** Every piece of work, ours beside pgbench and a bare program of Node's, round by round in turn. */
async function measured(api, database, works, connections) {
  const bareNode = await startBareNode(database, works, connections);
  const rows = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const work of works) {
      // Where everybody's first answer would not come within the seconds, each has one.
      const atOnce = work.took > HEAVY ? Math.min(connections, cpus().length) : connections;
      const each = (work.took * atOnce) / cpus().length > SECONDS * 1000 ? 1 : undefined;
      const load = { connections: atOnce, seconds: SECONDS, each };
      await work.settle?.(api.url, connections);
      const ours = [api.pid, database.pid];
      const before = ours.map(cpuOf);
      const http = await loaded(api.url, work, load);
      const [apiCpu, databaseCpu] = ours.map((pid, n) => (cpuOf(pid) - before[n]) / http.answers);
      await work.settle?.(api.url, connections);
      const beforeBare = cpuOf(database.pid);
      const script = pgbenchScript(work.connections);
      const bare = await pgbench(database.url, script, { clients: atOnce, seconds: SECONDS, each });
      const bareRate = bare && bare.rate * work.perScript;
      const bareAnswers = each ? atOnce : bareRate * SECONDS;
      const bareCpu = bare && (cpuOf(database.pid) - beforeBare) / bareAnswers;
      const node = await loaded(bareNode.url, ofBareNode(work), load);
      rows.push({
        name: work.name,
        rate: http.rate,
        bareRate,
        nodeRate: node.rate,
        share: bare && http.rate / bareRate,
        nodeShare: http.rate / node.rate,
        p50: http.p50,
        bareP50: bare && bare.p50 / work.perScript,
        p95: http.p95,
        bareP95: bare && bare.p95 / work.perScript,
        p99: http.p99,
        apiCpu,
        databaseCpu,
        bareCpu,
        memory: mostMegabytes(api.pid),
      });
      say(
        `round ${round} ${work.name.padEnd(10)} ${Math.round(http.rate)} requests/s beside ${bare === null ? 'no pgbench' : `${Math.round(bareRate)} of pgbench`} and ${Math.round(node.rate)} of bare Node${atOnce < connections ? `, ${atOnce} at once` : ''}`,
      );
    }
  }
  await bareNode.stop();
  return works.map((work) => ({
    ...middle(rows.filter(({ name }) => name === work.name)),
    name: work.name,
    statements: work.connections[0].flat().length / work.perScript,
  }));
}

/** Pages beside the calls that together answer with the same data, round by round in turn, so that a busy machine slows both. */
async function besideCalls(api, people, connections) {
  const pairs = pagesBesideCalls(people);
  const measure = async (work, seconds) => {
    const before = cpuOf(api.pid);
    const { answers, p50, p95 } = await loaded(api.url, work, { connections, seconds });
    return { p50, p95, cpu: (cpuOf(api.pid) - before) / answers };
  };
  const rows = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const { name, page, calls } of pairs) {
      const shown = await measure(page, SECONDS);
      const answered = [];
      for (const call of calls) answered.push(await measure(call, Math.max(1, SECONDS / calls.length)));
      const together = (what) => answered.reduce((all, one) => all + one[what], 0);
      rows.push({
        name,
        pageP50: shown.p50,
        pageP95: shown.p95,
        pageCpu: shown.cpu,
        callP50: together('p50'),
        callCpu: together('cpu'),
        times: shown.p50 / together('p50'),
      });
    }
  }
  return pairs.map(({ name }) => ({ ...middle(rows.filter((row) => row.name === name)), name }));
}

/** The median of each number over rounds; null where one is missing. */
const middle = (rows) =>
  Object.fromEntries(
    Object.keys(rows[0])
      .filter((key) => key !== 'name')
      .map((key) => {
        const of = rows.map((row) => row[key]);
        return [key, of.includes(null) ? null : median(of)];
      }),
  );

function report(cells, pages, { memory = null, ready = null }) {
  for (const { name, pageP50, callP50, pageP95, pageCpu, callCpu } of pages)
    say(
      `page ${name.padEnd(8)} p50 ${pageP50.toFixed(1)} (its calls ${callP50.toFixed(1)}) ms, p95 ${pageP95.toFixed(1)} ms, CPU ${pageCpu.toFixed(2)} (${callCpu.toFixed(2)}) ms`,
    );
  say('');
  const judgements = judged({ cells, pages, memory, ready });
  for (const { met, text } of judgements) say(`${met ? 'met   ' : 'MISSED'} ${text}`);
  if (options.aims && judgements.some(({ met }) => !met)) process.exitCode = 1;
  if (options.json)
    say(
      JSON.stringify({
        seed: Number(options.seed),
        services: SERVICES,
        live: Number(options.live),
        rounds: ROUNDS,
        seconds: SECONDS,
        cells,
        pages,
        memory,
        ready,
        judgements,
      }),
    );
}

try {
  await main();
} finally {
  await endAll();
}
