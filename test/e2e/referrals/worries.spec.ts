import sql from 'sql-template-tag';
import type { WorryView } from '../../../src/referrals/worry.dto.js';
import { aReferral } from '../../factories/referrals.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, rowsOf } from '../../support/records.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const WORRY = {
  understood: true,
  kind: 'neglect',
  about: 'client',
  what: 'There was no food in the house.',
  done: { told: 'nobody_yet' },
};

describe('a worry of whoever referred somebody', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let asha: TestMember;
  let colleague: TestMember;
  let manager: TestMember;
  let lead: TestMember;
  let referralId: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    asha = await aMember(scheme, 'referrer', { name: 'Asha Patel' });
    colleague = await aMember(scheme, 'referrer');
    manager = await aMember(scheme, 'scheme_manager');
    lead = await aMember(scheme, 'link_worker', { name: 'Lena Lead' });
    referralId = (await aReferral(scheme).from(asha)).id;
  });
  afterAll(() => betony.stop());

  const call = (
    who: TestMember,
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    payload?: object,
    headers: object = {},
  ) =>
    betony.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { ...who.headers, ...headers },
      ...(payload ? { payload } : {}),
    });
  const raise = async (more: object = {}): Promise<WorryView> => {
    const answer = await call(asha, 'POST', `referrals/${referralId}/worries`, { ...WORRY, ...more });
    expect(answer.statusCode).toBe(201);
    return answer.json();
  };
  const mine = async (who = asha) =>
    (await call(who, 'GET', `referrals/${referralId}/worries`)).json<WorryView[]>();

  it('reaches the named lead at once, the managers when its day passes, and says when somebody looked', async () => {
    await call(manager, 'PUT', `safeguarding/leads/${lead.actor.membershipId}`);
    const worry = await raise();
    expect(worry).toEqual({
      id: worry.id,
      kind: 'neglect',
      about: 'client',
      what: WORRY.what,
      receivedAt: '2026-11-23T10:00:00.000Z',
      with: 'safeguarding_lead',
      lookedAt: null,
    });
    const desk = reminderDesk(scheme);
    await desk.work();
    expect(await desk.taskRows(worry.id)).toMatchObject([
      { kind: 'safeguarding', audience: 'membership', audience_id: lead.actor.membershipId },
    ]);
    betony.clock.set('2026-11-23T14:00:00Z');
    expect((await call(lead, 'GET', `safeguarding/${worry.id}`)).json()).toMatchObject({
      what: WORRY.what,
      recordedBy: 'Asha Patel',
      followUpOn: '2026-11-24',
    });
    expect(await mine()).toMatchObject([{ id: worry.id, lookedAt: '2026-11-23T14:00:00.000Z' }]);
    await desk.work('2026-11-25T08:00:00Z');
    expect(await desk.tasks(worry.id)).toContain('safeguarding managers late open');
    expect((await auditOf(scheme, worry.id)).map(({ action }) => action)).toEqual([
      'safeguarding.record',
      'safeguarding.get',
    ]);
  });

  it('goes to the managers where nobody is named', async () => {
    const worry = await raise();
    expect(worry.with).toBe('managers');
    await reminderDesk(scheme).work();
    expect(await reminderDesk(scheme).tasks(worry.id)).toEqual(['safeguarding managers open']);
  });

  it('is read by nobody else who refers, and shows its author no other concern, nor what came of theirs', async () => {
    const worry = await raise();
    const other = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) });
    const foreign = await aMember(await aScheme(betony), 'referrer');
    expect(await mine(colleague)).toEqual([]);
    for (const who of [other, foreign]) {
      expect((await call(who, 'GET', `referrals/${referralId}/worries`)).statusCode).toBe(404);
      expect((await call(who, 'POST', `referrals/${referralId}/worries`, WORRY)).statusCode).toBe(404);
    }
    const [{ clientId } = { clientId: '' }] = await rowsOf<{ clientId: string }>(
      scheme,
      sql`select client_id as "clientId" from referral where id = ${referralId}`,
    );
    const theirs = await call(manager, 'POST', `clients/${clientId}/safeguarding`, WORRY);
    expect(theirs.statusCode).toBe(201);
    const closed = await call(manager, 'POST', `safeguarding/${worry.id}/close`, {
      outcome: 'not_founded',
      note: 'A misunderstanding about the shopping',
    });
    expect(closed.statusCode).toBe(200);
    const seen = await mine();
    expect(seen.map(({ id }) => id)).toEqual([worry.id]);
    expect(JSON.stringify(seen)).not.toMatch(/not_founded|misunderstanding|closed/);
    for (const path of [`safeguarding/${worry.id}`, 'safeguarding']) {
      expect((await call(asha, 'GET', path)).statusCode).toBe(403);
    }
  });

  it('is stopped first by what to do in an emergency, waits for no state of the referral, and is said once', async () => {
    const words = (await call(asha, 'GET', 'safeguarding/words')).json<{ interruption: string }>();
    const path = `referrals/${referralId}/worries`;
    const unread = await call(asha, 'POST', path, { ...WORRY, understood: false });
    expect(unread.json()).toMatchObject({
      status: 422,
      errors: [{ field: 'understood', message: words.interruption }],
    });
    for (const [field, bad] of [
      ['what', { what: '' }],
      ['happenedOn', { happenedOn: '2026-11-24' }],
      ['kind', { kind: 'gossip' }],
      ['leadId', { leadId: lead.actor.membershipId }],
      ['done.whom', { done: { told: 'nobody_yet', whom: 'The duty desk' } }],
    ] as const) {
      const answer = await call(asha, 'POST', path, { ...WORRY, ...bad });
      expect([answer.statusCode, answer.json()]).toMatchObject([422, { errors: [{ field }] }]);
    }
    expect(await mine()).toEqual([]);
    await call(asha, 'POST', `referrals/${referralId}/withdraw`, { reason: 'person_said_no' });
    const key = { 'idempotency-key': 'one-worry-and-no-more' };
    const [first, second] = [
      await call(asha, 'POST', path, WORRY, key),
      await call(asha, 'POST', path, WORRY, key),
    ];
    expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
    expect(second.json<WorryView>().id).toBe(first.json<WorryView>().id);
    expect(await mine()).toHaveLength(1);
  });
});
