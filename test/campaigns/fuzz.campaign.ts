import { fuzzed } from '../fuzz/fuzzed.js';

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 100_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

/** Started by test/fuzz/run.js, which says what came of it. */
it(
  'the API, asked for anything, does what its description says',
  async () => {
    const made = await fuzzed(SEED, REQUESTS);
    process.stdout.write(`FUZZ ${JSON.stringify(made.figures())}\n`);
  },
  6 * 3_600_000,
);
