import sql from 'sql-template-tag';
import { aCase, type Case } from '../../factories/caseload.js';
import { aReferral, theManager } from '../../factories/referrals.js';
import { statementsOf } from '../../support/count-queries.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Signing in by cookie, who is there, and four more. */
const MOST_QUERIES = 6;
const CONCERN = {
  understood: 'yes',
  kind: 'neglect',
  about: 'client',
  what: 'No <b>food</b> in the house.',
  'done.told': 'adult_social_care',
};

describe('safety: what is read first, and what is recorded', () => {
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
  const send = async (url: string, body: Record<string, string>, who = sam) => {
    const answer = await betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
    });
    return { status: answer.statusCode, to: answer.headers.location, body: answer.body.replace(/\s+/g, ' ') };
  };
  const concerns = () =>
    rowsOf<{ what: string }>(scheme, sql`select what from safeguarding where scheme_id = ${scheme.id}`);

  describe('a safety note', () => {
    it('stands before every page about the person once a day, for each who opens it', async () => {
      expect(await page(`${record}/safety-note`)).toContain('Nothing is noted.');
      const none = await send(`${record}/safety-note/flags`, { code: '' });
      expect(none.body).toContain('href="#code"');
      await send(`${record}/safety-note/flags`, { code: 'visit_in_pairs' });
      const stopped = await open(`${record}/plan`);
      expect(stopped.statusCode).toBe(303);
      const note = String(stopped.headers.location);
      expect(note).toBe(`${record}/safety-note?to=${encodeURIComponent(`${record}/plan`)}`);
      expect((await open(`/desk/referrals/${grace.referralId}/contact`)).statusCode).toBe(303);
      const shown = await page(note);
      expect(shown).toContain('Read this first');
      expect(shown).toContain('<strong>Visit in pairs</strong>');

      // Read once, it leads on to where one was going, and stays in sight.
      expect(await send(`${record}/safety-note`, { to: `${record}/plan` })).toMatchObject({
        status: 303,
        to: `${record}/plan`,
      });
      expect(await page(record)).toContain('<strong>Visit in pairs</strong>');
      expect((await open(record, await theManager(scheme))).statusCode).toBe(303);
    });

    it('leads nowhere else, is read by nobody out of reach, and is taken off with a reason', async () => {
      await send(`${record}/safety-note/flags`, { code: 'daytime_only' });
      const away = await send(`${record}/safety-note`, { to: 'https://elsewhere.example.org/' });
      expect(away.to).toBe('/desk');
      const kim = await aMember(scheme, 'link_worker');
      expect((await send(`${record}/safety-note`, {}, kim)).status).toBe(404);
      const end = /action="([^"]+\/end)"/.exec(await page(`${record}/safety-note`))?.[1] ?? '';
      const silent = await send(end, {});
      expect(silent.status).toBe(422);
      expect(silent.body).toContain('href="#reason"');
      expect(silent.body).toContain('id="reason"');
      await send(end, { reason: 'The dog is gone' });
      expect(await page(`${record}/safety-note`)).toContain('Nothing is noted.');
    });

    it('never stands between somebody and what they typed', async () => {
      await send(`${record}/safety-note/flags`, { code: 'daytime_only' });
      const wrong = await send(`/desk/referrals/${grace.referralId}/contact`, { note: 'Kept words' });
      expect(wrong.status).toBe(422);
      expect(wrong.body).toContain('Kept words');
    });
  });

  describe('a concern', () => {
    it('is recorded under what to do in an emergency, with what was done', async () => {
      const form = await page(`${record}/concern`);
      expect(form).toContain('This is not how to report an emergency');
      expect(form).toContain('href="tel:999"');
      const hasty = await send(`${record}/concern`, { ...CONCERN, understood: '' });
      expect(hasty.status).toBe(422);
      expect(hasty.body).toContain('href="#understood"');
      expect(hasty.body).toContain('No &lt;b&gt;food&lt;/b&gt; in the house.');
      expect(await concerns()).toEqual([]);
      const kept = await send(`${record}/concern`, CONCERN);
      expect(kept.to).toMatch(/^\/desk\/safeguarding\/[0-9a-f-]{36}$/);
      const shown = await page(String(kept.to));
      expect(shown).toContain('No &lt;b&gt;food&lt;/b&gt; in the house.');
      expect(shown).toContain('<strong>Adult social care</strong>');
      expect(await page('/desk/safeguarding')).toContain('Grace Obi');
      // Nothing of it stands in the record.
      expect(await page(`${record}/timeline`)).not.toContain('food');

      const nothing = await send(`${String(kept.to)}/steps`, {});
      expect(nothing.body).toContain('href="#told"');
      await send(`${String(kept.to)}/steps`, { told: 'police', reference: '241' });
      expect(await page(String(kept.to))).toContain('<strong>The police</strong> (241)');
      const early = await send(`${String(kept.to)}/close`, { outcome: 'passed_on', note: 'With them' });
      expect(early.status).toBe(409);
      expect(early.body).toContain('A safeguarding lead or a manager closes it.');
    });

    it('is kept as a draft while it is written, for whoever writes it alone, until it is recorded', async () => {
      const at = `${record}/concern`;
      expect(await page(at)).toContain('data-autosave="/desk/kept"');
      expect((await send('/desk/kept', { _path: at, what: CONCERN.what })).to).toBe('/desk/kept');
      expect(await page(at)).toContain('You have a draft of this form');
      const manager = await theManager(scheme);
      expect(await page(at, manager)).not.toContain('a draft of this form');
      expect(await page('/desk/kept', manager)).not.toContain('food');
      const [, _kept = ''] = /name="_kept" value="([^"]+)"/.exec(await page('/desk/kept')) ?? [];
      expect(_kept).not.toBe('');
      expect((await send(at, { ...CONCERN, _kept })).to).toMatch(/^\/desk\/safeguarding\//);
      expect(await page('/desk/kept')).not.toContain('food');
    });

    it('is read by a manager for a reason, closed by one, and unknown to a colleague', async () => {
      const manager = await theManager(scheme);
      const { to = '' } = await send(`${record}/concern`, CONCERN);
      const url = to;
      const before = await page(url, manager);
      expect(before).not.toContain('in the house');
      expect((await send(`${url}/read`, { reason: 'short' }, manager)).status).toBe(422);
      const opened = await send(`${url}/read`, { reason: 'The lead is away today' }, manager);
      const shown = await page(String(opened.to), manager);
      expect(shown).toContain('in the house');
      expect(shown).toContain('The lead is away today');
      expect(await page(url, manager)).not.toContain('in the house');
      await send(`${url}/close`, { outcome: 'passed_on', note: 'The council has it' }, manager);
      expect(await page(url)).toContain('The council has it');
      expect((await open(url, await aMember(scheme, 'link_worker'))).statusCode).toBe(404);
    });

    it('can be raised by whoever referred, who hears that somebody looked', async () => {
      const gp = await aMember(scheme, 'referrer');
      const { id } = await aReferral(scheme).from(gp);
      expect(await page(`/desk/referrals/${id}`, gp)).toContain(`/desk/referrals/${id}/worries`);
      expect(await page(`/desk/referrals/${id}/worry`, gp)).toContain('href="tel:999"');
      const silent = await send(`/desk/referrals/${id}/worry`, { understood: 'yes' }, gp);
      expect(silent.body).toContain('href="#kind"');
      const told = await send(`/desk/referrals/${id}/worry`, CONCERN, gp);
      expect(told).toMatchObject({ status: 303, to: `/desk/referrals/${id}/worries` });
      expect(await page(String(told.to), gp)).toContain('Nobody has looked at it yet');
      expect(await concerns()).toHaveLength(1);
      expect((await open(`/desk/referrals/${id}/worries`, sam)).statusCode).toBe(403);
    });
  });

  it('asks the database at most six times a page', async () => {
    const { to = '' } = await send(`${record}/concern`, CONCERN);
    const many: [string, number][] = [];
    for (const url of [`${record}/safety-note`, `${record}/concern`, '/desk/safeguarding', to]) {
      const { length } = await statementsOf(() => page(url));
      if (length > MOST_QUERIES) many.push([url, length]);
    }
    expect(many).toEqual([]);
  });
});
