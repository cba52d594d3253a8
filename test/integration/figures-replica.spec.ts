import pg from 'pg';
import sql from 'sql-template-tag';
import { INSTALLATION } from '../../src/platform/actor/actor.types.js';
import { FiguresDatabase } from '../../src/platform/database/figures-database.js';
import { OUTBOX_SWEEP } from '../../src/platform/jobs/outbox-sweep.js';
import { aCase } from '../factories/onward.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { type TestDatabase, testDatabase } from '../support/test-database.js';

/** A database that stopped following ours before anybody was referred, and hears of workers as we tell it. */
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
  const overview = () =>
    get<{ asOf: string; figures: { key: string; value: number | null }[] }>(
      'figures/overview?from=2026-11-01&to=2026-11-23',
    );
  const received = async () => (await overview()).figures.find(({ key }) => key === 'received')?.value;
  const heardOfWorkers = async (at: string): Promise<void> => {
    const client = new pg.Client({ connectionString: behind.superuserUrl });
    await client.connect();
    await client.query('delete from tick');
    await client.query(
      `insert into tick (name, scheme_id, due_at) values ($1, $2, $3::timestamptz + interval '1 minute')`,
      [OUTBOX_SWEEP.name, INSTALLATION, at],
    );
    await client.end();
  };
  const atWork = async () => (await get<{ items: unknown[] }>('caseload')).items.length;

  it('are read there while it keeps up, say as of when they are, and everything else is not', async () => {
    expect(await received()).toBe(1);
    await heardOfWorkers('2026-11-23T09:59:20Z');
    expect([await received(), await atWork()]).toEqual([0, 1]);
    expect((await overview()).asOf).toBe('2026-11-23T09:59:20.000Z');
  });

  it('say as of when they are, each by itself, while others are read beside them', async () => {
    await heardOfWorkers('2026-11-23T09:59:20Z');
    const figures = betony.get(FiguresDatabase);
    const moment = () => figures.readAsOf(scheme.id, sql`select 1`).then(({ asOf }) => asOf.toISOString());
    const many = Promise.all(Array.from({ length: 4 }, moment));
    // Begun later, and answered while the others are.
    const [all, one] = [await many, await moment()];
    expect([...all, one]).toEqual(Array.from({ length: 5 }, () => '2026-11-23T09:59:20.000Z'));
    const answers = await Promise.all(
      Array.from({ length: 6 }, async () => [(await overview()).asOf, await received()]),
    );
    expect(answers).toEqual(Array.from({ length: 6 }, () => ['2026-11-23T09:59:20.000Z', 0]));
  });

  it('are read from the database itself while the replica stands still, and there again once it follows', async () => {
    await heardOfWorkers('2026-11-23T09:54:59Z');
    expect([await received(), (await overview()).asOf]).toEqual([1, '2026-11-23T10:00:00.000Z']);
    await heardOfWorkers('2026-11-23T09:59:50Z');
    expect(await received()).toBe(0);
  });

  it('are read from the database itself once the replica is away', async () => {
    await behind.drop();
    expect([await received(), await received()]).toEqual([1, 1]);
  });
});
