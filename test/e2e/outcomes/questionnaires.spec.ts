import sql from 'sql-template-tag';
import type { QuestionnaireView } from '../../../src/outcomes/questionnaire.dto.js';
import { MeasureLinks } from '../../../src/outcomes/measure-links.service.js';
import type { MeasureView, ResponseView } from '../../../src/outcomes/response.dto.js';
import { ResponsesQueries } from '../../../src/outcomes/responses.queries.js';
import type { ChangeFiguresView } from '../../../src/reporting/change.dto.js';
import { aCase } from '../../factories/caseload.js';
import { inScheme } from '../../factories/episodes.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, countRows, eventsAbout } from '../../support/records.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const ITEM = {
  key: 'belong',
  text: 'How much do you feel that you belong where you live? 🏘️ שלום',
  answer: { kind: 'scale', min: 0, max: 4, minLabel: 'Not at all', maxLabel: 'Very much' },
  direction: 'higher_better',
};
const BELONGING = {
  name: 'belonging',
  title: 'Belonging',
  licence: 'Our own',
  source: 'Written with people of the area',
  intro: 'One question about where you live.',
  items: [ITEM],
  scores: [{ key: 'belong', title: 'Belonging', items: ['belong'], rule: 'sum', direction: 'higher_better' }],
};
const GIVEN = { version: '1', occasion: 'baseline', answeredOn: '2026-11-05', mode: 'phone' };
const PHQ9 = {
  ...GIVEN,
  measure: 'phq9',
  answers: { q1: 1, q2: 2, q3: 1, q4: 3, q5: 0, q6: 1, q7: 1, q8: 0, q9: 0 },
};
const AT_RISK = { ...PHQ9, answers: { ...PHQ9.answers, q9: 1 } };
const DONE = { seen: true, steps: ['stayed_with_them', 'told_gp_same_day'], note: 'Rang Dr Patel at 11' };
const WRITTEN = [sql`questionnaire`, sql`measure_response`, sql`measure_risk`, sql`audit_entry`, sql`outbox`];

describe('questionnaires', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let manager: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    manager = await aMember(scheme, 'scheme_manager');
  });
  afterAll(() => betony.stop());

  const send = (method: 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object, version = 1) =>
    betony.inject({
      method,
      url: `/api/v1/${path}`,
      ...(payload ? { payload } : {}),
      headers: { ...manager.headers, ...(method === 'PATCH' ? { 'if-match': `"v${String(version)}"` } : {}) },
    });
  const fieldsOf = (answer: { json(): unknown }) =>
    (answer.json() as { errors: { field: string }[] }).errors.map((error) => error.field);
  const record = async (payload: object, referralId?: string) =>
    betony.inject({
      method: 'POST',
      url: `/api/v1/referrals/${referralId ?? (await aCase(scheme, sam)).referralId}/responses`,
      payload,
      headers: sam.headers,
    });
  const standingOf = async (measure: string, version = '1') => {
    const answer = await betony.inject({ url: '/api/v1/measures', headers: sam.headers });
    const found = answer.json<MeasureView[]>().find((one) => one.id === measure && one.version === version);
    return found?.standing ?? null;
  };
  const drafted = async (payload: object = BELONGING): Promise<QuestionnaireView> => {
    const answer = await send('POST', 'questionnaires', payload);
    expect(answer.statusCode).toBe(201);
    return answer.json<QuestionnaireView>();
  };

  describe('of a scheme’s own', () => {
    it('is drafted, amended, published and asked; its next version retires it', async () => {
      const draft = await drafted();
      expect(draft).toMatchObject({ measure: 'own_belonging', number: 1, state: 'draft', items: [ITEM] });
      expect(fieldsOf(await record({ ...GIVEN, measure: 'own_belonging', answers: { belong: 3 } }))).toEqual([
        'measure',
      ]);
      const amended = await send('PATCH', `questionnaires/${draft.id}`, { title: 'Where you live' });
      expect(amended.json()).toMatchObject({ title: 'Where you live', version: 2, intro: BELONGING.intro });
      expect((await send('PATCH', `questionnaires/${draft.id}`, { title: 'Stale' }, 1)).statusCode).toBe(412);
      expect((await send('POST', `questionnaires/${draft.id}/publish`)).json()).toMatchObject({
        state: 'published',
      });
      expect((await auditOf(scheme, draft.id)).map(({ action }) => action)).toEqual([
        'questionnaire.draft',
        'questionnaire.amend',
        'questionnaire.publish',
      ]);
      expect(await eventsAbout(scheme, draft.id)).toContain('questionnaire.published');

      const { referralId } = await aCase(scheme, sam);
      const answer = await record({ ...GIVEN, measure: 'own_belonging', answers: { belong: 3 } }, referralId);
      expect(answer.json()).toMatchObject({ measure: 'own_belonging', scores: { belong: 3 } });

      const next = await drafted({ ...BELONGING, title: 'Belonging here' });
      expect(next.number).toBe(2);
      await send('POST', `questionnaires/${next.id}/publish`);
      expect(await standingOf('own_belonging')).toBe('retired');
      expect(await standingOf('own_belonging', '2')).toBe('asked');
      const late = await record({ ...GIVEN, measure: 'own_belonging', answers: { belong: 3 } });
      expect(late.statusCode).toBe(422);
      expect(late.json().errors[0].message).toMatch(/version 2 took its place/);
      const corrected = await betony.inject({
        method: 'POST',
        url: `/api/v1/responses/${answer.json<ResponseView>().id}/correct`,
        payload: { answers: { belong: 2 }, reason: 'Misheard' },
        headers: sam.headers,
      });
      expect(corrected.json()).toMatchObject({ version: '1', scores: { belong: 2 } });
    });

    it('never changes once published, whoever asks', async () => {
      const { id } = await drafted();
      await send('POST', `questionnaires/${id}/publish`);
      const amend = await send('PATCH', `questionnaires/${id}`, { title: 'Other' }, 2);
      expect(amend.statusCode).toBe(409);
      expect(amend.json()).toMatchObject({ from: 'published', action: 'amend' });
      expect((await send('DELETE', `questionnaires/${id}`)).statusCode).toBe(409);
      for (const change of [
        sql`update questionnaire set definition = '{}' where scheme_id = ${scheme.id}`,
        sql`delete from questionnaire where scheme_id = ${scheme.id}`,
      ]) {
        await expect(inScheme(scheme, (tx) => tx.run(change))).rejects.toThrow(/stays as it was/);
      }
    });

    const answered = { ...GIVEN, measure: 'own_belonging', answers: { belong: 1 } };
    const followUp = { ...answered, occasion: 'review', answeredOn: '2026-11-20', answers: { belong: 3 } };
    const published = async () => {
      const { id } = await drafted();
      await send('POST', `questionnaires/${id}/publish`);
      betony.clock.advance({ minutes: 1 });
      return id;
    };
    const get = async (url: string, who = sam) =>
      betony.inject({ url: `/api/v1/${url}`, headers: who.headers });
    const figures = async (version: string) => {
      const answer = await get(
        `figures/change?measure=own_belonging&version=${version}&from=2026-11-01&to=2026-11-30`,
        manager,
      );
      const { figures: all } = answer.json<ChangeFiguresView>();
      const [asked, pairs] = ['asked', 'pairs'].map((key) => all.find((one) => one.key === key));
      return [asked?.value, pairs?.value, pairs?.parts.find(({ key }) => key === 'versionChanged')?.value];
    };
    const linked = async (referralId: string) => {
      const links = betony.get(MeasureLinks);
      const asked = { measures: ['own_belonging'], occasion: 'review' as const };
      const id = await links.create(sam.actor, referralId, asked);
      const opened = await links.open(links.address(id).split('/').at(-1) ?? '');
      return opened.is === 'open' ? opened.questions.measures.map(({ version }) => version) : opened.is;
    };
    const atTheDesk = async (referralId: string) =>
      (await betony.get(ResponsesQueries).toAsk(sam.actor, referralId, 'own_belonging')).measure;

    it('goes on within an episode in the version it began with, so that there is a pair', async () => {
      const now = betony.clock.now();
      await published();
      const { referralId } = await aCase(scheme, sam);
      expect((await record(answered, referralId)).statusCode).toBe(201);
      await published();
      expect(await linked(referralId)).toEqual(['1']);
      expect(await atTheDesk(referralId)).toMatchObject({ version: '1', standing: 'asked', because: null });
      expect(await atTheDesk((await aCase(scheme, sam)).referralId)).toMatchObject({ version: '2' });
      // A paper in the words of the other version is kept, and is no pair.
      expect((await record({ ...followUp, version: '2' }, referralId)).statusCode).toBe(201);
      expect((await get(`referrals/${referralId}/change?measure=own_belonging`)).json()).toMatchObject({
        because: expect.stringMatching(/different versions/),
      });
      expect(await figures('1')).toEqual([1, 0, 1]);
      expect((await record({ ...followUp, answeredOn: '2026-11-19' }, referralId)).statusCode).toBe(201);
      expect((await get(`referrals/${referralId}/change?measure=own_belonging`)).json()).toMatchObject({
        because: null,
        changes: [{ key: 'belong', difference: 2 }],
      });
      expect(await figures('1')).toEqual([1, 1, 0]);
      betony.clock.set(now);
    });

    it('does not go on in a version that was withdrawn', async () => {
      const now = betony.clock.now();
      const first = await published();
      const { referralId } = await aCase(scheme, sam);
      await record(answered, referralId);
      await send('POST', `questionnaires/${first}/retire`, { because: 'our licence for it ended' });
      betony.clock.advance({ minutes: 1 });
      expect((await record(followUp, referralId)).json().errors[0].message).toMatch(/licence for it ended/);
      await published();
      expect((await record(followUp, referralId)).json().errors[0].message).toMatch(/licence for it ended/);
      expect(await linked(referralId)).toEqual(['2']);
      expect((await record({ ...followUp, version: '2' }, referralId)).statusCode).toBe(201);
      expect(await figures('1')).toEqual([1, 0, 1]);
      betony.clock.set(now);
    });

    it('asks nobody by a link what was withdrawn since, and thanks nobody for answers it has not', async () => {
      const now = betony.clock.now();
      const own = await published();
      const links = betony.get(MeasureLinks);
      const page = (path: string, more: object = {}) =>
        betony.inject({ url: new URL(path).pathname, method: 'GET', ...more });
      const asked = async (measures: string[]) => {
        const { referralId } = await aCase(scheme, sam);
        const id = await links.create(sam.actor, referralId, { measures, occasion: 'baseline' });
        return { referralId, path: links.address(id) };
      };
      const one = await asked(['own_belonging']);
      const two = await asked(['own_belonging', 'ons4']);
      const done = await asked(['own_belonging']);
      expect((await page(one.path)).statusCode).toBe(200);
      const before = { ...answered, answeredOn: '2026-11-19' };
      expect((await record(before, done.referralId)).statusCode).toBe(201);
      await links.keep(one.path.split('/').at(-1) ?? '', 'own_belonging.belong', 3);
      await send('POST', `questionnaires/${own}/retire`, { because: 'people found it odd' });
      const gone = await page(one.path);
      expect([gone.statusCode, gone.body]).toEqual([410, expect.stringContaining('not asked any more')]);
      expect(gone.body).not.toMatch(/Thank you|found it odd/);
      expect((await page(`${one.path}/send`, { method: 'POST' })).statusCode).toBe(410);
      expect(await links.send(one.path.split('/').at(-1) ?? '')).toBe('gone');
      expect((await page(two.path)).body).toContain('There are 4 short questions');
      const thanked = await page(done.path);
      expect([thanked.statusCode, thanked.headers.location]).toEqual([303, '/questions/thanks']);
      betony.clock.set(now);
    });

    it('is retired with a reason that is told, or thrown away before', async () => {
      const { id } = await drafted();
      expect((await send('POST', `questionnaires/${id}/retire`, { because: 'Nobody' })).statusCode).toBe(409);
      expect((await send('POST', 'questionnaires', BELONGING)).statusCode).toBe(409);
      await send('POST', `questionnaires/${id}/publish`);
      await send('POST', `questionnaires/${id}/retire`, { because: 'people found it odd' });
      const answer = await record({ ...GIVEN, measure: 'own_belonging', answers: { belong: 3 } });
      expect(answer.json().errors[0].message).toMatch(/people found it odd/);
      const draft = await drafted();
      expect((await send('DELETE', `questionnaires/${draft.id}`)).statusCode).toBe(204);
      expect(
        (await betony.inject({ url: `/api/v1/questionnaires/${draft.id}`, headers: manager.headers }))
          .statusCode,
      ).toBe(404);
    });

    it.each<[string, object, string[]]>([
      ['a name with capitals', { name: 'Belonging' }, ['name']],
      ['no questions', { items: [] }, ['items']],
      ['a question without words', { items: [{ ...ITEM, text: ' ' }] }, ['items.0.text']],
      [
        'a score of nothing asked',
        { scores: [{ ...BELONGING.scores[0], items: ['x'] }] },
        ['scores.0.items'],
      ],
      ['an unknown field', { language: 'pl' }, ['language']],
      ['a title of 201 letters', { title: 'x'.repeat(201) }, ['title']],
    ])('refuses %s, and writes nothing', async (_name, change, fields) => {
      const before = await countRows(scheme, WRITTEN);
      const answer = await send('POST', 'questionnaires', { ...BELONGING, ...change });
      expect(answer.statusCode).toBe(422);
      expect(fieldsOf(answer)).toEqual(fields);
      expect(await countRows(scheme, WRITTEN)).toEqual(before);
    });
  });

  describe('that ship switched off', () => {
    it('asks PHQ-9 only where a manager said so, and only together', async () => {
      expect(fieldsOf(await record(PHQ9))).toEqual(['measure']);
      expect((await send('POST', 'measures/switch', { measure: 'phq9', on: true })).json()).toMatchObject({
        id: 'phq9',
        standing: 'asked',
        byLink: false,
        withWorker: true,
        risk: { item: 'q9', prompt: expect.stringMatching(/999/) },
      });
      for (const mode of ['online', 'paper']) {
        expect(fieldsOf(await record({ ...PHQ9, mode }))).toEqual(['mode']);
      }
      const answer = await record(PHQ9);
      expect(answer.json()).toMatchObject({ scores: { phq9: 9 }, bands: { phq9: 'mild' }, risk: null });
      await send('POST', 'measures/switch', { measure: 'phq9', on: false });
      expect(fieldsOf(await record(PHQ9))).toEqual(['measure']);
    });

    it('keeps no answer that must not wait without what was done about it', async () => {
      await send('POST', 'measures/switch', { measure: 'phq9', on: true });
      const { referralId } = await aCase(scheme, sam);
      const before = await countRows(scheme, WRITTEN);
      const prompted = await record(AT_RISK, referralId);
      expect(prompted.statusCode).toBe(422);
      expect(prompted.json().errors).toEqual([{ field: 'risk', message: expect.stringMatching(/999/) }]);
      expect(fieldsOf(await record({ ...AT_RISK, risk: { ...DONE, seen: false } }, referralId))).toEqual([
        'risk.seen',
      ]);
      expect(await countRows(scheme, WRITTEN)).toEqual(before);
      const answer = await record({ ...AT_RISK, risk: DONE }, referralId);
      expect(answer.json()).toMatchObject({
        risk: {
          steps: DONE.steps,
          note: DONE.note,
          seenBy: 'Sam Okoro',
          seenAt: '2026-11-23T10:00:00.000Z',
        },
      });
    });

    it('scores SWEMWBS once the scheme’s own licence is named', async () => {
      const answers = { q1: 3, q2: 4, q3: 3, q4: 4, q5: 3, q6: 4, q7: 3 };
      const swemwbs = { ...GIVEN, measure: 'swemwbs', mode: 'paper', answers };
      expect((await record(swemwbs)).json().errors[0].message).toMatch(/licence/);
      const switching = { measure: 'swemwbs', on: true };
      expect(fieldsOf(await send('POST', 'measures/switch', switching))).toEqual(['licenceReference']);
      const on = await send('POST', 'measures/switch', { ...switching, licenceReference: 'WEMWBS-2026-117' });
      expect(on.json()).toMatchObject({ standing: 'asked', licenceReference: 'WEMWBS-2026-117' });
      expect((await record(swemwbs)).json()).toMatchObject({ scores: { swemwbs: 21.54 } });
      expect(fieldsOf(await record({ ...swemwbs, mode: 'online' }))).toEqual(['mode']);
    });

    it.each<[object, string]>([
      [{ measure: 'ons4', on: false }, 'measure'],
      [{ measure: 'mycaw', on: true }, 'measure'],
      [{ measure: 'phq9', on: true, licenceReference: 'X' }, 'licenceReference'],
      [{ measure: 'phq9', on: 'yes' }, 'on'],
    ])('refuses %p', async (payload, field) => {
      expect(fieldsOf(await send('POST', 'measures/switch', payload))).toEqual([field]);
    });
  });
});
