import { aCase, type Case } from '../../factories/caseload.js';
import { statementsOf } from '../../support/count-queries.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const MOST_QUERIES = 6;

describe('the conversation and the plan', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let grace: Case;
  let base: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    grace = await aCase(scheme, sam).person({ firstName: 'Grace', lastName: 'Obi' }).begun();
    base = `/desk/people/${grace.clientId}`;
  });
  afterAll(() => betony.stop());

  const page = async (url: string): Promise<string> => {
    const answer = await betony.inject({ url, headers: { cookie: sam.browser.cookie } });
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const send = (url: string, body: Record<string, string> = {}, who = sam) =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
    });
  const done = async (url: string, body: Record<string, string> = {}): Promise<void> => {
    const answer = await send(url, body);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `${base}/plan`]);
  };
  const linkIn = (body: string, end: string): string =>
    new RegExp(`href="([^"]+${end})"`).exec(body)?.[1] ?? `no link to ${end}`;

  it('begins with listening, and keeps in the person’s own words what was said', async () => {
    expect(await page(`${base}/plan`)).toContain('There is no plan yet.');
    await done(`${base}/conversation`, {
      'aboutMe.people': 'My <b>sister</b>',
      strengths: 'Bakes',
      _version: '0',
    });
    const plan = await page(`${base}/plan`);
    expect(plan).toContain('My &lt;b&gt;sister&lt;/b&gt;');
    expect(plan).toContain('Bakes');
    expect(await page(`${base}/conversation`)).toContain('My &lt;b&gt;sister&lt;/b&gt;</textarea>');
  });

  it('keeps both texts when somebody else saved meanwhile, and says so', async () => {
    await done(`${base}/conversation`, { strengths: 'Bakes', _version: '0' });
    await done(`${base}/conversation`, { strengths: 'Bakes and sings', _version: '1' });
    const stale = await send(`${base}/conversation`, { strengths: 'Swims', _version: '1' });
    expect(stale.statusCode).toBe(412);
    expect(stale.body).toContain('Swims</textarea>');
    expect(stale.body).toContain('Bakes and sings');
    expect(stale.body).toContain('Sam Okoro changed this at 10:00. Check both versions.');
    const version = /name="_version" value="(\d+)"/.exec(stale.body)?.[1] ?? '';
    await done(`${base}/conversation`, { strengths: 'Swims', _version: version });
    expect(await page(`${base}/plan`)).toContain('Swims');
  });

  describe('kept while it is written', () => {
    const hiddenIn = (body: string, name: string): string =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1] ?? '';
    /** What the script of the page sends, every ten seconds and when a box is left. */
    const autosave = (body: Record<string, string>, who = sam) =>
      betony.inject({
        method: 'POST',
        url: `${base}/conversation/draft`,
        headers: {
          cookie: who.browser.cookie,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
        },
        payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
      });

    it('is there again when the page is opened anew, for nobody else, and ends when it is saved', async () => {
      const first = await autosave({
        'aboutMe.people': 'My sister',
        strengths: '',
        _draft: '0',
        _key: 'one',
      });
      expect([first.statusCode, first.json()]).toEqual([200, { revision: 1, said: 'Draft saved at 10:00' }]);
      betony.clock.advance({ minutes: 1 });
      const second = await autosave({ 'aboutMe.people': 'My sisters', _draft: '1', _key: 'one' });
      expect(second.json()).toEqual({ revision: 2, said: 'Draft saved at 10:01' });
      const again = await page(`${base}/conversation`);
      expect(again).toContain('My sisters</textarea>');
      expect(again).toContain('This is your draft of 10:01.');
      expect(hiddenIn(again, '_draft')).toBe('2');
      const manager = await aMember(scheme, 'scheme_manager');
      const theirs = await betony.inject({
        url: `${base}/conversation`,
        headers: { cookie: manager.browser.cookie },
      });
      expect(theirs.statusCode).toBe(200);
      expect(theirs.body).not.toContain('My sister');
      await done(`${base}/conversation`, { 'aboutMe.people': 'My sisters', _draft: '2', _version: '0' });
      const saved = await page(`${base}/conversation`);
      expect(saved).not.toContain('This is your draft');
      expect(hiddenIn(saved, '_draft')).toBe('0');
    });

    it('is kept by a button without a script, and thrown away by another', async () => {
      const kept = await send(`${base}/conversation/draft`, { strengths: 'Bakes', _draft: '0' });
      expect([kept.statusCode, kept.headers.location]).toEqual([303, `${base}/conversation`]);
      expect(await page(`${base}/conversation`)).toContain('Bakes</textarea>');
      const gone = await send(`${base}/conversation/draft/drop`);
      expect([gone.statusCode, gone.headers.location]).toEqual([303, `${base}/conversation`]);
      expect(await page(`${base}/conversation`)).not.toContain('Bakes');
      expect((await send(`${base}/conversation/draft/drop`)).statusCode).toBe(404);
    });

    it('tells the second of two tabs, and keeps what both wrote', async () => {
      await autosave({ strengths: 'Bakes', _draft: '0', _key: 'one' });
      const other = await autosave({ strengths: 'Swims', _draft: '0', _key: 'two' });
      expect(other.statusCode).toBe(409);
      expect(other.json<{ said: string }>().said).toContain('another tab');
      const both = await page(`${base}/conversation`);
      expect(both).toContain('Bakes</textarea>');
      expect(both).toContain('In another tab at 10:00: <span class="betony-words">Swims</span>');
      const byButton = await send(`${base}/conversation/draft`, {
        strengths: 'Sings',
        _draft: '0',
        _key: 'three',
      });
      expect(byButton.statusCode).toBe(409);
      expect(byButton.body).toContain('Sings</textarea>');
      // Sent again from there it is still the older one: nothing is overwritten unseen.
      expect(hiddenIn(byButton.body, '_draft')).toBe('0');
      const aside = hiddenIn(both, 'aside');
      await send(`${base}/conversation/draft/drop`, { aside });
      expect(await page(`${base}/conversation`)).not.toContain('Swims');
      const wrong = await send(`${base}/conversation/draft/drop`, { aside: 'none' });
      expect(wrong.statusCode).toBe(422);
    });

    it('says what is wrong with it, and keeps it through sign-in', async () => {
      const long = await autosave({ strengths: 'x'.repeat(5001), _draft: '0' });
      expect(long.statusCode).toBe(422);
      expect(long.json<{ said: string }>().said).not.toBe('');
      betony.clock.advance({ minutes: 31 });
      const late = await autosave({ strengths: 'Bakes', _draft: '0' });
      expect([late.statusCode, late.headers.location]).toEqual([
        303,
        '/desk/sign-in?next=%2Fdesk%2Fkept&after=kept',
      ]);
    });

    it('says so when the plan was saved meanwhile', async () => {
      await autosave({ strengths: 'Bakes', _draft: '0', _key: 'one' });
      await done(`${base}/conversation`, { strengths: 'Swims', _version: '0' });
      const shown = await page(`${base}/conversation`);
      expect(shown).toContain('Bakes</textarea>');
      expect(shown).toContain('Saved meanwhile: <span class="betony-words">Swims</span>');
    });
  });

  it('has goals and steps, a step in three clicks, and says how each stands', async () => {
    const wrong = await send(`${base}/plan/goal`, { words: 'Get out more', importance: '11' });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.body).toContain('href="#importance"');
    expect(wrong.body).toContain('Get out more</textarea>');
    await done(`${base}/plan/goal`, { words: 'Get out more', importance: '8' });
    // One click to the form, one for who does it, one to save.
    const step = linkIn(await page(`${base}/plan`), '/step');
    expect(await page(step)).toContain('Towards: Get out more');
    await done(step, { what: 'Ring the club', who: 'client' });
    await done(step, {
      what: 'Find a bus',
      who: 'link_worker',
      'dueOn.day': '1',
      'dueOn.month': '12',
      'dueOn.year': '2026',
    });
    const plan = await page(`${base}/plan`);
    expect(plan).toContain('Ring the club: The person');
    expect(plan).toContain('by Tue, 1 December 2026');
    const [first = ''] = /plan\/steps\/[^"]+\/progress/.exec(plan) ?? [];
    await done(`${base}/${first}`, { status: 'done' });
    const [goal = ''] = /plan\/goals\/[^"]+\/progress/.exec(plan) ?? [];
    await done(`${base}/${goal}`, { status: 'partly_reached' });
    const after = await page(`${base}/plan`);
    expect(after).toContain('(done)');
    expect(after).toContain('Partly there');
  });

  describe('a goal and a step of it', () => {
    const DUE = { 'dueOn.day': '1', 'dueOn.month': '12', 'dueOn.year': '2026' };
    /** The page of each, and what its form began with. */
    const opened = async (end: RegExp) => {
      const at = end.exec(await page(`${base}/plan`))?.[1] ?? 'none';
      const form = await page(at);
      return { at, form, _version: /name="_version" value="(\d+)"/.exec(form)?.[1] ?? '' };
    };
    const theGoal = () => opened(/href="([^"]+\/plan\/goals\/[\w-]{36})"/);
    const theStep = () => opened(/href="([^"]+\/plan\/steps\/[\w-]{36})"/);

    beforeEach(async () => {
      await done(`${base}/plan/goal`, { words: 'Get out more', importance: '8' });
      const step = linkIn(await page(`${base}/plan`), '/step');
      await done(step, { what: 'Ring the club', who: 'link_worker', confidence: '6', ...DUE });
    });

    it('are put right, and what was done of them stays', async () => {
      const goal = await theGoal();
      expect(goal.form).toContain('Get out more</textarea>');
      const wrong = await send(goal.at, { words: '', importance: '11', _version: goal._version });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('href="#words"');
      expect(wrong.body).toContain('href="#importance"');
      const progress = /plan\/steps\/[^"]+\/progress/.exec(await page(`${base}/plan`))?.[0] ?? '';
      await done(`${base}/${progress}`, { status: 'under_way' });
      const { at, _version } = await theGoal();
      await done(at, { words: 'Sing again', importance: '9', _version });
      const step = await theStep();
      expect(step.form).toContain('Towards: Sing again');
      expect(step.form).toContain('value="Ring the club"');
      const nobody = await send(step.at, { what: 'Ring', who: 'somebody_else', _version: step._version });
      expect([nobody.statusCode, nobody.body.includes('href="#whoName"')]).toEqual([422, true]);
      await done(step.at, { what: 'Ring the choir', who: 'client', _version: step._version });
      const plan = await page(`${base}/plan`);
      expect(plan).toContain('Sing again');
      expect(plan).toContain('Matters 9 of 10');
      // The day was emptied, and how it stands was not asked.
      expect(plan).toMatch(/Ring the choir: The person \(begun\)/);
      const added = await send(linkIn(plan, '/step'), { what: 'Ask', who: 'somebody_else' });
      expect([added.statusCode, added.body.includes('href="#whoName"')]).toEqual([422, true]);
    });

    it('are changed by the later of two people only with both in sight', async () => {
      const step = await theStep();
      await done(step.at, { what: 'Ring the choir', who: 'link_worker', ...DUE, _version: step._version });
      const late = await send(step.at, { what: 'Write to the club', who: 'client', _version: step._version });
      expect(late.statusCode).toBe(412);
      expect(late.body.replace(/\s+/g, ' ')).toContain('Step: Ring the choir');
      expect(late.body).toContain('value="Write to the club"');
      const { at, _version } = await theStep();
      await done(`${at}/drop`, { _version });
      const gone = await send(at, { what: 'Kept in sight', who: 'client', _version });
      expect(gone.statusCode).toBe(412);
      expect(gone.body).toContain('Somebody took it out of the plan meanwhile.');
      expect(gone.body).toContain('value="Kept in sight"');
    });

    it('are taken out, and stay in the versions', async () => {
      const { at, _version } = await theGoal();
      await done(`${at}/drop`, { _version });
      const plan = await page(`${base}/plan`);
      expect(plan).toContain('No goals yet.');
      expect(plan).not.toContain('Ring the club');
      expect(await page(`${base}/plan/versions`)).toMatch(/Taken out.+Get out more/);
      const again = await betony.inject({ url: at, headers: { cookie: sam.browser.cookie } });
      expect(again.statusCode).toBe(404);
    });

    it('say how far along somebody is, in their own number', async () => {
      const how = linkIn(await page(`${base}/plan`), '/how');
      const wrong = await send(how, { status: 'partly_reached', howFar: '11' });
      expect([wrong.statusCode, wrong.body.includes('href="#howFar"')]).toEqual([422, true]);
      await done(how, { status: 'partly_reached', howFar: '4', note: 'Twice now' });
      expect(await page(`${base}/plan`)).toContain('Matters 8 of 10, 4 of 10 along');
    });
  });

  it('says which of its parts are done, and leads to those that are missing', async () => {
    const parts = async (): Promise<Record<string, string>> => {
      const [, list = ''] = /<ul class="nhsuk-task-list">(.+?)<\/ul>/s.exec(await page(`${base}/plan`)) ?? [];
      const rows = list.split('<li ').slice(1);
      return Object.fromEntries(
        rows.map((row) => {
          const [name = '', status = ''] = row
            .replace(/^[^>]+>/, '')
            .split(/<div class="nhsuk-task-list__status/)
            .map((part) =>
              part
                .replace(/^[^<]*?>/, '')
                .replace(/<[^>]+>/g, '')
                .trim(),
            );
          return [name, status];
        }),
      );
    };
    const names = [
      'What matters to them',
      'Goals',
      'A step for each goal',
      'If things go wrong, and when to look again',
      'They agree to it',
      'Give it to somebody',
    ];
    const stands = async () => Object.values(await parts());
    expect(Object.keys(await parts())).toEqual(names);
    expect(await stands()).toEqual(['To do', 'To do', 'To do', 'Not yet', 'Not yet', 'Not yet']);
    await done(`${base}/plan/goal`, { words: 'Get out more', importance: '8' });
    expect(await stands()).toEqual(['To do', 'Done', 'To do', 'To do', 'To do', 'To do']);
    const step = linkIn(await page(`${base}/plan`), '/step');
    await done(step, { what: 'Ring the club', who: 'client' });
    const day = { 'agreedOn.day': '23', 'agreedOn.month': '11', 'agreedOn.year': '2026' };
    await done(`${base}/plan/agree`, { how: 'phone', ...day });
    await done(`${base}/plan/give`, { to: 'client', sections: 'goals' });
    expect(await stands()).toEqual(['To do', 'Done', 'Done', 'To do', 'Done', 'Done']);
    await done(step, { what: 'Go there', who: 'client' });
    expect((await stands())[4]).toBe('Changed since');
  });

  it('is agreed, given to them, and compared with what it was', async () => {
    await done(`${base}/plan/goal`, { words: 'Get out more', importance: '8' });
    const care = { 'reviewOn.day': '21', 'reviewOn.month': '12', 'reviewOn.year': '2026' };
    await done(`${base}/plan/care`, { crisisNotes: 'Ring my sister', ...care, _version: '1' });
    const stale = await send(`${base}/plan/care`, { crisisNotes: 'Kept', ...care, _version: '1' });
    expect(stale.statusCode).toBe(412);
    expect(stale.body).toContain('Kept</textarea>');
    expect(stale.body).toContain('Sam Okoro changed this at 10:00. Check both versions.');
    expect(stale.body).toContain('If things go wrong: Ring my sister');
    const wrong = await send(`${base}/plan/agree`, { how: 'phone' });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.body).toContain('href="#agreedOn"');
    await done(`${base}/plan/agree`, {
      how: 'phone',
      'agreedOn.day': '23',
      'agreedOn.month': '11',
      'agreedOn.year': '2026',
    });
    await done(`${base}/plan/give`, { to: 'client', sections: 'goals' });
    const plan = await page(`${base}/plan`);
    expect(plan).toContain('Agreed on Mon, 23 November 2026');
    expect(plan).toContain('Grace: version 2');
    const [back = ''] = /plan\/shares\/[^"]+\/end/.exec(plan) ?? [];
    await done(`${base}/${back}`);
    expect(await page(`${base}/plan`)).toContain('Nobody yet.');
    const versions = await page(`${base}/plan/versions`);
    expect(versions).toContain('What differs between version 1 and version 2');
    expect(versions).toContain('Ring my sister');
    expect(await page(`${base}/plan/versions?from=2&to=2`)).toContain('Nothing differs');
  });

  it('is copied for the person in their language, headings and all, as a page and where it can be as a file', async () => {
    await done(`${base}/conversation`, { 'aboutMe.people': 'My sister', strengths: 'Bakes', _version: '0' });
    await done(`${base}/plan/goal`, { words: 'Get out more', importance: '8' });
    expect(await page(`${base}/plan`)).toContain(`href="${base}/plan/copy"`);
    const polish = await page(`${base}/plan/copy?lang=pl`);
    expect(polish).toContain('<html lang="pl">');
    for (const words of [
      'Ważne dla mnie osoby',
      'My sister',
      'W czym jestem dobry lub dobra',
      'Get out more',
    ])
      expect(polish).toContain(words);
    expect(polish).not.toMatch(/People who are important|What I am good at|Working on it/);
    const arabic = await page(`${base}/plan/copy?lang=ar`);
    expect(arabic).toContain('dir="rtl"');
    expect(arabic).not.toContain('copy.pdf');
    const cookie = sam.browser.cookie;
    const file = await betony.inject({ url: `${base}/plan/copy.pdf?lang=pl`, headers: { cookie } });
    expect([file.statusCode, file.headers['content-type']]).toEqual([200, 'application/pdf']);
    const none = await betony.inject({ url: `${base}/plan/copy.pdf?lang=ar`, headers: { cookie } });
    expect([none.statusCode, none.headers.location]).toEqual([303, `${base}/plan/copy?lang=ar`]);
    // Read on their behalf, it leaves this browser as it was.
    expect(file.headers['set-cookie']).toBeUndefined();
  });

  it('is read, and not changed, once the referral is over', async () => {
    await done(`${base}/plan/goal`, { words: 'Get out more', importance: '8' });
    const closed = await betony.inject({
      method: 'POST',
      url: `/api/v1/referrals/${grace.referralId}/close`,
      headers: sam.headers,
      payload: { reason: 'done', result: 'helped', mayAskAgain: false },
    });
    expect([closed.statusCode, closed.statusCode === 200 ? '' : closed.body]).toEqual([200, '']);
    const plan = await page(`${base}/plan`);
    expect(plan).toContain('Get out more');
    expect(plan).not.toContain('Add a step');
    expect((await send(`${base}/plan/goal`, { words: 'More', importance: '8' })).statusCode).toBe(409);
  });

  it('asks the database at most six times a page', async () => {
    await done(`${base}/plan/goal`, { words: 'Get out more', importance: '8' });
    const step = linkIn(await page(`${base}/plan`), '/step');
    const counts: Record<string, number> = {};
    for (const url of ['/conversation', '/plan', '/plan/goal', '/plan/care', '/plan/versions'].map(
      (one) => base + one,
    )) {
      counts[url] = (await statementsOf(() => page(url))).length;
    }
    counts[step] = (await statementsOf(() => page(step))).length;
    expect(Object.entries(counts).filter(([, count]) => count > MOST_QUERIES)).toEqual([]);
  });
});
