import sql from 'sql-template-tag';
import type { TodayView } from '../../../src/caseload/today.dto.js';
import type { HandoverView } from '../../../src/caseload/handover.dto.js';
import { HandoversService } from '../../../src/caseload/handovers.service.js';
import type { CaseloadWeight, RoomSuggestion, SupervisionCase } from '../../../src/caseload/workload.dto.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import type { Page } from '../../../src/platform/http/pagination.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aCase, type Case } from '../../factories/caseload.js';
import { changeRow } from '../../factories/episodes.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, eventsAbout, rowsOf } from '../../support/records.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

describe('a team’s work: handovers, weight, supervision', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let manager: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
  });
  afterAll(() => betony.stop());

  const worker = (name?: string) => aMember(scheme, 'link_worker', name === undefined ? {} : { name });
  const post = (path: string, payload: object, member = manager) =>
    betony.inject({ method: 'POST', url: `/api/v1/${path}`, payload, headers: member.headers });
  const read = (path: string, member = manager) =>
    betony.inject({ url: `/api/v1/${path}`, headers: member.headers });
  const idOf = ({ actor }: TestMember): string => actor.membershipId;
  const ownerOf = async (referralId: string): Promise<string | null> =>
    (
      await rowsOf<{ owner_id: string | null }>(
        scheme,
        sql`select owner_id from referral where id = ${referralId}`,
      )
    )[0]?.owner_id ?? null;
  const performDue = () => betony.get(HandoversService).performDue(systemActor(scheme.id, 'handovers'));

  describe('a handover', () => {
    let sam: TestMember;
    let kim: TestMember;
    let lee: TestMember;
    let grace: Case;
    let henry: Case;

    beforeEach(async () => {
      [sam, kim, lee] = [await worker('Sam'), await worker('Kim'), await worker('Lee')];
      grace = await aCase(scheme, sam).begun();
      henry = await aCase(scheme, sam).onHold();
    });

    const make = async (payload: object): Promise<HandoverView> => {
      const answer = await post('handovers', { fromId: idOf(sam), ...payload });
      expect([answer.statusCode, answer.json()]).toEqual([201, expect.objectContaining({ fromName: 'Sam' })]);
      return answer.json<HandoverView>();
    };
    const outcomes = async (id: string) => {
      const view = (await read(`handovers/${id}`)).json<HandoverView>();
      const of = (referralId: string) => view.items.find((item) => item.referralId === referralId)?.outcome;
      return { state: view.state, grace: of(grace.referralId), henry: of(henry.referralId) };
    };

    it('of people whom a manager took over from one who left: as of any worker, with their Today, weight and absence', async () => {
      const lead = await aMember(scheme, 'scheme_manager', { name: 'Lou Lead' });
      const admin = await aMember(scheme, 'administrator');
      expect((await post(`memberships/${idOf(sam)}/end`, { handTo: idOf(lead) }, admin)).statusCode).toBe(
        200,
      );
      expect(await ownerOf(grace.referralId)).toBe(idOf(lead));
      betony.clock.set('2026-12-01T09:00:00Z');
      const theirs = (await read('today', lead)).json<TodayView>();
      expect(theirs.overdue.map((item) => item.referralId)).toContain(grace.referralId);
      expect((await read(`today?workerId=${idOf(lead)}`)).json()).toMatchObject({ overdue: theirs.overdue });
      betony.clock.set(TEST_NOW);
      const weights = (await read('caseload/weights')).json<Page<CaseloadWeight>>().items;
      expect(weights.find(({ workerId }) => workerId === idOf(lead))).toMatchObject({ cases: 2 });
      expect(weights.map(({ workerId }) => workerId)).not.toContain(idOf(manager));

      const away = await post(`link-workers/${idOf(lead)}/absent`, { coverId: idOf(kim) });
      expect([away.statusCode, away.json()]).toMatchObject([
        201,
        { workerId: idOf(lead), coverId: idOf(kim) },
      ]);
      expect((await read(`referrals/${grace.referralId}`, kim)).statusCode).toBe(200);
      expect((await post(`link-workers/${idOf(lead)}/back`, {})).json()).toMatchObject({ absence: null });
      expect((await read(`referrals/${grace.referralId}`, kim)).statusCode).toBe(404);
      const planned = { workerId: idOf(lead), reason: 'leave', startsOn: '2026-12-01', coverId: idOf(kim) };
      expect((await post('covers', planned)).statusCode).toBe(201);

      const given = await post('handovers', {
        fromId: idOf(lead),
        effectiveOn: '2026-11-23',
        toId: idOf(lee),
      });
      expect([given.statusCode, given.json()]).toMatchObject([201, { fromName: 'Lou Lead', state: 'done' }]);
      expect(await ownerOf(grace.referralId)).toBe(idOf(lee));
    });

    it('from today is done at once, each with its history and its new holder', async () => {
      const handover = await make({ effectiveOn: '2026-11-23', toId: idOf(kim) });
      expect(handover).toMatchObject({
        state: 'done',
        items: [{ outcome: 'handed' }, { outcome: 'handed' }],
      });
      for (const { referralId, clientId } of [grace, henry]) {
        expect(await ownerOf(referralId)).toBe(idOf(kim));
        expect((await read(`clients/${clientId}/timeline`, kim)).statusCode).toBe(200);
        expect(await auditOf(scheme, referralId)).toMatchObject([
          { action: 'referral.allocate', details: { reason: 'handover', handoverId: handover.id } },
        ]);
      }
      expect(await eventsAbout(scheme, handover.id)).toEqual(['handover.made', 'handover.finished']);
    });

    it('from a later day waits for it, and is done once by however many ticks', async () => {
      const { id, checks } = await make({
        effectiveOn: '2026-11-30',
        referrals: [
          { referralId: grace.referralId, toId: idOf(kim) },
          { referralId: henry.referralId, toId: idOf(lee) },
        ],
        note: 'Sam leaves',
      });
      expect(checks.map(({ doneAt }) => doneAt)).toEqual([null, null, null, null, null]);
      betony.clock.set('2026-11-29T23:59:00Z');
      await performDue();
      expect(await ownerOf(grace.referralId)).toBe(idOf(sam));
      const checked = await post(`handovers/${id}/check`, { done: ['people_told', 'next_dates'] }, sam);
      expect(checked.json<HandoverView>().checks.filter(({ doneBy }) => doneBy === idOf(sam))).toHaveLength(
        2,
      );
      betony.clock.set('2026-11-30T00:01:00Z');
      await Promise.all([performDue(), performDue(), performDue()]);
      expect(await outcomes(id)).toEqual({ state: 'done', grace: 'handed', henry: 'handed' });
      expect([await ownerOf(grace.referralId), await ownerOf(henry.referralId)]).toEqual([
        idOf(kim),
        idOf(lee),
      ]);
      const [moves] = await rowsOf<{ count: number }>(
        scheme,
        sql`select count(*)::integer as count from referral_history where action = 'allocate'
          and referral_id in (${grace.referralId}, ${henry.referralId})`,
      );
      expect(moves?.count).toBe(2);
    });

    it('of everything takes along what the leaver was given since, but what another handover gives away', async () => {
      const { id, allToId } = await make({ effectiveOn: '2026-11-30', toId: idOf(kim) });
      expect(allToId).toBe(idOf(kim));
      const [mary, nina] = [await aCase(scheme, sam).begun(), await aCase(scheme, sam).begun()];
      const named = [{ referralId: nina.referralId, toId: idOf(lee) }];
      expect((await make({ effectiveOn: '2026-12-07', referrals: named })).allToId).toBeNull();
      betony.clock.set('2026-11-30T00:01:00Z');
      await Promise.all([performDue(), performDue(), performDue()]);
      expect(await outcomes(id)).toEqual({ state: 'done', grace: 'handed', henry: 'handed' });
      const owners = [grace, henry, mary, nina].map(({ referralId }) => ownerOf(referralId));
      expect(await Promise.all(owners)).toEqual([idOf(kim), idOf(kim), idOf(kim), idOf(sam)]);
      const later = await aCase(scheme, sam).begun();
      await performDue();
      expect(await ownerOf(later.referralId)).toBe(idOf(sam));
    });

    it('to somebody who is away on its day needs somebody who covers for them', async () => {
      const away = { workerId: idOf(kim), reason: 'leave', startsOn: '2026-11-27', endsOn: '2026-12-04' };
      expect((await post('covers', away)).statusCode).toBe(201);
      const plan = { effectiveOn: '2026-11-30', toId: idOf(kim) };
      const refused = (field: string) => ({
        status: 422,
        errors: [{ field, message: expect.stringContaining('nobody covers for them') as string }],
      });
      expect((await post('handovers', { fromId: idOf(sam), ...plan })).json()).toMatchObject(refused('toId'));
      const referrals = [
        { referralId: grace.referralId, toId: idOf(lee) },
        { referralId: henry.referralId, toId: idOf(kim) },
      ];
      const one = await post('handovers', { fromId: idOf(sam), effectiveOn: '2026-11-30', referrals });
      expect(one.json()).toMatchObject(refused('referrals.1.toId'));
      await make({ effectiveOn: '2026-12-05', referrals });
      const gone = { workerId: idOf(lee), reason: 'leave', startsOn: '2026-12-07', coverId: idOf(kim) };
      expect((await post('covers', gone)).statusCode).toBe(201);
      const mary = await aCase(scheme, sam).begun();
      const covered = [{ referralId: mary.referralId, toId: idOf(lee) }];
      await make({ effectiveOn: '2026-12-08', referrals: covered });
    });

    it('gives each its own outcome, and leaves nobody without an owner', async () => {
      const mary = await aCase(scheme, sam).begun();
      const { id } = await make({
        effectiveOn: '2026-11-30',
        referrals: [
          { referralId: grace.referralId, toId: idOf(kim) },
          { referralId: henry.referralId, toId: idOf(lee) },
          { referralId: mary.referralId, toId: idOf(lee) },
        ],
      });
      await post(`referrals/${grace.referralId}/close`, {
        result: 'helped',
        reason: 'done',
        mayAskAgain: false,
        noResponseBecause: 'declined',
      });
      await post(`referrals/${henry.referralId}/allocate`, { workerId: idOf(kim) });
      await changeRow(scheme, 'membership', idOf(lee), { disabled_at: betony.clock.now() });
      betony.clock.set('2026-12-01T09:00:00Z');
      await performDue();
      expect(await outcomes(id)).toEqual({ state: 'done', grace: 'had_ended', henry: 'had_another_owner' });
      const view = (await read(`handovers/${id}`)).json<HandoverView>();
      expect(view.items.find(({ referralId }) => referralId === mary.referralId)?.outcome).toBe(
        'nobody_there',
      );
      expect([await ownerOf(henry.referralId), await ownerOf(mary.referralId)]).toEqual([
        idOf(kim),
        idOf(sam),
      ]);
      // The managers hear at once of whom nobody took, until somebody has them.
      const desk = reminderDesk(scheme);
      await desk.work();
      expect((await desk.tasks(id)).sort()).toEqual([
        'handover_undone managers open',
        'handover_undone membership open',
      ]);
      expect((await desk.messages(idOf(manager))).map(({ kind }) => kind)).toEqual(['notice']);
      expect((await read('tasks')).json()).toMatchObject({
        items: [
          { words: 'Find another worker for people in a handover: whoever was to take them was not there' },
        ],
      });
      await post(`referrals/${mary.referralId}/allocate`, { workerId: idOf(kim) });
      expect((await desk.tasks(id)).sort()).toEqual([
        'handover_undone managers moved_on',
        'handover_undone membership moved_on',
      ]);
      const ownerless = await rowsOf(
        scheme,
        sql`select id from referral where state in ('allocated', 'active', 'on_hold')
          and (owner_id is null or next_at is null)`,
      );
      expect(ownerless).toEqual([]);
    });

    it('whose taker goes away before its day asks the giver and the managers at once, and hands nobody over', async () => {
      const { id } = await make({
        effectiveOn: '2026-11-30',
        referrals: [
          { referralId: grace.referralId, toId: idOf(kim) },
          { referralId: henry.referralId, toId: idOf(lee) },
        ],
      });
      const desk = reminderDesk(scheme);
      const tasks = async () => {
        await desk.work();
        return (await desk.tasks(id)).sort();
      };
      expect(await tasks()).toEqual([]);
      const away = await post('covers', {
        workerId: idOf(kim),
        reason: 'leave',
        startsOn: '2026-11-27',
        endsOn: '2026-12-04',
      });
      expect(away.statusCode).toBe(201);
      expect(await tasks()).toEqual([
        'handover_taker_gone managers open',
        'handover_taker_gone membership open',
      ]);
      expect((await post(`covers/${away.json<{ id: string }>().id}/end`, {})).statusCode).toBe(200);
      const over = ['handover_taker_gone managers moved_on', 'handover_taker_gone membership moved_on'];
      expect(await tasks()).toEqual(over);
      expect(
        (
          await post('covers', {
            workerId: idOf(kim),
            reason: 'leave',
            startsOn: '2026-11-27',
            endsOn: '2026-12-04',
          })
        ).statusCode,
      ).toBe(201);
      betony.clock.set('2026-11-30T09:00:00Z');
      await performDue();
      expect(await outcomes(id)).toEqual({ state: 'done', grace: 'nobody_there', henry: 'handed' });
      expect(await tasks()).toEqual(
        [...over, ...over, 'handover_undone managers open', 'handover_undone membership open'].sort(),
      );
    });

    it('against closing at the same moment is one or the other, never half', async () => {
      const { id } = await make({ effectiveOn: '2026-11-30', toId: idOf(kim) });
      betony.clock.set('2026-11-30T09:00:00Z');
      const closing = { result: 'helped', reason: 'done', mayAskAgain: false, noResponseBecause: 'declined' };
      await Promise.all([
        performDue(),
        post(`referrals/${grace.referralId}/close`, closing),
        post(`referrals/${henry.referralId}/allocate`, { workerId: idOf(lee) }),
        performDue(),
      ]);
      const { state, grace: one, henry: other } = await outcomes(id);
      expect([
        state,
        ['handed', 'had_ended'].includes(String(one)),
        ['handed', 'had_another_owner'].includes(String(other)),
      ]).toEqual(['done', true, true]);
      expect(await ownerOf(grace.referralId)).toBeNull();
      expect(await ownerOf(henry.referralId)).toBe(idOf(lee));
    });

    it('can be cancelled before its day, and planned again', async () => {
      const plan = { effectiveOn: '2026-11-30', toId: idOf(kim) };
      const { id } = await make(plan);
      expect((await post('handovers', { fromId: idOf(sam), ...plan })).json()).toMatchObject({
        status: 409,
        title: 'already-planned',
      });
      expect((await post(`handovers/${id}/cancel`, {})).json()).toMatchObject({ state: 'cancelled' });
      expect((await post(`handovers/${id}/cancel`, {})).json()).toMatchObject({
        status: 409,
        from: 'cancelled',
      });
      await make(plan);
      betony.clock.set('2026-11-30T09:00:00Z');
      await performDue();
      expect(await outcomes(id)).toMatchObject({ state: 'cancelled', grace: 'cancelled' });
      expect(await ownerOf(grace.referralId)).toBe(idOf(kim));
    });

    it.each<[string, () => object, string]>([
      ['a day gone by', () => ({ effectiveOn: '2026-11-22', toId: idOf(kim) }), 'effectiveOn'],
      ['a day in two years', () => ({ effectiveOn: '2028-11-22', toId: idOf(kim) }), 'effectiveOn'],
      ['nobody who takes', () => ({ effectiveOn: '2026-11-30' }), 'toId'],
      ['themselves', () => ({ effectiveOn: '2026-11-30', toId: idOf(sam) }), 'toId'],
      ['a manager who takes', () => ({ effectiveOn: '2026-11-30', toId: idOf(manager) }), 'toId'],
      [
        'a giver who is none',
        () => ({ fromId: newId(), effectiveOn: '2026-11-30', toId: idOf(kim) }),
        'fromId',
      ],
      [
        'somebody else’s referral',
        () => ({ effectiveOn: '2026-11-30', referrals: [{ referralId: newId(), toId: idOf(kim) }] }),
        'referrals.0.referralId',
      ],
      [
        'a referral twice',
        () => ({
          effectiveOn: '2026-11-30',
          referrals: [kim, lee].map((to) => ({ referralId: grace.referralId, toId: idOf(to) })),
        }),
        'referrals.1.referralId',
      ],
    ])('to %s is refused by its field', async (_name, payload, field) => {
      const answer = await post('handovers', { fromId: idOf(sam), ...payload() });
      expect(answer.json()).toMatchObject({ status: 422, errors: [{ field }] });
      expect((await read('handovers')).json()).toMatchObject({ items: [] });
    });

    it('is seen by those who give and take, and by no other worker', async () => {
      const { id } = await make({ effectiveOn: '2026-11-30', toId: idOf(kim) });
      expect((await read(`handovers/${id}`, kim)).statusCode).toBe(200);
      expect((await read(`handovers/${id}`, lee)).statusCode).toBe(404);
      expect((await read('handovers', lee)).json()).toMatchObject({ items: [] });
      expect((await post('handovers', { fromId: idOf(sam) }, sam)).statusCode).toBe(403);
    });
  });

  describe('weight and room', () => {
    it('weighs cases by what they take, and suggests who is there with least', async () => {
      const [busy, free, away] = [await worker('Busy'), await worker('Free'), await worker('Away')];
      const [late, easy, held] = [
        await aCase(scheme, busy).begun().due('2026-11-20'),
        await aCase(scheme, busy).begun().due('2027-01-20'),
        await aCase(scheme, busy).onHold(),
      ];
      for (const { referralId } of [late, easy, held]) {
        await changeRow(scheme, 'referral', referralId, { allocated_at: '2026-11-20T09:00:00Z' });
      }
      await changeRow(scheme, 'client', late.clientId, { safety_flag: true });
      await aCase(scheme, free).begun().due('2027-01-20');
      await post(`link-workers/${idOf(away)}/absent`, {});
      const { items } = (await read('caseload/weights')).json<Page<CaseloadWeight>>();
      // Late 1 + 1 + a half for the flag; easy 1; on hold a half. Whoever was never rung counts from being taken on.
      expect(
        items.map(({ name, weight, cases, due, complex, absent }) => [
          name,
          weight,
          cases,
          due,
          complex,
          absent,
        ]),
      ).toEqual([
        ['Busy', 4, 3, 1, 1, false],
        ['Free', 1, 1, 0, 0, false],
        ['Away', 0, 0, 0, 0, true],
      ]);
      expect((await read('caseload/weights', busy)).json()).toMatchObject({ items: [{ name: 'Busy' }] });
      const room = (await read('caseload/room')).json<RoomSuggestion[]>();
      expect(room.map(({ name }) => name)).toEqual(['Free', 'Busy']);
      expect(room[0]?.because).toMatch(/^Room for 39 more; 2% full by weight/);
      expect((await read('caseload/room?language=pl')).json()).toEqual([]);
      expect((await read('caseload/counts', busy)).json()).toMatchObject({ all: 3, withoutNextDate: 0 });
    });
  });

  describe('supervision', () => {
    it('says which cases to talk over, and why; a worker’s own, on record', async () => {
      const sam = await worker();
      const grace = await aCase(scheme, sam).begun().due('2026-11-10').unreached(3);
      await aCase(scheme, sam).begun().due('2026-12-20');
      const [first, ...others] = (await read(`supervision?workerId=${idOf(sam)}`)).json<SupervisionCase[]>();
      expect(others).toEqual([]);
      expect(first).toMatchObject({ referralId: grace.referralId, prompts: ['late', 'unreached'] });
      expect(first?.words).toHaveLength(2);
      expect(await auditOf(scheme, idOf(sam))).toMatchObject([
        { action: 'supervision.read', client_ids: expect.arrayContaining([grace.clientId]) },
      ]);
      expect((await read('supervision', sam)).json()).toHaveLength(1);
      expect((await read(`supervision?workerId=${idOf(sam)}`, await worker())).statusCode).toBe(404);
      const whose = await read('supervision');
      expect(whose.statusCode).toBe(422);
      expect(whose.json()).toMatchObject({ errors: [{ field: 'workerId' }] });
      const referrer = await aMember(scheme, 'referrer');
      expect((await read(`supervision?workerId=${idOf(referrer)}`)).statusCode).toBe(404);
    });

    it('lets a worker put something before the managers, who answer once', async () => {
      const sam = await worker('Sam');
      const grace = await aCase(scheme, sam);
      const raised = await post('escalations', { referralId: grace.referralId, words: 'I am worried' }, sam);
      expect(raised.json()).toMatchObject({ words: 'I am worried', raisedBy: 'Sam', acknowledgedAt: null });
      const { id } = raised.json<{ id: string }>();
      expect((await read('escalations')).json()).toMatchObject({
        items: [{ id, referralId: grace.referralId }],
      });
      expect((await read(`escalations/${id}`, await worker())).statusCode).toBe(404);
      expect((await post(`escalations/${id}/acknowledge`, { answer: 'I' }, sam)).statusCode).toBe(403);
      const answered = await post(`escalations/${id}/acknowledge`, { answer: 'Let us ring together' });
      expect(answered.json()).toMatchObject({ answer: 'Let us ring together' });
      expect((await post(`escalations/${id}/acknowledge`, { answer: 'Again' })).statusCode).toBe(409);
      expect((await read(`escalations/${id}`, sam)).json()).toMatchObject({ answer: 'Let us ring together' });
      expect((await auditOf(scheme, id)).map(({ action, client_ids }) => [action, client_ids])).toEqual([
        ['escalation.raise', [grace.clientId]],
        ['escalation.acknowledge', [grace.clientId]],
      ]);
      const foreign = await post(
        'escalations',
        { referralId: grace.referralId, words: 'Mine?' },
        await worker(),
      );
      expect(foreign.statusCode).toBe(404);
      expect((await post('escalations', { words: '' }, sam)).json()).toMatchObject({
        errors: [{ field: 'words' }],
      });
    });
  });
});
