import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PATCHES } from './patches.js';

/**
 * Takes away one protection after another in a copy of the product, and runs the test that should notice. A protection
 * whose test passes without it is protected by nobody: that fails. So does one whose test fails with it: nothing is
 * learned there. `--quick` tries two, drawn by the seed, one of them held by a rule's own test; `--only` those
 * whose name holds a word; `--json` ends with the figures on one line.
 */
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
/** One of each: a rule's own test takes seconds, one with a database a quarter of a minute. */
const QUICK = ['src/', 'test/'];
const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (text) => process.stdout.write(`${text}\n`);

/** The same order for the same seed (a linear congruential generator, as in Numerical Recipes). */
function shuffled(list, seed) {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
  return list
    .map((item) => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function runTest(folder, path, part) {
  return new Promise((resolve) => {
    const jest = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        'node_modules/jest/bin/jest.js',
        ...['-c', 'test/jest.config.js', '--bail', '--maxWorkers', '1', path],
        ...(part === undefined ? [] : ['-t', part]),
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    for (const stream of [jest.stdout, jest.stderr]) stream.on('data', (some) => (output += String(some)));
    jest.on('exit', () => {
      const [, counts = ''] = /^Tests:(.*)$/m.exec(output) ?? [];
      const count = (what) => Number(new RegExp(`(\\d+) ${what}`).exec(counts)?.[1] ?? 0);
      resolve({ ran: count('passed') + count('failed') > 0, failed: count('failed'), output });
    });
  });
}

const seed = Number(options.seed);
const wanted = PATCHES.filter(({ name }) => name.includes(options.only));
const drawn = shuffled(wanted, seed);
const tried = options.quick
  ? QUICK.flatMap((where) => drawn.find(({ test }) => test.startsWith(where)) ?? [])
  : wanted;
say(`seed ${seed}: ${tried.length} of ${PATCHES.length} protections`);
const folder = mkdtempSync(join(tmpdir(), 'betony-sabotage-'));
const uncaught = [];
const began = performance.now();
try {
  for (const part of [
    'src',
    'migrations',
    'test',
    'package.json',
    'tsconfig.json',
    '.swcrc',
    'README.md',
    'docs',
    'docker',
    '.env.example',
  ])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  // A test that fails anyway would seem to catch anything.
  const sound = new Map();
  for (const { name, file, find, instead, test, part } of tried) {
    const asked = `${test} ${part ?? ''}`;
    if (!sound.has(asked)) sound.set(asked, await runTest(folder, test, part));
    const whole = sound.get(asked);
    if (!whole.ran || whole.failed > 0) {
      uncaught.push(name);
      say(
        `NOT SOUND  ${name} (${test}: ${whole.ran ? `${whole.failed} fail` : 'does not run'} with the protection there)`,
      );
      continue;
    }
    const path = join(folder, file);
    const written = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      written.replace(find, () => instead),
    );
    const { ran, failed, output } = await runTest(folder, test, part);
    writeFileSync(path, written);
    const caught = ran && failed > 0;
    if (!caught) uncaught.push(name);
    say(
      `${caught ? 'caught    ' : 'NOT CAUGHT'} ${name} (${test}: ${ran ? `${failed} failed` : 'did not run'})`,
    );
    if (!ran) say(output.slice(-2_000));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const seconds = Math.round((performance.now() - began) / 1000);
say(`${tried.length - uncaught.length} of ${tried.length} caught in ${seconds} s`);
if (options.json)
  say(
    JSON.stringify({ seed, tried: tried.length, caught: tried.length - uncaught.length, uncaught, seconds }),
  );
process.exitCode = uncaught.length === 0 ? 0 : 1;
