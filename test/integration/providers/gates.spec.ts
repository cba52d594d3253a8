import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import type { ClientFacts } from '../../../src/providers/listing.gates.js';
import { holdPlace } from '../../../src/providers/places.js';
import { aListing, aProvider, gatesIn } from '../../factories/providers.js';
import { aScheme, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const GRACE: ClientFacts = {
  age: 74,
  outward: 'CO15',
  point: { lat: 51.79, lon: 1.155 },
  needs: ['loneliness'],
  circumstances: ['falls'],
  mustAvoid: ['alcohol'],
  meets: [],
  faithPreference: 'non_religious',
  faithTradition: null,
  neverOffer: false,
  people: 2,
};

describe('gates, from the rows', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony, { placesStaleCalendarDays: 30 });
  });
  afterAll(() => betony.stop());

  const run = <Result>(work: Parameters<UnitOfWork['run']>[1], within = scheme) =>
    betony.get(UnitOfWork).run(systemActor(within.id, 'test'), work) as Promise<Result>;
  const asked = (id: string, facts: Partial<ClientFacts> = {}, within = scheme) =>
    run<Awaited<ReturnType<typeof gatesIn>>>((tx) => gatesIn(tx, id, { ...GRACE, ...facts }), within);
  const refusals = async (id: string, facts: Partial<ClientFacts> = {}) =>
    (await asked(id, facts)).gates.filter(({ passed }) => !passed).map(({ gate }) => gate);

  it('all pass, or each refuses for its own reason', async () => {
    const good = await aProvider(scheme, { assured: { level: 'personal_contact', until: '2027-01-01' } });
    const welcome = await aListing(scheme, {
      level: 'personal_contact',
      areas: ['CO15'],
      minimumAge: 60,
    })
      .by(good)
      .counting(2);
    expect(await refusals(welcome)).toEqual([]);

    const hard = await aProvider(scheme, {
      sector: 'faith',
      tradition: 'christian',
      religiousContent: 'part_of_it',
      remit: ['food'],
      limits: ['falls'],
      pausedFrom: '2026-11-01',
      pausedUntil: '2026-12-01',
    });
    const unfit = await aListing(scheme, {
      needs: ['loneliness'],
      level: 'alone_or_vulnerable',
      areas: ['CO1'],
      maximumAge: 30,
      present: ['alcohol'],
      setting: 'religious',
    })
      .by(hard)
      .counting(1);
    expect(await refusals(unfit, { neverOffer: true })).toEqual([
      'open_now',
      'in_area',
      'eligible',
      'takes_this_need',
      'within_limits',
      'assured_for_level',
      'has_places',
      'preference_respected',
      'may_be_offered',
    ]);
  });

  it('see what this transaction has done, the day in London, and the scheme’s own settings', async () => {
    const id = await aListing(scheme, { level: 'open_door' }).counting(2);
    await run(async (tx) => {
      await holdPlace(tx, id, 1);
      const [places] = (await gatesIn(tx, id, GRACE)).gates.filter(({ gate }) => gate === 'has_places');
      expect(places).toMatchObject({
        passed: false,
        because: 'Only 1 place is left, and 2 are needed. The waiting list is open.',
      });
    });
    expect(await refusals(id, { people: 1 })).toEqual([]);
    betony.clock.advance({ days: 31 });
    const old = (await asked(id, { people: 1 })).gates.find(({ gate }) => gate === 'has_places');
    expect(old).toMatchObject({
      passed: true,
      because: 'We do not know how many places there are. Ask first.',
    });
    betony.clock.advance({ days: -31 });
  });

  it('wait when the safety checks lapse', async () => {
    const group = await aProvider(scheme, { assured: { level: 'personal_contact', until: '2026-11-23' } });
    const visits = await aListing(scheme, { level: 'personal_contact' }).by(group);
    const openDoor = await aListing(scheme).by(group);
    expect(await refusals(visits)).toEqual([]);
    betony.clock.set('2026-11-24T00:00:00Z');
    expect(await refusals(visits)).toEqual(['assured_for_level']);
    expect(await refusals(openDoor)).toEqual([]);
    betony.clock.set('2026-11-23T10:00:00Z');
  });

  it('of another scheme are not there, nor is its provider', async () => {
    const group = await aProvider(scheme, {
      name: 'Ours',
      replyWithinDays: 5,
      quietDays: ['friday', 'monday'],
    });
    const id = await aListing(scheme).by(group);
    const other = await aScheme(betony);
    await expect(asked(id, {}, other)).rejects.toMatchObject({ status: 404 });
    const { provider } = await asked(id);
    expect(provider).toMatchObject({ name: 'Ours', replyWithinDays: 5, quietDays: [1, 5] });
  });
});
