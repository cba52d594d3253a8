import sql from 'sql-template-tag';
import type { PlanDraftView, PlanVersionView, PlanView } from '../../../src/caseload/plan.dto.js';
import { without } from '../../../src/platform/pure/without.js';
import { aCase } from '../../factories/caseload.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, eventsAbout, rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const GOAL = {
  words: 'Jemanden zum Reden. شكرا 🌻',
  importance: 9,
  actions: [{ what: 'Ring the lunch club', who: 'client', dueOn: '2026-12-04', confidence: 6 }],
};
const PLAN = {
  aboutMe: { mostImportant: 'My granddaughter', pleaseDo: 'Please ring before noon' },
  strengths: 'Bakes; knows everybody in the street',
  wouldLikeToGive: 'Cakes for the lunch club',
  crisisNotes: 'Ring Ann, then 111',
  goals: [GOAL, { words: 'To walk to the sea', importance: 4 }],
};

describe('plans', () => {
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

  const call = (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    payload?: object,
    member = sam,
    headers: Record<string, string> = {},
    on = betony,
  ) =>
    on.inject({
      method,
      url: `/api/v1/${path}`,
      ...(payload === undefined ? {} : { payload }),
      headers: { ...member.headers, ...headers },
    });
  const make = async (referralId: string, payload: object = PLAN): Promise<PlanView> => {
    const answer = await call('POST', `referrals/${referralId}/plan`, payload);
    expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
    return answer.json<PlanView>();
  };
  const read = async (referralId: string): Promise<PlanView> =>
    (await call('GET', `referrals/${referralId}/plan`)).json<PlanView>();
  const save = (plan: PlanView, payload: object, version = plan.version, member = sam) =>
    call('PUT', `plans/${plan.id}`, payload, member, { 'if-match': `"v${String(version)}"` });
  /** What is read can be sent back as it is. */
  const asGiven = ({ content }: PlanView) => ({
    ...content,
    goals: content.goals.map(({ id, words, importance, actions }) => ({
      id,
      words,
      importance,
      actions: actions.map((action) => without(action, 'status')),
    })),
  });

  describe('made and changed', () => {
    it('keeps the person’s words, goals and actions, to be looked at again in six weeks', async () => {
      const { referralId, clientId } = await aCase(scheme, sam).begun();
      const plan = await make(referralId);
      expect(plan).toMatchObject({
        version: 1,
        referralId,
        madeBy: 'Sam Okoro',
        agreed: null,
        sharedWith: [],
        content: {
          aboutMe: { mostImportant: 'My granddaughter', pleaseDo: 'Please ring before noon', people: null },
          strengths: PLAN.strengths,
          wouldLikeToGive: PLAN.wouldLikeToGive,
          crisisNotes: PLAN.crisisNotes,
          reviewOn: '2027-01-04',
          goals: [
            {
              words: GOAL.words,
              importance: 9,
              status: 'working_on_it',
              howFar: null,
              actions: [{ what: 'Ring the lunch club', who: 'client', status: 'to_do', confidence: 6 }],
            },
            { words: 'To walk to the sea', importance: 4, actions: [] },
          ],
        },
      });
      expect(await auditOf(scheme, plan.id)).toMatchObject([
        { action: 'plan.make', client_ids: [clientId], details: { referralId, version: 1 } },
      ]);
      expect(await auditOf(scheme, referralId)).toMatchObject([
        { action: 'plan.read', client_ids: [clientId] },
      ]);
      expect(await eventsAbout(scheme, plan.id)).toEqual(['plan.made']);
      expect((await call('POST', `referrals/${referralId}/plan`, PLAN)).json()).toMatchObject({
        status: 409,
        title: 'plan-exists',
      });
    });

    it('reminds its owner on the review day, and of the new one when it moves', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      const plan = await make(referralId);
      const waiting = async () =>
        (
          await rowsOf<{ due_at: Date }>(
            scheme,
            sql`select due_at from reminder where subject_id = ${referralId} and kind = 'plan_review' and step = 1
              and state = 'waiting'`,
          )
        ).map(({ due_at }) => due_at.toISOString());
      expect(await waiting()).toEqual(['2027-01-04T08:00:00.000Z']);
      await save(plan, { ...asGiven(plan), reviewOn: '2027-07-01' });
      expect(await waiting()).toEqual(['2027-07-01T07:00:00.000Z']);
    });

    it('keeps every version, and says what differs between any two', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      const first = await make(referralId);
      const given = asGiven(first);
      betony.clock.advance({ hours: 1 });
      const [company] = given.goals;
      const answer = await save(first, {
        ...given,
        strengths: 'Bakes',
        goals: [
          { ...company, importance: 10 },
          { words: 'To see the doctor less', importance: 7 },
        ],
        reason: 'We talked on the phone',
      });
      expect([answer.statusCode, answer.headers['etag']]).toEqual([200, '"v2"']);
      const { items } = (await call('GET', `plans/${first.id}/versions`)).json<{
        items: PlanVersionView[];
      }>();
      expect(items.map(({ number, by, reason }) => [number, by, reason])).toEqual([
        [2, 'Sam Okoro', 'We talked on the phone'],
        [1, 'Sam Okoro', null],
      ]);
      expect(items[1]?.content).toEqual(first.content);
      const differences = (await call('GET', `plans/${first.id}/differences?from=1&to=2`)).json<object[]>();
      expect(differences).toMatchObject([
        { of: 'plan', field: 'strengths', from: PLAN.strengths, to: 'Bakes' },
        { of: 'goal', change: 'changed', field: 'importance', from: 9, to: 10 },
        { of: 'goal', change: 'removed', from: { words: 'To walk to the sea' } },
        { of: 'goal', change: 'added', to: { words: 'To see the doctor less' } },
      ]);
      expect((await call('GET', `plans/${first.id}/differences?from=1&to=3`)).statusCode).toBe(404);
      const rows = await rowsOf<{ words: string; dropped: boolean }>(
        scheme,
        sql`select words, dropped_at is not null as dropped from goal where plan_id = ${first.id} order by id`,
      );
      expect(rows).toEqual([
        { words: GOAL.words, dropped: false },
        { words: 'To walk to the sea', dropped: true },
        { words: 'To see the doctor less', dropped: false },
      ]);
    });

    it('makes no version of what changes nothing', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      const plan = await make(referralId);
      expect((await save(plan, asGiven(plan))).json()).toMatchObject({ version: 1 });
    });

    it('of two at once lets one through, and tells the other', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      const plan = await make(referralId);
      const answers = await Promise.all(
        ['One', 'Two', 'Three'].map((strengths) => save(plan, { ...asGiven(plan), strengths })),
      );
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412, 412]);
      expect((await call('PUT', `plans/${plan.id}`, asGiven(plan))).statusCode).toBe(428);
    });

    it('follows goals over time, with what was said', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      const plan = await make(referralId);
      const [goal] = plan.content.goals;
      const of = `plans/${plan.id}/goals/${goal?.id ?? ''}/progress`;
      betony.clock.advance({ days: 14 });
      await call('POST', of, { status: 'partly_reached', howFar: 4, note: 'Went twice' });
      betony.clock.advance({ days: 14 });
      const last = await call('POST', of, { status: 'reached', howFar: 9 });
      expect(last.json()).toMatchObject({
        version: 3,
        content: { goals: [{ status: 'reached', howFar: 9 }, {}] },
      });
      const progress = (await call('GET', `plans/${plan.id}/progress`)).json<{ goalId: string }[]>();
      expect(progress.filter(({ goalId }) => goalId === goal?.id)).toMatchObject([
        { at: '2026-11-23T10:00:00.000Z', status: 'working_on_it', howFar: null },
        {
          at: '2026-12-07T10:00:00.000Z',
          status: 'partly_reached',
          howFar: 4,
          note: 'Went twice',
          by: 'Sam Okoro',
        },
        { at: '2026-12-21T10:00:00.000Z', status: 'reached', howFar: 9 },
      ]);
      const action = goal?.actions[0]?.id ?? '';
      const acted = await call('POST', `plans/${plan.id}/actions/${action}/progress`, {
        status: 'done',
        confidence: 10,
      });
      expect(acted.json<PlanView>().content.goals[0]?.actions).toMatchObject([
        { status: 'done', confidence: 10 },
      ]);
      expect(
        (await call('POST', `plans/${plan.id}/goals/${action}/progress`, { status: 'reached' })).statusCode,
      ).toBe(404);
    });

    it('stays to be read when the referral has ended, and is changed no more', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      const plan = await make(referralId);
      await call('POST', `referrals/${referralId}/close`, {
        result: 'helped',
        reason: 'done',
        mayAskAgain: false,
        noResponseBecause: 'declined',
      });
      expect((await save(plan, { goals: [] })).json()).toMatchObject({ status: 409, from: 'closed' });
      expect(await read(referralId)).toMatchObject({ version: 1 });
    });
  });

  describe('bad input', () => {
    it.each<[string, object, string]>([
      ['no goals at all', {}, 'goals'],
      ['importance out of range', { goals: [{ words: 'Walk', importance: 11 }] }, 'goals.0.importance'],
      [
        'confidence out of range',
        {
          goals: [{ words: 'Walk', importance: 5, actions: [{ what: 'Go', who: 'client', confidence: 0 }] }],
        },
        'goals.0.actions.0.confidence',
      ],
      ['a review that is no date', { goals: [], reviewOn: '2027-02-30' }, 'reviewOn'],
      ['a review in the past', { goals: [], reviewOn: '2026-11-22' }, 'reviewOn'],
      ['200 kB in one box', { goals: [], strengths: 'a'.repeat(200 * 1024) }, 'strengths'],
      ['control characters', { goals: [], strengths: 'Bell \u0007' }, 'strengths'],
      ['half an emoji', { goals: [], aboutMe: { wellness: '\ud83c' } }, 'aboutMe.wellness'],
      [
        'a goal of another plan',
        { goals: [{ id: '019aa000-0000-7000-8000-000000000000', words: 'W', importance: 1 }] },
        'goals.0.id',
      ],
      ['a field we do not know', { goals: [], owner: 'me' }, 'owner'],
    ])('%s is refused by its field, and nothing is written', async (_name, payload, field) => {
      const { referralId } = await aCase(scheme, sam).begun();
      const answer = await call('POST', `referrals/${referralId}/plan`, payload);
      expect(answer.json()).toMatchObject({ status: 422, errors: [{ field }] });
      expect((await call('GET', `referrals/${referralId}/plan`)).statusCode).toBe(404);
    });
  });

  describe('agreed and shared', () => {
    const agreeTo = async (clientId: string, organisationId?: string): Promise<string> => {
      const answer = await call('POST', `clients/${clientId}/agreements`, {
        scope: ['plan'],
        basis: 'agreed',
        agreedOn: '2026-11-20',
        how: 'phone',
        ...(organisationId !== undefined && { organisationId }),
      });
      expect(answer.statusCode).toBe(201);
      return answer.json<{ id: string }>().id;
    };

    it('is agreed to as it stands, not as it becomes', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      const plan = await make(referralId);
      const agreed = await call('POST', `plans/${plan.id}/agree`, {
        agreedOn: '2026-11-23',
        how: 'in_person',
      });
      expect(agreed.json()).toMatchObject({
        agreed: { version: 1, agreedOn: '2026-11-23', basis: 'agreed' },
      });
      await save(plan, { ...asGiven(plan), strengths: 'Other' });
      expect(await read(referralId)).toMatchObject({ version: 2, agreed: { version: 1 } });
      for (const [body, field] of [
        [{ agreedOn: '2026-11-24', how: 'phone' }, 'agreedOn'],
        [{ agreedOn: '2026-11-23', how: 'phone', basis: 'best_interests' }, 'decidedBy'],
        [{ agreedOn: '2026-11-23', how: 'phone', decidedBy: 'Her son' }, 'decidedBy'],
      ] as const) {
        const refused = await call('POST', `plans/${plan.id}/agree`, body);
        expect(refused.json()).toMatchObject({ status: 422, errors: [{ field }] });
      }
    });

    it('is read by a practice only with agreement, only what was chosen, and no longer once it is withdrawn', async () => {
      const practice = await anOrganisation(scheme, 'gp_practice');
      const nurse = await aMember(scheme, 'referrer', { organisation: practice });
      const { referralId, clientId } = await aCase(scheme, sam).begun();
      const plan = await make(referralId);
      const sharing = { with: 'organisation', organisationId: practice, sections: ['goals', 'crisis_notes'] };
      const early = await call('POST', `plans/${plan.id}/shares`, sharing);
      expect(early.json()).toMatchObject({ status: 409, title: 'not-agreed' });
      const agreementId = await agreeTo(clientId, practice);
      const shared = await call('POST', `plans/${plan.id}/shares`, sharing);
      expect(shared.json<PlanView>().sharedWith).toMatchObject([
        { with: 'organisation', organisationId: practice, version: 1, readable: true },
      ]);
      await save(plan, { ...asGiven(plan), crisisNotes: 'Ring Ben' });

      const { items } = (await call('GET', 'shared-plans', undefined, nurse)).json<{
        items: { id: string }[];
      }>();
      expect(items).toHaveLength(1);
      const share = items[0]?.id ?? '';
      const one = await call('GET', `shared-plans/${share}`, undefined, nurse);
      expect(Object.keys(one.json<{ content: object }>().content).sort()).toEqual([
        'crisisNotes',
        'goals',
        'reviewOn',
      ]);
      expect(one.json()).toMatchObject({ content: { crisisNotes: PLAN.crisisNotes } });
      const [seen] = await rowsOf<{ count: number }>(
        scheme,
        sql`select count(*)::integer as count from audit_entry where action = 'sharedPlan.list'
          and actor_id = ${nurse.actor.membershipId} and ${clientId} = any(client_ids)`,
      );
      expect(seen?.count).toBe(2);
      const elsewhere = await aMember(scheme, 'referrer');
      expect((await call('GET', `shared-plans/${share}`, undefined, elsewhere)).statusCode).toBe(404);

      const withdrawn = await call('POST', `clients/${clientId}/agreements/${agreementId}/withdraw`, {});
      expect(withdrawn.statusCode).toBe(200);
      expect((await call('GET', `shared-plans/${share}`, undefined, nurse)).statusCode).toBe(404);
      expect((await call('GET', 'shared-plans', undefined, nurse)).json()).toMatchObject({ items: [] });
      expect((await read(referralId)).sharedWith).toEqual([]);
      expect((await auditOf(scheme, plan.id)).map(({ action }) => action)).toContain('plan.endShare');

      await agreeTo(clientId, practice);
      expect((await call('GET', `shared-plans/${share}`, undefined, nurse)).statusCode).toBe(404);
      expect((await call('GET', 'shared-plans', undefined, nurse)).json()).toMatchObject({ items: [] });
    });

    it('ends for every organisation, and not for the person, once they take back that anybody outside reads it', async () => {
      const practice = await anOrganisation(scheme, 'gp_practice');
      const { referralId, clientId } = await aCase(scheme, sam).begun();
      const plan = await make(referralId);
      await agreeTo(clientId, practice);
      const ours = await agreeTo(clientId);
      await call('POST', `plans/${plan.id}/shares`, { with: 'client', sections: ['goals'] });
      await call('POST', `plans/${plan.id}/shares`, {
        with: 'organisation',
        organisationId: practice,
        sections: ['goals'],
      });
      expect((await read(referralId)).sharedWith).toHaveLength(2);
      await call('POST', `clients/${clientId}/agreements/${ours}/withdraw`, {});
      expect((await read(referralId)).sharedWith).toMatchObject([{ with: 'client' }]);
    });

    it('is shared until somebody ends it, once with each', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      const plan = await make(referralId);
      const withClient = { with: 'client', sections: ['about_me', 'goals'] };
      await call('POST', `plans/${plan.id}/shares`, withClient);
      const again = await call('POST', `plans/${plan.id}/shares`, { ...withClient, sections: ['goals'] });
      const { sharedWith } = again.json<PlanView>();
      expect(sharedWith).toMatchObject([{ with: 'client', sections: ['goals'], readable: true }]);
      const end = `plans/${plan.id}/shares/${sharedWith[0]?.id ?? ''}/end`;
      expect((await call('POST', end)).json()).toMatchObject({ sharedWith: [] });
      expect((await call('POST', end)).statusCode).toBe(404);
      const odd = await call('POST', `plans/${plan.id}/shares`, {
        with: 'organisation',
        sections: ['goals'],
      });
      expect(odd.json()).toMatchObject({ status: 422, errors: [{ field: 'organisationId' }] });
    });
  });

  describe('a draft', () => {
    const draftOf = async (referralId: string, member = sam, on = betony): Promise<PlanDraftView> =>
      (
        await call('GET', `referrals/${referralId}/plan-draft`, undefined, member, {}, on)
      ).json<PlanDraftView>();
    const keep = (referralId: string, revision: number, strengths: string, tab = 'one', member = sam) =>
      call('POST', `referrals/${referralId}/plan-draft`, { revision, tab, content: { strengths } }, member);

    it('is kept at each pause, unfinished as it is, and is each author’s own', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      expect(await draftOf(referralId)).toMatchObject({ revision: 0, content: null, aside: [] });
      expect((await keep(referralId, 0, 'Ba')).json()).toMatchObject({ revision: 1, basedOn: 0 });
      const unfinished = { goals: [{ words: 'To w', actions: [{}] }], aboutMe: { people: '' } };
      const answer = await call('POST', `referrals/${referralId}/plan-draft`, {
        revision: 1,
        tab: 'one',
        content: unfinished,
      });
      expect(answer.json()).toMatchObject({ revision: 2, content: unfinished });
      const manager = await aMember(scheme, 'scheme_manager');
      expect(await draftOf(referralId, manager)).toMatchObject({ revision: 0, content: null });
    });

    it('survives a restart', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await keep(referralId, 0, 'Bakes 🥧');
      const again = await startApp({ database: betony.database });
      try {
        expect(await draftOf(referralId, sam, again)).toMatchObject({
          revision: 1,
          content: { strengths: 'Bakes 🥧' },
        });
      } finally {
        await again.stop();
      }
    });

    it('in two tabs: the second is told, nothing is overwritten and both texts are kept', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await keep(referralId, 0, 'Ba', 'one');
      await keep(referralId, 1, 'Bakes', 'one');
      const second = await keep(referralId, 1, 'Bathes dogs', 'two');
      expect(second.json()).toMatchObject({
        status: 409,
        title: 'draft-elsewhere',
        asideId: expect.any(String),
      });
      expect((await keep(referralId, 1, 'Bathes big dogs', 'two')).statusCode).toBe(409);
      expect((await keep(referralId, 0, 'Blank', 'three')).statusCode).toBe(409);
      const draft = await draftOf(referralId);
      expect(draft).toMatchObject({ revision: 2, content: { strengths: 'Bakes' } });
      expect(draft.aside.map(({ tab, content }) => [tab, content.strengths])).toEqual([
        ['two', 'Bathes big dogs'],
        ['three', 'Blank'],
      ]);
      // Whoever chose the other text saves it on top of the latest: it is the draft then, and no longer beside it.
      expect((await keep(referralId, 2, 'Bathes big dogs', 'two')).statusCode).toBe(200);
      expect((await draftOf(referralId)).aside.map(({ tab }) => tab)).toEqual(['three']);
    });

    it('of many tabs at once loses no text', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      const tabs = ['a', 'b', 'c', 'd', 'e'];
      const answers = await Promise.all(tabs.map((tab) => keep(referralId, 0, `Text ${tab}`, tab)));
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409, 409, 409]);
      const draft = await draftOf(referralId);
      const texts = [draft.content, ...draft.aside.map(({ content }) => content)];
      expect(texts.map((content) => content?.strengths).sort()).toEqual(tabs.map((tab) => `Text ${tab}`));
    });

    it('repeated after an answer that was lost is no second text', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await keep(referralId, 0, 'Bakes');
      expect((await keep(referralId, 0, 'Bakes')).statusCode).toBe(200);
      expect(await draftOf(referralId)).toMatchObject({ content: { strengths: 'Bakes' }, aside: [] });
    });

    it('begun again never has the number of one that ended, so that a tab left open overwrites nothing', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await keep(referralId, 0, 'Ba', 'one');
      await make(referralId, { ...PLAN, draftRevision: 1 });
      const again = (await keep(referralId, 0, 'A long new paragraph', 'one')).json<PlanDraftView>();
      expect(again).toMatchObject({
        revision: 2,
        basedOn: 1,
        content: { strengths: 'A long new paragraph' },
      });
      expect((await keep(referralId, 1, 'Stale', 'two')).statusCode).toBe(409);
      expect(await draftOf(referralId)).toMatchObject({
        revision: 2,
        content: { strengths: 'A long new paragraph' },
        aside: [{ tab: 'two', content: { strengths: 'Stale' } }],
      });
      // Thrown away it is the same: what is begun after it counts on.
      expect((await call('DELETE', `referrals/${referralId}/plan-draft`)).statusCode).toBe(204);
      expect((await call('DELETE', `referrals/${referralId}/plan-draft`)).statusCode).toBe(404);
      expect(await draftOf(referralId)).toMatchObject({ revision: 0, content: null, savedAt: null });
      expect((await keep(referralId, 2, 'Stale too', 'two')).statusCode).toBe(409);
      expect((await keep(referralId, 0, 'New', 'one')).json()).toMatchObject({ revision: 3 });
      expect((await keep(referralId, 1, 'Stale again', 'two')).statusCode).toBe(409);
    });

    it('ends when it is saved as the plan, unless it moved on meanwhile', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await keep(referralId, 0, 'Ba');
      await keep(referralId, 1, 'Bakes bread');
      const plan = await make(referralId, { ...PLAN, draftRevision: 1 });
      expect(await draftOf(referralId)).toMatchObject({ revision: 2, basedOn: 0, planVersion: 1 });
      await save(plan, { ...asGiven(plan), draftRevision: 2 });
      expect(await draftOf(referralId)).toMatchObject({ revision: 0, content: null });
      const late = await keep(referralId, 2, 'From a tab that was asleep', 'asleep');
      expect(late.statusCode).toBe(409);
      const { aside } = await draftOf(referralId);
      expect(aside).toMatchObject([{ content: { strengths: 'From a tab that was asleep' } }]);
      const gone = await call('DELETE', `referrals/${referralId}/plan-draft/aside/${aside[0]?.id ?? ''}`);
      expect(gone.statusCode).toBe(204);
      expect((await call('DELETE', `referrals/${referralId}/plan-draft`)).statusCode).toBe(404);
    });
  });
});
