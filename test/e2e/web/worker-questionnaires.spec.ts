import { aCase, type Case } from '../../factories/caseload.js';
import { theManager } from '../../factories/referrals.js';
import { statementsOf } from '../../support/count-queries.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Signing in by cookie, who is there, and four more. */
const MOST_QUERIES = 6;
const TODAY = { 'answeredOn.day': '23', 'answeredOn.month': '11', 'answeredOn.year': '2026' };
const ONS4 = {
  'answers.satisfied': '3',
  'answers.worthwhile': '4',
  'answers.happy': '3',
  'answers.anxious': '7',
  occasion: 'baseline',
  mode: 'phone',
  ...TODAY,
};

describe('questionnaires, asked and looked back at', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let grace: Case;
  let tab: string;
  let asks: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    grace = await aCase(scheme, sam).person({ firstName: 'Grace', lastName: 'Obi' }).begun();
    tab = `/desk/people/${grace.clientId}/questionnaires`;
    asks = `/desk/referrals/${grace.referralId}/questionnaires`;
  });
  afterAll(() => betony.stop());

  const page = async (url: string, who = sam): Promise<string> => {
    const answer = await betony.inject({ url, headers: { cookie: who.browser.cookie } });
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const send = async (url: string, body: Record<string, string | string[]>, who = sam) => {
    const form = new URLSearchParams({ _csrf: who.browser.formToken });
    for (const [name, value] of Object.entries(body)) {
      for (const one of [value].flat()) form.append(name, one);
    }
    const answer = await betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: form.toString(),
    });
    return { status: answer.statusCode, to: answer.headers.location, body: answer.body.replace(/\s+/g, ' ') };
  };

  it('are asked in the order of the paper, and show the score and what changed', async () => {
    expect(await page(tab)).toContain('No answers yet.');
    const paper = await page(`${asks}/ons4`);
    expect(paper).toContain('1. Overall, how satisfied are you with your life nowadays?');
    expect(paper).not.toContain('data-answer-keys');
    expect(await page(`${asks}/ons4?how=phone`)).toContain('Please give a number from 0 to 10');

    const partly = await send(`${asks}/ons4`, { ...ONS4, 'answers.happy': '', 'answers.anxious': '11' });
    expect(partly.status).toBe(422);
    expect(partly.body).toContain('href="#answers.happy"');
    expect(partly.body).toContain('href="#answers.anxious"');
    expect(partly.body).toMatch(/id="answers.satisfied-4"[^>]* value="3" checked/);
    expect(await page(tab)).toContain('No answers yet.');

    const first = await send(`${asks}/ons4`, {
      ...ONS4,
      'answers.happy': 'rather-not',
      'answeredOn.day': '20',
    });
    expect(first).toMatchObject({ status: 303, to: `${tab}#m-ons4` });
    const once = await page(tab);
    expect(once).toContain('Life satisfaction: <strong>3</strong> of 10, low');
    expect(once).toContain('Happiness yesterday: not said');
    expect(once).not.toContain('What changed');

    // The next one is a review unless told; the same start twice is refused with the way on.
    const next = await page(`${asks}/ons4`);
    expect(next).toMatch(/value="review" selected/);
    expect(next).not.toMatch(/value="(baseline|three_months|six_months)"/);
    const again = await send(`${asks}/ons4`, ONS4);
    expect(again.status).toBe(409);
    expect(again.body).toContain('There is a baseline already');
    expect(again.body).toMatch(
      /<a href="\/desk\/people\/[^"]*\/questionnaires#m-[a-z0-9_]+">See the first answers<\/a>/,
    );
    await send(`${asks}/ons4`, { ...ONS4, 'answers.satisfied': '6', occasion: 'closing' });
    const twice = await page(tab);
    expect(twice).toContain('What changed in 3 days');
    expect(twice).toContain('<strong>Better</strong> (+3)');
    expect(twice).toContain(`/desk/referrals/${grace.referralId}/close`);
  });

  it('are asked by phone straight from the record: first what was not asked yet, and nothing against their wish', async () => {
    const leads = async () => {
      const { statusCode, headers } = await betony.inject({
        url: `${asks}/next`,
        headers: { cookie: sam.browser.cookie },
      });
      return [statusCode, headers.location];
    };
    expect(await page(`/desk/people/${grace.clientId}`)).toContain(`href="${asks}/next"`);
    expect(await leads()).toEqual([303, `${asks}/ons4?how=phone`]);
    await send(`${asks}/ons4`, ONS4);
    const [status, to] = await leads();
    expect([status, /questionnaires\/(?!ons4)\w+\?how=phone$/.test(String(to))]).toEqual([303, true]);
    // Once all have begun: what was answered longest ago, and not what was answered today.
    const others = [...(await page(tab)).matchAll(/href="([^"]+\/unanswered)"/g)].map(([, at = '']) => at);
    expect(others.length).toBeGreaterThan(0);
    for (const at of others) await send(at, { because: 'declined' });
    expect(await leads()).toEqual([303, to]);
    await send(`${asks}/wish`, { ask: 'no' });
    expect(await leads()).toEqual([303, tab]);
  });

  it('are said not to have been asked or answered at the start, with why, and may be asked later', async () => {
    const at = `${asks}/ons4/unanswered`;
    expect(await page(tab)).toContain(`href="${at}"`);
    const silent = await send(at, {});
    expect([silent.status, silent.body.includes('href="#because"')]).toEqual([422, true]);
    const odd = await send(at, { because: 'no_answer' });
    expect(odd.status).toBe(422);
    expect(await send(at, { because: 'not_asked' })).toMatchObject({ status: 303, to: tab });
    const said = await page(tab);
    expect(said).toContain('at the start: nobody asked in time');
    expect(said).toContain('Sam Okoro');
    expect(said).not.toContain(`href="${at}"`);
    // What was said last counts.
    await send(at, { because: 'declined' });
    expect(await page(tab)).not.toContain('nobody asked in time');
    expect(await page(tab)).toContain('they did not want to');
    expect((await statementsOf(() => page(tab))).length).toBeLessThanOrEqual(MOST_QUERIES);
    // They changed their mind: the answers stand, and the reason is history.
    await send(`${asks}/ons4`, ONS4);
    const answered = await page(tab);
    expect(answered).toContain('Life satisfaction: <strong>3</strong> of 10');
    expect(answered).not.toContain('they did not want to');
    const late = await send(at, { because: 'declined' });
    expect([late.status, late.body.includes('They answered this at the start.')]).toEqual([409, true]);
    expect((await send(`${asks}/nothing/unanswered`, { because: 'declined' })).status).toBe(404);
    expect((await send(at, { because: 'declined' }, await aMember(scheme, 'link_worker'))).status).toBe(404);
  });

  it('are struck out with a reason, which stays in the trail', async () => {
    await send(`${asks}/ons4`, ONS4);
    const at = /\/desk\/answers\/[0-9a-f-]+\/strike-out/.exec(await page(tab))?.[0] ?? '';
    expect((await send(at, {})).body).toContain('href="#reason"');
    expect(await send(at, { reason: 'Somebody else’s' })).toMatchObject({ status: 303, to: tab });
    expect(await page(tab)).toContain('No answers yet.');
  });

  it('say at once what to do about an answer that must not wait, and keep what was done', async () => {
    const manager = await theManager(scheme);
    await betony.inject({
      method: 'POST',
      url: '/api/v1/measures/switch',
      headers: manager.headers,
      payload: { measure: 'phq9', on: true },
    });
    const answers = Object.fromEntries(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [`answers.q${String(n)}`, n === 9 ? '1' : '0']),
    );
    const form = await page(`${asks}/phq9`);
    expect(form).toContain('Ask this only while you are with Grace');
    expect(form).not.toContain('value="paper"');
    const given = { ...answers, occasion: 'baseline', mode: 'phone', ...TODAY };
    const asked = await send(`${asks}/phq9`, given);
    expect(asked.status).toBe(422);
    expect(asked.body).toContain('Do not leave this for later');
    expect(asked.body).toContain('NHS 111, option 2');
    const unseen = await send(`${asks}/phq9`, { ...given, 'risk.steps': ['told_gp_same_day'] });
    expect(unseen.body).toContain('href="#risk.seen"');
    expect(unseen.body).toContain('Do not leave this for later');
    const kept = await send(`${asks}/phq9`, {
      ...given,
      'risk.steps': ['stayed_with_them', 'told_gp_same_day'],
      'risk.seen': 'yes',
    });
    expect(kept.status).toBe(303);
    expect(await page(tab)).toContain('I stayed with them, or on the line; I told their GP the same day');
    // What was ticked before the answer was put right is not kept.
    const review = { ...given, occasion: 'closing', 'answers.q9': '0', 'risk.steps': ['told_manager'] };
    expect((await send(`${asks}/phq9`, review)).status).toBe(303);
  });

  it('can be given to the person, ended, and left alone by their wish', async () => {
    const none = await send(`${asks}/send`, { occasion: 'baseline' });
    expect(none.body).toContain('href="#measures"');
    const given = await send(`${asks}/send`, { occasion: 'baseline', measures: ['ons4', 'ucla3'] });
    expect(given.status).toBe(200);
    expect(given.body).toContain('https://betony.example.org/questions/');
    const later = await page(`${asks}/send`);
    expect(later).not.toContain('/questions/');
    expect(later).toContain('Not answered yet');
    const end = /action="([^"]+\/end)"/.exec(later)?.[1] ?? '';
    expect(await send(end, {})).toMatchObject({ status: 303, to: `${asks}/send` });
    expect(await page(`${asks}/send`)).toContain('Ended');
    await send(`${asks}/wish`, { ask: 'no' });
    expect(await page(tab)).toContain('Grace asked for no questionnaires');
    const against = await send(`${asks}/ons4`, ONS4);
    expect(against.status).toBe(409);
    expect(against.body).toContain('They asked for no questionnaires');
    await send(`${asks}/wish`, { ask: 'yes' });
    expect(await page(tab)).toContain('Ask now');
  });

  it('ask the database at most six times a page, and are out of reach of a colleague', async () => {
    await send(`${asks}/ons4`, ONS4);
    const strike = /\/desk\/answers\/[0-9a-f-]+\/strike-out/.exec(await page(tab))?.[0] ?? '';
    const many: [string, number][] = [];
    const kim = await aMember(scheme, 'link_worker');
    for (const url of [tab, `${asks}/ons4`, `${asks}/send`, strike]) {
      const { length } = await statementsOf(() => page(url));
      if (length > MOST_QUERIES) many.push([url, length]);
      const answer = await betony.inject({ url, headers: { cookie: kim.browser.cookie } });
      expect([url, answer.statusCode]).toEqual([url, 404]);
    }
    expect(many).toEqual([]);
    const unknown = await betony.inject({ url: `${asks}/nosuch`, headers: { cookie: sam.browser.cookie } });
    expect(unknown.statusCode).toBe(404);
  });
});
