import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { declareFull, holdPlace, releasePlace } from '../../../src/providers/places.js';
import { ListingsQueries } from '../../../src/providers/listings.queries.js';
import { ListingsService } from '../../../src/providers/listings.service.js';
import { aListing } from '../../factories/providers.js';
import { aScheme, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const RACERS = 100;

describe('places', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  beforeAll(async () => {
    // A connection for every racer: nobody waits at the pool instead of at the row.
    betony = await startApp({ config: { databasePoolSize: RACERS } });
    scheme = await aScheme(betony);
  });
  afterAll(() => betony.stop());

  const run = <Result>(work: (tx: Tx) => Promise<Result>) =>
    betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), work);
  const hold = (id: string, people = 1) => run((tx) => holdPlace(tx, id, people));
  const release = (id: string, people = 1) => run((tx) => releasePlace(tx, id, people));
  const row = async (id: string) =>
    (
      await betony.get(Database).read<{ taken: number; version: number; full: string | null }>(
        scheme.id,
        sql`select places_taken as taken, version, full_until::text as full from listing
            where scheme_id = ${scheme.id} and id = ${id}`,
      )
    )[0];
  const racing = <Answer>(one: (n: number) => Promise<Answer>) =>
    Promise.all(Array.from({ length: RACERS }, (_item, n) => one(n)));

  it('let exactly one of a hundred have the last one', async () => {
    const id = await aListing(scheme).counting(1);
    const answers = await racing(() => hold(id));
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'full')).toHaveLength(RACERS - 1);
    expect((await row(id))?.taken).toBe(1);
  });

  it('are held for all the people of an offer or for none', async () => {
    const id = await aListing(scheme).counting(10);
    const answers = await racing((n) => hold(id, 1 + (n % 4)));
    const taken = answers.reduce((sum, answer, n) => (answer === 'held' ? sum + 1 + (n % 4) : sum), 0);
    expect((await row(id))?.taken).toBe(taken);
    expect(taken).toBe(10);
    expect(await hold(id)).toBe('full');
  });

  it('are neither lost nor made when taking and giving back race', async () => {
    const id = await aListing(scheme).counting(3);
    await hold(id, 3);
    const answers = await racing((n) => (n < 3 ? release(id).then(() => 'given') : hold(id)));
    const held = answers.filter((answer) => answer === 'held').length;
    expect(held).toBeLessThanOrEqual(3);
    expect((await row(id))?.taken).toBe(held);
  });

  it('come back when they are given back, and only then', async () => {
    const id = await aListing(scheme).counting(2);
    expect(await hold(id, 2)).toBe('held');
    expect(await hold(id)).toBe('full');
    await release(id, 2);
    expect(await hold(id, 3)).toBe('full');
    expect(await hold(id, 2)).toBe('held');
    await expect(release(id, 3)).rejects.toThrow('More places given back than were taken.');
    expect((await row(id))?.taken).toBe(2);
  });

  it('are given back when the transaction that took them fails', async () => {
    const id = await aListing(scheme).counting(1);
    await expect(
      run(async (tx) => {
        expect(await holdPlace(tx, id, 1)).toBe('held');
        throw new Error('something else');
      }),
    ).rejects.toThrow('something else');
    expect((await row(id))?.taken).toBe(0);
  });

  it('are not counted where nobody counts them', async () => {
    for (const kind of ['drop_in', 'ask_first'] as const) {
      const id = await aListing(scheme).withPlaces({ kind });
      expect(await hold(id, 5)).toBe('not_counted');
      expect((await row(id))?.taken).toBe(0);
    }
  });

  it('stay promised while a service stops counting, and count again from there', async () => {
    const listings = betony.get(ListingsService);
    const id = await aListing(scheme).counting(3);
    const maker = systemActor(scheme.id, 'test');
    await hold(id, 2);
    await listings.setPlaces(maker, id, { kind: 'drop_in' });
    await expect(listings.setPlaces(maker, id, { kind: 'counted', total: 1 })).rejects.toMatchObject({
      status: 409,
      code: 'places-taken',
      extra: { taken: 2, total: 1 },
    });
    await release(id);
    await listings.setPlaces(maker, id, { kind: 'counted', total: 1 });
    expect(await hold(id)).toBe('full');
  });

  it('refuse a number of people that is none', async () => {
    const id = await aListing(scheme).counting(3);
    for (const people of [0, -1, 1.5, Number.NaN, 10_001]) {
      await expect(hold(id, people)).rejects.toMatchObject({ status: 422 });
      await expect(release(id, people)).rejects.toMatchObject({ status: 422 });
    }
    expect((await row(id))?.taken).toBe(0);
  });

  it('are out of reach of another scheme', async () => {
    const id = await aListing(scheme).counting(1);
    const other = await aScheme(betony);
    await expect(
      betony.get(UnitOfWork).run(systemActor(other.id, 'test'), (tx) => holdPlace(tx, id, 1)),
    ).rejects.toMatchObject({ status: 404 });
    expect((await row(id))?.taken).toBe(0);
  });

  it('leave the version alone, so that a booking does not undo somebody’s editing', async () => {
    const id = await aListing(scheme).counting(3);
    const before = await row(id);
    await hold(id);
    await release(id);
    expect((await row(id))?.version).toBe(before?.version);
  });

  it('can be said to be full for now, and that can be taken back', async () => {
    const id = await aListing(scheme).counting(3);
    expect(await run((tx) => declareFull(tx, id, '2026-12-31'))).toEqual({ before: null });
    expect((await row(id))?.full).toBe('2026-12-31');
    expect(await run((tx) => declareFull(tx, id, null))).toEqual({ before: '2026-12-31' });
    expect((await row(id))?.full).toBeNull();
  });

  it('cannot be oversold even by hand: the database refuses', async () => {
    const id = await aListing(scheme).counting(3);
    await expect(
      run((tx) =>
        tx.run(sql`update listing set places_taken = 4 where scheme_id = ${scheme.id} and id = ${id}`),
      ),
    ).rejects.toMatchObject({ code: '23514' });
    await expect(
      run((tx) =>
        tx.run(sql`update listing set places_taken = -1 where scheme_id = ${scheme.id} and id = ${id}`),
      ),
    ).rejects.toMatchObject({ code: '23514' });
  });

  describe('said by the group', () => {
    const actor = () => systemActor(scheme.id, 'test');
    const places = async (id: string) => {
      const { places: shown } = await betony.get(ListingsQueries).get(actor(), id);
      return [shown.reading, shown.left, shown.fullUntil];
    };

    it('are full until a day in one step, four weeks ahead unless told, and free again in one', async () => {
      const listings = betony.get(ListingsService);
      const id = await aListing(scheme).counting(3);
      await listings.declareFull(actor(), id, {});
      expect(await places(id)).toEqual(['full', 3, '2026-12-21']);
      await listings.declareFull(actor(), id, { until: '2027-01-04' });
      expect(await places(id)).toEqual(['full', 3, '2027-01-04']);
      await listings.declareFull(actor(), id, { until: null });
      expect(await places(id)).toEqual(['free', 3, null]);
      await expect(listings.declareFull(actor(), id, { until: '2026-11-23' })).rejects.toMatchObject({
        status: 422,
      });
    });

    it('are taken over from the open form with what is promised here still taken, and given back the same', async () => {
      const listings = betony.get(ListingsService);
      const id = await aListing(scheme).counting(9);
      await hold(id, 4);
      const updated = '2026-11-23T09:00:00Z';
      await listings.setCapacity(actor(), id, { available: 2, maximum: 20, updated });
      expect(await places(id)).toEqual(['free', 2, null]);
      const out = () => betony.get(ListingsQueries).capacity(actor(), id);
      expect(await out()).toMatchObject([{ service_id: id, available: 2, maximum: 6, description: null }]);
      await expect(
        listings.setCapacity(actor(), id, { available: 5, updated: '2026-11-20T09:00:00Z' }),
      ).rejects.toMatchObject({ code: 'older' });
      await expect(
        listings.setCapacity(actor(), id, { available: 5, updated: '2026-11-24T09:00:00Z' }),
      ).rejects.toMatchObject({ status: 422 });
      expect(await hold(id, 3)).toBe('full');
      const uncounted = await aListing(scheme);
      expect(await betony.get(ListingsQueries).capacity(actor(), uncounted)).toEqual([]);
      await listings.setCapacity(actor(), uncounted, { available: 0, updated });
      expect(await places(uncounted)).toEqual(['full', 0, null]);
    });
  });
});
