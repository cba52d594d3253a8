import { Module } from '@nestjs/common';
import pg from 'pg';
import sql from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { Database } from '../../src/platform/database/database.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Readiness } from '../../src/platform/health/readiness.js';
import { type Job, JobQueue } from '../../src/platform/jobs/job-queue.js';
import { type JobPerformer, Performs } from '../../src/platform/jobs/performs.js';
import { Ticks } from '../../src/platform/jobs/ticks.js';
import { Work } from '../../src/platform/jobs/work.js';
import { EventRunner } from '../../src/platform/outbox/event-runner.js';
import { type EventPayload, registerEvents } from '../../src/platform/outbox/events.js';
import { type EventHandler, Handles } from '../../src/platform/outbox/handles.js';
import { outbox } from '../../src/platform/outbox/outbox.js';
import { Relay } from '../../src/platform/outbox/relay.js';
import { newId } from '../../src/platform/pure/ids.js';
import { redisInstalled, startRedis, type TestRedis } from '../support/redis.js';
import { eventually, settle, workDone } from '../support/settle.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { type TestDatabase, testDatabase } from '../support/test-database.js';

const SCHEME = newId();
const OTHER_SCHEME = newId();
const actor = systemActor(SCHEME, 'test');

registerEvents(['test.happened', 'test.unheard', 'test.stumbled']);

const leaveMark = (tx: Tx, by: string, thing: string | null | undefined) =>
  tx.run(sql`insert into effect (by_whom, thing, scheme_id) values (${by}, ${thing}, ${tx.schemeId})`);

@Handles('test.happened', 'test-first')
class FirstHandler implements EventHandler {
  async handle(tx: Tx, payload: EventPayload): Promise<void> {
    await leaveMark(tx, 'first', payload['thing']);
  }
}

@Handles('test.happened', 'test-second')
class SecondHandler implements EventHandler {
  async handle(tx: Tx, payload: EventPayload): Promise<void> {
    await leaveMark(tx, 'second', payload['thing']);
  }
}

let stumbles = 0;

@Handles('test.stumbled', 'test-stumbling')
class StumblingHandler implements EventHandler {
  async handle(tx: Tx, payload: EventPayload): Promise<void> {
    await leaveMark(tx, 'stumbling', payload['thing']);
    if (stumbles-- > 0) throw new Error('stumbled');
  }
}

const performed: Job[] = [];

@Performs('test.errand')
class Errand implements JobPerformer {
  perform(job: Job): Promise<void> {
    performed.push(job);
    return Promise.resolve();
  }
}

@Module({ providers: [FirstHandler, SecondHandler, StumblingHandler, Errand] })
class TestHandlers {}

async function prepared(): Promise<TestDatabase> {
  const database = await testDatabase();
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query(`
    create table effect (by_whom text, thing text, scheme_id uuid);
    insert into scheme (id, name, created_at) values ('${SCHEME}', 'One', now()), ('${OTHER_SCHEME}', 'Two', now())`);
  await owner.end();
  return database;
}

const tell = (betony: TestApp, event: 'test.happened' | 'test.unheard' | 'test.stumbled', thing: string) =>
  betony.get(UnitOfWork).run(actor, (tx) => outbox.add(tx, event, { thing }));

const effects = async (betony: TestApp, thing: string): Promise<string[]> => {
  const rows = await betony
    .get(Database)
    .unscoped<{ by_whom: string }>(sql`select by_whom from effect where thing = ${thing} order by by_whom`);
  return rows.map((row) => row.by_whom);
};

const backends: { name: string; redis: boolean }[] = [
  { name: 'PostgreSQL', redis: false },
  { name: 'Redis', redis: true },
];

for (const { name, redis: onRedis } of backends) {
  (onRedis && !redisInstalled ? describe.skip : describe)(`events and jobs on ${name}`, () => {
    let redis: TestRedis | undefined;
    let database: TestDatabase;
    let betony: TestApp;
    let second: TestApp;
    const start = () =>
      startApp({
        database,
        imports: [TestHandlers],
        work: true,
        config: { redisUrl: redis?.url ?? null },
      });

    beforeAll(async () => {
      if (onRedis) redis = await startRedis();
      database = await prepared();
      betony = await start();
      second = await start();
    });
    afterAll(async () => {
      await second.stop();
      await betony.stop();
      await database.drop();
      await redis?.stop();
    });

    it('brings an event to each of its handlers once, with two workers at it', async () => {
      const things = Array.from({ length: 60 }, () => newId());
      await Promise.all(things.map((thing) => tell(betony, 'test.happened', thing)));
      await workDone(betony);
      for (const thing of things) expect(await effects(betony, thing)).toEqual(['first', 'second']);
    });

    it('tells nothing of what was rolled back', async () => {
      const thing = newId();
      await expect(
        betony.get(UnitOfWork).run(actor, async (tx) => {
          await outbox.add(tx, 'test.happened', { thing });
          throw new Error('changed my mind');
        }),
      ).rejects.toThrow('changed my mind');
      await workDone(betony);
      expect(await effects(betony, thing)).toEqual([]);
    });

    it('finishes an event that nobody handles', async () => {
      await tell(betony, 'test.unheard', newId());
      await workDone(betony);
    });

    it('tries a failing handler again, and keeps nothing of the tries that failed', async () => {
      const thing = newId();
      stumbles = 2;
      await tell(betony, 'test.stumbled', thing);
      await workDone(betony);
      expect(await effects(betony, thing)).toEqual(['stumbling']);
    });

    it('does an event job once, however often and however much at once it comes', async () => {
      const thing = newId();
      await tell(betony, 'test.happened', thing);
      const [line] = await betony
        .get(Database)
        .unscoped<{ id: string }>(sql`select id from outbox where payload->>'thing' = ${thing}`);
      const runner = betony.get(EventRunner);
      await Promise.all(Array.from({ length: 8 }, () => runner.run(SCHEME, line?.id ?? '', 'test-first')));
      await workDone(betony);
      expect(await effects(betony, thing)).toEqual(['first', 'second']);
    });

    it('fails loudly for an event that is not there, or not in that scheme', async () => {
      const runner = betony.get(EventRunner);
      await expect(runner.run(SCHEME, newId(), 'test-first')).rejects.toThrow('must give one row');
      const thing = newId();
      await tell(betony, 'test.happened', thing);
      const [line] = await betony
        .get(Database)
        .unscoped<{ id: string }>(sql`select id from outbox where payload->>'thing' = ${thing}`);
      await expect(runner.run(OTHER_SCHEME, line?.id ?? '', 'test-first')).rejects.toThrow(
        'must give one row',
      );
      await workDone(betony);
    });

    it('performs plain jobs, one for a key', async () => {
      const key = `errand-${newId()}`;
      const job = { name: 'test.errand', key, schemeId: SCHEME, ids: { client: newId() } };
      await betony.get(JobQueue).add([job, job]);
      await eventually(() => performed.some((one) => one.key === key));
      await workDone(betony);
      expect(performed.filter((one) => one.key === key)).toEqual([job]);
    });

    it('performs each of more jobs than are added in one go', async () => {
      const [client, keys] = [newId(), Array.from({ length: 450 }, (_, n) => `errand-${n}-${newId()}`)];
      await betony
        .get(JobQueue)
        .add(keys.map((key) => ({ name: 'test.errand', key, schemeId: SCHEME, ids: { client } })));
      await workDone(betony, 60_000);
      const done = performed.filter(({ ids }) => ids['client'] === client).map(({ key }) => key);
      expect(done.sort()).toEqual(keys.sort());
    }, 70_000);

    it('loses nothing when the queue forgets everything', async () => {
      // Published, then forgotten before any worker took it: the ledger says queued, the queue knows nothing.
      const thing = newId();
      await tell(betony, 'test.happened', thing);
      await workDone(betony);
      await betony.get(Database).unscoped(sql`delete from effect where thing = ${thing}`);
      await betony.get(Database).unscoped(sql`
        with line as (update outbox set finished_at = null, published_at = ${new Date(betony.clock.now().getTime() - 600_000)}
                      where payload->>'thing' = ${thing} returning id)
        delete from handled using line where event_id = line.id`);
      await redis?.wipe();
      expect(await betony.get(Relay).sweep()).toBe(1);
      await workDone(betony);
      expect(await effects(betony, thing)).toEqual(['first', 'second']);
    });

    it('is ready', async () => {
      const health = await betony.get(Readiness).check();
      expect(health.checks).toMatchObject({ queue: 'ok', database: 'ok', migrations: 'ok' });
      expect(health.ready).toBe(true);
    });
  });
}

describe('a queue out of reach', () => {
  let database: TestDatabase;
  let betony: TestApp;
  beforeAll(async () => {
    database = await prepared();
    betony = await startApp({
      database,
      imports: [TestHandlers],
      config: { redisUrl: 'redis://127.0.0.1:1' },
    });
  });
  afterAll(async () => {
    await betony.stop();
    await database.drop();
  });

  it('stops no write, and keeps the line unpublished', async () => {
    const thing = newId();
    await tell(betony, 'test.happened', thing);
    await expect(betony.get(Relay).publish()).rejects.toThrow();
    const [line] = await betony
      .get(Database)
      .unscoped<{ published_at: Date | null }>(
        sql`select published_at from outbox where payload->>'thing' = ${thing}`,
      );
    expect(line).toEqual({ published_at: null });
  });

  it('leaves a process that only serves HTTP ready, with a warning', async () => {
    const health = await betony.get(Readiness).check();
    expect(health.ready).toBe(true);
    expect(health.warnings.join()).toContain('out of reach');
  });

  it('makes a process that works the queue not ready', async () => {
    const work = betony.get(Work);
    work.start();
    const health = await betony.get(Readiness).check();
    await work.stop();
    expect(health.ready).toBe(false);
    expect(health.checks['queue']).toContain('out of reach');
  });
});

(redisInstalled ? describe : describe.skip)('a Redis Cluster', () => {
  it('takes the queue, whose keys lie together', async () => {
    const redis = await startRedis(['--cluster-enabled', 'yes']);
    await redis.cluster();
    const database = await prepared();
    const betony = await startApp({
      database,
      imports: [TestHandlers],
      work: true,
      config: { redisUrl: redis.url },
    });
    const things = Array.from({ length: 10 }, () => newId());
    for (const thing of things) await tell(betony, 'test.happened', thing);
    await workDone(betony);
    for (const thing of things) expect(await effects(betony, thing)).toEqual(['first', 'second']);
    await betony.stop();
    await database.drop();
    await redis.stop();
  });
});

(redisInstalled ? describe : describe.skip)('a Redis that may forget', () => {
  it('is told of at readiness', async () => {
    const redis = await startRedis(['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru']);
    const betony = await startApp({ config: { redisUrl: redis.url } });
    const health = await betony.get(Readiness).check();
    expect(health.ready).toBe(true);
    expect(health.warnings.join()).toContain('appendonly yes');
    expect(health.warnings.join()).toContain('noeviction');
    await betony.stop();
    await redis.stop();
  });
});

describe('settle', () => {
  it('runs handlers in a test without a worker', async () => {
    const database = await prepared();
    const betony = await startApp({ database, imports: [TestHandlers] });
    const thing = newId();
    await tell(betony, 'test.happened', thing);
    await tell(betony, 'test.unheard', thing);
    await settle(betony);
    expect(await effects(betony, thing)).toEqual(['first', 'second']);
    await betony.stop();
    await database.drop();
  });
});

describe('ticks', () => {
  let database: TestDatabase;
  let betony: TestApp;
  let second: TestApp;
  const runs: string[] = [];
  let failing = false;

  beforeAll(async () => {
    database = await prepared();
    betony = await startApp({ database });
    second = await startApp({ database });
    for (const app of [betony, second]) {
      app.get(Ticks).register({
        name: 'test-tick',
        everyMs: 600_000,
        for: 'scheme',
        run: async ({ schemeId }) => {
          await app.get(Database).unscoped(sql`select pg_sleep(0.05)`);
          runs.push(schemeId);
          if (failing) throw new Error('a bad day');
        },
      });
    }
  });
  afterAll(async () => {
    await second.stop();
    await betony.stop();
    await database.drop();
  });

  const both = async () => {
    runs.length = 0;
    await Promise.all([betony.get(Ticks).runDue(), second.get(Ticks).runDue()]);
    return [...runs].sort();
  };
  const later = (minutes: number) => {
    betony.clock.advance({ minutes });
    second.clock.advance({ minutes });
  };

  it('run once for each scheme, with two workers at it', async () => {
    expect(await both()).toEqual([SCHEME, OTHER_SCHEME].sort());
  });

  it('run again only when their time has come', async () => {
    expect(await both()).toEqual([]);
    later(9);
    expect(await both()).toEqual([]);
    later(2);
    expect(await both()).toEqual([SCHEME, OTHER_SCHEME].sort());
  });

  it('come again soon when they failed, and hold up no other', async () => {
    later(11);
    failing = true;
    expect(await both()).toHaveLength(2);
    failing = false;
    later(2);
    expect(await both()).toHaveLength(2);
    later(2);
    expect(await both()).toEqual([]);
  });
});
