import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { BatchesService } from '../../src/imports/batches.service.js';
import type { GroupRow, Remark } from '../../src/imports/import.types.js';
import { openReferral } from '../../src/imports/kinds/groups.import.js';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { ListingSearch } from '../../src/providers/listing-search.queries.js';
import { PublishedServices } from '../../src/providers/published-services.queries.js';
import { collect } from '../support/garbage.js';
import { aMember, aScheme, type TestScheme } from '../support/people.js';
import { eventually } from '../support/settle.js';
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
    const all = new PublishedServices(counting, betony.get(Clock), betony.get(ListingSearch)).all(
      scheme.id,
      {},
    );
    const seen: number[] = [];
    for (let taken = 1; taken <= 1_000; taken += 1) {
      await all.next();
      seen.push(read - taken);
    }
    await all.return(undefined);
    expect(read).toBe(1_000);
    expect(Math.max(...seen)).toBeLessThan(250);
  });

  /** Asks, takes the first bytes and then nothing, over a line that holds nothing by itself as a network would. */
  const asked = async (server: Server, path: string): Promise<{ rows: () => number; hangUp: () => void }> => {
    const database = betony.get(Database);
    const read = database.read.bind(database);
    let rows = 0;
    database.read = (async (schemeId: string, statement: Sql) => {
      const some = await read<Record<string, unknown>>(schemeId, statement);
      rows += some.length;
      return some;
    }) as typeof database.read;
    const [reader, line] = duplexPair();
    server.emit('connection', Object.assign(line, { remoteAddress: '127.0.0.1' }));
    reader.write(`GET ${path} HTTP/1.1\r\nHost: betony.test\r\n\r\n`);
    await once(reader, 'readable');
    return {
      rows: () => rows,
      hangUp: () => {
        reader.destroy();
        line.destroy();
        delete (database as Partial<Database>).read;
      },
    };
  };

  it('is read no further than its reader takes it, however long it waits', async () => {
    const server = betony.app.getHttpServer();
    const path = `/open-referral/${scheme.id}/services?format=ndjson&full=true`;
    const feed = await asked(server, path);
    for (let before = -1; feed.rows() !== before;) {
      before = feed.rows();
      await wait(500);
    }
    expect(feed.rows()).toBeGreaterThan(0);
    expect(feed.rows()).toBeLessThan(SERVICES / 4);
    feed.hangUp();
    // The same services, written without asking whether anybody takes them: this is what would be seen.
    const heedless = createServer((_asked, reply) => {
      void (async () => {
        for await (const one of betony.get(PublishedServices).all(scheme.id, {}))
          reply.write(JSON.stringify(one).padEnd(3_000));
        reply.end();
      })();
    });
    const heedlessly = await asked(heedless, '/');
    await eventually(() => heedlessly.rows() === SERVICES);
    heedlessly.hangUp();
  });

  it('can be listed at once by those who only want to know what is new', async () => {
    const answer = await betony.inject({ url: `/open-referral/${scheme.id}/services?minimal=true` });
    expect(answer.json()).toMatchObject({ total_items: SERVICES, size: SERVICES, total_pages: 1 });
  });

  describe('comes in', () => {
    const MB = 1_000_000;
    /** What is held after everything that is not has been collected. */
    const held = (): number => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };

    it('checked and written, with no more of it held at its end than at its beginning', async () => {
      const target = await aScheme(betony);
      const lead = await aMember(target, 'scheme_manager');
      const file = join(betony.config.dataDir, 'services.ndjson');
      const line = (n: number) =>
        JSON.stringify({
          id: `service-${String(n)}`,
          name: `Lunch club ${String(n)}`,
          description: 'Everybody is welcome, and somebody meets you at the door. '.repeat(16),
          status: 'active',
          organization: { id: `group-${String(n % 1250)}`, name: `Group of friends ${String(n % 1250)}` },
          schedules: [{ freq: 'WEEKLY', byday: 'MO', opens_at: '10:00', closes_at: '12:00' }],
        });
      writeFileSync(file, Array.from({ length: SERVICES }, (_, n) => line(n)).join('\n'));
      expect(statSync(file).size).toBeGreaterThan(11 * MB);
      const batches = betony.get(BatchesService);
      const source = 'open-referral:large';
      const id = await batches.begin(lead.actor, { kind: 'open-referral', source });
      const marks: number[] = [];
      const watched = async function* (rows: AsyncIterable<GroupRow | Remark>) {
        for await (const row of rows) {
          if ('at' in row && row.at % 2_500 === 0) marks.push(held());
          yield row;
        }
      };
      const { rows } = await openReferral.open(file, source);
      await batches.fill(lead.actor, id, watched(rows()));
      const [first = 0] = marks;
      expect(marks).toHaveLength(4);
      // The ids seen so far, to find one that comes twice, and nothing of the rows.
      expect(Math.max(...marks) - first).toBeLessThan(8 * MB);
      await batches.approve(lead.actor, id, false, { waits: false });
      expect(await batches.apply(lead.actor, id)).toEqual({ added: SERVICES, changed: 0, same: 0 });
      expect(held() - first).toBeLessThan(8 * MB);
    });
  });
});
