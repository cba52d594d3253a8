import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { PublishedServices } from '../../src/providers/published-services.queries.js';
import { aScheme, type TestScheme } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';

const SERVICES = 10_000;

describe('a feed of 10,000 services', () => {
  let betony: TestApp;
  let scheme: TestScheme;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
      await tx.run(sql`
        insert into organisation (scheme_id, id, name, kind, provides, created_at, updated_at)
        select ${scheme.id}, gen_random_uuid(), 'Group ' || n, 'community_group', true, ${tx.now}, ${tx.now}
        from generate_series(1, 500) n`);
      await tx.run(sql`
        insert into provider (scheme_id, organisation_id, sector, created_at, updated_at)
        select o.scheme_id, o.id, 'community', ${tx.now}, ${tx.now} from organisation o where o.scheme_id = ${scheme.id}`);
      await tx.run(sql`
        with groups as (
          select o.id, row_number() over (order by o.id) - 1 as turn from organisation o where o.scheme_id = ${scheme.id})
        insert into listing (scheme_id, id, organisation_id, name, description, state, needs, created_at, updated_at)
        select ${scheme.id}, gen_random_uuid(), g.id, 'Lunch ' || n, repeat('Company and tea. ', 40), 'published', '{food}',
          ${tx.now}, ${tx.now}
        from generate_series(1, ${SERVICES}::int) n join groups g on g.turn = n % 500`);
    });
    // As the database does by itself within a minute.
    const owner = new pg.Client({ connectionString: betony.database.ownerUrl });
    await owner.connect();
    await owner.query('analyze');
    await owner.end();
    await betony.app.listen(0, '127.0.0.1');
  });
  afterAll(() => betony.stop());

  /** Reads a little, then says how much of it there was after a while without reading, then the rest. */
  const slowly = async (path: string): Promise<{ buffered: number; text: string }> => {
    const { port } = betony.app.getHttpServer().address() as AddressInfo;
    return new Promise((done, failed) => {
      request({ port, path, host: '127.0.0.1' }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('error', failed);
        answer.once('readable', () => {
          setTimeout(() => {
            const buffered = answer.readableLength;
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.on('end', () => {
              done({ buffered, text: Buffer.concat(chunks).toString() });
            });
          }, 300);
        });
      })
        .on('error', failed)
        .end();
    });
  };

  it('arrives whole, each service once, however slowly it is read', async () => {
    const { buffered, text } = await slowly(`/open-referral/${scheme.id}/services?format=ndjson&full=true`);
    const ids = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(new Set(ids).size).toBe(SERVICES);
    expect(ids).toHaveLength(SERVICES);
    expect(text.length).toBeGreaterThan(10_000_000);
    expect(buffered).toBeLessThan(1_000_000);
  });

  it('is read from the database only as far as it is asked for', async () => {
    let read = 0;
    const database = betony.get(Database);
    const counting = Object.assign(Object.create(database) as Database, {
      read: async (schemeId: string, statement: Sql) => {
        const rows = await database.read(schemeId, statement);
        read += rows.length;
        return rows;
      },
    });
    const all = new PublishedServices(counting, betony.get(Clock)).all(scheme.id, {});
    const seen: number[] = [];
    for (let taken = 1; taken <= 1_000; taken += 1) {
      await all.next();
      seen.push(read - taken);
    }
    await all.return(undefined);
    expect(read).toBe(1_000);
    expect(Math.max(...seen)).toBeLessThan(250);
  });

  it('can be listed at once by those who only want to know what is new', async () => {
    const answer = await betony.inject({ url: `/open-referral/${scheme.id}/services?minimal=true` });
    expect(answer.json()).toMatchObject({ total_items: SERVICES, size: SERVICES, total_pages: 1 });
  });
});
