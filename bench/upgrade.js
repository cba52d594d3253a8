import 'reflect-metadata';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import pg from 'pg';
import { atEnd, endAll, folder, KEYS, startApi, startDatabase } from './installation.js';
import { percentile } from './peer.js';

/**
 * A build of before serves people over HTTP while this build's migrations run beside it; then this build takes over, as in a
 * rolling restart, and the one of before is stopped. The build of before is made from the commit `--from` (the one before the
 * newest change to migrations/, unless it is said) in a work tree of its own, and fills the database with its own demo. With `--kill`
 * the migrations are killed after so many ms and run again. Nobody may be refused, everything acknowledged must be there once with one
 * audit entry, and the chain must verify: whatever is otherwise fails. `--referrals N`, `--quick`, `--json`.
 */
const { values: options } = parseArgs({
  options: {
    from: { type: 'string' },
    referrals: { type: 'string', default: '5000' },
    kill: { type: 'string' },
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '20261121' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const REFERRALS = options.quick ? 1500 : Number(options.referrals);
const SECONDS = options.quick ? 3 : Number(options.seconds);
const HERE = fileURLToPath(new URL('..', import.meta.url));
/** How many ask for each piece of work at once. */
const AT_ONCE = { caseload: 3, today: 2, send: 3, move: 2, reply: 2 };

const say = (text) => process.stdout.write(`${text}\n`);

function run(command, args, cwd = HERE) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout.trim();
}

/** The build of a commit, in a work tree that is taken away at the end. */
function built(commit) {
  const place = join(mkdtempSync(join(tmpdir(), 'betony-before-')), 'betony');
  run('git', ['worktree', 'add', '--detach', place, commit]);
  atEnd(() => {
    run('git', ['worktree', 'remove', '--force', place]);
    rmSync(join(place, '..'), { recursive: true, force: true });
  });
  const lock = (root) => readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (lock(place) === lock(HERE)) symlinkSync(join(HERE, 'node_modules'), join(place, 'node_modules'));
  else run('npm', ['ci'], place);
  run('npm', ['run', '-s', 'build'], place);
  return place;
}

const environment = (database) => ({
  PATH: process.env.PATH,
  ...KEYS,
  DATABASE_URL: database.url,
  DATABASE_OWNER_URL: database.ownerUrl,
  DATA_DIR: join(folder, 'commands'),
  LOG_LEVEL: 'error',
});

/** A command of a build: how it ended, what it printed and how many seconds it took. */
async function command(root, database, args, kill) {
  const began = performance.now();
  const child = spawn(process.execPath, ['dist/cli.js', ...args], { cwd: root, env: environment(database) });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (printed += String(part)));
  const killing = kill === undefined ? null : setTimeout(() => child.kill('SIGKILL'), kill);
  const [code, signal] = await once(child, 'close');
  clearTimeout(killing);
  return { end: code ?? signal, printed, seconds: (performance.now() - began) / 1000 };
}

/** People at work until told to stop: what they were answered, by status, and how long the slowest waited. */
function atWork(url, works) {
  const answers = {};
  const times = [];
  const began = performance.now();
  const runs = works.map((work) => {
    answers[work.name] = {};
    let next = 0;
    const cannon = autocannon(
      {
        url: url(work),
        connections: AT_ONCE[work.name],
        duration: 86_400,
        timeout: 120,
        setupClient: (client) => {
          client.setRequests(work.requests(next++));
          client.on('response', (status, _bytes, ms) => {
            answers[work.name][status] = (answers[work.name][status] ?? 0) + 1;
            times.push({ at: performance.now() - began, ms });
          });
        },
      },
      () => undefined,
    );
    cannon.on('reqError', () => (answers[work.name].broken = (answers[work.name].broken ?? 0) + 1));
    return cannon;
  });
  return {
    count: () => times.length,
    slowest: () => Math.max(0, ...times.map(({ ms }) => ms)),
    p99: () =>
      percentile(
        times.map(({ ms }) => ms),
        99,
      ),
    stop: async () => {
      const ended = runs.map((cannon) => once(cannon, 'done'));
      for (const cannon of runs) cannon.stop();
      await Promise.all(ended);
      return answers;
    },
  };
}

async function main() {
  const newest = () => run('git', ['log', '-1', '--format=%H', '--', 'migrations']);
  const from = run('git', ['rev-parse', '--verify', `${options.from ?? `${newest()}~1`}^{commit}`]);
  say(
    `a build of ${run('git', ['log', '-1', '--format=%h of %ad, "%s"', '--date=short', from])}, seed ${options.seed}`,
  );
  const before = built(from);
  const database = await startDatabase(
    { max_connections: '120', shared_buffers: '256MB' },
    { migrated: false },
  );
  const first = await command(before, database, ['migrate']);
  if (first.end !== 0) throw new Error(first.printed);

  const theirs = (file) => import(pathToFileURL(join(before, 'bench', file)).href);
  const [installation, { seed, settled, signedIn }, { workloads }] = await Promise.all(
    ['installation.js', 'world.js', 'works.js'].map(theirs),
  );
  atEnd(() => installation.endAll());
  process.chdir(before);
  const app = await installation.startInProcess(database);
  const world = await seed(app, database, {
    referrals: REFERRALS,
    services: 100,
    workers: 16,
    chance: Number(options.seed),
  });
  await settled(world);
  const people = await signedIn(app, world, 16);
  await app.close();
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  atEnd(() => client.end());
  const counted = async (text) => Number((await client.query(text)).rows[0].n);
  const referrals = () => counted('select count(*) as n from referral');
  const entries = () => counted(`select count(*) as n from audit_entry where action = 'referral.send'`);
  const [sentBefore, writtenBefore] = [await referrals(), await entries()];

  const serving = await installation.startApi(database);
  const works = workloads(people).filter(({ name }) => AT_ONCE[name] !== undefined);
  const aWhile = () => wait(SECONDS * 1000);
  const crowd = atWork(() => serving.url, works);
  await aWhile();
  const quietly = { count: crowd.count(), slowest: crowd.slowest() };
  const killed =
    options.kill === undefined ? null : await command(HERE, database, ['migrate'], Number(options.kill));
  const migrated = await command(HERE, database, ['migrate']);
  const meanwhile = crowd.count() - quietly.count;
  await aWhile();

  process.chdir(HERE);
  const after = await startApi(database);
  // Others of the caseload are moved here: two at once on one referral would meet each other.
  const others = workloads({ ...people, movable: people.movable.slice(AT_ONCE.move) });
  const crowdAfter = atWork(
    () => after.url,
    others.filter(({ name }) => AT_ONCE[name] !== undefined),
  );
  await aWhile();
  const [old, now] = [await crowd.stop(), await crowdAfter.stop()];
  const verified = await command(HERE, database, ['audit:verify']);

  const good = (answers) =>
    Object.entries(answers).every(([status]) => Number(status) >= 200 && Number(status) < 300);
  const acknowledged = [old, now].reduce((all, { send }) => all + (send[201] ?? 0), 0);
  const [sent, written] = [(await referrals()) - sentBefore, (await entries()) - writtenBefore];
  // Who was cut off as the load ended was answered nothing: those may be there, and no more of them.
  const cutOff = 2 * AT_ONCE.send;
  const judgements = [
    [
      killed === null || killed.end === 'SIGKILL',
      `the migrations were killed in the middle: ${killed?.end ?? 'not asked for'}`,
    ],
    [
      migrated.end === 0 && /Applied/.test(migrated.printed),
      `migrations beside the build of before: ${migrated.printed.trim()} (${migrated.seconds.toFixed(1)} s)`,
    ],
    [
      meanwhile > 0,
      `${meanwhile} requests answered meanwhile, the slowest of all in ${Math.round(crowd.slowest())} ms (${Math.round(quietly.slowest)} before them), p99 ${Math.round(crowd.p99())} ms`,
    ],
    [Object.values(old).every(good), `answers of the build of before: ${JSON.stringify(old)}`],
    [Object.values(now).every(good), `answers of this build: ${JSON.stringify(now)}`],
    [
      sent >= acknowledged && sent <= acknowledged + cutOff,
      `${acknowledged} sendings acknowledged, ${sent} referrals there`,
    ],
    [written === sent, `${written} entries of the audit record for them`],
    [verified.end === 0, `the chain of the audit record: ${verified.printed.trim().split('\n').at(-1)}`],
  ];
  for (const [met, text] of judgements) say(`${met ? 'met   ' : 'WRONG '} ${text}`);
  if (judgements.some(([met]) => !met)) process.exitCode = 1;
  if (options.json)
    say(
      JSON.stringify({
        from,
        referrals: REFERRALS,
        seed: Number(options.seed),
        old,
        now,
        acknowledged,
        sent,
        written,
        slowest: crowd.slowest(),
        judgements,
      }),
    );
}

try {
  await main();
} finally {
  process.chdir(HERE);
  await endAll();
}
