import sql from 'sql-template-tag';
import { newId } from '../../../src/platform/pure/ids.js';
import { aClient } from '../../factories/clients.js';
import { anEpisode, inScheme, insertRow, withWorker } from '../../factories/episodes.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const NOBODY = '01960000-0000-7000-8000-000000000000';

describe('tasks', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let worker: TestMember;
  let colleague: TestMember;
  let triager: TestMember;
  let manager: TestMember;
  let referrer: TestMember;
  let provider: TestMember;
  let stranger: TestMember;
  let clientId: string;
  let referralId: string;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    worker = await aMember(scheme, 'link_worker');
    colleague = await aMember(scheme, 'link_worker');
    triager = await aMember(scheme, 'link_worker', { triages: true });
    manager = await aMember(scheme, 'scheme_manager');
    referrer = await aMember(scheme, 'referrer');
    provider = await aMember(scheme, 'provider_member');
    stranger = await aMember(await aScheme(betony), 'scheme_manager');
    clientId = await aClient(scheme, { firstName: 'Grace', lastName: 'Adeyemi' });
    referralId = await anEpisode(scheme, 'active', {
      client_id: clientId,
      ...withWorker('active', worker.actor.membershipId, '2026-12-01T09:00:00Z'),
    });
  });
  afterAll(() => betony.stop());

  let due = 0;
  async function aTask(audience: string, audienceId: string | null, columns: Record<string, unknown> = {}) {
    const id = newId();
    due += 1;
    await inScheme(scheme, (tx) =>
      insertRow(tx, 'task', {
        scheme_id: scheme.id,
        id,
        kind: 'next_contact',
        audience,
        audience_id: audienceId,
        subject_kind: 'referral',
        subject_id: newId(),
        referral_id: referralId,
        client_id: clientId,
        due_at: new Date(Date.parse('2026-11-01T09:00:00Z') + due * 60_000),
        created_at: tx.now,
        ...columns,
      }),
    );
    return id;
  }
  const get = async (who: TestMember | null, query = '') =>
    betony.inject({ method: 'GET', url: `/api/v1/tasks${query}`, headers: who?.headers ?? {} });
  const finish = (who: TestMember, id: string) =>
    betony.inject({ method: 'POST', url: `/api/v1/tasks/${id}/finish`, headers: who.headers });
  const idsOf = async (who: TestMember, query = '?limit=100') =>
    (await get(who, query)).json<{ items: { id: string }[] }>().items.map((task) => task.id);

  describe('whose they are', () => {
    let mine: string;
    let triage: string;
    let managers: string;
    let practice: string;
    let group: string;
    beforeAll(async () => {
      mine = await aTask('membership', worker.actor.membershipId);
      triage = await aTask('triage', null);
      managers = await aTask('managers', null);
      practice = await aTask('organisation', referrer.actor.organisationId);
      group = await aTask('organisation', provider.actor.organisationId);
    });

    it('is decided by the list they are on', async () => {
      expect(await idsOf(worker)).toEqual([mine]);
      expect(await idsOf(colleague)).toEqual([]);
      expect(await idsOf(triager)).toEqual([triage]);
      expect(await idsOf(manager)).toEqual([managers]);
      expect(await idsOf(referrer)).toEqual([practice]);
      expect(await idsOf(provider)).toEqual([group]);
      expect(await idsOf(stranger)).toEqual([]);
    });

    it('a manager may see everybody’s, and nobody else', async () => {
      const everybody = '?whose=everybody&limit=100';
      expect(await idsOf(manager, everybody)).toEqual([mine, triage, managers, practice, group]);
      expect(await idsOf(colleague, everybody)).toEqual([]);
      expect(await idsOf(referrer, everybody)).toEqual([practice]);
      expect(await idsOf(stranger, everybody)).toEqual([]);
    });

    it('and finishing one reaches as far as listing them', async () => {
      const may: [TestMember, string[]][] = [
        [worker, [mine]],
        [colleague, []],
        [triager, [triage]],
        [referrer, [practice]],
        [provider, [group]],
        [stranger, []],
      ];
      for (const [who, theirs] of may) {
        for (const id of [mine, triage, managers, practice, group].filter((one) => !theirs.includes(one))) {
          const [there, nowhere] = [await finish(who, id), await finish(who, NOBODY)];
          expect(there.statusCode).toBe(404);
          expect({ ...there.json(), instance: '' }).toEqual({ ...nowhere.json(), instance: '' });
        }
      }
      for (const [who, theirs] of may) {
        for (const id of theirs) expect((await finish(who, id)).statusCode).toBe(200);
      }
      expect((await finish(manager, managers)).statusCode).toBe(200);
    });
  });

  it('a commissioner has no tasks', async () => {
    const member = await aMember(scheme, 'commissioner');
    expect((await get(member)).statusCode).toBe(403);
    expect((await finish(member, NOBODY)).statusCode).toBe(403);
  });

  it('an administrator finds nothing of the managers’ or of triage', async () => {
    const member = await aMember(scheme, 'administrator');
    expect((await get(member)).json<{ items: unknown[] }>().items).toEqual([]);
    expect((await finish(member, NOBODY)).statusCode).toBe(404);
  });

  it('nobody signed out has any', async () => {
    expect((await get(null)).statusCode).toBe(401);
  });

  it('names the person to those who support them, and records that it did', async () => {
    const id = await aTask('membership', worker.actor.membershipId, { late: true });
    const { items } = (await get(worker, '?late=true')).json<{ items: unknown[] }>();
    expect(items).toEqual([
      {
        id,
        kind: 'next_contact',
        words: 'Get in touch as planned',
        why: null,
        audience: 'membership',
        audienceId: worker.actor.membershipId,
        late: true,
        subject: { kind: 'referral', id: expect.any(String) },
        referralId,
        reference: expect.stringMatching(/^BT-/),
        client: {
          id: clientId,
          name: 'Grace Adeyemi',
          isInReach: false,
          phone: null,
          safeToCall: 'not_asked',
          safeToText: 'not_asked',
          safeToLeaveMessage: 'not_asked',
        },
        organisation: null,
        colleague: null,
        dueAt: expect.any(String),
        createdAt: '2026-11-23T10:00:00.000Z',
        endedAt: null,
        outcome: null,
      },
    ]);
    const seen = await inScheme(scheme, (tx) =>
      tx.rows<{ client_ids: string[] }>(sql`
        select client_ids from audit_entry
        where scheme_id = ${scheme.id} and action = 'task.list' and actor_id = ${worker.actor.membershipId}
        order by id desc limit 1`),
    );
    expect(seen).toEqual([{ client_ids: [clientId] }]);
    await finish(worker, id);
  });

  it('shows a practice the reference and not the name', async () => {
    const id = await aTask('organisation', referrer.actor.organisationId);
    const { items } = (await get(referrer)).json<{ items: { client: unknown; reference: string }[] }>();
    expect(items).toMatchObject([{ id, client: null, reference: expect.any(String) }]);
    await finish(referrer, id);
  });

  it('shows a group neither', async () => {
    const id = await aTask('organisation', provider.actor.organisationId);
    const { items } = (await get(provider)).json<{ items: unknown[] }>();
    expect(items).toMatchObject([{ id, client: null, reference: null, referralId: null }]);
    await finish(provider, id);
  });

  it('finishes once, and says so afterwards', async () => {
    const id = await aTask('membership', worker.actor.membershipId);
    const first = await finish(worker, id);
    expect([first.statusCode, first.json()]).toMatchObject([
      200,
      { id, outcome: 'finished', endedAt: '2026-11-23T10:00:00.000Z' },
    ]);
    const second = await finish(worker, id);
    expect([second.statusCode, second.json()]).toMatchObject([
      409,
      { from: 'finished', action: 'finish', because: 'It is finished already.' },
    ]);
    expect(await idsOf(worker)).toEqual([]);
    expect(await idsOf(worker, '?ended=true&limit=100')).toContain(id);
  });

  it('cannot be finished when it ended by itself', async () => {
    const id = await aTask('membership', worker.actor.membershipId, {
      ended_at: '2026-11-23T09:00:00Z',
      outcome: 'moved_on',
    });
    expect((await finish(worker, id)).json()).toMatchObject({
      status: 409,
      because: 'It needs nobody any more.',
    });
  });

  it('the same key finishes once', async () => {
    const id = await aTask('membership', worker.actor.membershipId);
    const again = () =>
      betony.inject({
        method: 'POST',
        url: `/api/v1/tasks/${id}/finish`,
        headers: { ...worker.headers, 'idempotency-key': 'once' },
      });
    const answers = [await again(), await again()];
    expect(answers.map((answer) => [answer.statusCode, answer.json<{ id: string }>().id])).toEqual([
      [200, id],
      [200, id],
    ]);
  });

  it('pages by the oldest due, each task once', async () => {
    const ids: string[] = [];
    for (let made = 0; made < 7; made += 1) ids.push(await aTask('membership', colleague.actor.membershipId));
    const seen: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page: { items: { id: string }[]; next: string | null } = (
        await get(colleague, `?limit=3${after === '' ? '' : `&after=${after}`}`)
      ).json();
      seen.push(...page.items.map((task) => task.id));
      after = page.next;
    }
    expect(seen).toEqual(ids);
  });

  it('a colleague who covers has them as well', async () => {
    const away = await aMember(scheme, 'link_worker');
    const cover = await aMember(scheme, 'link_worker');
    const id = await aTask('membership', away.actor.membershipId);
    await inScheme(scheme, (tx) =>
      insertRow(tx, 'cover', {
        scheme_id: scheme.id,
        id: newId(),
        worker_id: away.actor.membershipId,
        cover_id: cover.actor.membershipId,
        reason: 'absent',
        starts_on: '2026-11-20',
        created_by: manager.actor.membershipId,
        created_at: tx.now,
      }),
    );
    expect(await idsOf(cover)).toEqual([id]);
    expect(await idsOf(manager)).toEqual([]);
    // Nobody handled it for two working days.
    betony.clock.set('2026-11-26T09:00:00Z');
    expect(await idsOf(manager)).toEqual([id]);
    betony.clock.set('2026-11-23T10:00:00Z');
    await finish(cover, id);
  });

  it('of somebody who left are the managers’', async () => {
    const left = await aMember(scheme, 'link_worker');
    const id = await aTask('membership', left.actor.membershipId);
    await inScheme(scheme, (tx) =>
      tx.run(sql`update membership set ended_at = ${tx.now} where id = ${left.actor.membershipId}`),
    );
    expect(await idsOf(manager)).toEqual([id]);
  });

  it.each([
    ['?whose=nobody', 'whose'],
    ['?kind=dance', 'kind'],
    ['?late=perhaps', 'late'],
    ['?ended=1', 'ended'],
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?after=%22', 'after'],
    [`?after=${Buffer.from('["yesterday","x"]').toString('base64url')}`, 'after'],
    ['?surname=Adeyemi', 'surname'],
  ])('%s is refused, naming %s', async (query, field) => {
    const answer = await get(worker, query);
    expect([answer.statusCode, answer.json()]).toMatchObject([422, { errors: [{ field }] }]);
  });

  it.each(['1', 'x', NOBODY])('finishing %s finds nothing', async (id) => {
    expect((await finish(manager, id)).statusCode).toBe(404);
  });
});
