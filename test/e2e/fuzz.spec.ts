import { fuzzed } from '../fuzz/fuzzed.js';

const SEED = Number(process.env['SEED'] ?? 2026);
const REQUESTS = 5_000;
/** Of a hundred operations: so many may do too little of what they are for to say that they were tried. */
const MOST_VOID = 10;

describe('the API, asked for anything by everybody', () => {
  it('breaks never, and answers as its description says', async () => {
    const { faults, voids, operations, requests } = (await fuzzed(SEED, REQUESTS)).figures();
    expect(faults).toEqual([]);
    expect(requests).toBeGreaterThanOrEqual(REQUESTS);
    expect(voids.length).toBeLessThanOrEqual((operations * MOST_VOID) / 100);
  }, 1_800_000);
});
