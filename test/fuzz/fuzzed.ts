import pg from 'pg';
import { contractOf } from '../support/contract.js';
import { aWorld } from '../support/route-samples.js';
import { startApp } from '../support/start-app.js';
import { Fuzz } from './fuzz.js';

/** More cases than anybody may have: whoever asks is given each that is made. */
const ROOM = 1_000_000;

/** So many requests, drawn by the seed, to an application of its own. */
export async function fuzzed(seed: number, requests: number): Promise<Fuzz> {
  const betony = await startApp();
  try {
    const client = new pg.Client({ connectionString: betony.database.superuserUrl });
    await client.connect();
    await client.query('alter table link_worker drop constraint link_worker_caseload_limit_check');
    await client.end();
    const contract = contractOf((await betony.inject({ url: '/docs-json' })).json());
    const made = await Fuzz.of(await aWorld(betony), contract, seed, ROOM);
    await made.rounds(requests);
    return made;
  } finally {
    await betony.stop();
  }
}
