import pg from 'pg';
import { contractOf } from '../support/contract.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { aWorld } from '../support/route-samples.js';
import { fuzz } from '../fuzz/fuzz.js';

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 100_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

/** Started by test/fuzz/run.js, which says what came of it. */
describe('the API, asked for anything', () => {
  let betony: TestApp;

  beforeAll(async () => {
    betony = await startApp();
    // Whoever asks has more cases than anybody may.
    const client = new pg.Client({ connectionString: betony.database.superuserUrl });
    await client.connect();
    await client.query('alter table link_worker drop constraint link_worker_caseload_limit_check');
    await client.end();
  }, 300_000);
  afterAll(() => betony.stop());

  it(
    'does what its description says',
    async () => {
      const contract = contractOf((await betony.inject({ url: '/docs-json' })).json());
      const options = { seed: SEED, requests: REQUESTS, room: 1_000_000 };
      const made = await fuzz(await aWorld(betony), contract, options);
      process.stdout.write(`FUZZ ${JSON.stringify(made.figures())}\n`);
    },
    6 * 3_600_000,
  );
});
