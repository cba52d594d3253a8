import sql from 'sql-template-tag';
import type { SafetyMessageView } from '../../../src/reminders/safety-message.dto.js';
import { changeRow, inScheme } from '../../factories/episodes.js';
import { aCase } from '../../factories/onward.js';
import { filedMail } from '../../support/mailbox.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf } from '../../support/records.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const INBOX = 'inbox@example.org';
const SECURE = 'surgery@example.org';

describe('a message about somebody’s safety', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let manager: TestMember;
  let practice: string;
  let referralId: string;
  let clientId: string;
  let desk: ReturnType<typeof reminderDesk>;
  let address = 0;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    address += 1;
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    sam = await aMember(scheme, 'link_worker');
    manager = await aMember(scheme, 'scheme_manager');
    ({ referralId, clientId } = await aCase(scheme, { worker: sam }));
    const [sender] = await inScheme(scheme, (tx) =>
      tx.rows<{ id: string }>(sql`select organisation_id as id from referral where id = ${referralId}`),
    );
    practice = sender!.id;
    await changeRow(scheme, 'organisation', practice, { email: INBOX, feedback_email: null });
    await changeRow(scheme, 'client', clientId, { first_name: 'Grace', last_name: 'Okafor' });
  });
  afterAll(() => betony.stop());

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({ method, url: `/api/v1/${path}`, headers: who.headers, ...(payload ? { payload } : {}) });
  const page = (method: 'GET' | 'POST', url: string) =>
    betony.inject({
      method,
      url,
      remoteAddress: `203.0.113.${String(address)}`,
      headers: method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {},
      ...(method === 'POST' ? { payload: '' } : {}),
    });
  const tried = (outcome = 'no_answer') =>
    call(sam, 'POST', `referrals/${referralId}/contacts`, { kind: 'phone', outcome, nextOn: '2026-11-24' });
  const send = (to = 'sender', who = sam) =>
    call(who, 'POST', `referrals/${referralId}/safety-messages`, { to });
  const sent = async (): Promise<{ view: SafetyMessageView; path: string; text: string; to: string }> => {
    await tried();
    const answer = await send();
    expect([answer.statusCode, answer.json()]).toMatchObject([201, { readAt: null }]);
    await settle(betony);
    const letter = (await filedMail(betony.config.dataDir)).at(-1)!;
    expect(letter.subject).toMatch(/^Please read today: [A-Z0-9]{4}-[A-Z0-9]{4}$/);
    return {
      view: answer.json(),
      to: letter.to?.[0]?.address ?? '',
      text: letter.text ?? '',
      path: /(\/received\/\S+)/.exec(letter.text ?? '')![1]!,
    };
  };
  const state = async () =>
    (await call(sam, 'GET', `referrals/${referralId}/safety-messages`)).json<SafetyMessageView[]>()[0]!;

  it('goes at once, names nobody in an inbox, and is acknowledged by a button, not by looking', async () => {
    const { view, path, text, to } = await sent();
    expect([to, view.answerBy]).toEqual([INBOX, '2026-11-23T17:00:00.000Z']);
    expect(text).not.toMatch(/Grace|Okafor/i);
    for (let looks = 0; looks < 3; looks += 1) {
      const shown = await page('GET', path);
      expect([shown.statusCode, shown.body]).toEqual([200, expect.stringContaining('We have read it')]);
      expect(shown.body).not.toMatch(/Grace|Okafor/i);
    }
    expect((await state()).readAt).toBeNull();
    betony.clock.set('2026-11-23T11:00:00Z');
    expect((await page('POST', path)).headers.location).toBe('/received/thanks');
    expect(await state()).toMatchObject({ readAt: '2026-11-23T11:00:00.000Z', readThrough: 'link' });
    expect([(await page('POST', path)).statusCode, (await page('GET', path)).statusCode]).toEqual([410, 410]);
    expect((await page('GET', '/received/nothing')).statusCode).toBe(410);
    await desk.work('2026-11-23T18:00:00Z');
    expect(await desk.tasks(view.id)).toEqual([]);
    const audited = await auditOf(scheme, view.id);
    expect(audited.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['safetyMessage.send', 'safetyMessage.acknowledge']),
    );
    const timeline = await call(sam, 'GET', `clients/${clientId}/timeline`);
    expect(
      timeline
        .json<{ items: { what: string; action: string }[] }>()
        .items.filter(({ what }) => what === 'safety_message')
        .map(({ action }) => action),
    ).toEqual(['acknowledge', 'send']);
  });

  it('names the person at an address on the practice’s secure list', async () => {
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        insert into secure_address (scheme_id, organisation_id, email, added_at)
        values (${scheme.id}, ${practice}, ${SECURE}, now()) on conflict do nothing`),
    );
    const { text, to } = await sent();
    expect(to).toBe(SECURE);
    expect(text).toMatch(/^Grace OKAFOR, born /);
  });

  it('comes back to the worker at the end of the day, and an hour later to the managers', async () => {
    const { view } = await sent();
    await desk.work('2026-11-23T17:00:00Z');
    expect(await desk.tasks(view.id)).toEqual(['safety_message membership open']);
    expect((await desk.messages(sam.actor.membershipId)).map(({ kind }) => kind)).toContain('notice');
    await desk.work('2026-11-23T18:00:00Z');
    expect(await desk.tasks(view.id)).toEqual([
      'safety_message membership open',
      'safety_message managers late open',
    ]);
    expect((await desk.messages(manager.actor.membershipId)).map(({ kind }) => kind)).toContain('notice');
    const heard = await call(sam, 'POST', `safety-messages/${view.id}/heard`, { by: 'Duty doctor' });
    expect(heard.json()).toMatchObject({ readThrough: 'phone', readBy: 'Duty doctor' });
    expect((await desk.tasks(view.id)).filter((line) => line.endsWith('open'))).toEqual([]);
    expect((await call(sam, 'POST', `safety-messages/${view.id}/heard`, { by: 'X' })).statusCode).toBe(409);
  });

  it.each([
    ['is refused', 'inbox@example.org,other@example.org'],
    ['is gone', null],
  ])(
    'asks the worker at once to ring where the address %s, and an hour later the managers',
    async (_, email) => {
      await tried();
      // The practice has closed.
      betony.clock.set('2026-11-23T17:10:00Z');
      const { id, answerBy, notSentAt } = (await send()).json<SafetyMessageView>();
      expect([answerBy, notSentAt]).toEqual(['2026-11-24T10:00:00.000Z', null]);
      await changeRow(scheme, 'organisation', practice, { email });
      await settle(betony);
      expect((await state()).notSentAt).toBe('2026-11-23T17:10:00.000Z');
      await desk.work();
      expect(await desk.tasks(id)).toEqual(['safety_message membership open']);
      expect((await desk.messages(sam.actor.membershipId)).map(({ kind }) => kind)).toContain('notice');
      await desk.work('2026-11-23T18:10:00Z');
      expect(await desk.tasks(id)).toEqual([
        'safety_message membership open',
        'safety_message managers late open',
      ]);
      const timeline = await call(sam, 'GET', `clients/${clientId}/timeline`);
      expect(
        timeline
          .json<{ items: { what: string; action: string }[] }>()
          .items.filter(({ what }) => what === 'safety_message')
          .map(({ action }) => action)
          .sort(),
      ).toEqual(['not_sent', 'send']);
      // What was to be asked at the end of the wait has been asked.
      await desk.work('2026-11-24T11:00:00Z');
      expect(await desk.tasks(id)).toHaveLength(2);
    },
  );

  it('asks the worker to ring where no mail server takes it in half an hour, and it stays asked should it go later', async () => {
    await tried();
    const { id } = (await send()).json<SafetyMessageView>();
    await desk.work('2026-11-23T10:29:59Z');
    expect(await desk.tasks(id)).toEqual([]);
    await desk.work('2026-11-23T10:30:00Z');
    expect(await desk.tasks(id)).toEqual(['safety_message membership open']);
    expect((await desk.messages(sam.actor.membershipId)).map(({ kind }) => kind)).toContain('notice');
    betony.clock.set('2026-11-23T10:40:00Z');
    await settle(betony);
    expect((await filedMail(betony.config.dataDir)).at(-1)?.to?.[0]?.address).toBe(INBOX);
    await desk.work('2026-11-23T11:30:00Z');
    expect(await desk.tasks(id)).toEqual([
      'safety_message membership open',
      'safety_message managers late open',
    ]);
    await call(sam, 'POST', `safety-messages/${id}/heard`, { by: 'Duty doctor' });
    expect((await desk.tasks(id)).filter((line) => line.endsWith('open'))).toEqual([]);
  });

  it('refuses what cannot be', async () => {
    expect((await send()).json()).toMatchObject({ status: 409, title: 'not-unreached' });
    await tried();
    expect((await send('everybody')).statusCode).toBe(422);
    expect((await send('sender', await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
    expect((await send('sender', await aMember(scheme, 'referrer'))).statusCode).toBe(403);
    // A practice that sent nothing knows no reference: only its secure list will do.
    const other = await anOrganisation(scheme, 'gp_practice');
    await changeRow(scheme, 'organisation', other, { email: 'other@example.org' });
    await inScheme(scheme, async (tx) => {
      await tx.run(
        sql`delete from gp_registration where scheme_id = ${scheme.id} and client_id = ${clientId}`,
      );
      await tx.run(sql`
        insert into gp_registration (scheme_id, id, client_id, organisation_id, starts_on, recorded_at)
        values (${scheme.id}, gen_random_uuid(), ${clientId}, ${other}, '2026-01-01', now())`);
    });
    expect((await send('practice')).json()).toMatchObject({ status: 409, title: 'no-address' });
    expect((await send()).statusCode).toBe(201);
    expect((await send()).json()).toMatchObject({ status: 409, title: 'sent-already' });
    await tried('reached');
    expect((await send()).json()).toMatchObject({ status: 409, title: 'not-unreached' });
  });
});
