import sql from 'sql-template-tag';
import { AGREED_HOW } from '../../../src/clients/agreement.types.js';
import { ClientFeedback } from '../../../src/feedback/feedback.service.js';
import {
  FEEDBACK_ABOUT,
  FEEDBACK_FROM,
  FEEDBACK_KINDS,
  FEEDBACK_STATES,
} from '../../../src/feedback/feedback.types.js';
import { publicActor, systemActor } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { ReminderTicks } from '../../../src/reminders/reminders.ticks.js';
import { aCase } from '../../factories/caseload.js';
import { checkLists } from '../../support/check-lists.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, eventsAbout } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Words that may be found in one place only. */
const WORDS = 'She told my daughter what I had said about the marmalade 🍞';
const CONCERN = { kind: 'concern', about: 'worker', words: WORDS, wantsAnswer: true, toldHow: 'phone' };

describe('what people say of the service', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let another: TestMember;
  let manager: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    another = await aMember(scheme, 'link_worker');
    manager = await aMember(scheme, 'scheme_manager', { name: 'Mo Manager' });
  });
  afterAll(() => betony.stop());

  const call = (who: TestMember, method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) =>
    betony.inject({
      method,
      url: `/api/v1/${path}`,
      headers: who.headers,
      ...(payload ? { payload } : {}),
    });
  const given = async (input: object = CONCERN, who = sam) => {
    const { clientId, referralId } = await aCase(scheme, sam);
    const answer = await call(who, 'POST', `clients/${clientId}/feedback`, input);
    expect([answer.statusCode, answer.body.includes('marmalade')]).toEqual([201, false]);
    return { clientId, referralId, ...answer.json<{ id: string; next: string }>() };
  };
  const status = async (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    (await call(who, method, path, payload)).statusCode;
  const tick = () => betony.get(ReminderTicks).fire(systemActor(scheme.id, 'reminders'));
  const tasksAbout = async (id: string) =>
    betony
      .get(Database)
      .read<{ kind: string; audience: string; audience_id: string | null; late: boolean }>(
        scheme.id,
        sql`select kind, audience, audience_id, late from task where subject_id = ${id} and ended_at is null`,
      );
  const fields = (answer: Awaited<ReturnType<typeof call>>) =>
    answer.json<{ errors: { field: string }[] }>().errors.map(({ field }) => field);

  it('keeps the same lists in the code and in the database', async () => {
    const lists = {
      'client_feedback.kind': FEEDBACK_KINDS,
      'client_feedback.about': FEEDBACK_ABOUT,
      'client_feedback.told_by': FEEDBACK_FROM,
      'client_feedback.told_how': AGREED_HOW,
      'client_feedback.state': FEEDBACK_STATES,
      'client_feedback.answered_how': AGREED_HOW,
    };
    const code = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list].sort()]));
    expect(await checkLists(betony.database, ['client_feedback'])).toEqual(code);
  });

  it('goes past the worker it is about, who wrote it down, until a manager lets them read it', async () => {
    const { id, clientId, referralId } = await given();
    await tick();
    const seenBySam = [
      await call(sam, 'GET', `client-feedback/${id}`),
      await call(sam, 'GET', 'client-feedback'),
      await call(sam, 'GET', `clients/${clientId}`),
      await call(sam, 'GET', `clients/${clientId}/history`),
      await call(sam, 'GET', `clients/${clientId}/timeline`),
      await call(sam, 'GET', `referrals/${referralId}`),
      await call(sam, 'GET', 'tasks?limit=100'),
    ];
    expect(seenBySam.map(({ statusCode }) => statusCode)).toEqual([404, 200, 200, 200, 200, 200, 200]);
    for (const { body } of seenBySam) {
      expect(body).not.toMatch(/marmalade|clientFeedback|client_feedback/);
      expect(body).not.toContain(id);
    }
    expect(await status(sam, 'POST', `client-feedback/${id}/look`)).toBe(404);
    expect(await status(another, 'GET', `client-feedback/${id}`)).toBe(404);
    const read = await call(manager, 'GET', `client-feedback/${id}`);
    expect(read.json()).toMatchObject({ words: WORDS, worker: 'Sam Okoro', state: 'open', clientId });

    expect(await status(manager, 'POST', `client-feedback/${id}/release`)).toBe(200);
    expect((await call(sam, 'GET', `client-feedback/${id}`)).json()).toMatchObject({ words: WORDS });
    expect(await status(sam, 'POST', `client-feedback/${id}/look`)).toBe(404);
    expect(await status(manager, 'POST', `client-feedback/${id}/release`)).toBe(409);
    expect((await auditOf(scheme, id)).map(({ action }) => action)).toEqual([
      'clientFeedback.give',
      'clientFeedback.get',
      'clientFeedback.release',
      'clientFeedback.get',
      'clientFeedback.get',
    ]);
    expect(JSON.stringify(await auditOf(scheme, id))).not.toContain('marmalade');
    expect(await eventsAbout(scheme, id)).toEqual(['clientFeedback.given', 'clientFeedback.released']);
  });

  it('is the managers’ task with a clock, and names nobody there', async () => {
    const { id } = await given();
    await tick();
    expect(await tasksAbout(id)).toMatchObject([
      { kind: 'client_feedback', audience: 'managers', late: false },
    ]);
    expect((await call(manager, 'GET', 'tasks')).json()).toMatchObject({
      items: [{ kind: 'client_feedback', client: null, reference: null }],
    });
    betony.clock.set('2026-11-26T18:00:00Z');
    await tick();
    expect(await tasksAbout(id)).toMatchObject([{ kind: 'client_feedback', late: true }]);
    expect((await call(manager, 'POST', `client-feedback/${id}/look`)).json()).toMatchObject({
      state: 'looked_at',
      lookedAtBy: 'Mo Manager',
    });
    await tick();
    expect(await tasksAbout(id)).toMatchObject([{ kind: 'client_feedback_answer', late: false }]);
    expect(await status(manager, 'POST', `client-feedback/${id}/look`)).toBe(409);
    const answer = { answer: 'We said sorry and talked about what is shared.', how: 'phone' };
    expect((await call(manager, 'POST', `client-feedback/${id}/answer`, answer)).json()).toMatchObject({
      state: 'answered',
      answer: answer.answer,
      answeredHow: 'phone',
    });
    expect(await tasksAbout(id)).toEqual([]);
    expect(await status(manager, 'POST', `client-feedback/${id}/answer`, answer)).toBe(409);
  });

  it('goes to another manager where it is about one, and to a lead where there is no other', async () => {
    const about = { ...CONCERN, workerId: manager.actor.membershipId };
    const lead = await aMember(scheme, 'link_worker', { name: 'Lena Lead' });
    await call(manager, 'PUT', `safeguarding/leads/${lead.actor.membershipId}`);
    const first = await given(about);
    await tick();
    expect(await tasksAbout(first.id)).toMatchObject([
      { audience: 'membership', audience_id: lead.actor.membershipId },
    ]);
    expect(await status(manager, 'GET', `client-feedback/${first.id}`)).toBe(404);
    expect((await call(manager, 'GET', 'client-feedback')).json()).toMatchObject({ items: [] });
    expect((await call(manager, 'GET', 'tasks?whose=everybody')).body).not.toMatch(/marmalade/);
    expect(await status(manager, 'POST', `client-feedback/${first.id}/release`)).toBe(404);
    expect((await call(lead, 'GET', `client-feedback/${first.id}`)).json()).toMatchObject({ words: WORDS });
    expect(
      await status(lead, 'POST', `client-feedback/${first.id}/answer`, { answer: 'Seen to', how: 'phone' }),
    ).toBe(200);

    const second = await aMember(scheme, 'scheme_manager');
    const next = await given(about);
    await tick();
    expect(await tasksAbout(next.id)).toMatchObject([
      { audience: 'membership', audience_id: second.actor.membershipId },
    ]);
    expect(await status(second, 'POST', `client-feedback/${next.id}/look`)).toBe(200);
    expect(await status(lead, 'GET', `client-feedback/${next.id}`)).toBe(404);
  });

  it('is given by the person themselves through a verb of their own page', async () => {
    const { clientId } = await aCase(scheme, sam);
    const id = await betony.get(UnitOfWork).run(publicActor(scheme.id, 'the person, by link'), (tx) =>
      betony.get(ClientFeedback).giveWithin(tx, clientId, {
        kind: 'feedback',
        about: 'service',
        words: WORDS,
        wantsAnswer: false,
        toldHow: 'online',
      }),
    );
    expect(await status(sam, 'GET', `client-feedback/${id}`)).toBe(404);
    expect((await call(manager, 'GET', `client-feedback/${id}`)).json()).toMatchObject({
      recordedBy: null,
      toldBy: 'client',
      worker: null,
    });
    expect(await status(manager, 'POST', `client-feedback/${id}/release`)).toBe(409);
    await call(manager, 'POST', `client-feedback/${id}/look`);
    await tick();
    expect(await tasksAbout(id)).toEqual([]);
  });

  it('refuses what makes no sense, field by field', async () => {
    const { clientId } = await aCase(scheme, sam);
    const give = (input: object, who = sam) => call(who, 'POST', `clients/${clientId}/feedback`, input);
    expect(fields(await give({ ...CONCERN, about: 'service', workerId: sam.actor.membershipId }))).toEqual([
      'workerId',
    ]);
    expect(fields(await give({ ...CONCERN, workerId: scheme.id }))).toEqual(['workerId']);
    expect(fields(await give({ ...CONCERN, words: ' ', toldHow: 'pigeon' })).sort()).toEqual([
      'toldHow',
      'words',
    ]);
    expect(fields(await give({ ...CONCERN, words: 'x'.repeat(10_001) }))).toEqual(['words']);
    expect((await give(CONCERN, another)).statusCode).toBe(404);
  });

  it('tells a worker who put something before the managers that it was answered', async () => {
    const { referralId } = await aCase(scheme, sam);
    const raised = await call(sam, 'POST', 'escalations', { referralId, words: 'I cannot do this alone' });
    const { id } = raised.json<{ id: string }>();
    await tick();
    expect(await tasksAbout(id)).toMatchObject([{ kind: 'escalation', audience: 'managers', late: false }]);
    expect((await call(manager, 'GET', 'tasks')).json()).toMatchObject({
      items: [
        {
          kind: 'escalation',
          subject: { kind: 'escalation', id },
          client: { name: expect.any(String) as string },
        },
      ],
    });
    betony.clock.set('2026-11-25T18:00:00Z');
    await tick();
    expect(await tasksAbout(id)).toMatchObject([{ kind: 'escalation', late: true }]);
    await call(manager, 'POST', `escalations/${id}/acknowledge`, { answer: 'Let us go together' });
    await tick();
    expect(await tasksAbout(id)).toMatchObject([
      { kind: 'escalation_answered', audience: 'membership', audience_id: sam.actor.membershipId },
    ]);
  });
});
