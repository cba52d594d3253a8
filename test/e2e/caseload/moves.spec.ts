import sql from 'sql-template-tag';
import type { AreaMoveView } from '../../../src/caseload/area-move.dto.js';
import type { TimelineItem } from '../../../src/caseload/timeline.dto.js';
import type { TransferPreview } from '../../../src/caseload/transfer.dto.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import type { PracticeMoveView } from '../../../src/referrals/practice-move.dto.js';
import type { Feedback } from '../../../src/referrals/referral.types.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { SendMessage } from '../../../src/reminders/send-message.handler.js';
import { changeRow, inScheme, insertRow } from '../../factories/episodes.js';
import { aReferral } from '../../factories/referrals.js';
import { startMailbox, type TestMailbox } from '../../support/mailbox.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { reminderDesk, type ReminderDesk } from '../../support/reminder-desk.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const AGREED = { basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' };
const CLOSE = {
  choice: 'close',
  reason: 'Lives in Leeds now',
  result: 'helped',
  mayAskAgain: false,
  noResponseBecause: 'moved',
};

describe('somebody who moves', () => {
  let betony: TestApp;
  let mailbox: TestMailbox;
  let scheme: TestScheme;
  let desk: ReminderDesk;
  let sam: TestMember;
  let other: TestMember;
  let doctor: TestMember;
  let practice: string;
  let another: string;
  let referralId: string;
  let clientId: string;

  beforeAll(async () => {
    mailbox = await startMailbox();
    betony = await startApp({ config: { smtpUrl: mailbox.url } });
  });
  afterAll(async () => {
    await betony.stop();
    await mailbox.stop();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    mailbox.messages.length = 0;
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    [practice, another] = await Promise.all([
      anOrganisation(scheme, 'gp_practice'),
      anOrganisation(scheme, 'gp_practice'),
    ]);
    [sam, other, doctor] = await Promise.all([
      aMember(scheme, 'link_worker', { name: 'Sam Reed' }),
      aMember(scheme, 'link_worker'),
      aMember(scheme, 'referrer', { organisation: practice }),
    ]);
    for (const [id, name] of [
      [practice, 'old'],
      [another, 'new'],
    ] as const) {
      const email = `${name}@example.org`;
      await changeRow(scheme, 'organisation', id, { feedback_email: email });
      await inScheme(scheme, (tx) =>
        insertRow(tx, 'secure_address', {
          scheme_id: scheme.id,
          organisation_id: id,
          email,
          added_at: tx.now,
        }),
      );
    }
    ({ id: referralId, clientId } = await aReferral(scheme)
      .from(doctor)
      .about({ firstName: 'Grace', lastName: 'Okafor', gpPracticeId: practice })
      .saying({ feedback: 'progress' })
      .accepted()
      .allocatedTo(sam)
      .active());
  });

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({ method, url: `/api/v1/${path}`, headers: who.headers, ...(payload ? { payload } : {}) });
  const ok = async <View>(answer: ReturnType<typeof call>): Promise<View> => {
    const { statusCode, body } = await answer;
    expect([statusCode, body]).toEqual([statusCode < 300 ? statusCode : 200, body]);
    return JSON.parse(body) as View;
  };
  const fields = async (answer: ReturnType<typeof call>) => {
    const { statusCode, body } = await answer;
    const { errors = [] } = JSON.parse(body) as { errors?: { field: string }[] };
    return [statusCode, ...errors.map(({ field }) => field)];
  };
  const heard = async () =>
    (await ok<{ status: string }>(call(doctor, 'GET', `referrals/${referralId}`))).status;
  const send = async () => {
    await desk.work();
    const actor = systemActor(scheme.id, 'reminders');
    for (const message of await betony.get(MessagesService).ready(actor)) {
      await betony
        .get(SendMessage)
        .perform({ name: 'send-message', key: message, schemeId: scheme.id, ids: { message } });
    }
    return mailbox.messages
      .map(({ to, text }) => `${to?.[0]?.address ?? ''} ${/Grace OKAFOR/.test(text ?? '') ? 'named' : ''}`)
      .sort();
  };
  const close = () =>
    ok(
      call(sam, 'POST', `referrals/${referralId}/close`, {
        result: 'helped',
        reason: 'done',
        noResponseBecause: 'declined',
        mayAskAgain: false,
      }),
    );
  const timeline = async (what: string) =>
    (await ok<{ items: TimelineItem[] }>(call(sam, 'GET', `clients/${clientId}/timeline?limit=100`))).items
      .filter((item) => item.what === what)
      .map(({ action, by, details }) => [action, by, details]);

  describe('to another practice', () => {
    const move = async (organisationId: string | null = another): Promise<PracticeMoveView> => {
      await ok(
        call(
          sam,
          'POST',
          `clients/${clientId}/gp-registrations`,
          organisationId
            ? { organisationId, startsOn: '2026-11-20' }
            : { noKnownPractice: true, startsOn: '2026-11-20' },
        ),
      );
      const [moved] = await ok<PracticeMoveView[]>(call(sam, 'GET', `clients/${clientId}/practice-moves`));
      return moved!;
    };
    const decide = (id: string, formerHears: string, presentHears: Feedback, more: object = {}) =>
      call(sam, 'POST', `practice-moves/${id}/decide`, { formerHears, presentHears, ...more });

    beforeEach(() =>
      inScheme(scheme, (tx) =>
        tx.run(sql`update gp_registration set starts_on = '2020-01-01' where client_id = ${clientId}`),
      ),
    );

    it('is told nothing more at the old one until somebody has asked them, and the worker is to ask', async () => {
      expect(await heard()).toBe('in_touch');
      const moved = await move();
      expect(moved).toMatchObject({
        from: { organisationId: practice },
        to: { organisationId: another },
        movedOn: '2026-11-20',
        recordedBy: 'Sam Reed',
        toDecide: true,
        formerHears: null,
      });
      expect(await heard()).toBe('sent');
      expect(await desk.reminders(moved.id)).toEqual([
        expect.stringContaining('practice_moved 1 '),
        expect.stringContaining('practice_moved 2 2026-11-30T17:00'),
      ]);
      await desk.work();
      expect(await desk.tasks(moved.id)).toEqual(['practice_moved membership open']);
      await close();
      expect(await send()).toEqual([]);
      expect(await desk.tasks(moved.id)).toEqual(['practice_moved membership moved_on']);
      expect(await timeline('practice_move')).toMatchObject([
        ['record', 'Sam Reed', { movedOn: '2026-11-20' }],
      ]);
    });

    it('is heard of at the new one once they agreed to that, by mail that may name them, and at the old one no more', async () => {
      const { id } = await move();
      expect(await fields(decide(id, 'nothing', 'progress'))).toEqual([422, 'agreement']);
      expect(
        await fields(decide(id, 'nothing', 'progress', { agreement: { ...AGREED, agreedOn: '2027-01-01' } })),
      ).toEqual([422, 'agreement.agreedOn']);
      expect(
        await ok(decide(id, 'nothing', 'progress', { agreement: AGREED, note: 'Asked on the phone' })),
      ).toMatchObject({
        toDecide: false,
        formerHears: 'nothing',
        presentHears: 'progress',
        decidedBy: 'Sam Reed',
      });
      await desk.work();
      expect(await desk.tasks(id)).toEqual([]);
      expect(await heard()).toBe('sent');
      await close();
      expect(await send()).toEqual(['new@example.org named']);
      expect((await timeline('practice_move')).map(([action]) => action)).toEqual(['decide', 'record']);
      const [history] = await rowsOf<{ changes: object }>(
        scheme,
        sql`select changes from client_history where client_id = ${clientId} and action = 'practiceMove.decide'`,
      );
      expect(history?.changes).toMatchObject({ formerHears: { from: null, to: 'nothing' } });
    });

    it('is heard of at both where that is agreed, and nowhere from the moment it is taken back', async () => {
      const { id } = await move();
      await ok(decide(id, 'as_agreed', 'progress', { agreement: AGREED }));
      expect(await heard()).toBe('in_touch');
      await close();
      const agreements = await rowsOf<{ id: string; organisation_id: string | null }>(
        scheme,
        sql`select id, organisation_id from agreement where client_id = ${clientId} and withdrawn_at is null`,
      );
      const withNew = agreements.find(({ organisation_id }) => organisation_id === another)!;
      await ok(call(sam, 'POST', `clients/${clientId}/agreements/${withNew.id}/withdraw`, {}));
      expect(await send()).toEqual(['old@example.org named']);
    });

    it('becomes the worker’s to say where the new practice has no address that may name somebody', async () => {
      const { id } = await move();
      await ok(decide(id, 'nothing', 'progress', { agreement: AGREED }));
      await changeRow(scheme, 'organisation', another, { feedback_email: 'open@example.org' });
      await close();
      expect(await send()).toEqual([]);
      expect(await desk.tasks(referralId)).toContain('closing_present membership open');
    });

    it('hears again at the old one when they go back there, and asks about the newest move alone', async () => {
      const first = await move();
      await changeRow(scheme, 'practice_move', first.id, { recorded_at: '2026-11-22T09:00:00Z' });
      await ok(
        call(sam, 'POST', `clients/${clientId}/gp-registrations`, {
          organisationId: practice,
          startsOn: '2026-11-21',
        }),
      );
      expect(await heard()).toBe('in_touch');
      const moves = await ok<PracticeMoveView[]>(call(sam, 'GET', `clients/${clientId}/practice-moves`));
      expect(moves.map(({ toDecide }) => toDecide)).toEqual([false, false]);
      expect((await decide(first.id, 'nothing', 'nothing')).json()).toMatchObject({
        status: 409,
        type: expect.stringContaining('moved-again'),
      });
      expect(await desk.tasks(first.id)).toEqual([]);
    });

    it('refuses what cannot be', async () => {
      const { id } = await move(null);
      expect(await fields(decide(id, 'nothing', 'everything', { agreement: AGREED }))).toEqual([
        422,
        'presentHears',
      ]);
      expect(await fields(decide(id, 'sometimes', 'nothing'))).toEqual([422, 'formerHears']);
      expect(await fields(call(sam, 'POST', `practice-moves/${id}/decide`, {}))).toEqual([
        422,
        'formerHears',
        'presentHears',
      ]);
      expect((await call(other, 'GET', `practice-moves/${id}`)).statusCode).toBe(404);
      expect((await call(doctor, 'GET', `practice-moves/${id}`)).statusCode).toBe(403);
      await ok(decide(id, 'nothing', 'nothing'));
    });
  });

  describe('out of the area', () => {
    const record = (more: object = {}) =>
      call(sam, 'POST', `referrals/${referralId}/area-moves`, {
        movedOn: '2026-12-01',
        whereTo: 'Leeds',
        ...more,
      });
    const decide = (id: string, body: object) => call(sam, 'POST', `area-moves/${id}/decide`, body);
    const owned = async () =>
      (
        await rowsOf<Record<string, unknown>>(
          scheme,
          sql`select state, owner_id is not null as owned, next_at is not null as next, end_reason from referral
            where id = ${referralId}`,
        )
      )[0];
    const STILL_OURS = { state: 'active', owned: true, next: true };

    it('asks the worker to decide, and the managers when nobody does', async () => {
      const { id, state } = await ok<AreaMoveView>(record());
      expect(state).toBe('open');
      expect((await record()).json()).toMatchObject({
        status: 409,
        type: expect.stringContaining('moving-already'),
      });
      await desk.work();
      await desk.work('2026-11-30T17:00:00Z');
      expect(await desk.tasks(id)).toEqual(['area_move membership open', 'area_move managers late open']);
      expect(await owned()).toMatchObject(STILL_OURS);
    });

    it('keeps them until a day, with a reason, and asks anew on it', async () => {
      const { id } = await ok<AreaMoveView>(record());
      const kept = await ok<AreaMoveView>(
        decide(id, { choice: 'keep', keepUntil: '2026-12-14', reason: 'Until she knows the new group' }),
      );
      expect(kept).toMatchObject({ state: 'kept', keepUntil: '2026-12-14' });
      expect(kept.steps.map(({ action, by, reason }) => [action, by, reason])).toEqual([
        ['record', 'Sam Reed', null],
        ['keep', 'Sam Reed', 'Until she knows the new group'],
      ]);
      await desk.work();
      expect(await desk.tasks(id)).toEqual([]);
      await desk.work('2026-12-14T08:00:00Z');
      expect(await desk.tasks(id)).toEqual(['area_move_kept membership open']);
      await ok(call(sam, 'POST', `area-moves/${id}/cancel`, { reason: 'Stays with her sister after all' }));
      expect(await desk.tasks(id)).toEqual(['area_move_kept membership moved_on']);
      expect(await owned()).toMatchObject(STILL_OURS);
      expect((await decide(id, CLOSE)).json()).toMatchObject({ status: 409, from: 'ended', action: 'close' });
      expect((await timeline('area_move')).map(([action]) => action)).toEqual(['cancel', 'keep', 'record']);
      await ok(record());
    });

    it('hands them over by a transfer, whose receipt ends it', async () => {
      const { id } = await ok<AreaMoveView>(record());
      await ok(decide(id, { choice: 'hand_over', reason: 'Wants to go on there' }));
      await desk.work('2026-11-24T08:00:00Z');
      expect(await desk.tasks(id)).toEqual(['area_move_hand_over membership open']);
      const { digest } = await ok<TransferPreview>(
        call(sam, 'GET', `referrals/${referralId}/transfer-preview?items=reasons`),
      );
      const transfer = await ok<{ id: string }>(
        call(sam, 'POST', `referrals/${referralId}/transfers`, {
          toName: 'Leeds',
          items: ['reasons'],
          digest,
          agreement: AGREED,
          result: 'helped',
        }),
      );
      expect(await desk.tasks(id)).toEqual(['area_move_hand_over membership moved_on']);
      expect(await owned()).toMatchObject(STILL_OURS);
      await ok(
        call(sam, 'POST', `transfers/${transfer.id}/receipt`, {
          receivedBy: 'Ada',
          receivedOn: '2026-11-24',
        }),
      );
      await settle(betony);
      expect(await ok(call(sam, 'GET', `area-moves/${id}`))).toMatchObject({
        state: 'ended',
        outcome: 'handed_over',
      });
    });

    it('closes the referral as moved, which its sender hears', async () => {
      const { id } = await ok<AreaMoveView>(record());
      expect(await ok(decide(id, CLOSE))).toMatchObject({ state: 'ended', outcome: 'closed' });
      expect(await owned()).toMatchObject({ state: 'closed', end_reason: 'moved_away' });
      expect(await send()).toEqual(['old@example.org named']);
      expect(mailbox.messages[0]?.text).toContain('Moved');
    });

    it('ends with the referral, by whatever way', async () => {
      const { id } = await ok<AreaMoveView>(record());
      await close();
      expect(await ok(call(sam, 'GET', `area-moves/${id}`))).toMatchObject({
        state: 'ended',
        outcome: 'referral_ended',
      });
      expect((await record()).json()).toMatchObject({ status: 409, from: 'closed' });
    });

    it('refuses what does not fit the choice, and changes nothing', async () => {
      const { id } = await ok<AreaMoveView>(record());
      for (const [body, wrong] of [
        [{ choice: 'keep', reason: 'x' }, ['keepUntil']],
        [{ choice: 'keep', reason: 'x', keepUntil: '2026-11-23' }, ['keepUntil']],
        [{ choice: 'keep', reason: 'x', keepUntil: '2026-02-30' }, ['keepUntil']],
        [{ choice: 'close', reason: 'x' }, ['result', 'mayAskAgain']],
        [{ choice: 'hand_over' }, ['reason']],
        [{ choice: 'forget', reason: 'x' }, ['choice']],
        [{ ...CLOSE, choice: 'hand_over' }, ['result', 'mayAskAgain', 'noResponseBecause']],
      ] as const) {
        expect([body, await fields(decide(id, body))]).toEqual([body, [422, ...wrong]]);
      }
      expect(await ok(call(sam, 'GET', `area-moves/${id}`))).toMatchObject({ state: 'open', version: 1 });
      expect(await owned()).toMatchObject(STILL_OURS);
    });

    it('refuses a move that cannot be, and whoever has nothing to do with it', async () => {
      expect(await fields(record({ movedOn: '2029-01-01' }))).toEqual([422, 'movedOn']);
      expect(await fields(record({ whereTo: '' }))).toEqual([422, 'whereTo']);
      const { id } = await ok<AreaMoveView>(record());
      expect((await call(other, 'GET', `area-moves/${id}`)).statusCode).toBe(404);
      expect((await call(doctor, 'GET', `area-moves/${id}`)).statusCode).toBe(403);
    });
  });
});
