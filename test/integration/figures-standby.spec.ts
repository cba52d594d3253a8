import pg from 'pg';
import { INSTALLATION } from '../../src/platform/actor/actor.types.js';
import { Timeline } from '../../src/platform/database/timeline.js';
import { OUTBOX_SWEEP } from '../../src/platform/jobs/outbox-sweep.js';
import { aCase } from '../factories/onward.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { eventually } from '../support/settle.js';
import { aReplicatedDatabase, type Replicated } from '../support/standby.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const TICKED = '2026-11-23T09:59:20.000Z';

async function asked<Row extends object>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** A real second server, which follows by streaming replication. */
describe('figures, beside a standby of PostgreSQL', () => {
  let servers: Replicated;
  let betony: TestApp;
  let scheme: TestScheme;
  let manager: TestMember;

  beforeAll(async () => {
    servers = await aReplicatedDatabase();
    betony = await startApp({
      database: servers.primary,
      config: { databaseReplicaUrl: servers.standby.url },
    });
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
    await betony.get(Timeline).mustBeKnown();
    await asked(
      servers.primary.superuserUrl,
      `insert into tick (name, scheme_id, due_at) values ($1, $2, $3::timestamptz + interval '1 minute')
       on conflict (name, scheme_id) do update set due_at = excluded.due_at`,
      [OUTBOX_SWEEP.name, INSTALLATION, TICKED],
    );
    await caughtUp();
  });
  afterAll(async () => {
    await betony.stop();
    await servers.end();
  });

  const standby = <Row extends object>(text: string) => asked<Row>(servers.standby.superuserUrl, text);
  /** Whatever stands in the first server now stands in the second. */
  const caughtUp = async (): Promise<void> => {
    const [written] = await asked<{ at: string }>(
      servers.primary.superuserUrl,
      'select pg_current_wal_insert_lsn()::text as at',
    );
    await eventually(async () => {
      const [known] = await standby<{ known: boolean }>(
        `select coalesce(pg_last_wal_replay_lsn() >= '${String(written?.at)}', false) as known`,
      );
      return known?.known === true;
    });
  };
  const overview = async (): Promise<[asOf: string, received: number | null | undefined]> => {
    const answer = await betony.inject({
      url: '/api/v1/figures/overview?from=2026-11-01&to=2026-11-23',
      headers: manager.headers,
    });
    expect(answer.statusCode).toBe(200);
    const { asOf, figures } = answer.json<{
      asOf: string;
      figures: { key: string; value: number | null }[];
    }>();
    return [asOf, figures.find(({ key }) => key === 'received')?.value];
  };

  it('are read there, as the role of the product and within its scheme, and follow what is written', async () => {
    expect(await overview()).toEqual([TICKED, 0]);
    await aCase(scheme);
    await aCase(await aScheme(betony));
    await caughtUp();
    expect(await overview()).toEqual([TICKED, 1]);
    await expect(asked(servers.standby.url, 'delete from tick')).rejects.toThrow('read-only transaction');
  });

  it('stand where it stands, and say as of when', async () => {
    await standby('select pg_wal_replay_pause()');
    await aCase(scheme);
    expect(await overview()).toEqual([TICKED, 1]);
    await standby('select pg_wal_replay_resume()');
    await caughtUp();
    expect(await overview()).toEqual([TICKED, 2]);
  });

  it('are read from the first once the second is away', async () => {
    await servers.stopStandby();
    expect(await overview()).toEqual([new Date(TEST_NOW).toISOString(), 2]);
    await servers.startStandby();
  });

  it('and nothing is sent by what took over until somebody has said what may be lost', async () => {
    await caughtUp();
    await standby('select pg_promote()');
    const after = await startApp({ database: servers.standby });
    await expect(after.get(Timeline).mustBeKnown()).rejects.toThrow('a replica took over');
    await after.get(Timeline).know();
    await after.get(Timeline).mustBeKnown();
    await after.stop();
  });
});
