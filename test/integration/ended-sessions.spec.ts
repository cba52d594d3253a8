import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import sql from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { aScheme, type TestScheme } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';

const AT_ONCE = 4;
const ROUNDS = 5;

/** An error that nobody listens to ends a process; here it fails whichever test is running. */
describe('sessions of PostgreSQL that end', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let superuser: pg.Client;

  beforeAll(async () => {
    betony = await startApp({ work: true });
    scheme = await aScheme(betony);
    superuser = new pg.Client({ connectionString: betony.database.superuserUrl });
    await superuser.connect();
  });
  afterAll(async () => {
    await superuser.end();
    await betony.stop();
  });

  const asleep = async (): Promise<number> => {
    const { rows } = await superuser.query<{ asleep: number }>(
      `select count(*)::int as asleep from pg_stat_activity
       where datname = current_database() and usename <> current_user and wait_event = 'PgSleep'`,
    );
    return rows[0]?.asleep ?? 0;
  };
  const endAll = () =>
    superuser.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename <> current_user`,
    );

  it.each([
    ['in a read', () => betony.get(Database).read(scheme.id, sql`select pg_sleep(60)`)],
    ['outside any scheme', () => betony.get(Database).unscoped(sql`select pg_sleep(60)`)],
    [
      'in a piece of work',
      () =>
        betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) => tx.run(sql`select pg_sleep(60)`)),
    ],
  ])('reject what was under way %s, and nothing else', async (_where, work: () => Promise<unknown>) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      // One that was lent a session the round before had ended is rejected before it sleeps.
      let settled = 0;
      const under = Array.from({ length: AT_ONCE }, () => work().finally(() => (settled += 1)));
      const told = Promise.allSettled(under);
      while ((await asleep()) + settled < AT_ONCE) await setTimeout(10);
      await endAll();
      expect((await told).map(({ status }) => status)).toEqual(Array<string>(AT_ONCE).fill('rejected'));
    }
    expect(await betony.get(Database).read(scheme.id, sql`select 1 as one`)).toEqual([{ one: 1 }]);
  });

  it('leave jobs, events and ticks at work', async () => {
    for (let round = 0; round < ROUNDS; round += 1) await endAll();
    const { statusCode } = await betony.inject({ url: '/health/live' });
    expect(statusCode).toBe(200);
  });
});
