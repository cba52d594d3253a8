import { chaos } from '../chaos/chaos.js';

const SEED = Number(process.env['CHAOS_SEED'] ?? 1);
const FAULTS = Number(process.env['CHAOS_FAULTS'] ?? 200);
const QUEUE = process.env['CHAOS_QUEUE'] === 'postgres' ? 'postgres' : 'redis';

/** Started by test/chaos/run.js, which says what came of it. */
it(
  'an installation under fire keeps all that it promised',
  async () => {
    const say = (line: string) => process.stdout.write(`CHAOS ${line}\n`);
    const { figures, skipped, found, worthless } = await chaos({
      seed: SEED,
      faults: FAULTS,
      queue: QUEUE,
      say,
    });
    process.stdout.write(
      `CHAOS-RESULT ${JSON.stringify({ ...figures, skipped, worthless, wrong: found })}\n`,
    );
  },
  4 * 3_600_000,
);
