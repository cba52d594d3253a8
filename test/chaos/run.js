import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/**
 * Two processes of the API, two workers, PostgreSQL, Redis and a mail server, all its own, at work while one thing after
 * another goes wrong; then ten invariants are asked of what people were told and what is left: `npm run chaos`. 200
 * troubles, or `--faults N`; `--quick` has 8, `--json` ends with the figures on one line, `--seed N` gives the same troubles
 * in the same order, `--queue redis` or `postgres` one queue alone (both where redis-server is installed, unless `--quick`).
 */
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    faults: { type: 'string' },
    queue: { type: 'string' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const QUICK = 8;
const WHOLE = 200;
const faults = Number(options.faults ?? (options.quick ? QUICK : WHOLE));
const say = (text) => process.stdout.write(`${text}\n`);
const redis = spawnSync('redis-server', ['--version']).status === 0;

function queues() {
  if (options.queue !== undefined) return [options.queue];
  if (!redis) return ['postgres'];
  return options.quick ? ['redis'] : ['redis', 'postgres'];
}

/** Says what happens as it happens, and gives the figures; null where it did not get that far. */
async function run(queue) {
  const jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      ...['-c', 'test/campaigns/jest.config.js', 'chaos.campaign'],
    ],
    {
      cwd: new URL('../..', import.meta.url),
      env: { ...process.env, CHAOS_FAULTS: String(faults), CHAOS_SEED: options.seed, CHAOS_QUEUE: queue },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  let told = 0;
  for (const stream of [jest.stdout, jest.stderr]) {
    stream.on('data', (part) => {
      output += String(part);
      const lines = output.split('\n').filter((line) => line.startsWith('CHAOS '));
      for (const line of lines.slice(told)) say(`  ${line.slice('CHAOS '.length)}`);
      told = lines.length;
    });
  }
  await new Promise((done) => jest.on('close', done));
  const [, line] = /^CHAOS-RESULT (.*)$/m.exec(output) ?? [];
  if (line === undefined) {
    say(output.slice(-5_000));
    return null;
  }
  return JSON.parse(line);
}

say(`seed ${options.seed}: ${faults} troubles`);
const runs = [];
for (const queue of queues()) {
  const figures = await run(queue);
  runs.push(figures);
  if (figures === null) continue;
  for (const name of figures.skipped) say(`left out  ${name}`);
  for (const why of figures.worthless) say(`WORTHLESS ${why}`);
  for (const { invariant, what } of figures.wrong) say(`WRONG     ${invariant}: ${what}`);
  say(
    `queue on ${queue === 'redis' ? 'Redis' : 'PostgreSQL'}: ${figures.faults} troubles of ${figures.kinds} kinds in ${figures.seconds} s; ` +
      `${figures.acknowledged} writes acknowledged (asked again ${figures.askedAgain} times), ${figures.arrivals} messages arrived, ` +
      `${figures.repeats} repeats, ${figures.handedToAPerson} handed to a person; ${figures.found} wrong`,
  );
}
if (options.json) say(JSON.stringify({ seed: Number(options.seed), runs }));
// A quick run is a look, too short for everything to happen.
const worth = (figures) => options.quick || figures.worthless.length === 0;
process.exitCode = runs.every((figures) => figures?.found === 0 && worth(figures)) ? 0 : 1;
