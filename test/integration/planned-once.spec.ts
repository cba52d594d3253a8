import sql from 'sql-template-tag';
import { Refusal } from '../../src/platform/errors/refusal.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { inScheme } from '../factories/episodes.js';
import { aScheme, type TestScheme } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';

describe('statements planned once in a transaction', () => {
  let betony: TestApp;
  let scheme: TestScheme;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
  });
  afterAll(() => betony.stop());

  const how = async (tx: Tx): Promise<string> =>
    (await tx.one<{ how: string }>(sql`select current_setting('plan_cache_mode') as how`)).how;

  it('are those of the work alone, also where it is refused', async () => {
    await inScheme(scheme, async (tx) => {
      expect(await tx.plannedOnce(() => how(tx))).toBe('force_generic_plan');
      expect(await how(tx)).toBe('auto');
      await expect(tx.plannedOnce(() => Promise.reject(Refusal.notFound()))).rejects.toBeInstanceOf(Refusal);
      expect(await how(tx)).toBe('auto');
    });
  });

  it('are so to the end of the last, where one is within another', async () => {
    await inScheme(scheme, async (tx) => {
      const after = await tx.plannedOnce(async () => {
        await tx.plannedOnce(() => how(tx));
        return how(tx);
      });
      expect([after, await how(tx)]).toEqual(['force_generic_plan', 'auto']);
    });
  });
});
