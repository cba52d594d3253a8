import sql from 'sql-template-tag';
import { Database } from '../../../src/platform/database/database.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { ReminderTicks } from '../../../src/reminders/reminders.ticks.js';
import { aCase } from '../../factories/caseload.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, eventsAbout } from '../../support/records.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Words that may be found in one place only. */
const WHAT = 'She said that her nephew keeps her bank card ميزان 🍞';
const WORRY = {
  understood: true,
  kind: 'financial_abuse',
  about: 'client',
  what: WHAT,
  done: { told: 'adult_social_care', whom: 'Duty desk', reference: 'ASC-241', at: '2026-11-23T09:10:00Z' },
};

describe('safeguarding', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let lead: TestMember;
  let manager: TestMember;
  let another: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    lead = await aMember(scheme, 'link_worker', { name: 'Lena Lead' });
    another = await aMember(scheme, 'link_worker');
    manager = await aMember(scheme, 'scheme_manager', { name: 'Mo Manager' });
    await call(manager, 'PUT', `safeguarding/leads/${lead.actor.membershipId}`);
  });
  beforeEach(() => {
    betony.clock.set(TEST_NOW);
  });
  afterAll(() => betony.stop());

  const call = (who: TestMember, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: object) =>
    betony.inject({
      method,
      url: `/api/v1/${path}`,
      headers: who.headers,
      ...(payload ? { payload } : {}),
    });
  const record = (clientId: string, more: object = {}, who = sam) =>
    call(who, 'POST', `clients/${clientId}/safeguarding`, { ...WORRY, ...more });
  const recorded = async (more: object = {}) => {
    const of = await aCase(scheme, sam);
    const answer = await record(of.clientId, more);
    expect(answer.json()).toMatchObject({ what: WHAT });
    return { ...of, id: answer.json<{ id: string }>().id };
  };
  const tick = () => betony.get(ReminderTicks).fire(systemActor(scheme.id, 'reminders'));
  const rows = (statement: ReturnType<typeof sql>) => betony.get(Database).read(scheme.id, statement);
  const fields = (answer: Awaited<ReturnType<typeof call>>) =>
    answer.json<{ errors: { field: string }[] }>().errors.map(({ field }) => field);

  it('stops whoever writes with what to do in an emergency, until they have read it', async () => {
    const { clientId } = await aCase(scheme, sam);
    const words = (await call(sam, 'GET', 'safeguarding/words')).json<{ interruption: string }>();
    expect(words).toMatchObject({ leads: [{ name: 'Lena Lead' }] });
    const answer = await record(clientId, { understood: false });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field: 'understood', message: words.interruption }] });
    expect(words.interruption).toMatch(/not how to report an emergency.*999/);
    expect(fields(await record(clientId, { understood: undefined }))).toEqual(['understood']);
    expect(await rows(sql`select 1 from safeguarding where client_id = ${clientId}`)).toEqual([]);
  });

  it('is read by its author and the leads, by nobody else without a reason', async () => {
    const { id, clientId } = await recorded();
    for (const who of [sam, lead]) {
      const answer = await call(who, 'GET', `safeguarding/${id}`);
      expect(answer.json()).toMatchObject({
        clientId,
        what: WHAT,
        recordedBy: 'Sam Okoro',
        followUpOn: '2026-11-24',
        steps: [
          {
            told: 'adult_social_care',
            reference: 'ASC-241',
            at: '2026-11-23T09:10:00.000Z',
            by: 'Sam Okoro',
          },
        ],
        readings: [],
      });
    }
    for (const who of [another, manager]) {
      expect((await call(who, 'GET', `safeguarding/${id}`)).statusCode).toBe(404);
    }
    const read = await call(manager, 'POST', `safeguarding/${id}/read`, { reason: 'The lead is away today' });
    expect(read.json()).toMatchObject({
      what: WHAT,
      readings: [{ by: 'Mo Manager', reason: 'The lead is away today' }],
    });
    expect((await call(manager, 'GET', `safeguarding/${id}`)).statusCode).toBe(404);
    expect(fields(await call(manager, 'POST', `safeguarding/${id}/read`, { reason: 'curious' }))).toEqual([
      'reason',
    ]);
    expect(
      (await call(another, 'POST', `safeguarding/${id}/read`, { reason: 'The lead is away' })).statusCode,
    ).toBe(403);
    expect((await auditOf(scheme, id)).map(({ action, actor_id }) => [action, actor_id])).toEqual([
      ['safeguarding.record', sam.actor.membershipId],
      ['safeguarding.get', sam.actor.membershipId],
      ['safeguarding.get', sam.actor.membershipId],
      ['safeguarding.get', lead.actor.membershipId],
      ['safeguarding.open', manager.actor.membershipId],
      ['safeguarding.get', manager.actor.membershipId],
    ]);
  });

  it('is listed without its words, to a manager too', async () => {
    const { id, clientId } = await recorded();
    const list = await call(manager, 'GET', `safeguarding?clientId=${clientId}`);
    expect(list.json()).toMatchObject({ items: [{ id, clientId, state: 'open', recordedBy: 'Sam Okoro' }] });
    expect(list.body).not.toMatch(/nephew|financial/);
    const others = await call(another, 'GET', 'safeguarding');
    expect(others.json()).toEqual({ items: [], next: null });
  });

  it('is found nowhere else: not in the history, the audit record, an event or a task', async () => {
    const { id, clientId, referralId } = await recorded();
    betony.clock.set('2026-11-24T09:00:00Z');
    await tick();
    const elsewhere = [
      await call(sam, 'GET', `clients/${clientId}/history`),
      await call(sam, 'GET', `clients/${clientId}`),
      await call(sam, 'GET', `referrals/${referralId}`),
      await call(manager, 'GET', 'tasks?limit=100'),
    ];
    for (const answer of elsewhere) {
      expect(answer.statusCode).toBe(200);
      expect(answer.body).not.toMatch(/nephew|financial_abuse/);
    }
    expect(JSON.stringify(await rows(sql`select * from audit_entry where subject_id = ${id}`))).not.toMatch(
      /nephew|financial/,
    );
    expect(await eventsAbout(scheme, id)).toEqual(['safeguarding.recorded']);
  });

  it('waits for nobody’s agreement', async () => {
    const { clientId } = await aCase(scheme, sam);
    const agreements = (await call(manager, 'GET', `clients/${clientId}/agreements`)).json<
      { id: string }[]
    >();
    for (const { id } of agreements) {
      await call(manager, 'POST', `clients/${clientId}/agreements/${id}/withdraw`, {});
    }
    expect((await record(clientId, {}, manager)).statusCode).toBe(201);
  });

  it('is followed up: the managers at once, late on its day, late again the working day after', async () => {
    const { id } = await recorded();
    const desk = reminderDesk(scheme);
    const open = () =>
      rows(
        sql`select audience, late from task where subject_id = ${id} and ended_at is null order by audience`,
      );
    await tick();
    expect(await open()).toEqual([{ audience: 'managers', late: false }]);
    betony.clock.set('2026-11-24T09:00:00Z');
    await tick();
    expect(await open()).toEqual([{ audience: 'managers', late: true }]);
    const given = await call(manager, 'POST', `safeguarding/${id}/steps`, {
      told: 'safeguarding_lead',
      whom: 'Lena',
      leadId: lead.actor.membershipId,
      followUpOn: '2026-11-27',
    });
    expect(given.json()).toMatchObject({ lead: 'Lena Lead', followUpOn: '2026-11-27' });
    expect(given.body).not.toContain('nephew');
    betony.clock.set('2026-11-27T09:00:00Z');
    await tick();
    expect(await open()).toEqual([{ audience: 'membership', late: true }]);
    betony.clock.set('2026-11-30T09:00:00Z');
    await tick();
    expect(await open()).toEqual([
      { audience: 'managers', late: true },
      { audience: 'membership', late: true },
    ]);
    const closed = await call(lead, 'POST', `safeguarding/${id}/close`, {
      outcome: 'passed_on',
      note: 'The council has it',
    });
    expect(closed.json()).toMatchObject({ state: 'closed' });
    expect(await open()).toEqual([]);
    expect((await desk.reminders(id)).filter((line) => line.endsWith('waiting'))).toEqual([]);
    const again = await call(lead, 'POST', `safeguarding/${id}/steps`, { told: 'police' });
    expect([again.statusCode, again.json()]).toMatchObject([409, { from: 'closed', action: 'addStep' }]);
  });

  it('is closed by a lead or a manager, not by whoever raised it', async () => {
    const { id } = await recorded();
    const closing = { outcome: 'no_further_action', note: 'All is well' };
    const own = await call(sam, 'POST', `safeguarding/${id}/close`, closing);
    expect([own.statusCode, own.json()]).toMatchObject([409, { title: 'not-a-lead' }]);
    expect((await call(manager, 'POST', `safeguarding/${id}/close`, closing)).statusCode).toBe(200);
    const twice = await call(manager, 'POST', `safeguarding/${id}/close`, closing);
    expect([twice.statusCode, twice.json()]).toMatchObject([409, { from: 'closed' }]);
  });

  it('goes to the managers when its lead no longer is one', async () => {
    const leaving = await aMember(scheme, 'link_worker');
    await call(manager, 'PUT', `safeguarding/leads/${leaving.actor.membershipId}`);
    const { id } = await recorded({ leadId: leaving.actor.membershipId });
    await tick();
    const open = () => rows(sql`select audience from task where subject_id = ${id} and ended_at is null`);
    expect(await open()).toEqual([{ audience: 'membership' }]);
    const path = `safeguarding/leads/${leaving.actor.membershipId}`;
    expect((await call(manager, 'DELETE', path)).statusCode).toBe(204);
    expect(await open()).toEqual([{ audience: 'managers' }]);
    expect((await call(leaving, 'GET', `safeguarding/${id}`)).statusCode).toBe(404);
    expect((await call(manager, 'DELETE', path)).statusCode).toBe(404);
  });

  it.each([
    ['a day to come', { happenedOn: '2026-11-24' }, ['happenedOn']],
    ['a day that is none', { happenedOn: '2026-02-30' }, ['happenedOn']],
    ['a follow-up that is past', { followUpOn: '2026-11-22' }, ['followUpOn']],
    ['a follow-up too far off', { followUpOn: '2026-12-22' }, ['followUpOn']],
    ['nobody told, by name', { done: { told: 'nobody_yet', whom: 'Jo' } }, ['done.whom']],
    ['told tomorrow', { done: { told: 'police', at: '2026-11-24T09:00:00Z' } }, ['done.at']],
    ['told last summer', { done: { told: 'police', at: '2026-06-24T09:00:00Z' } }, ['done.at']],
    ['nothing said of what was done', { done: undefined }, ['done']],
    ['200 kB', { what: 'x'.repeat(200_000) }, ['what']],
    ['somebody who is no lead', { leadId: '01900000-0000-7000-8000-000000000000' }, ['leadId']],
    ['a made-up kind', { kind: 'gossip' }, ['kind']],
    ['an agreement', { agreementId: '01900000-0000-7000-8000-000000000000' }, ['agreementId']],
  ])('refuses %s', async (_name, more, expected) => {
    const { clientId } = await aCase(scheme, sam);
    const answer = await record(clientId, more);
    expect([answer.statusCode, fields(answer)]).toEqual([422, expected]);
  });

  describe('flags for whoever visits', () => {
    const flag = (clientId: string, payload: object, who = sam) =>
      call(who, 'POST', `clients/${clientId}/lone-worker-flags`, payload);

    it('are codes with a day to look at them again, ended with a reason', async () => {
      const { clientId } = await aCase(scheme, sam);
      const raised = await flag(clientId, { code: 'visit_in_pairs' });
      expect(raised.json()).toMatchObject([
        { code: 'visit_in_pairs', reviewOn: '2027-05-23', recordedBy: 'Sam Okoro', endedAt: null },
      ]);
      const sooner = await flag(clientId, { code: 'visit_in_pairs', reviewOn: '2026-12-01' });
      const [{ id }] = sooner.json<[{ id: string }]>();
      expect(sooner.json()).toMatchObject([{ id, reviewOn: '2026-12-01' }]);
      const ended = await call(sam, 'POST', `clients/${clientId}/lone-worker-flags/${id}/end`, {
        reason: 'He moved',
      });
      expect(ended.json()).toMatchObject([{ endReason: 'He moved' }]);
      const twice = await call(sam, 'POST', `clients/${clientId}/lone-worker-flags/${id}/end`, {
        reason: 'Again',
      });
      expect(twice.statusCode).toBe(409);
      expect((await auditOf(scheme, id)).map(({ action }) => action)).toEqual([
        'loneWorkerFlag.raise',
        'loneWorkerFlag.raise',
        'loneWorkerFlag.end',
      ]);
    });

    it('come up on their day, and with a manager a week later', async () => {
      const { clientId } = await aCase(scheme, sam);
      const [{ id }] = (await flag(clientId, { code: 'daytime_only', reviewOn: '2026-12-01' })).json<
        [{ id: string }]
      >();
      const open = () =>
        rows(
          sql`select audience, late from task where subject_id = ${id} and ended_at is null order by audience`,
        );
      betony.clock.set('2026-12-01T09:00:00Z');
      await tick();
      expect(await open()).toEqual([{ audience: 'membership', late: false }]);
      betony.clock.set('2026-12-09T09:00:00Z');
      await tick();
      expect(await open()).toEqual([
        { audience: 'managers', late: true },
        { audience: 'membership', late: false },
      ]);
      await call(sam, 'POST', `clients/${clientId}/lone-worker-flags/${id}/end`, { reason: 'Not needed' });
      expect(await open()).toEqual([]);
    });

    it.each([
      ['yesterday', { code: 'daytime_only', reviewOn: '2026-11-22' }, 'reviewOn'],
      ['today', { code: 'daytime_only', reviewOn: '2026-11-23' }, 'reviewOn'],
      ['in a year', { code: 'daytime_only', reviewOn: '2027-11-23' }, 'reviewOn'],
      ['in words', { code: 'He shouted at me' }, 'code'],
    ])('are refused: %s', async (_name, payload, field) => {
      const { clientId } = await aCase(scheme, sam);
      const answer = await flag(clientId, payload);
      expect([answer.statusCode, fields(answer)]).toEqual([422, [field]]);
    });
  });

  it('is no more open in a copy for the person than outside of it, as are restricted words and complaints', async () => {
    const { id, clientId, referralId } = await recorded();
    const contact = await call(sam, 'POST', `referrals/${referralId}/contacts`, {
      kind: 'phone',
      outcome: 'reached',
      nextOn: '2026-11-30',
      sections: [{ kind: 'restricted', words: 'Nobody may know of the quince' }],
    });
    await call(sam, 'POST', `clients/${clientId}/feedback`, {
      kind: 'concern',
      about: 'worker',
      workerId: manager.actor.membershipId,
      words: 'Mo laughed at the medlar',
      wantsAnswer: true,
      toldHow: 'phone',
    });
    const second = await aMember(scheme, 'scheme_manager');
    const asked = await call(manager, 'POST', `clients/${clientId}/subject-access`, {
      askedBy: 'person',
      identityChecked: 'Passport seen',
    });
    await settle(betony);
    const path = `subject-access/${asked.json<{ id: string }>().id}`;
    const secrets = async (who: TestMember, part = 'document?forReview=true') => {
      const answer = await call(who, 'GET', `${path}/${part}`);
      expect(answer.statusCode).toBe(200);
      return ['bank card', 'quince', 'medlar'].filter((word) => answer.body.includes(word));
    };
    const review = (who: TestMember, decisions: object[] = []) =>
      call(who, 'POST', `${path}/review`, { decisions, showTheRest: true });
    const left = async (who: TestMember) =>
      (await review(who)).json<{ toDecide: { item: string }[] }>().toDecide.map(({ item }) => item);
    const openAll = async (who: TestMember) => {
      const reason = 'They ask for a copy of all of it';
      const words = `contacts/${contact.json<{ id: string }>().id}/read-restricted`;
      for (const each of [words, `safeguarding/${id}/read`]) {
        expect((await call(who, 'POST', each, { reason })).statusCode).toBeLessThan(300);
      }
    };

    expect(await secrets(manager)).toEqual([]);
    expect(await secrets(second)).toEqual(['medlar']);
    expect(await left(manager)).toContain(`safeguarding:${id}`);
    const blind = await review(manager, [{ item: `safeguarding:${id}`, field: 'what', decision: 'show' }]);
    expect(fields(blind)).toEqual(['decisions.0.item']);
    await openAll(manager);
    expect(await secrets(manager)).toEqual(['bank card', 'quince']);
    expect(
      await rows(sql`select reason from safeguarding_reading where safeguarding_id = ${id}`),
    ).toHaveLength(1);
    expect(await left(manager)).toEqual([]);
    expect((await call(manager, 'POST', `${path}/release`, { how: 'post' })).statusCode).toBe(409);

    expect(await left(second)).toEqual([]);
    expect((await call(manager, 'GET', `${path}/document`)).json()).toMatchObject({ title: 'about-you' });
    expect((await call(second, 'GET', `${path}/document`)).json()).toMatchObject({ title: 'not-opened' });
    await openAll(second);
    expect(await secrets(second, 'document')).toEqual(['bank card', 'quince', 'medlar']);
  });
});
