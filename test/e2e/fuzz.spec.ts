import { fuzzed } from '../fuzz/fuzzed.js';

const SEED = Number(process.env['SEED'] ?? 2026);
const REQUESTS = 5_000;

describe('the API, asked for anything by everybody', () => {
  it('breaks never, answers as its description says, and does what it is asked to often enough to know', async () => {
    const figures = (await fuzzed(SEED, REQUESTS)).figures();
    expect(figures.faults).toEqual([]);
    expect(figures.requests).toBeGreaterThanOrEqual(REQUESTS);
    expect(figures.tried).toBe(figures.operations);
    expect({ void: figures.void, unexplained: figures.void ? figures.unexplained : [] }).toEqual({
      void: false,
      unexplained: [],
    });
  }, 1_800_000);
});
