import { aCase, type Case } from '../../factories/caseload.js';
import { statementsOf } from '../../support/count-queries.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Signing in by cookie, who is there, and four more. */
const MOST_QUERIES = 6;

describe('who may know what, and what is printed', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let grace: Case;
  let record: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    grace = await aCase(scheme, sam).person({ firstName: 'Grace', lastName: 'Obi' }).begun();
    record = `/desk/people/${grace.clientId}`;
  });
  afterAll(() => betony.stop());

  const open = (url: string, who = sam) => betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const page = async (url: string, who = sam): Promise<string> => {
    const answer = await open(url, who);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const send = async (url: string, body: Record<string, string> = {}, who = sam) => {
    const answer = await betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
    });
    const { location = '' } = answer.headers;
    return { status: answer.statusCode, to: location, body: answer.body.replace(/\s+/g, ' ') };
  };
  const agreed = async (scope: string[]): Promise<string> => {
    const organisationId = await anOrganisation(scheme, 'faith_group');
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1/clients/${grace.clientId}/agreements`,
      headers: sam.headers,
      payload: { organisationId, scope, basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' },
    });
    expect(answer.statusCode).toBe(201);
    return `${record}/sharing/${answer.json<{ id: string }>().id}`;
  };

  it('shows what was agreed with whom, asks again, and takes back in part and in whole', async () => {
    const at = await agreed(['needs', 'contact_details']);
    const shown = await page(`${record}/sharing`);
    expect(shown).toContain('Our support itself');
    expect(shown).toContain('What they want help with');
    expect(shown).toContain('Fri, 20 November 2026, by phone');

    const silent = await send(`${at}/renew`, { how: 'phone' });
    expect(silent.status).toBe(422);
    expect(silent.body).toContain('href="#agreedOn"');
    const today = { 'agreedOn.day': '23', 'agreedOn.month': '11', 'agreedOn.year': '2026' };
    expect((await send(`${at}/renew`, { how: 'in_person', ...today })).to).toBe(`${record}/sharing`);
    expect(await page(`${record}/sharing`)).toContain('Mon, 23 November 2026');

    expect(await page(`${at}/withdraw`)).toContain('They see nothing more of it from now on');
    const wrong = await send(`${at}/withdraw`, { scope: 'plan', note: 'Kept <words>' });
    expect(wrong.status).toBe(422);
    expect(wrong.body).toContain('Kept &lt;words&gt;');
    await send(`${at}/withdraw`, { scope: 'contact_details' });
    const part = await page(`${record}/sharing`);
    expect(part).toContain('Who may know what (2)');
    expect(part).not.toContain('Their name and how to reach them');
    expect(part).toContain('Sam Okoro</a>');
    await send(`${at}/withdraw`, { note: 'No more, please' });
    const whole = await page(`${record}/sharing`);
    expect(whole).toContain('Who may know what (1)');
    expect(whole).toContain('No more, please');
    expect((await send(`${at}/withdraw`)).status).toBe(409);
    expect((await open(`${record}/sharing`, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
  });

  it('says what ends with agreement to the support itself', async () => {
    const at = /href="([^"]+\/withdraw)"/.exec(await page(`${record}/sharing`))?.[1] ?? '';
    expect(await page(at)).toContain('Without agreement to our support their referral ends');
    await send(at, {});
    expect(await page(`${record}/sharing`)).toContain('Nobody may be told anything of Grace');
  });

  it('prints a plan in large type, sheets to write on and lists, without what is around them', async () => {
    await send(`${record}/plan/goal`, { words: 'Get out more', importance: '8' });
    const plan = await page(`${record}/plan?print=1`);
    expect(plan).toContain('<body class="betony-print">');
    expect(plan).toContain('class="betony-large"');
    expect(await page(`${record}/plan`)).not.toContain('class="betony-large"');
    await send(`${record}/conversation`, {
      'aboutMe.people': 'Her sister',
      strengths: 'Boats',
      _version: '1',
    });
    expect(await page(`${record}/conversation?print=1`)).toContain('Boats');
    const blank = await page(`${record}/conversation?print=blank`);
    expect(blank).toContain('class="betony-lines"');
    expect(blank).not.toContain('Boats');
    const sheet = await page(`/desk/referrals/${grace.referralId}/questionnaires/ons4?print=1`);
    expect(sheet).toContain('1. Overall, how satisfied');
    for (const url of ['/desk/today', '/desk/caseload', `/desk/referrals/${grace.referralId}/shortlist`]) {
      expect(await page(`${url}?print=1`)).toContain('<body class="betony-print">');
    }
  });

  it('asks the database at most six times a page', async () => {
    const at = await agreed(['needs']);
    const many: [string, number][] = [];
    for (const url of [`${record}/sharing`, `${at}/withdraw`, `${at}/renew`]) {
      const { length } = await statementsOf(() => page(url));
      if (length > MOST_QUERIES) many.push([url, length]);
    }
    expect(many).toEqual([]);
  });
});
