import { newId } from '../../../src/platform/pure/ids.js';
import type { ChangeFiguresView } from '../../../src/reporting/change.dto.js';
import type { FigureView } from '../../../src/reporting/overview.dto.js';
import { FOURTEEN_PEOPLE } from '../../factories/goal-numbers.js';
import { aClient } from '../../factories/clients.js';
import { anEpisode, changeRow, closedAt, inScheme, insertRow, withWorker } from '../../factories/episodes.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

type Answers = Record<string, number | null>;

interface Someone {
  before: Answers | null;
  after?: Answers;
  /** Columns of the referral, which is open unless it says otherwise. */
  referral?: Record<string, unknown>;
  client?: string;
  on?: string;
  where?: TestScheme;
}

const BEFORE = [4, 5, 3, 6, 2, 5, 4, 7, 3, 5, 6, 4];
const AFTER = [6, 5, 5, 7, 2, 8, 4, 6, 5, 7, 9, 4];
const steady = { worthwhile: 5, happy: 5, anxious: 5 };
const at = (satisfied: number | null): Answers => ({ satisfied, ...steady });
const QUARTER = '&from=2026-07-01&to=2026-09-30';

describe('GET /figures/change', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let worker: TestMember;
  let manager: TestMember;
  let commissioner: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    worker = await aMember(scheme, 'link_worker');
    manager = await aMember(scheme, 'scheme_manager');
    commissioner = await aMember(scheme, 'commissioner');
    const closed = closedAt('2026-10-01T10:00:00Z');
    for (const [index, before] of BEFORE.entries()) {
      const route = index < 7 ? 'gp' : 'self';
      await someone({ before: at(before), after: at(AFTER[index] ?? null), referral: { ...closed, route } });
    }
    await someone({ before: at(5), after: at(null), referral: closed });
    const { client } = await someone({ before: at(1), referral: closed });
    // Her second episode of the period: she is counted once.
    await someone({ before: at(9), after: at(0), client, on: '2026-09-20', referral: closed });
    await someone({ before: at(4) });
    const unasked = await someone({ before: null });
    await unanswered(unasked.referralId, 'not_asked', '2026-08-03T10:00:00Z');
    await unanswered(unasked.referralId, 'declined', '2026-08-04T10:00:00Z');
    await someone({ before: at(0), after: at(10), referral: { ...closed, end_reason: 'moved_away' } });
    await someone({ before: at(0), after: at(10), referral: { ...closed, state: 'entered_in_error' } });
    const died = await someone({ before: at(0), after: at(10) });
    await changeRow(scheme, 'client', died.client, { death_recorded_at: '2026-10-02T10:00:00Z' });
    await someone({ before: at(3), after: at(3), on: '2026-10-01' });
    await someone({ before: at(3), after: at(3), on: '2026-06-30' });
  });
  afterAll(() => betony.stop());

  async function someone({
    before,
    after,
    referral = {},
    client,
    on = '2026-08-03',
    where = scheme,
  }: Someone) {
    const clientId = client ?? (await aClient(where));
    const owner = where === scheme ? worker : await aMember(where, 'link_worker');
    const owned = withWorker('active', owner.actor.membershipId, '2026-12-01T10:00:00Z');
    const id = await anEpisode(where, 'active', {
      ...owned,
      client_id: clientId,
      sent_client_id: clientId,
      reasons: ['food'],
      sent_at: '2026-07-02T10:00:00Z',
      begun_at: '2026-07-20T10:00:00Z',
      ...(referral['state'] === undefined ? {} : { owner_kind: null, owner_id: null, next_at: null }),
      ...(referral['state'] === undefined ? {} : { next_kind: null }),
      ...referral,
    });
    for (const [answers, occasion, answeredOn] of [
      [before, 'baseline', on],
      [after ?? null, 'closing', '2026-10-05'],
    ] as const) {
      if (answers === null) continue;
      await inScheme(where, (tx) =>
        insertRow(tx, 'measure_response', {
          scheme_id: where.id,
          id: newId(),
          referral_id: id,
          measure: 'ons4',
          measure_version: '1',
          occasion,
          answered_on: answeredOn,
          mode: 'phone',
          answers: JSON.stringify(answers),
          scores: JSON.stringify(answers),
          bands: '{}',
          recorded_at: tx.now,
        }),
      );
    }
    return { client: clientId, referralId: id };
  }

  const unanswered = (referralId: string, because: string, at: string) =>
    inScheme(scheme, (tx) =>
      insertRow(tx, 'measure_missing', {
        scheme_id: scheme.id,
        id: newId(),
        referral_id: referralId,
        measure: 'ons4',
        occasion: 'baseline',
        because,
        recorded_at: at,
      }),
    );

  const ask = (member: TestMember, query = QUARTER, measure = 'ons4') =>
    betony.inject({ url: `/api/v1/figures/change?measure=${measure}${query}`, headers: member.headers });
  const figure = (body: ChangeFiguresView, key: string): FigureView | undefined =>
    body.figures.find((one) => one.key === key);
  const score = (body: ChangeFiguresView, key: string) => body.scores.find((one) => one.key === key);

  it('counts who was asked, who answered again, who did not, and who is counted apart', async () => {
    const answer = await ask(manager);
    expect(answer.statusCode).toBe(200);
    const body = answer.json<ChangeFiguresView>();
    expect(body).toMatchObject({ measure: 'ons4', version: '1', minimumPairs: 10, from: '2026-07-01' });
    expect(figure(body, 'asked')).toMatchObject({ value: 18, missing: { value: 1 } });
    expect(figure(body, 'asked')?.parts.map(({ key, value }) => [key, value])).toEqual([
      ['counted', 15],
      ['died', 1],
      ['moved', 1],
      ['error', 1],
    ]);
    // The newest reason is the one that counts.
    expect(figure(body, 'neverAsked')).toMatchObject({ value: 1, missing: { value: 0 } });
    expect(figure(body, 'neverAsked')?.parts.filter(({ value }) => value !== 0)).toMatchObject([
      { key: 'declined', value: 1 },
    ]);
    expect(figure(body, 'pairs')).toMatchObject({
      value: 13,
      denominator: { value: 15 },
      missing: { value: 1 },
      parts: [
        { key: 'versionChanged', value: 0 },
        { key: 'sameDay', value: 0 },
        { key: 'ended', value: 1 },
      ],
    });
    for (const { definition, denominator, missing } of [...body.figures, ...body.scores]) {
      expect([definition, denominator.definition, missing.definition]).not.toContain('');
    }
  });

  // Twelve pairs as in the tests of the rules, worked out by SciPy; a thirteenth would rather not say.
  it('tells means with their interval, and how many are better, the same and worse', async () => {
    const body = (await ask(manager)).json<ChangeFiguresView>();
    const satisfied = score(body, 'satisfied');
    expect(satisfied).toMatchObject({
      denominator: { value: 12 },
      missing: { value: 1 },
      meanBefore: 4.5,
      because: null,
      improved: { value: 7 },
      same: { value: 4 },
      worse: { value: 1 },
      reliable: null,
    });
    expect(satisfied?.meanDifference).toBeCloseTo(1.1666666666666667, 10);
    expect(satisfied?.interval?.low).toBeCloseTo(0.31710378913315906, 8);
    expect(satisfied?.interval?.high).toBeCloseTo(2.0162295442001743, 8);
    expect(score(body, 'anxious')).toMatchObject({ same: { value: 13 }, meanDifference: 0, interval: null });
    expect(body.wellby).toMatchObject({ pounds: 182_000, denominator: { value: 12 }, because: null });
    expect(body.wellby?.assumptions.length).toBeGreaterThan(3);
  });

  it('takes answers of the day of the first ones for no pair, and says how many there are', async () => {
    const where = await aScheme(betony);
    const their = await aMember(where, 'scheme_manager');
    await someone({ where, before: at(3), after: at(8), on: '2026-10-05' });
    await someone({ where, before: at(3), after: at(8), on: '2026-10-04' });
    const body = (await ask(their, '&from=2026-10-01&to=2026-10-31')).json<ChangeFiguresView>();
    expect(figure(body, 'pairs')).toMatchObject({
      value: 1,
      denominator: { value: 2 },
      missing: { value: 0 },
      parts: [
        { key: 'versionChanged', value: 0 },
        { key: 'sameDay', value: 1 },
        { key: 'ended', value: 0 },
      ],
    });
  });

  it('tells no mean of fewer people than the scheme wants', async () => {
    const admin = await aMember(scheme, 'administrator');
    const set = async (minimumPairs: number | null) => {
      const { headers } = await betony.inject({ url: '/api/v1/scheme', headers: admin.headers });
      const answer = await betony.inject({
        method: 'PATCH',
        url: '/api/v1/scheme',
        payload: { settings: { minimumPairs } },
        headers: { ...admin.headers, 'if-match': headers['etag'] as string },
      });
      expect(answer.statusCode).toBe(200);
    };
    await set(13);
    const body = (await ask(manager)).json<ChangeFiguresView>();
    expect(score(body, 'satisfied')).toMatchObject({
      meanBefore: null,
      meanDifference: null,
      interval: null,
    });
    expect(score(body, 'satisfied')?.because).toMatch(/Fewer than 13/);
    expect(score(body, 'anxious')).toMatchObject({ meanDifference: 0, because: null });
    expect(body.wellby).toMatchObject({ wellbys: null, pounds: null, because: expect.any(String) });
    await set(null);
  });

  it('leaves out for a commissioner counts of 1 to 4, and what would tell them', async () => {
    const body = (await ask(commissioner, `${QUARTER}&by=route`)).json<ChangeFiguresView>();
    expect(figure(body, 'asked')).toMatchObject({ missing: { value: null, suppressed: true } });
    expect(figure(body, 'asked')?.parts.map((part) => part.value)).toEqual([null, null, null, null]);
    expect(score(body, 'satisfied')).toMatchObject({ worse: { value: null, suppressed: true } });
    expect(body.split).toMatchObject({ hidden: 2, groups: [] });
    expect(JSON.stringify(body)).not.toMatch(/"value":[1-4][,}]/);
  });

  it('tells a commissioner a mean, and a table, of enough people', async () => {
    const elsewhere = await aScheme(betony);
    for (let n = 0; n < 12; n++) {
      const route = n < 6 ? 'gp' : 'self';
      await someone({ where: elsewhere, before: at(4), after: at(n < 6 ? 5 : 6), referral: { route } });
    }
    const body = (
      await ask(await aMember(elsewhere, 'commissioner'), `${QUARTER}&by=route`)
    ).json<ChangeFiguresView>();
    expect(score(body, 'satisfied')).toMatchObject({
      denominator: { value: 12 },
      improved: { value: 12 },
      meanDifference: 1.5,
    });
    expect(body.split).toMatchObject({ hidden: 0, groups: [{ key: 'gp', pairs: 6 }, { key: 'self' }] });
    expect(body.split?.groups[0]?.because).toMatch(/Fewer than 10/);
    expect(body.wellby?.pounds).toBe(18 * 13_000);
  });

  it('counts who reached a goal, of the referrals closed in a period', async () => {
    const where = await aScheme(betony);
    for (const [goals, times, more] of [
      [['reached', 'working_on_it'], 6, {}],
      [['partly_reached', 'no_longer_wanted'], 5, {}],
      [['working_on_it'], 1, {}],
      [['no_longer_wanted'], 1, {}],
      [[], 1, {}],
      [['reached'], 1, { end_reason: 'moved_away' }],
    ] as const) {
      for (let n = 0; n < times; n++) await closedWithGoals(where, goals, more);
    }
    const read = async (role: 'scheme_manager' | 'commissioner') => {
      const member = await aMember(where, role);
      const url = `/api/v1/figures/goals?${QUARTER.slice(1)}`;
      const answer = await betony.inject({ url, headers: member.headers });
      expect(answer.statusCode).toBe(200);
      return answer.json<{ figures: FigureView[] }>().figures[0];
    };
    expect(await read('scheme_manager')).toMatchObject({
      value: 6,
      denominator: { value: 12 },
      missing: { value: 2 },
      parts: [{ value: 5 }, { value: 1 }],
    });
    expect(JSON.stringify(await read('commissioner'))).not.toMatch(/"value":[1-4][,}]/);
  });

  async function closedWithGoals(where: TestScheme, goals: readonly string[], more: object): Promise<void> {
    const clientId = await aClient(where);
    const id = await anEpisode(where, 'closed', {
      ...closedAt('2026-08-20T10:00:00Z'),
      client_id: clientId,
      sent_client_id: clientId,
      ...more,
    });
    if (goals.length === 0) return;
    await inScheme(where, async (tx) => {
      const planId = newId();
      await insertRow(tx, 'plan', {
        scheme_id: where.id,
        id: planId,
        referral_id: id,
        review_on: '2026-09-01',
        made_at: tx.now,
        changed_at: tx.now,
      });
      for (const [position, status] of goals.entries()) {
        await insertRow(tx, 'goal', {
          scheme_id: where.id,
          id: newId(),
          plan_id: planId,
          position,
          words: 'See my sister',
          importance: 9,
          status,
          made_at: tx.now,
          status_at: tx.now,
        });
      }
    });
  }

  it('splits by route and need for a manager', async () => {
    const { split } = (await ask(manager, `${QUARTER}&by=route`)).json<ChangeFiguresView>();
    expect(split).toMatchObject({ by: 'route', score: 'satisfied', hidden: 0 });
    expect(split?.groups.map((group) => [group.key, group.asked, group.pairs, group.waiting])).toEqual([
      ['gp', 10, 8, 2],
      ['self', 5, 5, 0],
    ]);
    const needs = (await ask(manager, `${QUARTER}&by=need`)).json<ChangeFiguresView>().split;
    expect(needs?.groups).toMatchObject([
      { key: 'food', asked: 15, pairs: 13, scored: 12, improved: 7, because: null },
    ]);
    for (const by of ['provider', 'area']) {
      expect((await ask(manager, `${QUARTER}&by=${by}`)).statusCode).toBe(200);
    }
  });

  it('gives the same bytes for the same period', async () => {
    const [one, other] = [await ask(commissioner), await ask(commissioner)];
    expect(one.body).toBe(other.body);
  });

  it.each([
    ['', 'sf36', 'measure'],
    ['&version=2', 'ons4', 'version'],
    ['&by=faith', 'ons4', 'by'],
    ['&from=2026-07-01', 'ons4', 'to'],
    ['&from=2026-07-02&to=2026-07-01', 'ons4', 'to'],
    ['&minimum=1', 'ons4', 'minimum'],
  ])('refuses %s of %s', async (query, measure, field) => {
    const answer = await ask(manager, query, measure);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors.map((error: { field: string }) => error.field)).toEqual([field]);
  });

  it('refuses a commissioner what is no whole quarter', async () => {
    expect((await ask(commissioner, '&from=2026-07-01&to=2026-09-29')).statusCode).toBe(422);
  });

  // Thirteen pairs as in the tests of the rule, worked out by exact fractions and SciPy; a fourteenth said nothing twice.
  describe('of goals', () => {
    let there: TestScheme;
    let lead: TestMember;
    beforeAll(async () => {
      there = await aScheme(betony);
      lead = await aMember(there, 'scheme_manager');
      for (const said of FOURTEEN_PEOPLE) await withGoals(said);
      await withGoals([[9, 0, 10]], { dropped_at: '2026-09-01T10:00:00Z' });
      await withGoals([[9, 0, 10]], {}, { ...closedAt('2026-10-01T10:00:00Z'), end_reason: 'moved_away' });
      await withGoals([]);
    });

    async function withGoals(
      said: readonly (readonly [number, number, number | null])[],
      goal: Record<string, unknown> = {},
      referral: Record<string, unknown> = {},
    ): Promise<void> {
      const clientId = await aClient(there);
      const owner = await aMember(there, 'link_worker');
      const referralId = await anEpisode(there, 'active', {
        ...withWorker('active', owner.actor.membershipId, '2026-12-01T10:00:00Z'),
        client_id: clientId,
        sent_client_id: clientId,
        sent_at: '2026-07-02T10:00:00Z',
        begun_at: '2026-07-20T10:00:00Z',
        ...(referral['state'] ? { owner_kind: null, owner_id: null, next_at: null, next_kind: null } : {}),
        ...referral,
      });
      await inScheme(there, async (tx) => {
        const scheme_id = there.id;
        const planId = newId();
        const made = { made_at: tx.now, changed_at: tx.now, review_on: '2026-12-01' };
        await insertRow(tx, 'plan', { scheme_id, id: planId, referral_id: referralId, ...made });
        for (const [position, [importance, first, last]] of said.entries()) {
          const goal_id = newId();
          const status = { status: 'working_on_it', status_at: tx.now, made_at: tx.now };
          const row = { scheme_id, id: goal_id, plan_id: planId, position, words: 'Mine', importance };
          await insertRow(tx, 'goal', { ...row, ...status, ...goal });
          // What nobody asked is no number, wherever it stands.
          for (const [at, how_far] of [
            ['2026-08-03T10:00:00Z', first],
            ['2026-09-03T10:00:00Z', last],
            ['2026-09-04T10:00:00Z', null],
          ] as const) {
            const progress = { scheme_id, id: newId(), goal_id, at, status: 'working_on_it', how_far };
            await insertRow(tx, 'goal_progress', progress);
          }
        }
      });
    }

    it('compares everybody with themselves, over the goals they said of twice', async () => {
      const body = (await ask(lead, QUARTER, 'goals')).json<ChangeFiguresView>();
      expect(body).toMatchObject({ measure: 'goals', version: '1', wellby: null });
      expect(figure(body, 'asked')).toMatchObject({ value: 16, missing: { value: 1 } });
      expect(figure(body, 'pairs')).toMatchObject({ value: 13, denominator: { value: 15 } });
      const attainment = score(body, 'attainment');
      expect(attainment).toMatchObject({ improved: { value: 9 }, same: { value: 1 }, worse: { value: 3 } });
      expect(attainment?.meanDifference).toBeCloseTo(2.5359678230266463, 10);
      expect(attainment?.interval?.low).toBeCloseTo(0.3704322188600919, 8);
      expect(attainment?.interval?.high).toBeCloseTo(4.701503427193201, 8);
    });

    it('is filled in by nobody', async () => {
      const get = (path: string) => betony.inject({ url: `/api/v1/${path}`, headers: lead.headers });
      const clientId = await aClient(there);
      const owner = await aMember(there, 'link_worker');
      const id = await anEpisode(there, 'active', {
        ...withWorker('active', owner.actor.membershipId, '2026-12-01T10:00:00Z'),
        client_id: clientId,
        sent_client_id: clientId,
      });
      const answer = await betony.inject({
        method: 'POST',
        url: `/api/v1/referrals/${id}/responses`,
        headers: lead.headers,
        payload: {
          measure: 'goals',
          version: '1',
          occasion: 'baseline',
          answeredOn: '2026-11-20',
          mode: 'phone',
          answers: { how_far: 7 },
        },
      });
      expect(answer.json()).toMatchObject({ status: 422, errors: [{ field: 'measure' }] });
      expect((await get(`referrals/${id}/change?measure=goals`)).json()).toMatchObject({
        status: 422,
        errors: [{ field: 'measure' }],
      });
    });
  });
});
