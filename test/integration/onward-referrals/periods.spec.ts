import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { OnwardOffers } from '../../../src/onward-referrals/onward-offers.service.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import { OnwardQueries } from '../../../src/onward-referrals/onward.queries.js';
import { ListingsQueries } from '../../../src/providers/listings.queries.js';
import { ListingsService } from '../../../src/providers/listings.service.js';
import { PlacePeriods } from '../../../src/providers/place-periods.service.js';
import {
  aCase,
  aGroup,
  agreement,
  anOffer,
  expectPlacesToAddUp,
  offerOf,
  type TestGroup,
} from '../../factories/onward.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

describe('places by session and time of year', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let group: TestGroup;
  let worker: TestMember;
  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    group = await aGroup(scheme, { places: 10 });
    worker = await aMember(scheme, 'link_worker');
  });
  afterEach(() => expectPlacesToAddUp(scheme));

  const of = () => group.member.actor;
  const add = (name: string, total: number, more = {}) =>
    betony.get(PlacePeriods).add(of(), group.listingId, { name, total, ...more });
  const periods = () => betony.get(ListingsQueries).periods(of(), group.listingId);
  const period = async (name: string) => (await periods()).find((one) => one.name === name)!;
  const places = async () => (await betony.get(ListingsQueries).get(of(), group.listingId)).places;
  const offer = async (more = {}) => anOffer(scheme, await aCase(scheme, { worker }), group, more);

  it('are held in one, given back to it by every ending, and seen by both sides', async () => {
    await add('Tuesdays', 2);
    await add('Thursdays', 1);
    expect(await places()).toMatchObject({ total: 3, left: 3 });
    const { id: periodId } = await period('Tuesdays');
    const id = await offer({ periodId });
    expect([(await period('Tuesdays')).left, (await period('Thursdays')).left]).toEqual([1, 1]);
    for (const actor of [worker.actor, of()]) {
      expect(await betony.get(OnwardQueries).get(actor, id)).toMatchObject({
        period: { id: periodId, name: 'Tuesdays' },
      });
    }
    const answers = betony.get(OnwardAnswers);
    await answers.decline(of(), id, { reason: 'other' });
    expect((await period('Tuesdays')).left).toBe(2);
    await answers.undo(of(), id);
    expect((await period('Tuesdays')).left).toBe(1);
    await answers.waitlist(of(), id, {});
    expect((await period('Tuesdays')).left).toBe(2);
    await answers.accept(of(), id, {});
    expect((await period('Tuesdays')).left).toBe(1);
    expect(await places()).toMatchObject({ total: 3, left: 2 });
    const completed = await offer({ periodId }).then((one) => one);
    await answers.expire(scheme.id, completed);
    betony.clock.advance({ days: 30 });
    await answers.expire(scheme.id, completed);
    expect((await period('Tuesdays')).left).toBe(1);
  });

  it('are asked about by name where there are several, and one full session is no other’s', async () => {
    await add('Tuesdays', 1);
    await add('Thursdays', 1);
    await expect(offer()).rejects.toMatchObject({
      extra: {
        errors: [{ field: 'periodId', message: 'Choose which: Tuesdays (1 free), Thursdays (1 free)' }],
      },
    });
    const { id: periodId } = await period('Tuesdays');
    await offer({ periodId });
    await expect(offer({ periodId })).rejects.toMatchObject({ code: 'gates' });
    const waits = await offer({ periodId, toWaitingList: true });
    await expect(betony.get(OnwardAnswers).accept(of(), waits, {})).rejects.toMatchObject({
      code: 'full',
      message: 'No place is left. The waiting list is open.',
    });
    const other = await aGroup(scheme, { places: 1 });
    const { referralId } = await aCase(scheme, { worker });
    const foreign = offerOf(other.listingId, { agreement: agreement(), periodId });
    await expect(betony.get(OnwardOffers).offer(worker.actor, referralId, foreign)).rejects.toMatchObject({
      status: 422,
    });
  });

  it('somebody who waited for a time that has ended has a place in another that runs, when the group says yes', async () => {
    await add('Autumn', 1, { until: '2026-11-30' });
    const { id: autumn } = await period('Autumn');
    await offer({ periodId: autumn });
    const waits = await offer({ periodId: autumn, toWaitingList: true });
    await betony.get(OnwardAnswers).waitlist(of(), waits, {});
    await add('Tuesdays', 1, { from: '2026-12-01' });
    await add('Thursdays', 1, { from: '2026-12-01' });
    betony.clock.set('2026-12-02T09:00:00Z');
    await betony.get(PlacePeriods).turn(scheme.id);
    const { id: tuesdays } = await period('Tuesdays');
    await offer({ periodId: tuesdays });
    await betony.get(OnwardAnswers).accept(of(), waits, {});
    expect(await betony.get(OnwardQueries).get(of(), waits)).toMatchObject({
      state: 'accepted',
      period: { name: 'Thursdays' },
    });
    expect([(await period('Tuesdays')).left, (await period('Thursdays')).left]).toEqual([0, 0]);
  });

  it('waiting lists count by session', async () => {
    await add('Tuesdays', 0);
    await add('Thursdays', 0);
    const position = async (name: string) => {
      const { id: periodId } = await period(name);
      const id = await offer({ periodId, toWaitingList: true });
      await betony.get(OnwardAnswers).waitlist(of(), id, {});
      betony.clock.advance({ minutes: 1 });
      return ((await betony.get(OnwardQueries).get(of(), id)) as { position: number | null }).position;
    };
    expect([await position('Tuesdays'), await position('Tuesdays'), await position('Thursdays')]).toEqual([
      1, 2, 1,
    ]);
  });

  it('begin and end by their dates: winter has its own number, and afterwards the old one counts again', async () => {
    await offer();
    await add('Winter', 20, { from: '2026-12-01', until: '2027-02-28' });
    expect(await places()).toMatchObject({ total: 10, left: 9 });
    // Nobody can be given a place that is not there yet, but they can wait for it.
    const { id: periodId } = await period('Winter');
    await expect(offer({ periodId })).rejects.toMatchObject({ code: 'gates' });
    const ahead = await offer({ periodId, toWaitingList: true });
    betony.clock.set('2026-12-01T09:00:00Z');
    const turn = () => betony.get(PlacePeriods).turn(scheme.id);
    expect(await turn()).toEqual([group.listingId]);
    expect(await turn()).toEqual([]);
    await betony.get(OnwardAnswers).accept(of(), ahead, {});
    expect(await period('Winter')).toMatchObject({ state: 'running', left: 19 });
    expect(await places()).toMatchObject({ left: 19 });
    // The only one that runs is meant where nobody says which.
    const during = await offer();
    expect(await betony.get(OnwardQueries).get(of(), during)).toMatchObject({ period: { name: 'Winter' } });
    betony.clock.set('2027-03-01T09:00:00Z');
    await turn();
    expect(await periods()).toEqual([]);
    expect(await places()).toMatchObject({ kind: 'counted', total: 10, left: 7 });
    await betony.get(OnwardParticipation).withdraw(worker.actor, ahead, {
      reason: 'changed_mind',
      side: 'client',
    });
    expect(await places()).toMatchObject({ total: 10, left: 8 });
  });

  it('are never fewer than are taken, and said of each while they run', async () => {
    await add('Tuesdays', 2);
    const { id: periodId } = await period('Tuesdays');
    await offer();
    const service = betony.get(PlacePeriods);
    await expect(service.setTotal(of(), group.listingId, periodId, 0)).rejects.toMatchObject({
      code: 'places-taken',
    });
    await service.setTotal(of(), group.listingId, periodId, 5);
    expect(await places()).toMatchObject({ total: 5, left: 4 });
    await expect(
      betony.get(ListingsService).setPlaces(of(), group.listingId, { kind: 'counted', total: 9 }),
    ).rejects.toMatchObject({ code: 'by-period' });
    await expect(add('tuesdays', 3)).rejects.toMatchObject({ status: 422 });
    await expect(add('Past', 3, { until: '2026-11-01' })).rejects.toMatchObject({ status: 422 });
    await service.end(of(), group.listingId, periodId);
    await expect(service.end(of(), group.listingId, periodId)).rejects.toMatchObject({ code: 'ended' });
    expect(await places()).toMatchObject({ total: 10, left: 9 });
  });

  it('are the group’s own and its scheme’s to change, and nobody else’s', async () => {
    const stranger = await aGroup(scheme);
    const service = betony.get(PlacePeriods);
    await expect(
      service.add(stranger.member.actor, group.listingId, { name: 'Tuesdays', total: 1 }),
    ).rejects.toMatchObject({ status: 404 });
    await expect(
      betony.get(ListingsQueries).periods(stranger.member.actor, group.listingId),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('are chosen for somebody who waited before there was one, when only one runs', async () => {
    const waits = await offer({ toWaitingList: true });
    await add('Tuesdays', 1);
    await betony.get(OnwardAnswers).accept(of(), waits, {});
    expect(await betony.get(OnwardQueries).get(of(), waits)).toMatchObject({ period: { name: 'Tuesdays' } });
    expect((await period('Tuesdays')).left).toBe(0);
  });

  it('that ended are nobody’s to wait for: a yes takes what is free now, and taken back gives back the wait', async () => {
    await add('Winter', 1, { from: '2026-11-01', until: '2027-02-28' });
    const { id: periodId } = await period('Winter');
    const waits = await offer({ periodId, toWaitingList: true });
    const answers = betony.get(OnwardAnswers);
    await answers.waitlist(of(), waits, {});
    betony.clock.set('2027-03-01T09:00:00Z');
    await betony.get(PlacePeriods).turn(scheme.id);
    expect(await places()).toMatchObject({ total: 10, left: 10 });
    await answers.accept(of(), waits, {});
    expect(await places()).toMatchObject({ total: 10, left: 9 });
    const shown = () => betony.get(OnwardQueries).get(of(), waits);
    expect(await shown()).toMatchObject({ state: 'accepted', period: null });
    await answers.undo(of(), waits);
    expect(await places()).toMatchObject({ total: 10, left: 10 });
    expect(await shown()).toMatchObject({ state: 'waitlisted', period: { id: periodId, name: 'Winter' } });
  });

  it.each(['reOffer', 'revive'] as const)('that ended are chosen anew by %s, by name', async (verb) => {
    await add('Tuesdays', 1);
    await add('Thursdays', 1);
    const { id: tuesdays } = await period('Tuesdays');
    const { id: thursdays } = await period('Thursdays');
    const asked = anOffer(scheme, await aCase(scheme, { worker }), group, { periodId: tuesdays });
    const id = await (verb === 'reOffer' ? asked.withdrawn() : asked.expired());
    if (verb === 'revive') await betony.get(OnwardAnswers).lateYes(of(), id, null);
    await betony.get(PlacePeriods).end(of(), group.listingId, tuesdays);
    const again = (input: { periodId?: string | null } = {}) =>
      betony.get(OnwardOffers)[verb](worker.actor, id, input);
    const problem = (message: string) => ({ extra: { errors: [{ field: 'periodId', message }] } });
    await expect(again()).rejects.toMatchObject(
      problem('Choose a session or time of this service that has not ended: Thursdays (1 free)'),
    );
    const offered = await again({ periodId: thursdays });
    expect(await betony.get(OnwardQueries).get(of(), offered)).toMatchObject({
      state: 'offered',
      period: { name: 'Thursdays' },
    });
    expect((await period('Thursdays')).left).toBe(0);
    await betony.get(OnwardParticipation).withdraw(worker.actor, offered, {
      reason: 'changed_mind',
      side: 'client',
    });
    expect((await period('Thursdays')).left).toBe(1);
    await betony.get(PlacePeriods).end(of(), group.listingId, thursdays);
    const reOffer = (input: { periodId?: string | null }) =>
      betony.get(OnwardOffers).reOffer(worker.actor, offered, input);
    await expect(reOffer({})).rejects.toMatchObject(
      problem('This service does not go by sessions or times any more: ask without one'),
    );
    expect(await betony.get(OnwardQueries).get(of(), await reOffer({ periodId: null }))).toMatchObject({
      period: null,
    });
    expect(await places()).toMatchObject({ total: 10, left: 9 });
  });
});
