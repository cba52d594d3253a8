import sql from 'sql-template-tag';
import type { AppointmentView } from '../../../src/caseload/appointment.dto.js';
import type { TodayView } from '../../../src/caseload/today.dto.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { ReminderTicks } from '../../../src/reminders/reminders.ticks.js';
import { aCase } from '../../factories/caseload.js';
import { inScheme } from '../../factories/episodes.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const VISIT = { kind: 'home_visit', on: '2026-11-25', time: '14:00', minutes: 45 };
const CALL = { kind: 'phone', on: '2026-11-25', time: '09:00', minutes: 30 };
const WHY = { side: 'client', reason: 'unwell' };

describe('visits, interpreters and calendars', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let bo: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    bo = await aMember(scheme, 'link_worker', { name: 'Bo Buddy' });
  });
  afterAll(() => betony.stop());

  const call = (who: TestMember, method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) =>
    betony.inject({ method, url: `/api/v1/${path}`, headers: who.headers, ...(payload ? { payload } : {}) });
  const make = (referralId: string, payload: object, who = sam) =>
    call(who, 'POST', `referrals/${referralId}/appointments`, payload);
  const made = async (referralId: string, payload: object): Promise<AppointmentView> => {
    const answer = await make(referralId, payload);
    expect(answer.json()).toMatchObject({ state: 'made' });
    return answer.json<AppointmentView>();
  };
  const fields = (answer: Awaited<ReturnType<typeof call>>) =>
    answer.json<{ errors?: { field: string }[] }>().errors?.map(({ field }) => field);
  const tickAt = async (at: string) => {
    betony.clock.set(at);
    await betony.get(ReminderTicks).fire(systemActor(scheme.id, 'reminders'));
  };
  const tasks = (id: string, kind: string) =>
    betony.get(Database).read(
      scheme.id,
      sql`select audience, audience_id, late from task
          where subject_id = ${id} and kind = ${kind} and ended_at is null order by audience`,
    );

  describe('a home visit', () => {
    it('says who goes, where from the record, and by when they are back', async () => {
      const { referralId } = await aCase(scheme, sam).person({ address: '3 Mill Row', postcode: 'CO15 1AB' });
      const own = await made(referralId, VISIT);
      expect(own.visit).toEqual({
        workerId: sam.actor.membershipId,
        worker: 'Sam Okoro',
        buddyId: null,
        buddy: null,
        address: '3 Mill Row, CO15 1AB',
        backBy: '2026-11-25T15:15:00.000Z',
        backByTime: '15:15',
        note: null,
        setOutAt: null,
        backAt: null,
      });
      const said = await made(referralId, {
        ...VISIT,
        on: '2026-11-26',
        visit: {
          workerId: bo.actor.membershipId,
          buddyId: sam.actor.membershipId,
          backBy: '16:00',
          note: 'Dog',
        },
      });
      expect(said.visit).toMatchObject({
        worker: 'Bo Buddy',
        buddy: 'Sam Okoro',
        backByTime: '16:00',
        note: 'Dog',
      });
    });

    it('asks a named colleague when nobody is back, the managers half an hour later, and nobody once they are', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await made(referralId, { ...VISIT, visit: { buddyId: bo.actor.membershipId } });
      betony.clock.set('2026-11-25T13:30:00Z');
      const out = await call(sam, 'POST', `appointments/${id}/set-out`);
      expect(out.json()).toMatchObject({ visit: { setOutAt: '2026-11-25T13:30:00.000Z', backAt: null } });
      await tickAt('2026-11-25T15:14:00Z');
      expect(await tasks(id, 'visit_overdue')).toEqual([]);
      await tickAt('2026-11-25T15:15:00Z');
      const asked = { audience: 'membership', audience_id: bo.actor.membershipId, late: false };
      expect(await tasks(id, 'visit_overdue')).toEqual([asked]);
      await tickAt('2026-11-25T15:45:00Z');
      expect(await tasks(id, 'visit_overdue')).toEqual([
        { audience: 'managers', audience_id: null, late: true },
        asked,
      ]);
      const back = await call(sam, 'POST', `appointments/${id}/back`);
      expect(back.json()).toMatchObject({ visit: { backAt: '2026-11-25T15:45:00.000Z' } });
      expect(await tasks(id, 'visit_overdue')).toEqual([]);
      expect((await call(sam, 'POST', `appointments/${id}/back`)).statusCode).toBe(200);
      const history = (await call(sam, 'GET', `appointments/${id}/history`)).json<{ action: string }[]>();
      expect(history.map(({ action }) => action)).toEqual(['make', 'setOut', 'back']);
    });

    it('writes to whoever asks after them, and by text, once and at any hour, then to the managers', async () => {
      const manager = await aMember(scheme, 'scheme_manager');
      await inScheme(scheme, (tx) =>
        tx.run(sql`update user_profile set phone = '+447700900555'
          where scheme_id = ${scheme.id} and account_id = ${bo.actor.accountId}`),
      );
      const { referralId } = await aCase(scheme, sam);
      const { id } = await made(referralId, {
        ...VISIT,
        time: '19:30',
        visit: { buddyId: bo.actor.membershipId },
      });
      const told = async (who: TestMember) =>
        inScheme(scheme, (tx) =>
          tx.rows<{ id: string; channel: string; state: string }>(sql`
            select id, channel, state from message where membership_id = ${who.actor.membershipId} and kind = 'notice'
            order by channel`),
        );
      await tickAt('2026-11-25T20:45:00Z');
      await tickAt('2026-11-25T20:50:00Z');
      const [mail, text] = await told(bo);
      expect(await told(bo)).toMatchObject([{ channel: 'email' }, { channel: 'text' }]);
      expect(await told(manager)).toEqual([]);
      const claim = await betony.get(MessagesService).claim(scheme.id, text!.id);
      expect([claim?.to, claim?.letter.text]).toEqual([
        '+447700900555',
        expect.stringMatching(/^Ring a colleague: they are not back from a home visit\. Sign in: http/),
      ]);
      await tickAt('2026-11-25T21:15:00Z');
      expect(await told(manager)).toMatchObject([{ channel: 'email', state: 'ready' }]);
      await call(sam, 'POST', `appointments/${id}/back`);
      expect(await betony.get(MessagesService).claim(scheme.id, mail!.id)).toBeNull();
    });

    it('asks the managers where no colleague was named, also of a worker who never said they set out', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await made(referralId, VISIT);
      await tickAt('2026-11-25T15:20:00Z');
      expect(await tasks(id, 'visit_overdue')).toEqual([
        { audience: 'managers', audience_id: null, late: false },
      ]);
    });

    it('takes its times with it when it moves, and asks after nobody when it is cancelled or no visit any more', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await made(referralId, {
        ...VISIT,
        visit: { backBy: '16:00', buddyId: bo.actor.membershipId },
      });
      // To the day after the clocks went forward: two hours after it begins, by either clock.
      const moved = await call(sam, 'POST', `appointments/${id}/move`, {
        ...WHY,
        on: '2027-03-29',
        time: '10:00',
      });
      expect(moved.json()).toMatchObject({
        startsAt: '2027-03-29T09:00:00.000Z',
        visit: { backBy: '2027-03-29T11:00:00.000Z', backByTime: '12:00', buddy: 'Bo Buddy' },
      });
      await tickAt('2026-11-25T17:00:00Z');
      expect(await tasks(id, 'visit_overdue')).toEqual([]);
      const rung = await call(sam, 'POST', `appointments/${id}/move`, {
        ...WHY,
        on: '2026-12-01',
        time: '10:00',
        kind: 'phone',
      });
      expect(rung.json()).toMatchObject({ kind: 'phone', visit: null });
      const other = await made(referralId, { ...VISIT, on: '2026-12-02' });
      await call(sam, 'POST', `appointments/${other.id}/cancel`, WHY);
      await tickAt('2026-12-02T18:00:00Z');
      expect([...(await tasks(id, 'visit_overdue')), ...(await tasks(other.id, 'visit_overdue'))]).toEqual(
        [],
      );
    });

    it('is not come back from before it begins, and no other appointment is', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await made(referralId, VISIT);
      expect((await call(sam, 'POST', `appointments/${id}/back`)).statusCode).toBe(409);
      const phone = await made(referralId, CALL);
      const answer = await call(sam, 'POST', `appointments/${phone.id}/set-out`);
      expect([answer.statusCode, answer.json()]).toMatchObject([
        409,
        { action: 'setOut', because: 'This is no home visit.' },
      ]);
    });

    it('is not set out for before its own day in London, so that nothing ends the watch', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await made(referralId, VISIT);
      const setOut = () => call(sam, 'POST', `appointments/${id}/set-out`);
      for (const eve of [TEST_NOW, '2026-11-24T23:59:59Z']) {
        betony.clock.set(eve);
        const early = await setOut();
        expect([early.statusCode, early.json()]).toMatchObject([
          409,
          { action: 'setOut', because: 'The visit is on a later day. Set out on the day, or move it.' },
        ]);
        expect((await call(sam, 'POST', `appointments/${id}/back`)).statusCode).toBe(409);
      }
      expect((await call(sam, 'GET', `appointments/${id}`)).json()).toMatchObject({
        visit: { setOutAt: null, backAt: null },
      });
      betony.clock.set('2026-11-25T00:00:00Z');
      expect((await setOut()).statusCode).toBe(200);
    });

    it('is on its day by London’s clock, also in summer', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await made(referralId, { ...VISIT, on: '2027-06-15' });
      betony.clock.set('2027-06-14T22:59:59Z');
      expect((await call(sam, 'POST', `appointments/${id}/set-out`)).statusCode).toBe(409);
      betony.clock.set('2027-06-14T23:00:00Z');
      expect((await call(sam, 'POST', `appointments/${id}/set-out`)).statusCode).toBe(200);
    });

    it('is a task for whoever goes, when something is flagged after it was made, until it is settled', async () => {
      const { referralId, clientId } = await aCase(scheme, sam);
      const { id } = await made(referralId, VISIT);
      const later = await made(referralId, { ...VISIT, on: '2026-11-26' });
      const rung = await made(referralId, { ...CALL, on: '2026-11-27' });
      const desk = reminderDesk(scheme);
      const tasks = async (of: string) => {
        await desk.work();
        return desk.tasks(of);
      };
      betony.clock.advance({ minutes: 1 });
      const flag = (code: string) => call(sam, 'POST', `clients/${clientId}/lone-worker-flags`, { code });
      await flag('no_home_visits');
      expect(await tasks(id)).toEqual(['visit_flagged membership open']);
      expect(await tasks(later.id)).toEqual(['visit_flagged membership open']);
      expect(await tasks(rung.id)).toEqual([]);
      betony.clock.advance({ minutes: 1 });
      await call(sam, 'POST', `appointments/${id}/move`, {
        ...WHY,
        on: '2026-11-25',
        time: '15:00',
        evenSo: ['no_home_visits'],
      });
      expect(await tasks(id)).toEqual(['visit_flagged membership moved_on']);
      await call(sam, 'POST', `appointments/${later.id}/cancel`, WHY);
      expect(await tasks(later.id)).toEqual(['visit_flagged membership moved_on']);
      betony.clock.advance({ minutes: 1 });
      await flag('dangerous_animal');
      expect((await tasks(id)).at(-1)).toBe('visit_flagged membership open');
    });

    it('asks once more at the door where nobody is to go, when that was said after it was made', async () => {
      const { referralId, clientId } = await aCase(scheme, sam);
      const { id } = await made(referralId, VISIT);
      await call(sam, 'POST', `clients/${clientId}/lone-worker-flags`, { code: 'no_home_visits' });
      betony.clock.set('2026-11-25T13:30:00Z');
      const setOut = (payload?: object) => call(sam, 'POST', `appointments/${id}/set-out`, payload);
      for (const payload of [undefined, {}, { evenSo: ['double_booked'] }]) {
        const stopped = await setOut(payload);
        expect([stopped.statusCode, stopped.json()]).toMatchObject([409, { title: 'no-home-visits' }]);
      }
      expect(fields(await setOut({ evenSo: ['anything'] }))).toEqual(['evenSo']);
      const gone = { visit: { setOutAt: '2026-11-25T13:30:00.000Z' } };
      expect((await setOut({ evenSo: ['no_home_visits'] })).json()).toMatchObject(gone);
      expect((await setOut()).json()).toMatchObject(gone);
    });

    it('is the day’s work of a colleague who was sent, who reads it, sets out and comes back, and nothing else', async () => {
      const { referralId, clientId } = await aCase(scheme, sam).person({ address: '3 Mill Row' });
      const visit = { workerId: bo.actor.membershipId };
      const { id } = await made(referralId, { ...VISIT, visit });
      const other = await made(referralId, { ...CALL, on: '2026-11-26' });
      const read = (path: string, who = bo) => call(who, 'GET', path);
      const day = async (who: TestMember) => (await read('today', who)).json<TodayView>();

      expect((await read(`appointments/${id}`)).json()).toMatchObject({ visit: { address: '3 Mill Row' } });
      expect((await read(`appointments/${id}/history`)).statusCode).toBe(200);
      expect((await read(`appointments/${id}/calendar`)).statusCode).toBe(200);
      const theirs = [
        `appointments/${other.id}`,
        `referrals/${referralId}/appointments`,
        `referrals/${referralId}`,
        `clients/${clientId}`,
      ];
      for (const path of theirs) expect([path, (await read(path)).statusCode]).toEqual([path, 404]);
      expect((await call(bo, 'POST', `appointments/${id}/cancel`, WHY)).statusCode).toBe(404);
      const cy = await aMember(scheme, 'link_worker');
      expect((await read(`appointments/${id}`, cy)).statusCode).toBe(404);
      expect((await call(cy, 'POST', `appointments/${id}/set-out`)).statusCode).toBe(404);

      betony.clock.set('2026-11-25T08:00:00Z');
      expect(await day(bo)).toMatchObject({
        counts: { appointments: 1 },
        appointments: [
          { appointmentId: id, place: '3 Mill Row', ownerId: sam.actor.membershipId, forColleague: true },
        ],
      });
      expect((await read('caseload/counts')).json()).toMatchObject({ all: 0, appointmentsToday: 1 });
      expect((await day(sam)).appointments).toMatchObject([{ appointmentId: id, forColleague: false }]);
      expect((await day(cy)).appointments).toEqual([]);

      betony.clock.set('2026-11-25T13:30:00Z');
      expect((await call(bo, 'POST', `appointments/${id}/set-out`)).json()).toMatchObject({
        visit: { setOutAt: '2026-11-25T13:30:00.000Z' },
      });
      betony.clock.set('2026-11-26T09:00:00Z');
      expect((await day(bo)).appointments).toEqual([]);
      const back = await call(bo, 'POST', `appointments/${id}/back`);
      expect(back.json()).toMatchObject({ visit: { backAt: '2026-11-26T09:00:00.000Z' } });
      // A day on, where somebody lives is no longer theirs to look up.
      betony.clock.set('2026-11-26T15:16:00Z');
      expect((await read(`appointments/${id}`)).statusCode).toBe(404);
    });

    it('of a colleague who is away is the cover’s, and one that goes to nobody’s own is nobody’s', async () => {
      const cy = await aMember(scheme, 'link_worker');
      const { referralId } = await aCase(scheme, sam);
      const { id } = await made(referralId, { ...VISIT, visit: { workerId: bo.actor.membershipId } });
      const covered = { coverId: cy.actor.membershipId };
      await call(bo, 'POST', `link-workers/${bo.actor.membershipId}/absent`, covered);
      betony.clock.set('2026-11-25T08:00:00Z');
      expect((await call(cy, 'GET', 'today')).json()).toMatchObject({
        appointments: [{ appointmentId: id }],
      });
      expect((await call(cy, 'POST', `appointments/${id}/set-out`)).statusCode).toBe(200);
      // Somebody else goes instead.
      betony.clock.set('2026-11-25T09:00:00Z');
      const visit = { workerId: sam.actor.membershipId };
      const moved = await call(sam, 'POST', `appointments/${id}/move`, {
        ...WHY,
        on: '2026-11-27',
        time: '10:00',
        visit,
      });
      expect(moved.statusCode).toBe(200);
      expect((await call(cy, 'GET', `appointments/${id}`)).statusCode).toBe(404);
      expect((await call(bo, 'GET', `appointments/${id}`)).statusCode).toBe(404);
    });

    it('shows what keeps whoever goes safe, and stops where nobody is to go', async () => {
      const { referralId, clientId } = await aCase(scheme, sam);
      const flag = (code: string) => call(sam, 'POST', `clients/${clientId}/lone-worker-flags`, { code });
      await flag('visit_in_pairs');
      expect((await made(referralId, VISIT)).flags).toEqual(['visit_in_pairs']);
      await flag('no_home_visits');
      const on = { ...VISIT, on: '2026-11-26' };
      const stopped = await make(referralId, on);
      expect([stopped.statusCode, stopped.json()]).toMatchObject([409, { title: 'no-home-visits' }]);
      expect((await made(referralId, { ...on, evenSo: ['no_home_visits'] })).flags).toEqual([
        'no_home_visits',
        'visit_in_pairs',
      ]);
      expect((await made(referralId, { ...CALL, on: '2026-11-27' })).flags).toHaveLength(2);
      betony.clock.set('2026-11-27T08:00:00Z');
      expect((await call(sam, 'GET', 'today')).json()).toMatchObject({
        appointments: [{ time: '09:00', flags: ['no_home_visits', 'visit_in_pairs'] }],
      });
    });

    it.each<[string, object, string[]]>([
      ['back before it ends', { ...VISIT, visit: { backBy: '14:30' } }, ['visit.backBy']],
      ['back the next day', { ...VISIT, time: '09:00', visit: { backBy: '23:00' } }, ['visit.backBy']],
      [
        'back in a skipped hour',
        { ...VISIT, on: '2027-03-28', time: '00:10', minutes: 15, visit: { backBy: '01:30' } },
        ['visit.backBy'],
      ],
      [
        'back in an hour that comes twice',
        { ...VISIT, on: '2027-10-31', time: '00:10', minutes: 15, visit: { backBy: '01:30' } },
        ['visit.backBy'],
      ],
      ['a visit by telephone', { ...CALL, visit: { backBy: '16:00' } }, ['visit']],
      [
        'a stranger',
        { ...VISIT, visit: { buddyId: '01900000-0000-7000-8000-000000000000' } },
        ['visit.buddyId'],
      ],
      ['200 kB of note', { ...VISIT, visit: { note: 'x'.repeat(200_000) } }, ['visit.note']],
      [
        'a child',
        { ...CALL, interpreter: { kind: 'own_choice', language: 'pl', isAdult: false } },
        ['interpreter.isAdult'],
      ],
      [
        'somebody whose age nobody asked',
        { ...CALL, interpreter: { kind: 'own_choice' } },
        ['interpreter.isAdult'],
      ],
      [
        'a language that is none',
        { ...CALL, interpreter: { kind: 'professional', language: 'Polish!' } },
        ['interpreter.language'],
      ],
      [
        'an invented booking',
        { ...CALL, interpreter: { kind: 'professional', booking: 'maybe' } },
        ['interpreter.booking'],
      ],
      ['an invented warning', { ...CALL, evenSo: ['everything'] }, ['evenSo']],
      ['the thirty-first of November', { ...CALL, on: '2026-11-31' }, ['on']],
    ])('refuses %s', async (_name, payload, expected) => {
      const { referralId } = await aCase(scheme, sam);
      const answer = await make(referralId, payload);
      expect([answer.statusCode, fields(answer)]).toEqual([422, expected]);
    });

    it('is not watched by whoever goes', async () => {
      const { referralId } = await aCase(scheme, sam);
      const answer = await make(referralId, { ...VISIT, visit: { buddyId: sam.actor.membershipId } });
      expect(fields(answer)).toEqual(['visit.buddyId']);
    });
  });

  describe('two at once', () => {
    it('are warned of, by minutes, for the same worker, and stand when somebody says so', async () => {
      const [one, two] = [await aCase(scheme, sam), await aCase(scheme, sam)];
      const first = await made(one.referralId, { ...CALL, time: '09:00', minutes: 30 });
      const clash = await make(two.referralId, { ...CALL, time: '09:29', minutes: 30 });
      expect([clash.statusCode, clash.json()]).toMatchObject([409, { title: 'double-booked' }]);
      expect(clash.body).not.toContain(first.id);
      await made(two.referralId, { ...CALL, time: '09:30', minutes: 30 });
      const third = await made(two.referralId, {
        ...CALL,
        time: '09:10',
        minutes: 30,
        evenSo: ['double_booked'],
      });
      const moving = { ...WHY, on: '2026-11-25', time: '09:15' };
      expect((await call(sam, 'POST', `appointments/${third.id}/move`, moving)).statusCode).toBe(409);
      await call(sam, 'POST', `appointments/${first.id}/cancel`, WHY);
      const bos = await aCase(scheme, bo);
      expect((await make(bos.referralId, { ...CALL, time: '09:30' }, bo)).statusCode).toBe(201);
      // Sent along with Bo, who has that half hour taken.
      const visit = { ...VISIT, time: '09:45', visit: { workerId: bo.actor.membershipId } };
      expect((await make(one.referralId, visit)).statusCode).toBe(409);
    });
  });

  describe('an interpreter', () => {
    const speaking = (interpreter: 'professional' | 'own_choice' | 'worker') =>
      aCase(scheme, sam).person({ language: 'pl', interpreter });

    it('is wanted where the record says so, and asked for two working days before', async () => {
      const { referralId } = await speaking('professional');
      const { id, interpreter } = await made(referralId, { ...CALL, on: '2026-11-30' });
      expect(interpreter).toEqual({
        kind: 'professional',
        language: 'pl',
        booking: 'wanted',
        notFromMyCommunity: false,
      });
      await tickAt('2026-11-26T07:59:00Z');
      expect(await tasks(id, 'interpreter')).toEqual([]);
      // Thursday, for a Monday.
      await tickAt('2026-11-26T08:00:00Z');
      expect(await tasks(id, 'interpreter')).toEqual([
        { audience: 'membership', audience_id: sam.actor.membershipId, late: false },
      ]);
      const booking = (state: string) =>
        call(sam, 'POST', `appointments/${id}/interpreter`, {
          kind: 'professional',
          booking: state,
          notFromMyCommunity: true,
        });
      await booking('asked');
      expect(await tasks(id, 'interpreter')).toHaveLength(1);
      const booked = await booking('booked');
      expect(booked.json()).toMatchObject({
        interpreter: { booking: 'booked', language: 'pl', notFromMyCommunity: true },
      });
      expect(await tasks(id, 'interpreter')).toEqual([]);
      await booking('not_available');
      await tickAt('2026-11-27T08:00:00Z');
      expect(await tasks(id, 'interpreter')).toMatchObject([{ late: true }]);
      const none = await call(sam, 'POST', `appointments/${id}/interpreter`, { kind: 'not_needed' });
      expect(none.json()).toMatchObject({ interpreter: null });
      expect(await tasks(id, 'interpreter')).toEqual([]);
    });

    it('has to be booked again when the time moves; a colleague who speaks the language has not', async () => {
      const { referralId } = await speaking('professional');
      const { id } = await made(referralId, {
        ...CALL,
        interpreter: { kind: 'professional', booking: 'confirmed' },
      });
      const move = { ...WHY, on: '2026-12-02', time: '10:00' };
      expect((await call(sam, 'POST', `appointments/${id}/move`, move)).json()).toMatchObject({
        interpreter: { booking: 'wanted' },
      });
      const colleague = await speaking('worker');
      const own = await made(colleague.referralId, { ...CALL, on: '2026-11-26' });
      expect(own.interpreter).toMatchObject({ kind: 'worker', booking: 'confirmed' });
      const moved = await call(sam, 'POST', `appointments/${own.id}/move`, { ...move, time: '12:00' });
      expect(moved.json()).toMatchObject({ interpreter: { booking: 'confirmed' } });
    });

    it('"not from my community" is kept for the next time', async () => {
      const { referralId } = await speaking('professional');
      await made(referralId, { ...CALL, interpreter: { kind: 'professional', notFromMyCommunity: true } });
      expect((await made(referralId, { ...CALL, on: '2026-12-03' })).interpreter).toMatchObject({
        notFromMyCommunity: true,
      });
    });

    it('of somebody’s own choice is an adult, said so', async () => {
      const { referralId } = await speaking('own_choice');
      const answer = await made(referralId, { ...CALL, interpreter: { kind: 'own_choice', isAdult: true } });
      expect(answer.interpreter).toMatchObject({ kind: 'own_choice', booking: 'wanted' });
    });
  });

  it('moves the reminder of the day before with the appointment, keeps it through other changes, drops it with it', async () => {
    const { referralId } = await aCase(scheme, sam).person({
      safeToEmail: 'yes',
      email: 'somebody@example.org',
    });
    const { id } = await made(referralId, CALL);
    const desk = reminderDesk(scheme);
    const waiting = async () => (await desk.reminders(id)).filter((line) => line.endsWith('waiting'));
    const [before] = await waiting();
    betony.clock.set('2026-11-24T10:00:00Z');
    await call(sam, 'POST', `appointments/${id}/interpreter`, {
      kind: 'professional',
      booking: 'booked',
      language: 'pl',
    });
    expect(await waiting()).toEqual([before]);
    await call(sam, 'POST', `appointments/${id}/move`, { ...WHY, on: '2027-03-29', time: '09:00' });
    const due = await inScheme(scheme, (tx) =>
      tx.rows<{ due_at: Date }>(sql`
        select due_at from reminder where subject_id = ${id} and state = 'waiting' and kind = 'appointment'`),
    );
    // The same hour on the clock, before the clocks went forward.
    expect(due.map(({ due_at }) => due_at.toISOString())).toEqual(['2027-03-28T08:00:00.000Z']);
    await call(sam, 'POST', `appointments/${id}/cancel`, WHY);
    expect(await waiting()).toEqual([]);
  });

  describe('a calendar feed', () => {
    const open = (address: string) => betony.inject({ url: new URL(address).pathname });
    const feed = async (who = sam): Promise<{ id: string; address: string }> =>
      (await call(who, 'POST', 'calendar-feed')).json();

    it('shows times and initials, and not a word more', async () => {
      const { referralId } = await aCase(scheme, sam).person({
        firstName: 'Zsófia',
        lastName: 'Łukasz',
        address: '3 Mill Row',
      });
      const visit = await made(referralId, { ...VISIT, note: 'About her debts' });
      await made(referralId, { ...CALL, on: '2027-03-29', time: '10:00' });
      const gone = await made(referralId, { ...CALL, on: '2026-11-27' });
      await call(sam, 'POST', `appointments/${gone.id}/cancel`, WHY);
      const others = await aCase(scheme, bo);
      await make(others.referralId, CALL, bo);
      const { address, id } = await feed();
      expect(address).toMatch(/^https:\/\/betony\.example\.org\/api\/v1\/calendars\/[A-Za-z0-9_-]{43}\.ics$/);
      const answer = await open(address);
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([
        200,
        'text/calendar; charset=utf-8',
      ]);
      const lines = answer.body.split('\r\n');
      expect(lines.filter((line) => /^(DTSTART|DTEND|SUMMARY|CLASS|UID)/.test(line))).toEqual([
        `UID:${visit.id}`,
        'DTSTART:20261125T140000Z',
        'DTEND:20261125T144500Z',
        'SUMMARY:Z.Ł.',
        'CLASS:PRIVATE',
        expect.stringMatching(/^UID:/),
        'DTSTART:20270329T090000Z',
        'DTEND:20270329T093000Z',
        'SUMMARY:Z.Ł.',
        'CLASS:PRIVATE',
      ]);
      expect(answer.body).not.toMatch(/Zsófia|Łukasz|Mill|debts|visit|phone|LOCATION|DESCRIPTION|Okoro/i);
      const [seen] = await betony
        .get(Database)
        .read<{ client_ids: string[] }>(
          scheme.id,
          sql`select client_ids from audit_entry where subject_id = ${id} and actor_kind = 'system'`,
        );
      expect(seen?.client_ids).toHaveLength(1);
      const kept = await betony
        .get(Database)
        .unscoped<{ row: string }>(
          sql`select row_to_json(f)::text as row from calendar_feed f where id = ${id}`,
        );
      expect(kept[0]?.row).not.toContain(new URL(address).pathname.slice('/api/v1/calendars/'.length, -4));
    });

    it('ends when it is revoked, made anew, or its worker has left', async () => {
      const first = await feed();
      const second = await feed();
      expect((await open(first.address)).statusCode).toBe(404);
      expect((await open(second.address)).statusCode).toBe(200);
      expect((await call(sam, 'GET', 'calendar-feed')).json()).toEqual({
        id: second.id,
        createdAt: expect.any(String),
      });
      expect((await call(sam, 'DELETE', 'calendar-feed')).statusCode).toBe(204);
      expect((await open(second.address)).statusCode).toBe(404);
      expect((await call(sam, 'GET', 'calendar-feed')).statusCode).toBe(404);
      const third = await feed();
      await inScheme(scheme, (tx) =>
        tx.run(sql`update membership set ended_at = ${tx.now} where id = ${sam.actor.membershipId}`),
      );
      expect((await open(third.address)).statusCode).toBe(404);
    });

    it.each([
      'x.ics',
      `${'A'.repeat(43)}.ics`,
      'A'.repeat(43),
      '..%2F..%2Fetc%2Fpasswd',
      `${'A'.repeat(5000)}.ics`,
    ])('is not found at %s', async (file) => {
      const answer = await betony.inject({ url: `/api/v1/calendars/${file}` });
      expect([404, 414]).toContain(answer.statusCode);
    });
  });

  it('gives one appointment as a file for a calendar, with initials and no more', async () => {
    const { referralId } = await aCase(scheme, sam).person({ firstName: 'Grace', lastName: 'Okafor' });
    const { id } = await made(referralId, { ...CALL, note: 'About her rent' });
    const file = await call(sam, 'GET', `appointments/${id}/calendar`);
    expect([file.statusCode, file.headers['content-type']]).toEqual([200, 'text/calendar; charset=utf-8']);
    expect(file.body).toContain('DTSTART:20261125T090000Z');
    expect(file.body).toContain('SUMMARY:G.O.');
    expect(file.body).not.toMatch(/Grace|Okafor|rent/);
    expect((await call(bo, 'GET', `appointments/${id}/calendar`)).statusCode).toBe(404);
    await call(sam, 'POST', `appointments/${id}/cancel`, WHY);
    expect((await call(sam, 'GET', `appointments/${id}/calendar`)).statusCode).toBe(409);
  });
});
