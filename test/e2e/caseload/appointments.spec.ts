import sql from 'sql-template-tag';
import type { AppointmentView } from '../../../src/caseload/appointment.dto.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aCase } from '../../factories/caseload.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, countRows, eventsAbout } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Everybody of these tests is met at the same hour. */
const MEETING = {
  kind: 'place',
  on: '2026-11-25',
  time: '14:30',
  minutes: 45,
  place: 'Harwich library',
  evenSo: ['double_booked'],
};
const WHY = { side: 'client', reason: 'unwell' };
const MOVE = { ...WHY, evenSo: ['double_booked'] };
const WRITTEN = [sql`appointment`, sql`appointment_history`, sql`audit_entry`, sql`outbox`];

describe('appointments', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
  });
  beforeEach(() => {
    betony.clock.set(TEST_NOW);
  });
  afterAll(() => betony.stop());

  const post = (path: string, payload: object, member = sam) =>
    betony.inject({ method: 'POST', url: `/api/v1/${path}`, payload, headers: member.headers });
  const read = (path: string, member = sam) =>
    betony.inject({ url: `/api/v1/${path}`, headers: member.headers });
  const make = (referralId: string, payload: object = {}, member = sam) =>
    post(`referrals/${referralId}/appointments`, { ...MEETING, ...payload }, member);
  const made = async (referralId: string, payload: object = {}): Promise<AppointmentView> => {
    const answer = await make(referralId, payload);
    expect(answer.json()).toMatchObject({ referralId, state: 'made' });
    expect(answer.statusCode).toBe(201);
    return answer.json<AppointmentView>();
  };

  it('is made by the clock in London, with its history, audit entry and event', async () => {
    const { referralId, clientId } = await aCase(scheme, sam);
    const appointment = await made(referralId, { note: 'Ground floor' });
    expect(appointment).toEqual({
      id: expect.any(String),
      version: 1,
      referralId,
      kind: 'place',
      state: 'made',
      startsAt: '2026-11-25T14:30:00.000Z',
      on: '2026-11-25',
      time: '14:30',
      minutes: 45,
      place: 'Harwich library',
      note: 'Ground floor',
      madeBy: 'Sam Okoro',
      interpreter: null,
      visit: null,
      flags: [],
    });
    expect((await read(`appointments/${appointment.id}/history`)).json()).toEqual([
      {
        at: '2026-11-23T10:00:00.000Z',
        action: 'make',
        by: 'Sam Okoro',
        side: null,
        reason: null,
        note: null,
        startsAt: '2026-11-25T14:30:00.000Z',
        startsBefore: null,
      },
    ]);
    expect((await auditOf(scheme, appointment.id))[0]).toMatchObject({
      action: 'appointment.make',
      actor_id: sam.actor.membershipId,
      client_ids: [clientId],
    });
    expect(await eventsAbout(scheme, appointment.id)).toEqual(['appointment.made']);
  });

  it('keeps its hour when the clocks change before it', async () => {
    const { referralId } = await aCase(scheme, sam);
    expect(await made(referralId, { on: '2027-03-29', time: '14:30' })).toMatchObject({
      startsAt: '2027-03-29T13:30:00.000Z',
      on: '2027-03-29',
      time: '14:30',
    });
  });

  it('asks which, when the clock shows a time twice', async () => {
    const { referralId } = await aCase(scheme, sam);
    const night = { on: '2027-10-31', time: '01:30' };
    const unsure = await make(referralId, night);
    expect(unsure.statusCode).toBe(422);
    expect(unsure.json().errors).toMatchObject([
      { field: 'which', message: expect.stringMatching(/earlier or later/) },
    ]);
    expect((await made(referralId, { ...night, which: 'earlier' })).startsAt).toBe(
      '2027-10-31T00:30:00.000Z',
    );
    const later = await made(referralId, { ...night, which: 'later' });
    expect(later).toMatchObject({ startsAt: '2027-10-31T01:30:00.000Z', time: '01:30' });
  });

  it('is moved, saying whose doing it was and why', async () => {
    const { referralId } = await aCase(scheme, sam);
    const { id } = await made(referralId);
    const answer = await post(`appointments/${id}/move`, {
      ...MOVE,
      reasonNote: 'A cold',
      on: '2026-12-02',
      time: '10:00',
      kind: 'phone',
      minutes: 20,
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['etag']).toBe('"v2"');
    expect(answer.json()).toMatchObject({
      state: 'made',
      kind: 'phone',
      startsAt: '2026-12-02T10:00:00.000Z',
      minutes: 20,
      place: null,
    });
    expect((await read(`appointments/${id}/history`)).json()).toMatchObject([
      { action: 'make' },
      {
        action: 'move',
        side: 'client',
        reason: 'unwell',
        note: 'A cold',
        startsAt: '2026-12-02T10:00:00.000Z',
        startsBefore: '2026-11-25T14:30:00.000Z',
      },
    ]);
    expect(await eventsAbout(scheme, id)).toEqual(['appointment.made', 'appointment.moved']);
  });

  it('keeps its place and length when only the time moves', async () => {
    const { referralId } = await aCase(scheme, sam);
    const { id } = await made(referralId);
    const answer = await post(`appointments/${id}/move`, { ...MOVE, on: '2026-12-02', time: '10:00' });
    expect(answer.json()).toMatchObject({ kind: 'place', place: 'Harwich library', minutes: 45 });
  });

  it('is cancelled for another reason only in words', async () => {
    const { referralId } = await aCase(scheme, sam);
    const { id } = await made(referralId);
    const cancel = (change: object) =>
      post(`appointments/${id}/cancel`, { side: 'client', reason: 'other', ...change });
    const before = await countRows(scheme, WRITTEN);
    for (const change of [{}, { reasonNote: '   ' }]) {
      const answer = await cancel(change);
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ errors: [{ field: 'reasonNote' }] });
    }
    expect(await countRows(scheme, WRITTEN)).toEqual(before);
    expect((await cancel({ reasonNote: 'Their lift is broken' })).json()).toMatchObject({
      state: 'cancelled',
    });
  });

  it('is cancelled once', async () => {
    const { referralId, clientId } = await aCase(scheme, sam);
    const { id } = await made(referralId);
    const cancel = () => post(`appointments/${id}/cancel`, { side: 'scheme', reason: 'worker_away' });
    expect((await cancel()).json()).toMatchObject({ state: 'cancelled', version: 2 });
    const again = await cancel();
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({ from: 'cancelled', action: 'cancel' });
    const move = await post(`appointments/${id}/move`, { ...MOVE, on: '2026-12-02', time: '10:00' });
    expect(move.statusCode).toBe(409);
    expect(await eventsAbout(scheme, id)).toEqual(['appointment.made', 'appointment.cancelled']);
    expect(await auditOf(scheme, id)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'appointment.cancel', client_ids: [clientId] }),
      ]),
    );
  });

  it('can be neither moved nor cancelled once it has begun', async () => {
    const { referralId } = await aCase(scheme, sam);
    const { id } = await made(referralId);
    betony.clock.set('2026-11-25T14:30:00Z');
    for (const answer of [
      await post(`appointments/${id}/cancel`, WHY),
      await post(`appointments/${id}/move`, { ...MOVE, on: '2026-12-02', time: '10:00' }),
    ]) {
      expect(answer.statusCode).toBe(409);
      expect(answer.json().because).toMatch(/begun already/);
    }
  });

  it('of a move and a cancellation at once leaves one story', async () => {
    const { referralId } = await aCase(scheme, sam);
    const { id } = await made(referralId);
    const answers = await Promise.all([
      post(`appointments/${id}/cancel`, WHY),
      post(`appointments/${id}/cancel`, WHY),
      post(`appointments/${id}/cancel`, WHY),
    ]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 409, 409]);
    expect((await read(`appointments/${id}/history`)).json()).toHaveLength(2);
  });

  it('does not outlive the referral: what is to come is cancelled when it ends', async () => {
    const { referralId } = await aCase(scheme, sam).begun();
    const past = await made(referralId, { on: '2026-11-23', time: '11:00' });
    const coming = await made(referralId);
    betony.clock.set('2026-11-24T09:00:00Z');
    const closed = await post(`referrals/${referralId}/close`, {
      result: 'helped',
      reason: 'done',
      mayAskAgain: true,
    });
    expect(closed.json()).toMatchObject({ state: 'closed' });
    expect((await read(`appointments/${coming.id}`)).json()).toMatchObject({ state: 'cancelled' });
    expect((await read(`appointments/${past.id}`)).json()).toMatchObject({ state: 'made' });
    expect((await read(`appointments/${coming.id}/history`)).json()[1]).toMatchObject({
      action: 'cancel',
      reason: 'referral_ended',
      side: 'client',
    });
  });

  it('is cancelled with the person’s death, in the same transaction', async () => {
    const { referralId, clientId } = await aCase(scheme, sam).begun();
    const { id } = await made(referralId);
    expect((await post(`clients/${clientId}/record-death`, { toldBy: 'Her daughter rang' })).statusCode).toBe(
      200,
    );
    const manager = await aMember(scheme, 'scheme_manager');
    expect((await read(`appointments/${id}`, manager)).json()).toMatchObject({ state: 'cancelled' });
    expect((await read(`appointments/${id}/history`, manager)).json()[1]).toMatchObject({ reason: 'died' });
  });

  it('stays while the referral is on hold', async () => {
    const { referralId } = await aCase(scheme, sam).begun();
    const { id } = await made(referralId);
    const held = await post(`referrals/${referralId}/hold`, { reason: 'away', resumeOn: '2026-12-14' });
    expect(held.json()).toMatchObject({ state: 'on_hold' });
    expect((await read(`appointments/${id}`)).json()).toMatchObject({ state: 'made' });
  });

  it('is listed latest first, page by page', async () => {
    const { referralId } = await aCase(scheme, sam);
    for (const on of ['2026-11-27', '2026-11-25', '2026-11-26']) await made(referralId, { on });
    const first = (await read(`referrals/${referralId}/appointments?limit=2`)).json();
    expect(first.items.map(({ on }: AppointmentView) => on)).toEqual(['2026-11-27', '2026-11-26']);
    const second = (await read(`referrals/${referralId}/appointments?limit=2&after=${first.next}`)).json();
    expect(second.items.map(({ on }: AppointmentView) => on)).toEqual(['2026-11-25']);
    expect(second.next).toBeNull();
  });

  it.each<[string, object, string]>([
    ['a time the clocks skip', { on: '2027-03-28', time: '01:30' }, 'time'],
    ['a time gone by', { on: '2026-11-23', time: '09:59' }, 'time'],
    ['yesterday', { on: '2026-11-22' }, 'on'],
    ['a date that is none', { on: '2027-02-29' }, 'on'],
    ['a date in years', { on: '2029-01-01' }, 'on'],
    ['no date', { on: undefined }, 'on'],
    ['a time that is none', { time: '24:00' }, 'time'],
    ['a time with seconds', { time: '14:30:00' }, 'time'],
    ['no place', { place: undefined }, 'place'],
    ['a long place', { place: 'x'.repeat(301) }, 'place'],
    ['no length', { minutes: undefined }, 'minutes'],
    ['four minutes', { minutes: 4 }, 'minutes'],
    ['nine hours', { minutes: 540 }, 'minutes'],
    ['an unknown kind', { kind: 'pub' }, 'kind'],
    ['an unknown reading', { which: 'middle' }, 'which'],
    ['an unknown field', { startsAt: '2026-11-25T14:30:00Z' }, 'startsAt'],
  ])('refuses %s', async (_name, change, field) => {
    const { referralId } = await aCase(scheme, sam);
    const before = await countRows(scheme, WRITTEN);
    const answer = await make(referralId, change);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors.map((error: { field: string }) => error.field)).toEqual([field]);
    expect(await countRows(scheme, WRITTEN)).toEqual(before);
  });

  it.each<[string, object, string]>([
    ['no side', { side: undefined }, 'side'],
    ['an unknown side', { side: 'weather' }, 'side'],
    ['no reason', { reason: undefined }, 'reason'],
    ['a reason only the product gives', { reason: 'died' }, 'reason'],
    ['a long note', { reasonNote: 'x'.repeat(501) }, 'reasonNote'],
    ['another reason and no words for it', { reason: 'other', reasonNote: ' ' }, 'reasonNote'],
    ['a place for the new kind missing', { kind: 'place' }, 'place'],
    ['a time the clocks skip', { on: '2027-03-28', time: '01:30' }, 'time'],
  ])('refuses a move with %s', async (_name, change, field) => {
    const { referralId } = await aCase(scheme, sam);
    const { id } = await made(referralId, { kind: 'phone', place: undefined });
    const before = await countRows(scheme, WRITTEN);
    const answer = await post(`appointments/${id}/move`, {
      ...MOVE,
      on: '2026-12-02',
      time: '10:00',
      ...change,
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors.map((error: { field: string }) => error.field)).toEqual([field]);
    expect(await countRows(scheme, WRITTEN)).toEqual(before);
  });

  it('is not made for a closed referral', async () => {
    const { referralId } = await aCase(scheme, sam).begun().closed();
    const answer = await make(referralId);
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ from: 'closed', action: 'make' });
  });

  const ROUTES: [string, (ids: { referral: string; appointment: string }, member: TestMember) => unknown][] =
    [
      ['make', ({ referral }, member) => make(referral, {}, member)],
      ['list', ({ referral }, member) => read(`referrals/${referral}/appointments`, member)],
      ['get', ({ appointment }, member) => read(`appointments/${appointment}`, member)],
      ['history', ({ appointment }, member) => read(`appointments/${appointment}/history`, member)],
      [
        'move',
        ({ appointment }, member) =>
          post(`appointments/${appointment}/move`, { ...MOVE, on: '2026-12-02', time: '10:00' }, member),
      ],
      ['cancel', ({ appointment }, member) => post(`appointments/${appointment}/cancel`, WHY, member)],
    ];
  const statusOf = async (answer: unknown): Promise<number> =>
    ((await answer) as { statusCode: number }).statusCode;

  it.each(ROUTES)('who may %s', async (_name, route) => {
    const { referralId } = await aCase(scheme, sam);
    const ids = { referral: referralId, appointment: (await made(referralId)).id };
    const elsewhere = await aScheme(betony);
    const refused: [string, TestMember, number][] = [
      ['another worker', await aMember(scheme, 'link_worker'), 404],
      ['a worker of another scheme', await aMember(elsewhere, 'link_worker'), 404],
      ['a manager of another scheme', await aMember(elsewhere, 'scheme_manager'), 404],
      ['a referrer', await aMember(scheme, 'referrer'), 403],
      ['a group', await aMember(scheme, 'provider_member'), 403],
      ['a commissioner', await aMember(scheme, 'commissioner'), 403],
      ['an administrator', await aMember(scheme, 'administrator'), 403],
    ];
    const before = await countRows(scheme, WRITTEN);
    for (const [who, member, status] of refused) {
      expect([who, await statusOf(route(ids, member))]).toEqual([who, status]);
    }
    const stranger: TestMember = { ...sam, headers: { authorization: 'Bearer nobody' } };
    expect(await statusOf(route(ids, stranger))).toBe(401);
    expect(await statusOf(route({ referral: newId(), appointment: newId() }, sam))).toBe(404);
    expect(await statusOf(route({ referral: 'x', appointment: 'x' }, sam))).toBe(404);
    expect(await countRows(scheme, WRITTEN)).toEqual(before);
    for (const member of [await aMember(scheme, 'scheme_manager'), sam]) {
      expect([200, 201, 409]).toContain(await statusOf(route(ids, member)));
    }
  });
});
