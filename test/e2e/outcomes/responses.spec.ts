import sql from 'sql-template-tag';
import type { ChangeView, MeasureView, ResponseView } from '../../../src/outcomes/response.dto.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aCase } from '../../factories/caseload.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, countRows, eventsAbout, rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const ONS4 = {
  measure: 'ons4',
  version: '1',
  occasion: 'baseline',
  answeredOn: '2026-11-05',
  mode: 'phone',
  answers: { satisfied: 4, worthwhile: 5, happy: 3, anxious: 8 },
};
const LATER = {
  ...ONS4,
  occasion: 'review',
  answeredOn: '2026-11-23',
  mode: 'in_person',
  answers: { satisfied: 6, worthwhile: 5, happy: null, anxious: 4 },
};
const LONELY = {
  ...ONS4,
  measure: 'ucla3',
  answers: { companionship: 3, left_out: 2, isolated: 3, direct: 1 },
};
const CLOSE = { result: 'helped', reason: 'done', mayAskAgain: true };
const WRITTEN = [sql`measure_response`, sql`measure_missing`, sql`audit_entry`, sql`outbox`];

describe('outcomes', () => {
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

  const post = (path: string, payload: object, member = sam) =>
    betony.inject({ method: 'POST', url: `/api/v1/${path}`, payload, headers: member.headers });
  const read = (path: string, member = sam) =>
    betony.inject({ url: `/api/v1/${path}`, headers: member.headers });
  const record = (referralId: string, payload: object, member = sam) =>
    post(`referrals/${referralId}/responses`, payload, member);
  const recorded = async (referralId: string, payload: object): Promise<ResponseView> => {
    const answer = await record(referralId, payload);
    expect(answer.json()).toMatchObject({ referralId });
    expect(answer.statusCode).toBe(201);
    return answer.json<ResponseView>();
  };
  const fieldsOf = (answer: { json(): unknown }) =>
    (answer.json() as { errors: { field: string }[] }).errors.map((error) => error.field);
  const change = async (referralId: string, query = 'measure=ons4') =>
    (await read(`referrals/${referralId}/change?${query}`)).json<ChangeView>();

  it('lists the questionnaires word for word, with version and licence', async () => {
    const measures = (await read('measures')).json<MeasureView[]>();
    expect(
      measures.map(({ id, version, current, standing, byLink }) => [id, version, current, standing, byLink]),
    ).toEqual([
      ['ons4', '1', true, 'asked', true],
      ['ucla3', '1', true, 'asked', true],
      ['phq9', '1', true, 'off', false],
      ['gad7', '1', true, 'off', false],
      ['swemwbs', '1', true, 'locked', false],
      ['goals', '1', true, 'from_plan', false],
    ]);
    expect(measures[0]).toMatchObject({
      licence: expect.stringContaining('Open Government Licence'),
      items: [
        { key: 'satisfied', text: 'Overall, how satisfied are you with your life nowadays?' },
        {},
        {},
        {},
      ],
    });
  });

  describe('recording', () => {
    it('keeps answers, scores and bands, with audit entry and event', async () => {
      const { referralId, clientId } = await aCase(scheme, sam);
      const response = await recorded(referralId, ONS4);
      expect(response).toEqual({
        id: expect.any(String),
        referralId,
        ...ONS4,
        scores: { satisfied: 4, worthwhile: 5, happy: 3, anxious: 8 },
        bands: { satisfied: 'low', worthwhile: 'medium', happy: 'low', anxious: 'high' },
        risk: null,
        recordedBy: 'Sam Okoro',
        recordedAt: '2026-11-23T10:00:00.000Z',
        correctsId: null,
        supersededAt: null,
        supersededBy: null,
        supersededBecause: null,
      });
      expect((await auditOf(scheme, response.id))[0]).toMatchObject({
        action: 'response.record',
        actor_id: sam.actor.membershipId,
        client_ids: [clientId],
        details: { measure: 'ons4', occasion: 'baseline' },
      });
      expect(await eventsAbout(scheme, response.id)).toEqual(['response.recorded']);
    });

    it('takes "prefer not to say", and scores only what can be scored', async () => {
      const { referralId } = await aCase(scheme, sam);
      const response = await recorded(referralId, {
        ...LONELY,
        answers: { ...LONELY.answers, isolated: null },
      });
      expect(response).toMatchObject({
        scores: { ucla3: null, direct: 1 },
        bands: { ucla3: null },
      });
    });

    it('has one baseline for each measure and referral, also when two are sent at once', async () => {
      const { referralId } = await aCase(scheme, sam);
      const answers = await Promise.all([1, 2, 3, 4].map(() => record(referralId, ONS4)));
      expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 409, 409, 409]);
      const kept = answers.find((answer) => answer.statusCode === 201)?.json<ResponseView>();
      expect(answers.find((answer) => answer.statusCode === 409)?.json()).toMatchObject({
        title: 'baseline-exists',
        responseId: kept?.id,
      });
      expect((await record(referralId, LONELY)).statusCode).toBe(201);
      expect((await record((await aCase(scheme, sam)).referralId, ONS4)).statusCode).toBe(201);
    });

    it('takes a closing paper that arrives after closing, and three months only then', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await recorded(referralId, ONS4);
      const early = await record(referralId, { ...LATER, occasion: 'three_months' });
      expect(early.statusCode).toBe(409);
      expect(early.json()).toMatchObject({ from: 'active', action: 'record' });
      await post(`referrals/${referralId}/close`, { ...CLOSE, noResponseBecause: 'could_not_reach' });
      expect((await record(referralId, { ...LATER, occasion: 'closing' })).statusCode).toBe(201);
      expect((await record(referralId, { ...LATER, occasion: 'review' })).statusCode).toBe(409);
      betony.clock.set('2027-02-24T10:00:00Z');
      const follow = await record(referralId, {
        ...LATER,
        occasion: 'three_months',
        answeredOn: '2027-02-23',
      });
      expect(follow.statusCode).toBe(201);
    });

    it('takes answers of three and six months from a month before, and one set of a day', async () => {
      const { referralId } = await aCase(scheme, sam).begun().closed();
      const on = (occasion: string, answeredOn: string) =>
        record(referralId, { ...LATER, occasion, answeredOn });
      for (const occasion of ['three_months', 'six_months']) {
        expect(fieldsOf(await on(occasion, '2026-11-23'))).toEqual(['answeredOn']);
      }
      betony.clock.set('2027-04-23T10:00:00Z');
      expect(fieldsOf(await on('three_months', '2027-01-22'))).toEqual(['answeredOn']);
      const first = (await on('three_months', '2027-01-23')).json<ResponseView>();
      const again = await on('three_months', '2027-01-23');
      expect([again.statusCode, again.json()]).toMatchObject([
        409,
        { title: 'answered-that-day', responseId: first.id },
      ]);
      expect(fieldsOf(await on('six_months', '2027-04-22'))).toEqual(['answeredOn']);
      expect((await on('six_months', '2027-04-23')).statusCode).toBe(201);
    });

    it('says that a date is in the future before it says that there is a baseline', async () => {
      const { referralId } = await aCase(scheme, sam);
      await recorded(referralId, ONS4);
      expect(fieldsOf(await record(referralId, { ...ONS4, answeredOn: '2026-11-24' }))).toEqual([
        'answeredOn',
      ]);
    });

    it('does not ask again whoever said not to', async () => {
      const { referralId } = await aCase(scheme, sam).begun().closed(false);
      const answer = await record(referralId, { ...LATER, occasion: 'three_months' });
      expect(answer.statusCode).toBe(409);
      expect(answer.json().because).toMatch(/may not ask again/);
    });

    it.each<[string, object, string[]]>([
      ['an unknown measure', { measure: 'swemwbs' }, ['measure']],
      ['an unknown version', { version: '2' }, ['version']],
      ['a version that is a number', { version: 1 }, ['version']],
      ['an unknown occasion', { occasion: 'middle' }, ['occasion']],
      ['an unknown mode', { mode: 'telepathy' }, ['mode']],
      ['a date in the future', { answeredOn: '2026-11-24' }, ['answeredOn']],
      ['a date before the referral', { answeredOn: '2026-11-01' }, ['answeredOn']],
      ['a date that is none', { answeredOn: '2026-02-29' }, ['answeredOn']],
      ['no answers', { answers: undefined }, ['answers']],
      ['answers as a list', { answers: [4, 5, 3, 8] }, ['answers']],
      ['answers as nothing', { answers: null }, ['answers']],
      ['an answer left out', { answers: { satisfied: 4, worthwhile: 5, happy: 3 } }, ['answers.anxious']],
      ['an answer off the scale', { answers: { ...ONS4.answers, happy: 11 } }, ['answers.happy']],
      ['an answer between two', { answers: { ...ONS4.answers, happy: 3.5 } }, ['answers.happy']],
      ['an answer as text', { answers: { ...ONS4.answers, happy: '3' } }, ['answers.happy']],
      ['an answer to a question not asked', { answers: { ...ONS4.answers, sad: 3 } }, ['answers.sad']],
      [
        'two wrong answers, both told',
        { answers: { ...ONS4.answers, happy: -1, anxious: true } },
        ['answers.happy', 'answers.anxious'],
      ],
      [
        'nothing but "rather not say"',
        { answers: { satisfied: null, worthwhile: null, happy: null, anxious: null } },
        ['answers'],
      ],
      ['a hundred and one answers', { answers: many(101) }, ['answers']],
      ['scores of one’s own', { scores: { satisfied: 10 } }, ['scores']],
    ])('refuses %s', async (_name, change, fields) => {
      const { referralId } = await aCase(scheme, sam);
      const before = await countRows(scheme, WRITTEN);
      const answer = await record(referralId, { ...ONS4, ...change });
      expect(answer.statusCode).toBe(422);
      expect(fieldsOf(answer)).toEqual(fields);
      expect(await countRows(scheme, WRITTEN)).toEqual(before);
    });

    it('refuses a follow-up before its baseline and a baseline after its follow-up', async () => {
      const { referralId } = await aCase(scheme, sam);
      await recorded(referralId, ONS4);
      expect(fieldsOf(await record(referralId, { ...LATER, answeredOn: '2026-11-04' }))).toEqual([
        'answeredOn',
      ]);
      await recorded(referralId, { ...LONELY, occasion: 'review', answeredOn: '2026-11-10' });
      expect(fieldsOf(await record(referralId, { ...LONELY, answeredOn: '2026-11-11' }))).toEqual([
        'answeredOn',
      ]);
      await recorded(referralId, { ...LONELY, answeredOn: '2026-11-09' });
    });

    it('refuses a second set of one day, naming the first, but for what is asked as it ends', async () => {
      const { referralId } = await aCase(scheme, sam);
      const review = { ...LONELY, occasion: 'review' };
      const first = await recorded(referralId, { ...LONELY, answeredOn: '2026-11-10' });
      const second = await recorded(referralId, { ...review, answeredOn: '2026-11-12' });
      for (const [answeredOn, { id }] of [
        ['2026-11-10', first],
        ['2026-11-12', second],
      ] as const) {
        const again = await record(referralId, { ...review, answeredOn });
        expect([again.statusCode, again.json()]).toMatchObject([
          409,
          { title: 'answered-that-day', responseId: id },
        ]);
      }
      await recorded(referralId, { ...ONS4, answeredOn: '2026-11-12' });
      await recorded(referralId, { ...review, answeredOn: '2026-11-13' });
      await recorded(referralId, { ...LONELY, occasion: 'closing', answeredOn: '2026-11-12' });
    });

    it('does not ask adults’ questions of somebody under sixteen', async () => {
      const { referralId } = await aCase(scheme, sam).person({
        dateOfBirth: '2010-11-24',
        underAgeBasis: 'competence',
      });
      expect(fieldsOf(await record(referralId, { ...ONS4, answeredOn: '2026-11-23' }))).toEqual([
        'answeredOn',
      ]);
    });

    it('asks nothing of somebody who died', async () => {
      const { referralId, clientId } = await aCase(scheme, sam).begun();
      expect(
        (await post(`clients/${clientId}/record-death`, { toldBy: 'Her daughter rang' })).statusCode,
      ).toBe(200);
      const manager = await aMember(scheme, 'scheme_manager');
      const answer = await record(referralId, { ...ONS4, occasion: 'closing' }, manager);
      expect(answer.statusCode).toBe(409);
      expect(answer.json().because).toMatch(/died/);
    });
  });

  describe('correcting', () => {
    it('puts the new answers in place of the old, which stay in the trail', async () => {
      const { referralId, clientId } = await aCase(scheme, sam);
      const first = await recorded(referralId, ONS4);
      const kim = await aMember(scheme, 'scheme_manager', { name: 'Kim Lee' });
      const answer = await post(
        `responses/${first.id}/correct`,
        { answers: { ...ONS4.answers, anxious: 3 }, reason: 'Read the wrong line' },
        kim,
      );
      expect(answer.statusCode).toBe(200);
      const second = answer.json<ResponseView>();
      expect(second).toMatchObject({
        occasion: 'baseline',
        correctsId: first.id,
        scores: { anxious: 3 },
        bands: { anxious: 'low' },
        recordedBy: 'Kim Lee',
        supersededAt: null,
      });
      expect((await read(`responses/${first.id}`)).json()).toMatchObject({
        answers: ONS4.answers,
        supersededAt: '2026-11-23T10:00:00.000Z',
        supersededBy: 'Kim Lee',
        supersededBecause: 'Read the wrong line',
      });
      for (const id of [first.id, second.id]) {
        const trail = (await read(`responses/${id}/trail`)).json<ResponseView[]>();
        expect(trail.map((response) => response.id)).toEqual([first.id, second.id]);
      }
      const list = (query = '') =>
        read(`referrals/${referralId}/responses${query}`).then((page) =>
          page.json<{ items: ResponseView[] }>().items.map((response) => response.id),
        );
      expect(await list()).toEqual([second.id]);
      expect((await list('?superseded=true')).sort()).toEqual([first.id, second.id].sort());
      expect((await auditOf(scheme, second.id))[0]).toMatchObject({
        action: 'response.correct',
        client_ids: [clientId],
        details: { correctsId: first.id },
      });
      expect(await eventsAbout(scheme, second.id)).toEqual(['response.corrected']);
    });

    it('corrects each response once, also when two do it at once', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await recorded(referralId, ONS4);
      const correct = () => post(`responses/${id}/correct`, { mode: 'paper', reason: 'It was on paper' });
      const answers = await Promise.all([correct(), correct(), correct()]);
      expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 409, 409]);
      expect((await read(`responses/${id}/trail`)).json()).toHaveLength(2);
    });

    it('turns a wrong baseline into a review, so that the true one can be recorded', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await recorded(referralId, { ...ONS4, answeredOn: '2026-11-20' });
      const turned = await post(`responses/${id}/correct`, {
        occasion: 'review',
        reason: 'It was the second time',
      });
      expect(turned.json()).toMatchObject({ occasion: 'review' });
      await recorded(referralId, ONS4);
    });

    it('refuses a second baseline by way of a correction', async () => {
      const { referralId } = await aCase(scheme, sam);
      await recorded(referralId, ONS4);
      const { id } = await recorded(referralId, LATER);
      const before = await countRows(scheme, WRITTEN);
      const answer = await post(`responses/${id}/correct`, { occasion: 'baseline', reason: 'Mistaken' });
      expect(answer.statusCode).toBe(409);
      expect((await read(`responses/${id}`)).json()).toMatchObject({ supersededAt: null });
      expect((await countRows(scheme, WRITTEN))[0]).toBe(before[0]);
    });

    it.each<[string, object, string[]]>([
      ['no reason', { mode: 'paper' }, ['reason']],
      [
        'an answer off the scale',
        { answers: { ...ONS4.answers, happy: 12 }, reason: 'x' },
        ['answers.happy'],
      ],
      ['a date in the future', { answeredOn: '2026-12-24', reason: 'x' }, ['answeredOn']],
      ['another measure', { measure: 'ucla3', reason: 'x' }, ['measure']],
    ])('refuses a correction with %s', async (_name, payload, fields) => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await recorded(referralId, ONS4);
      const before = await countRows(scheme, WRITTEN);
      const answer = await post(`responses/${id}/correct`, payload);
      expect(answer.statusCode).toBe(422);
      expect(fieldsOf(answer)).toEqual(fields);
      expect(await countRows(scheme, WRITTEN)).toEqual(before);
      expect((await read(`responses/${id}`)).json()).toMatchObject({ supersededAt: null });
    });

    it('strikes out what belongs to somebody else, and makes room for the true baseline', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await recorded(referralId, ONS4);
      const answer = await post(`responses/${id}/void`, { reason: 'Her neighbour’s answers' });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ supersededBecause: 'Her neighbour’s answers' });
      expect((await post(`responses/${id}/void`, { reason: 'Again' })).statusCode).toBe(409);
      expect((await read(`referrals/${referralId}/responses`)).json().items).toEqual([]);
      expect(await eventsAbout(scheme, id)).toEqual(['response.recorded', 'response.voided']);
      await recorded(referralId, ONS4);
    });

    it('is the only way: the database refuses any other change', async () => {
      const { referralId } = await aCase(scheme, sam);
      const { id } = await recorded(referralId, ONS4);
      const attempt = (statement: ReturnType<typeof sql>) =>
        betony.get(UnitOfWork).run(sam.actor, (tx) => tx.run(statement));
      const where = sql`where scheme_id = ${scheme.id} and id = ${id}`;
      for (const statement of [
        sql`update measure_response set answers = '{"satisfied": 10}' ${where}`,
        sql`update measure_response set answers = '{}', superseded_at = now(), superseded_because = 'x' ${where}`,
        sql`delete from measure_response ${where}`,
        sql`insert into measure_response select (jsonb_populate_record(m, jsonb_build_object('id', ${newId()}::text))).*
            from measure_response m ${where}`,
      ]) {
        await expect(attempt(statement)).rejects.toMatchObject({ code: expect.stringMatching(/^23/) });
      }
      await attempt(
        sql`update measure_response set superseded_at = now(), superseded_because = 'x' ${where}`,
      );
      await expect(
        attempt(sql`update measure_response set superseded_because = 'y' ${where}`),
      ).rejects.toMatchObject({ code: '23001' });
    });
  });

  describe('paired change', () => {
    it('compares the baseline with the latest follow-up, score by score', async () => {
      const { referralId, clientId } = await aCase(scheme, sam);
      const baseline = await recorded(referralId, ONS4);
      await recorded(referralId, { ...LATER, answeredOn: '2026-11-12' });
      const followUp = await recorded(referralId, LATER);
      expect(await change(referralId)).toEqual({
        measure: 'ons4',
        baseline: { id: baseline.id, occasion: 'baseline', answeredOn: '2026-11-05', mode: 'phone' },
        followUp: { id: followUp.id, occasion: 'review', answeredOn: '2026-11-23', mode: 'in_person' },
        daysBetween: 18,
        changes: [
          {
            key: 'satisfied',
            title: 'Life satisfaction',
            before: 4,
            after: 6,
            difference: 2,
            direction: 'improved',
            reliable: null,
          },
          expect.objectContaining({ key: 'worthwhile', difference: 0, direction: 'same' }),
          expect.objectContaining({
            key: 'happy',
            before: 3,
            after: null,
            difference: null,
            direction: null,
          }),
          expect.objectContaining({ key: 'anxious', difference: -4, direction: 'improved' }),
        ],
        because: null,
      });
      expect(await auditOf(scheme, referralId)).toMatchObject([
        { action: 'response.list', client_ids: [clientId] },
      ]);
    });

    it('compares with the follow-up asked for, and leaves out what was struck out', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await recorded(referralId, ONS4);
      const closing = await recorded(referralId, { ...LATER, occasion: 'closing', answeredOn: '2026-11-20' });
      const review = await recorded(referralId, LATER);
      expect((await change(referralId)).followUp?.id).toBe(review.id);
      expect((await change(referralId, 'measure=ons4&occasion=closing')).followUp?.id).toBe(closing.id);
      await post(`responses/${review.id}/void`, { reason: 'Not hers' });
      expect((await change(referralId)).followUp?.id).toBe(closing.id);
    });

    it('compares nothing with answers of the baseline’s own day, and takes no second closing of it', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await recorded(referralId, ONS4);
      const closing = { ...LATER, occasion: 'closing', answeredOn: ONS4.answeredOn };
      const { id } = await recorded(referralId, closing);
      expect(await change(referralId)).toMatchObject({
        followUp: { id },
        daysBetween: null,
        changes: [],
        because: expect.stringContaining('of the day of the baseline'),
      });
      expect((await record(referralId, closing)).json()).toMatchObject({ responseId: id });
    });

    it('says why there is nothing to compare', async () => {
      const { referralId } = await aCase(scheme, sam);
      expect(await change(referralId)).toMatchObject({ baseline: null, because: 'There is no baseline' });
      await recorded(referralId, ONS4);
      expect(await change(referralId)).toMatchObject({
        baseline: { occasion: 'baseline' },
        followUp: null,
        changes: [],
        because: 'There is no follow-up yet',
      });
    });

    it.each([
      ['measure=mycaw', 'measure'],
      ['', 'measure'],
      ['measure=ons4&occasion=baseline', 'occasion'],
    ])('refuses %p', async (query, field) => {
      const { referralId } = await aCase(scheme, sam);
      expect(fieldsOf(await read(`referrals/${referralId}/change?${query}`))).toEqual([field]);
    });
  });

  describe('closing', () => {
    const close = (referralId: string, payload: object = {}) =>
      post(`referrals/${referralId}/close`, { ...CLOSE, ...payload });
    const missing = (referralId: string) =>
      rowsOf(
        scheme,
        sql`select measure, occasion, because, recorded_by from measure_missing
          where scheme_id = ${scheme.id} and referral_id = ${referralId} order by measure`,
      );

    it('wants a closing response for each measure with a baseline', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await recorded(referralId, ONS4);
      await recorded(referralId, LONELY);
      await recorded(referralId, { ...LATER, occasion: 'closing' });
      const refused = await close(referralId);
      expect(refused.statusCode).toBe(422);
      expect(refused.json().errors).toEqual([
        { field: 'noResponseBecause', message: expect.stringMatching(/Loneliness.*or say why/) },
      ]);
      expect(refused.json().errors[0].message).not.toMatch(/well-being/);
      await recorded(referralId, { ...LONELY, occasion: 'closing', answeredOn: '2026-11-23' });
      expect((await close(referralId)).json()).toMatchObject({ state: 'closed' });
      expect(await missing(referralId)).toEqual([]);
    });

    it('or keeps why there is none, for each that is missing', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await recorded(referralId, ONS4);
      await recorded(referralId, LONELY);
      await recorded(referralId, { ...LATER, occasion: 'closing' });
      expect((await close(referralId, { noResponseBecause: 'declined' })).json()).toMatchObject({
        state: 'closed',
      });
      expect(await missing(referralId)).toEqual([
        { measure: 'ucla3', occasion: 'closing', because: 'declined', recorded_by: sam.actor.membershipId },
      ]);
    });

    it('refuses a reason beside the answers it would explain away', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await recorded(referralId, ONS4);
      await recorded(referralId, { ...LATER, occasion: 'closing' });
      expect(fieldsOf(await close(referralId, { noResponseBecause: 'declined' }))).toEqual([
        'noResponseBecause',
      ]);
    });

    it('asks nothing of a referral without a baseline', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      expect((await close(referralId)).json()).toMatchObject({ state: 'closed' });
    });

    it('asks again after a reopening', async () => {
      const kim = await aMember(scheme, 'link_worker');
      const { referralId } = await aCase(scheme, kim).begun();
      const finish = () => post(`referrals/${referralId}/close`, CLOSE, kim);
      const closing = { ...LATER, occasion: 'closing' };
      for (const payload of [ONS4, closing]) {
        expect((await record(referralId, payload, kim)).statusCode).toBe(201);
      }
      expect((await finish()).json()).toMatchObject({ state: 'closed' });
      betony.clock.advance({ days: 1 });
      const again = { reason: 'She rang', nextOn: '2026-11-30', workerId: kim.actor.membershipId };
      const reopened = await post(`referrals/${referralId}/reopen`, again, kim);
      expect(reopened.json()).toMatchObject({ state: 'active' });
      expect(fieldsOf(await finish())).toEqual(['noResponseBecause']);
      await record(referralId, { ...closing, answeredOn: '2026-11-24' }, kim);
      expect((await finish()).json()).toMatchObject({ state: 'closed' });
    });

    it('rolls everything back when it is refused', async () => {
      const { referralId } = await aCase(scheme, sam).begun();
      await recorded(referralId, ONS4);
      const before = await countRows(scheme, [...WRITTEN, sql`referral_history`]);
      expect((await close(referralId)).statusCode).toBe(422);
      expect(await countRows(scheme, [...WRITTEN, sql`referral_history`])).toEqual(before);
    });
  });

  const ROUTES: [string, (ids: { referral: string; response: string }, member: TestMember) => unknown][] = [
    ['record', ({ referral }, member) => record(referral, LONELY, member)],
    ['list', ({ referral }, member) => read(`referrals/${referral}/responses`, member)],
    ['compare', ({ referral }, member) => read(`referrals/${referral}/change?measure=ons4`, member)],
    ['get', ({ response }, member) => read(`responses/${response}`, member)],
    ['read the trail', ({ response }, member) => read(`responses/${response}/trail`, member)],
    [
      'correct',
      ({ response }, member) =>
        post(`responses/${response}/correct`, { mode: 'paper', reason: 'Paper' }, member),
    ],
    [
      'strike out',
      ({ response }, member) => post(`responses/${response}/void`, { reason: 'Not hers' }, member),
    ],
  ];
  const statusOf = async (answer: unknown): Promise<number> =>
    ((await answer) as { statusCode: number }).statusCode;

  it.each(ROUTES)('who may %s', async (_name, route) => {
    const { referralId } = await aCase(scheme, sam);
    const ids = { referral: referralId, response: (await recorded(referralId, ONS4)).id };
    const elsewhere = await aScheme(betony);
    const refused: [string, TestMember, number][] = [
      ['another worker', await aMember(scheme, 'link_worker'), 404],
      ['a worker of another scheme', await aMember(elsewhere, 'link_worker'), 404],
      ['a manager of another scheme', await aMember(elsewhere, 'scheme_manager'), 404],
      ['a referrer', await aMember(scheme, 'referrer'), 403],
      ['a group', await aMember(scheme, 'provider_member'), 403],
      ['a commissioner', await aMember(scheme, 'commissioner'), 403],
      ['an administrator', await aMember(scheme, 'administrator'), 403],
    ];
    const before = await countRows(scheme, WRITTEN);
    for (const [who, member, status] of refused) {
      expect([who, await statusOf(route(ids, member))]).toEqual([who, status]);
    }
    const stranger: TestMember = { ...sam, headers: { authorization: 'Bearer nobody' } };
    expect(await statusOf(route(ids, stranger))).toBe(401);
    expect(await statusOf(route({ referral: newId(), response: newId() }, sam))).toBe(404);
    expect(await statusOf(route({ referral: 'x', response: 'x' }, sam))).toBe(404);
    expect(await countRows(scheme, WRITTEN)).toEqual(before);
    for (const member of [await aMember(scheme, 'scheme_manager'), sam]) {
      expect([200, 201, 409]).toContain(await statusOf(route(ids, member)));
    }
  });

  it('lets only the scheme’s own people read the questionnaires', async () => {
    for (const [role, status] of [
      ['link_worker', 200],
      ['scheme_manager', 200],
      ['referrer', 403],
      ['provider_member', 403],
      ['commissioner', 403],
      ['administrator', 403],
    ] as const) {
      expect([role, (await read('measures', await aMember(scheme, role))).statusCode]).toEqual([
        role,
        status,
      ]);
    }
  });
});

function many(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`q${n}`, 1]));
}
