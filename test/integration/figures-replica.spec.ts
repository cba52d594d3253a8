import { aCase } from '../factories/onward.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { type TestDatabase, testDatabase } from '../support/test-database.js';

/** A database that stopped following ours before anybody was referred. */
describe('figures, where there is a replica', () => {
  let behind: TestDatabase;
  let betony: TestApp;
  let scheme: TestScheme;
  let manager: TestMember;

  beforeAll(async () => {
    behind = await testDatabase();
    betony = await startApp({ config: { databaseReplicaUrl: behind.url } });
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
    await aCase(scheme);
  });
  afterAll(async () => {
    await betony.stop();
    await behind.drop();
  });

  const get = async <Answer>(url: string): Promise<Answer> => {
    const answer = await betony.inject({ url: `/api/v1/${url}`, headers: manager.headers });
    expect(answer.statusCode).toBe(200);
    return answer.json<Answer>();
  };
  const received = async () => {
    const { figures } = await get<{ figures: { key: string; value: number | null }[] }>(
      'figures/overview?from=2026-11-01&to=2026-11-23',
    );
    return figures.find(({ key }) => key === 'received')?.value;
  };
  const atWork = async () => (await get<{ items: unknown[] }>('caseload')).items.length;

  it('are read there, and everything else is not', async () => {
    expect([await received(), await atWork()]).toEqual([0, 1]);
  });

  it('are read from the database itself once the replica is away', async () => {
    await behind.drop();
    expect([await received(), await received()]).toEqual([1, 1]);
  });
});
