import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/**
 * Asks every operation of the API's own description for anything, as everybody, on a database of its own with demo data:
 * `npm run fuzz`. 100,000 requests, or `--requests N`; `--quick` asks 600, `--json` ends with the figures on one line,
 * `--seed N` draws the same again. Fails on a fault of ours, on an answer the description does not know, and where so many
 * operations did too little of what they are for that nothing is known of them.
 */
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    requests: { type: 'string' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const QUICK = 600;
const WHOLE = 100_000;
const requests = Number(options.requests ?? (options.quick ? QUICK : WHOLE));
const say = (text) => process.stdout.write(`${text}\n`);

say(`seed ${options.seed}: ${requests} requests`);
const began = performance.now();
const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...['-c', 'test/campaigns/jest.config.js', 'fuzz.campaign'],
  ],
  {
    cwd: new URL('../..', import.meta.url),
    env: { ...process.env, FUZZ_REQUESTS: String(requests), FUZZ_SEED: options.seed },
    stdio: ['ignore', 'pipe', 'pipe'],
  },
);
let output = '';
for (const stream of [jest.stdout, jest.stderr]) stream.on('data', (part) => (output += String(part)));
const code = await new Promise((done) => jest.on('close', done));
const seconds = Math.round((performance.now() - began) / 1000);
const [, line] = /^FUZZ (.*)$/m.exec(output) ?? [];
if (line === undefined) {
  say(output.slice(-5_000));
  process.exit(code || 1);
}
const figures = { seed: Number(options.seed), seconds, ...JSON.parse(line) };
for (const { operation, fault, example } of figures.faults)
  say(`FAULT ${operation}: ${fault}\n      ${example}`);
// Three requests to each is the least of which a share can be said.
const judged = figures.requests >= 3 * figures.operations;
if (judged) for (const name of figures.unexplained) say(`void  ${name}`);
const successes = Math.round((figures.successes / figures.requests) * 100);
say(
  `${figures.requests} requests to ${figures.tried} of ${figures.operations} operations in ${seconds} s, ${successes}% successes; ` +
    `${figures.faults.length} faults; ${judged ? `${figures.voids.length} operations did too little, ${figures.unexplained.length} of them for no reason that is known` : 'too few to say what did too little'}`,
);
if (options.json) say(JSON.stringify(figures));
process.exitCode = figures.faults.length > 0 || figures.void ? 1 : 0;
