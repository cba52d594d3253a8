import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import sql from 'sql-template-tag';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { MeasureLinkView } from '../../src/outcomes/measure-link.dto.js';
import { MessagesService } from '../../src/reminders/messages.service.js';
import { aCase, type Case } from '../factories/caseload.js';
import { anEpisode, changeRow, closedAt, inScheme } from '../factories/episodes.js';
import { aClient } from '../factories/clients.js';
import { aBrowser } from '../support/browser.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { auditOf, rowsOf } from '../support/records.js';
import { reminderDesk } from '../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SHOTS = process.env['SHOTS'];
const BOTH = { occasion: 'baseline', measures: ['ons4', 'ucla3'] };
const ARABIC = {
  measure: 'ons4',
  version: '1',
  language: 'ar',
  title: 'الرفاه الشخصي',
  intro: 'أود أن أطرح عليك أربعة أسئلة عن مشاعرك.',
  source: 'Invented for this test',
  items: ['satisfied', 'worthwhile', 'happy', 'anxious'].map((key) => ({
    key,
    text: `بشكل عام، ما مدى رضاك عن حياتك؟ (${key})`,
    minLabel: 'غير راضٍ على الإطلاق',
    maxLabel: 'راضٍ تمامًا',
  })),
};

interface Sound {
  violations: { id: string; nodes: { html: string }[] }[];
}

const browser: Browser | null = await aBrowser();

describe('questions by link', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let manager: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    await betony.app.listen(0, '127.0.0.1');
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    manager = await aMember(scheme, 'scheme_manager');
  });
  afterAll(async () => {
    await browser?.close();
    await betony.stop();
  });

  const post = (path: string, payload: object, member = sam) =>
    betony.inject({ method: 'POST', url: `/api/v1/${path}`, payload, headers: member.headers });
  const pathOf = (address: string) => address.slice(address.indexOf('/questions/'));
  const linked = async (of: Case, payload: object = BOTH): Promise<{ id: string; path: string }> => {
    const answer = await post(`referrals/${of.referralId}/questionnaire-links`, payload);
    expect(answer.statusCode).toBe(201);
    const { id, address } = answer.json<MeasureLinkView>();
    return { id, path: pathOf(address ?? '') };
  };
  const get = (path: string) => betony.inject({ url: path });
  const say = (path: string, answer: string | null) =>
    betony.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: answer === null ? '' : `answer=${encodeURIComponent(answer)}`,
    });
  const responses = (of: Case) =>
    rowsOf<{ measure: string; answers: object; mode: string; by: string | null }>(
      scheme,
      sql`select measure, answers, mode, recorded_by as by from measure_response
        where scheme_id = ${scheme.id} and referral_id = ${of.referralId} and superseded_at is null order by measure`,
    );
  const halfFilled = () =>
    rowsOf<{ answers: object }>(
      scheme,
      sql`select answers from measure_half_filled where scheme_id = ${scheme.id}`,
    );
  const fill = async (path: string, answers: string[]) => {
    for (const [index, answer] of answers.entries()) {
      expect((await say(`${path}/${String(index + 1)}`, answer)).statusCode).toBe(303);
    }
  };
  const EIGHT = ['7', '6', 'rather-not', '2', '1', '2', '3', '4'];

  it('keeps each answer as it is given, and records them when they are sent', async () => {
    const of = await aCase(scheme, sam).begun();
    const { id, path } = await linked(of);
    expect((await say(`${path}/1`, '7')).headers.location).toBe(`${path}/2`);
    expect(await halfFilled()).toEqual([{ answers: { 'ons4.satisfied': 7 } }]);
    expect((await get(path)).body).toContain('Go on where I was');
    const early = await betony.inject({ method: 'POST', url: `${path}/send` });
    expect(early.statusCode).toBe(422);
    expect(early.body).toContain('Question 2 has no answer yet');
    expect(await responses(of)).toEqual([]);
    await fill(path, EIGHT);
    const sent = await betony.inject({ method: 'POST', url: `${path}/send` });
    expect([sent.statusCode, sent.headers.location]).toEqual([303, '/questions/thanks']);
    expect(await responses(of)).toMatchObject([
      {
        measure: 'ons4',
        mode: 'online',
        by: null,
        answers: { satisfied: 7, worthwhile: 6, happy: null, anxious: 2 },
      },
      { measure: 'ucla3', answers: { companionship: 1, left_out: 2, isolated: 3, direct: 4 } },
    ]);
    expect(await halfFilled()).toEqual([]);
    expect((await get(path)).headers.location).toBe('/questions/thanks');
    expect((await betony.inject({ method: 'POST', url: `${path}/send` })).headers.location).toBe(
      '/questions/thanks',
    );
    expect(await responses(of)).toHaveLength(2);
    expect((await auditOf(scheme, id)).map(({ action }) => action)).toContain('questions.open');
  });

  it('are sent from the last question once all others are answered, and looked over there', async () => {
    const of = await aCase(scheme, sam).begun();
    const { path } = await linked(of);
    const sendFrom = (answer: string) =>
      betony.inject({
        method: 'POST',
        url: `${path}/8`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: `answer=${answer}&send=yes`,
      });
    await fill(path, EIGHT.slice(0, 1));
    expect((await get(`${path}/8`)).body).not.toContain('Send my answers');
    const early = await sendFrom('4');
    expect([early.statusCode, early.body.includes('Question 2 has no answer yet')]).toEqual([422, true]);
    await fill(path, EIGHT.slice(0, 7));
    const last = (await get(`${path}/8`)).body;
    expect(last).toContain('Check your answers');
    expect(last).toContain(`href="${path}/7"`);
    expect(last).not.toContain(`href="${path}/8"`);
    expect((await sendFrom('')).statusCode).toBe(422);
    expect(await responses(of)).toEqual([]);
    const sent = await Promise.all([sendFrom('4'), sendFrom('4')]);
    expect(sent.map(({ headers }) => headers.location)).toEqual(['/questions/thanks', '/questions/thanks']);
    expect(await responses(of)).toHaveLength(2);
  });

  it('asked as the first, and given after a review, are kept as a review of their own day', async () => {
    const of = await aCase(scheme, sam).begun();
    const { path } = await linked(of, { occasion: 'baseline', measures: ['ons4'] });
    await post(`referrals/${of.referralId}/responses`, {
      measure: 'ons4',
      version: '1',
      occasion: 'review',
      answeredOn: '2026-11-23',
      mode: 'phone',
      answers: { satisfied: 4, worthwhile: 5, happy: 3, anxious: 8 },
    });
    await fill(path, ['7', '6', '5', '2']);
    expect((await betony.inject({ method: 'POST', url: `${path}/send` })).statusCode).toBe(409);
    betony.clock.set('2026-11-24T10:00:00Z');
    const sent = await betony.inject({ method: 'POST', url: `${path}/send` });
    expect([sent.statusCode, sent.headers.location]).toEqual([303, '/questions/thanks']);
    const kept = await rowsOf<{ occasion: string; on: string }>(
      scheme,
      sql`select occasion, answered_on::text as on from measure_response
        where scheme_id = ${scheme.id} and referral_id = ${of.referralId} order by answered_on`,
    );
    expect(kept).toEqual([
      { occasion: 'review', on: '2026-11-23' },
      { occasion: 'review', on: '2026-11-24' },
    ]);
  });

  it('on a day that has answers already are kept, and sent from the next day on', async () => {
    const of = await aCase(scheme, sam).begun();
    const { path } = await linked(of, { occasion: 'review', measures: ['ons4'] });
    await post(`referrals/${of.referralId}/responses`, {
      measure: 'ons4',
      version: '1',
      occasion: 'baseline',
      answeredOn: '2026-11-23',
      mode: 'phone',
      answers: { satisfied: 4, worthwhile: 5, happy: 3, anxious: 8 },
    });
    await fill(path, ['7', '6', '5', '2']);
    const sent = await betony.inject({ method: 'POST', url: `${path}/send` });
    expect([sent.statusCode, sent.body]).toEqual([
      409,
      expect.stringContaining('you can send them from tomorrow'),
    ]);
    const inPolish = await betony.inject({ method: 'POST', url: `${path}/send?lang=pl` });
    expect(inPolish.body).toContain('możesz je wysłać od jutra');
    expect(await halfFilled()).toHaveLength(1);
    betony.clock.set('2026-11-24T10:00:00Z');
    expect((await betony.inject({ method: 'POST', url: `${path}/send` })).statusCode).toBe(303);
    expect(await responses(of)).toHaveLength(2);
  });

  it('“rather not say” to every question is no answer, and is counted as that', async () => {
    const of = await aCase(scheme, sam).begun();
    const { path } = await linked(of);
    await fill(path, [...Array<string>(4).fill('rather-not'), '1', '2', '3', '4']);
    expect((await betony.inject({ method: 'POST', url: `${path}/send` })).statusCode).toBe(303);
    expect(await responses(of)).toMatchObject([{ measure: 'ucla3' }]);
    expect(
      await rowsOf(
        scheme,
        sql`select measure, occasion, because from measure_missing
          where scheme_id = ${scheme.id} and referral_id = ${of.referralId}`,
      ),
    ).toEqual([{ measure: 'ons4', occasion: 'baseline', because: 'declined' }]);
  });

  it('sent twice at once is recorded once', async () => {
    const of = await aCase(scheme, sam).begun();
    const { path } = await linked(of);
    await fill(path, EIGHT);
    const sent = await Promise.all(
      [1, 2, 3].map(() => betony.inject({ method: 'POST', url: `${path}/send` })),
    );
    expect(sent.map(({ statusCode }) => statusCode)).toEqual([303, 303, 303]);
    expect(await responses(of)).toHaveLength(2);
  });

  it('changes nothing when it is only opened, however often', async () => {
    const { path } = await linked(await aCase(scheme, sam).begun());
    for (const page of ['', '/1', '/8', '/check', '/stop']) {
      expect((await get(path + page)).statusCode).toBe(200);
    }
    expect(await halfFilled()).toEqual([]);
    expect((await get(`${path}/9`)).statusCode).toBe(404);
    expect((await get(`${path}/0`)).statusCode).toBe(404);
  });

  it.each<[string, string | null, RegExp]>([
    ['no answer', null, /Select an answer/],
    ['an answer off the scale', '11', /Select one of the answers on this page/],
    ['half an answer', '3.5', /Select one of the answers/],
    ['words', 'very', /Select one of the answers/],
  ])('says at the question what is wrong with %s', async (_name, sent, words) => {
    const { path } = await linked(await aCase(scheme, sam).begun());
    const answer = await say(`${path}/1`, sent);
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toMatch(words);
    expect(answer.body).toContain('id="answer-error"');
    expect(await halfFilled()).toEqual([]);
  });

  it('takes two answers that contradict each other as none', async () => {
    const { path } = await linked(await aCase(scheme, sam).begun());
    const answer = await betony.inject({
      method: 'POST',
      url: `${path}/1`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'answer=3&answer=8',
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('Select an answer');
  });

  const endings: [string, (of: Case, id: string) => Promise<unknown>][] = [
    ['is revoked', (of, id) => post(`referrals/${of.referralId}/questionnaire-links/${id}/revoke`, {})],
    [
      'has run out',
      async () => {
        betony.clock.set('2026-12-15T10:00:00Z');
        await Promise.resolve();
      },
    ],
    [
      'was for somebody who died',
      (of) => post(`clients/${of.clientId}/record-death`, { toldBy: 'Her daughter rang' }),
    ],
    [
      'was for somebody who wants no questionnaires',
      (of) => post(`referrals/${of.referralId}/questionnaire-wish`, { ask: false }),
    ],
    [
      'was for somebody who has a safety flag now',
      (of) => changeRow(scheme, 'client', of.clientId, { safety_flag: true }),
    ],
  ];
  it.each(endings)('does not work any more once it %s', async (_name, end) => {
    const of = await aCase(scheme, sam).begun();
    const { id, path } = await linked(of);
    await end(of, id);
    const never = `/questions/${'x'.repeat(43)}`;
    const read = [await get(path), await get(never)];
    const said = [await say(`${path}/1`, '7'), await say(`${never}/1`, '7')];
    expect([...read, ...said].map(({ statusCode }) => statusCode)).toEqual([410, 410, 410, 410]);
    for (const answers of [read, said]) expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(await halfFilled()).toEqual([]);
  });

  it('lets the person end it: nothing is kept, nothing more is asked, and somebody may lift that again', async () => {
    const of = await aCase(scheme, sam).begun();
    const { path } = await linked(of);
    await say(`${path}/1`, '7');
    const stopped = await betony.inject({ method: 'POST', url: `${path}/no-more` });
    expect(stopped.headers.location).toBe('/questions/no-more');
    expect(await halfFilled()).toEqual([]);
    const wish = () =>
      betony.inject({ url: `/api/v1/referrals/${of.referralId}/questionnaire-wish`, headers: sam.headers });
    expect((await wish()).json()).toMatchObject({ ask: false, saidBy: 'link' });
    const refused = await post(`referrals/${of.referralId}/questionnaire-links`, BOTH);
    expect(refused.statusCode).toBe(409);
    expect(refused.json().because).toMatch(/no questionnaires/);
    const desk = reminderDesk(scheme);
    await desk.plan({ referral: [of.referralId] });
    expect((await desk.reminders(of.referralId)).filter((line) => line.startsWith('measure'))).toEqual([]);
    expect((await post(`referrals/${of.referralId}/questionnaire-wish`, { ask: true })).json()).toMatchObject(
      {
        ask: true,
        saidBy: 'worker',
      },
    );
    await linked(of);
  });

  it.each<[string, object, number, RegExp]>([
    ['PHQ-9', { occasion: 'baseline', measures: ['phq9'] }, 422, /switched off/],
    ['SWEMWBS', { occasion: 'baseline', measures: ['swemwbs'] }, 422, /licence/],
    ['nothing', { occasion: 'baseline', measures: [] }, 422, /at least/],
    ['a language that is not loaded', { ...BOTH, language: 'pl' }, 422, /not loaded/],
    ['three months before the end', { ...BOTH, occasion: 'three_months' }, 409, /closed/],
  ])('asks %s of nobody by link', async (_name, payload, status, words) => {
    const { referralId } = await aCase(scheme, sam).begun();
    const answer = await post(`referrals/${referralId}/questionnaire-links`, payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toMatch(words);
  });

  it('asks PHQ-9 of nobody by link, though it is switched on', async () => {
    await post('measures/switch', { measure: 'phq9', on: true }, manager);
    const { referralId } = await aCase(scheme, sam).begun();
    const answer = await post(`referrals/${referralId}/questionnaire-links`, {
      occasion: 'baseline',
      measures: ['phq9'],
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toMatch(/only while you are with them/);
  });

  it('asks nobody under sixteen, and nobody with a safety flag', async () => {
    const child = await aCase(scheme, sam)
      .person({ dateOfBirth: '2010-11-24', underAgeBasis: 'competence' })
      .begun();
    const flagged = await aCase(scheme, sam).begun();
    await changeRow(scheme, 'client', flagged.clientId, { safety_flag: true });
    for (const { referralId } of [child, flagged]) {
      const answer = await post(`referrals/${referralId}/questionnaire-links`, BOTH);
      expect(answer.statusCode).toBe(409);
    }
  });

  it('asks in a language that is loaded whole, written its own way', async () => {
    const half = await post('measures/translations', { ...ARABIC, items: ARABIC.items.slice(1) }, manager);
    expect(half.statusCode).toBe(422);
    expect(half.json().errors).toMatchObject([{ message: 'The question satisfied is missing' }]);
    expect((await post('measures/translations', ARABIC, manager)).statusCode).toBe(200);
    const of = await aCase(scheme, sam).begun();
    const { path } = await linked(of, { occasion: 'baseline', measures: ['ons4'], language: 'ar' });
    const page = (await get(`${path}/1`)).body;
    expect(page).toContain(ARABIC.items[0]?.text);
    expect(page).toContain('<html lang="ar" dir="rtl">');
    expect(page).toContain('السؤال 1 من 4');
    expect(page).not.toContain('how satisfied are you');
    const inEnglish = (await get(`${path}/1?lang=en`)).body;
    expect(inEnglish).toContain('<html lang="en-GB">');
    expect(inEnglish).toContain('Question 1 of 4');
    expect(inEnglish).toContain(`<h1 class="betony-question" lang="ar" dir="rtl">${ARABIC.items[0]!.text}`);
    const nothing = await betony.inject({ method: 'POST', url: `${path}/1?lang=pl` });
    expect([nothing.statusCode, nothing.body]).toEqual([
      422,
      expect.stringContaining('Wybierz odpowiedź albo „Wolę nie mówić”'),
    ]);
    await fill(path, ['7', '6', '5', '4']);
    await betony.inject({ method: 'POST', url: `${path}/send` });
    expect(await responses(of)).toMatchObject([{ answers: { satisfied: 7, anxious: 4 } }]);
  });

  it('comes with the message three months after closing, the same when it is sent again', async () => {
    const clientId = await aClient(scheme, { email: 'grace@example.org', safeToEmail: 'yes' }).agreedWith(
      null,
      'scheme_support',
    );
    const id = await anEpisode(scheme, 'closed', {
      ...closedAt('2026-08-20T10:00:00Z'),
      client_id: clientId,
      sent_client_id: clientId,
      sent_at: '2026-06-01T10:00:00Z',
      may_ask_again: true,
    });
    const desk = reminderDesk(scheme);
    await desk.plan({ referral: [id] });
    await desk.work();
    const ready = async () => (await desk.messages(clientId)).filter(({ state }) => state === 'ready');
    const [message] = await ready();
    const claim = await betony.get(MessagesService).claim(scheme.id, message!.id);
    const link = /https?:\/\/\S+\/questions\/[\w-]{43}/.exec(claim!.letter.text)?.[0] ?? '';
    expect(link).not.toBe('');
    expect(claim!.letter.text).not.toMatch(/wellbeing|lonel|anxi|satisf/i);
    await inScheme(scheme, (tx) =>
      tx.run(
        sql`update message set state = 'ready', claimed_at = null where scheme_id = ${scheme.id} and id = ${message!.id}`,
      ),
    );
    const again = await betony.get(MessagesService).claim(scheme.id, message!.id);
    expect(again!.letter.text).toContain(link);
    const path = pathOf(link);
    expect((await get(`${path}/1`)).statusCode).toBe(200);
    await fill(path, EIGHT);
    await betony.inject({ method: 'POST', url: `${path}/send` });
    expect(await responses({ referralId: id, clientId })).toHaveLength(2);
    expect((await desk.tasks(id)).some((line) => line.endsWith('open'))).toBe(false);
  });

  (browser ? it : it.skip)(
    'works on an old telephone, without a script',
    async () => {
      const { path } = await linked(await aCase(scheme, sam).begun());
      const address = await betony.app.getUrl();
      const phone: BrowserContext = await browser!.newContext({
        viewport: { width: 320, height: 640 },
        javaScriptEnabled: false,
      });
      const desktop = await browser!.newContext({ viewport: { width: 1200, height: 800 } });
      const page: Page = await phone.newPage();
      let bytes = 0;
      const elsewhere: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
          elsewhere.push(request.url());
      });
      page.on('response', (response) => {
        void response.body().then(
          (body) => (bytes += body.length + JSON.stringify(response.headers()).length),
          () => undefined,
        );
      });
      let css = '';
      const look = async (name: string) => {
        const wide = await desktop.newPage();
        const html = await page.content();
        css ||= await (await fetch(address + (/href="(\/styles\/[^"]+)"/.exec(html)?.[1] ?? ''))).text();
        await wide.goto('about:blank');
        await wide.setContent(html.replace(/<link rel="stylesheet"[^>]*>/, `<style>${css}</style>`));
        await wide.evaluate(AXE);
        const { violations } = await wide.evaluate<Sound>(
          'axe.run(document, { resultTypes: ["violations"] })',
        );
        expect(violations.map(({ id, nodes }) => `${name}: ${id} ${nodes[0]?.html ?? ''}`)).toEqual([]);
        await wide.setViewportSize({ width: 320, height: 640 });
        expect(await wide.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
        if (SHOTS) {
          await page.screenshot({ path: `${SHOTS}/${name}-320.png`, fullPage: true });
          await wide.setViewportSize({ width: 1200, height: 800 });
          await wide.screenshot({ path: `${SHOTS}/${name}-1200.png`, fullPage: true });
        }
        await wide.close();
      };
      const next = () => page.getByRole('button', { name: 'Continue' }).click();

      await page.goto(address + path);
      await look('q1-start');
      await page.getByRole('button', { name: 'Start' }).click();
      expect(bytes).toBeLessThan(60_000);
      await next();
      await look('q2-error');
      await page.getByRole('link', { name: /Select an answer/ }).click();
      await page.getByLabel('7', { exact: true }).check();
      await next();
      await look('q3-second');
      await page.getByLabel('I would rather not say').check();
      await next();
      for (const label of ['5', '10 – Completely anxious', 'Often', 'Often', 'Some of the time', 'Never']) {
        await page.getByLabel(label, { exact: true }).check();
        if (label === 'Never') await look('q4-options');
        else await next();
      }
      // The others stand below the last question, to be looked over there.
      await page.getByRole('link', { name: 'Change question 2' }).click();
      await page.getByLabel('4', { exact: true }).check();
      await next();
      await page.goto(`${address}${path}/8`);
      await page.getByRole('button', { name: 'Send my answers' }).click();
      await look('q5-last-error');
      await page.getByLabel('Never', { exact: true }).check();
      await page.getByRole('button', { name: 'Send my answers' }).click();
      expect(await page.locator('h1').textContent()).toBe('Thank you for your answers');
      await look('q6-thanks');
      const { path: other } = await linked(await aCase(scheme, sam).begun());
      await page.goto(`${address}${other}/stop`);
      await look('q7-stop');
      await page.getByRole('button', { name: 'Please do not ask me again' }).click();
      await look('q8-no-more');
      await page.goto(address + other);
      await look('q9-gone');
      expect(elsewhere).toEqual([]);
      await phone.close();
      await desktop.close();
    },
    60_000,
  );
});
