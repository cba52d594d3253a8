import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { aCase, type Case } from '../factories/caseload.js';
import { aBrowser } from '../support/browser.js';
import { looker } from '../support/look.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { settle } from '../support/settle.js';
import { startApp, type TestApp } from '../support/start-app.js';

const LIMIT_BYTES = 60_000;
const SHOTS = process.env['SHOTS'];
const BORN = '1948-03-02';
const SAFE = { safeToCall: 'yes', safeToText: 'yes', safeToEmail: 'yes', safeToWrite: 'yes' } as const;

const browser: Browser | null = await aBrowser();
if (!browser) process.stderr.write('No browser starts here: the journeys are skipped. Set CHROMIUM_PATH.\n');

(browser ? describe : describe.skip)('a person on their own page, without JavaScript', () => {
  let betony: TestApp;
  let address: string;
  let scheme: TestScheme;
  let sam: TestMember;
  let phone: BrowserContext;
  let desktop: BrowserContext;
  let page: Page;
  let look: (name: string) => Promise<void>;
  let bytes = 0;
  const elsewhere: string[] = [];
  let count = 0;

  beforeAll(async () => {
    betony = await startApp();
    await betony.app.listen(0, '127.0.0.1');
    address = await betony.app.getUrl();
    phone = await browser!.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
    desktop = await browser!.newContext({ viewport: { width: 1200, height: 800 } });
    const looks = looker(desktop, address);
    look = (name) => looks(page, name);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
  });
  afterAll(async () => {
    await phone.close();
    await desktop.close();
    await browser!.close();
    await betony.stop();
  });
  beforeEach(async () => {
    await phone.clearCookies();
    page = await phone.newPage();
    bytes = 0;
    elsewhere.length = 0;
    page.on('request', (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
        elsewhere.push(request.url());
    });
    const kept = new Set<string>();
    page.on('response', (response) => {
      // The style sheet is kept by the browser for a year.
      if (response.url().includes('/styles/') && kept.has(response.url())) return;
      kept.add(response.url());
      void response.body().then(
        (body) => (bytes += body.length + JSON.stringify(response.headers()).length),
        () => undefined,
      );
    });
  });
  afterEach(() => page.close());

  const heading = () => page.locator('h1').textContent();
  const press = (name: string) => page.getByRole('button', { name }).click();
  const follow = (name: string) => page.getByRole('link', { name }).first().click();
  const work = async (path: string, payload: object = {}, status = 201) => {
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1/${path}`,
      headers: sam.headers,
      payload,
    });
    expect([path, answer.statusCode]).toEqual([path, status]);
    return answer.json<{ id: string; address: string }>();
  };
  interface Person extends Case {
    email: string;
  }
  const somebody = async (details: object = {}): Promise<Person> => {
    const email = `grace${String(++count)}@example.org`;
    const person = { firstName: 'Grace', lastName: 'Adeyemi', dateOfBirth: BORN, email, ...SAFE, ...details };
    return { ...(await aCase(scheme, sam).begun().person(person)), email };
  };
  const codeFor = async (to: string): Promise<string> => {
    await settle(betony);
    const folder = join(betony.config.dataDir, 'outbox');
    const texts = existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((name) => readFileSync(join(folder, name), 'utf8'))
      : [];
    const text = texts.filter((one) => one.toLowerCase().includes(`to: ${to}`)).at(-1) ?? '';
    return /code is (\d{6})/.exec(text)?.[1] ?? 'none';
  };
  const enterByCode = async ({ email }: { email: string }) => {
    await page.goto(`${address}/my`);
    await page.getByLabel('Your e-mail address or mobile number').fill(email);
    await press('Send me a code');
    await page.getByLabel('Code').fill(await codeFor(email));
    await press('Continue');
  };
  const linkTo = async ({ clientId }: Case, payload: object = {}): Promise<string> =>
    `${address}${new URL((await work(`clients/${clientId}/page/links`, payload)).address).pathname}`;
  const born = async (day = '2', month = '3', year = '1948') => {
    await page.getByLabel('Day').fill(day);
    await page.getByLabel('Month').fill(month);
    await page.getByLabel('Year').fill(year);
    await press('Continue');
  };

  it('enters by a code, looks round in little, and leaves without a trace', async () => {
    const grace = await somebody();
    await work(`referrals/${grace.referralId}/appointments`, {
      kind: 'place',
      on: '2026-11-26',
      time: '14:30',
      minutes: 45,
      place: 'The library, Station Road',
    });
    await page.goto(`${address}/my`);
    expect([page.url(), await heading()]).toEqual([`${address}/my/enter`, 'Your page']);
    await look('my1-enter');
    await page.getByLabel('Your e-mail address or mobile number').fill('neither');
    await press('Send me a code');
    expect(await page.title()).toContain('Error: ');
    await look('my2-error');
    await page.getByLabel('Your e-mail address or mobile number').fill(grace.email);
    await press('Send me a code');
    await look('my3-code');
    await page.getByLabel('Code').fill('12');
    await press('Continue');
    expect(await page.locator('.nhsuk-error-summary').textContent()).toContain('Enter the 6 digits');
    await page.getByLabel('Code').fill(await codeFor(grace.email));
    await press('Continue');
    expect([page.url(), await heading()]).toEqual([`${address}/my`, 'Hello Grace']);
    expect(await page.textContent('main')).toContain('Thursday 26 November');
    await look('my4-home');
    const [session] = await phone.cookies();
    expect(session).toMatchObject({
      name: '__Host-betony-page',
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
      path: '/',
    });
    await follow('Appointments');
    await look('my5-appointments');
    expect(bytes).toBeLessThan(LIMIT_BYTES);
    expect(elsewhere).toEqual([]);

    await follow('Leave this page quickly');
    expect([page.url(), await page.title()]).toEqual([
      `${address}/bank-holidays`,
      'Bank holidays in England',
    ]);
    expect(await page.content()).not.toMatch(/betony<|grace|\/my/i);
    await look('my6-left');
    expect(await phone.cookies()).toEqual([]);
    await page.goBack();
    expect(await page.content()).not.toMatch(/Grace|library/);
    expect(await heading()).toBe('Your page');
    await page.goto(`${address}/my/appointments`);
    expect(page.url()).toBe(`${address}/my/enter`);
    await phone.addCookies([{ ...session!, name: '__Host-betony-page' }]);
    await page.goto(`${address}/my`);
    expect(page.url()).toBe(`${address}/my/enter`);
  });

  it('calls an appointment off, in two taps and a reason', async () => {
    const grace = await somebody();
    await work(`referrals/${grace.referralId}/appointments`, {
      kind: 'phone',
      on: '2026-11-27',
      time: '09:15',
      minutes: 30,
    });
    await page.goto(await linkTo(grace));
    await look('my7-link');
    await born('2', '3', '1949');
    expect(await page.locator('.nhsuk-error-summary').textContent()).toContain('does not fit this link');
    await born();
    await follow('Appointments');
    const calendar = await page.getByRole('link', { name: 'Add to calendar' }).getAttribute('href');
    const file = await phone.request.get(`${address}${calendar ?? ''}`);
    expect([file.headers()['content-type'], file.headers()['cache-control']]).toEqual([
      'text/calendar; charset=utf-8',
      'no-store',
    ]);
    expect(await file.text()).toContain('DTSTART:20261127T091500Z');
    await follow('I cannot come');
    await press('Call it off');
    expect(await page.locator('.nhsuk-error-summary').textContent()).toContain(
      'Say in a few words what it is',
    );
    await look('my8-cannot-come');
    await press('I am not well');
    expect(await page.textContent('main')).toContain('Called off.');
  });

  it('reads the plan in large plain words, to print, and asks for a change', async () => {
    const grace = await somebody();
    const { id } = await work(`referrals/${grace.referralId}/plan`, {
      aboutMe: { mostImportant: 'My garden' },
      crisisNotes: 'Kept between us',
      goals: [
        {
          words: 'See people again',
          importance: 8,
          actions: [
            { what: 'Go to the lunch', who: 'client', dueOn: '2026-12-04' },
            { what: 'Ring the church', who: 'link_worker' },
          ],
        },
      ],
    });
    await page.goto(await linkTo(grace));
    await born();
    await follow('My plan');
    expect(await page.textContent('main')).toContain('There is no plan here yet');
    await work(`plans/${id}/shares`, { with: 'client', sections: ['goals', 'about_me'] });
    await page.reload();
    const text = (await page.textContent('main')) ?? '';
    expect(text).toContain('See people again');
    expect(text).toContain('I: Go to the lunch – by Friday 4 December – to do');
    expect(text).not.toContain('Kept between us');
    await press('I did this');
    expect(await page.textContent('main')).toContain('I: Go to the lunch – by Friday 4 December – done');
    await press('Not done after all');
    expect(await page.textContent('main')).toContain('by Friday 4 December – to do');
    await look('my9-plan');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.betony-leave').isVisible()).toBe(false);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/my9-plan-print.png`, fullPage: true });
    await page.emulateMedia({ media: 'screen' });
    await follow('Ask for a change');
    await press('Send');
    expect(await page.locator('.nhsuk-error-summary').textContent()).toContain('Write something first');
    await page.getByLabel('Your message').fill('Could we put the choir in?');
    await press('Send');
    expect(await page.textContent('main')).toContain('Your message is sent');
    expect(await page.textContent('main')).toContain('This is not for emergencies');
    await look('my10-message');
  });

  it('sees who can see what, and takes it back after reading what that does', async () => {
    const grace = await somebody();
    const femi = await work(`clients/${grace.clientId}/supporters`, {
      name: 'Femi Adeyemi',
      role: 'carer',
      shares: ['appointments', 'plan'],
      agreedOn: '2026-11-20',
    });
    const told = await work(`clients/${grace.clientId}/stories`, {
      title: 'Sundays again',
      words: 'As I said it',
      anonymised: 'I lay the tables there',
      toldHow: 'in_person',
    });
    for (const use of ['report', 'web_page']) {
      const agreed = { use, basis: 'agreed', agreedOn: '2026-11-20', how: 'in_person' };
      await work(`stories/${told.id}/consents`, agreed, 200);
    }
    await page.goto(await linkTo(grace));
    await born();
    await follow('Who can see what');
    await look('my11-sharing');
    await page.locator('a[href^="/my/told/"]').click();
    expect(await page.textContent('main')).toContain('I lay the tables there');
    await press('Take back what I ticked');
    expect(await page.locator('.nhsuk-error-summary').textContent()).toContain('Tick what you take back');
    await look('my20-told');
    await page.getByLabel('on a web page').check();
    await press('Take back what I ticked');
    expect(await page.textContent('main')).toContain('in a report of ours, until');
    expect(await page.textContent('main')).not.toContain('on a web page');
    await page.locator('a[href^="/my/told/"]').click();
    await press('Take all of it back');
    expect(await page.textContent('main')).not.toContain('Sundays again');
    await follow('Change this');
    await look('my12-supporter');
    await page.getByLabel('Read my plan').uncheck();
    await press('Save');
    expect(await page.textContent('main')).toContain('Carer. May: see your appointments.');
    await follow('Take this back');
    expect(await page.textContent('main')).toContain('We stop supporting you.');
    await look('my13-take-back');
    await press('Yes, take it back');
    expect(await page.textContent('main')).toContain('You took this back on 23 November 2026');

    await phone.clearCookies();
    await page.goto(await linkTo(grace, { supporterId: femi.id }));
    await born();
    expect(await heading()).toBe('You are here for Grace');
    expect(await page.locator('.betony-menu').textContent()).not.toMatch(/plan|see what|contact/i);
    await look('my18-supporter');
    for (const path of ['plan', 'sharing', 'contact', 'message', 'questions']) {
      expect([path, (await page.goto(`${address}/my/${path}`))?.status()]).toEqual([path, 403]);
    }
    for (const path of ['stop', 'close']) {
      expect([path, (await page.goto(`${address}/my/${path}`))?.status()]).toEqual([path, 404]);
    }
  });

  it('is read in a language that is chosen in its own letters, from right to left, within what an old phone loads', async () => {
    const grace = await somebody();
    await work(`referrals/${grace.referralId}/appointments`, {
      kind: 'place',
      on: '2026-11-26',
      time: '16:10',
      minutes: 45,
      place: 'The library, Station Road',
    });
    const shown = () => page.evaluate('[document.documentElement.lang, document.documentElement.dir]');
    await page.goto(`${address}/my/enter`);
    await follow('اردو');
    expect([await shown(), await heading()]).toEqual([['ur', 'rtl'], 'آپ کا صفحہ']);
    expect(await page.textContent('.betony-draft')).toContain('English');
    await page.locator('#to').fill('neither');
    await page.locator('main button').click();
    expect(await page.locator('.nhsuk-error-summary').textContent()).toContain('ای میل پتہ یا برطانیہ');
    await look('my21-error-ur');
    await page.goto(await linkTo(grace));
    expect(await shown()).toEqual(['ur', 'rtl']);
    await page.locator('#day').fill('2');
    await page.locator('#month').fill('3');
    await page.locator('#year').fill('1948');
    await page.locator('main button').click();
    expect(await heading()).toContain('Grace');
    for (const [path, name] of [
      ['', 'my22-home-ur'],
      ['/appointments', 'my23-appointments-ur'],
      ['/contact', 'my24-contact-ur'],
      ['/message?lang=ar', 'my25-write-ar'],
    ] as const) {
      await page.goto(`${address}/my${path}`);
      await look(name);
    }
    expect((await phone.cookies()).find(({ name }) => name === 'betony-language')?.value).toBe('ar');
    await phone.clearCookies();
    await page.goto(await linkTo(await somebody({ language: 'ne' })));
    await born();
    expect([await shown(), await heading()]).toEqual([['ne', ''], 'नमस्ते Grace']);
    await look('my26-home-ne');
    expect(elsewhere).toEqual([]);
  });

  it('changes how it is reached, says what worries it, stops messages, and closes the page', async () => {
    const grace = await somebody();
    await enterByCode(grace);
    await follow('How we contact you');
    await look('my14-contact');
    await page.getByLabel('Text me').check();
    await page.getByLabel('My language').selectOption({ label: 'Polish' });
    await page.getByLabel('What we should mind').fill('Only mornings');
    await press('Save');
    expect(await page.textContent('main')).toContain('Zapisano.');
    await follow('English');
    expect(await heading()).toBe('How we contact you');
    expect(await page.getByLabel('Text me').count()).toBe(0);
    await page.getByLabel('New e-mail address or mobile number').fill('grace.new@example.org');
    await press('Send a code there');
    await look('my19-change');
    await page.getByLabel('Code').fill(await codeFor('grace.new@example.org'));
    await press('Continue');
    expect(await page.textContent('main')).toContain('grace.new@example.org');
    await page.goto(`${address}/my`);
    await follow('Tell us how it is');
    await press('Send');
    await look('my15-feedback');
    await page.getByLabel('Something went wrong, or worries me').check();
    await page.getByLabel('Somebody who works with me').check();
    await page.getByLabel('In your own words').fill('He was late twice');
    await press('Send');
    expect(await page.textContent('main')).toContain('Thank you.');
    await page.goto(`${address}/my/stop`);
    await look('my16-stop');
    await press('Stop messaging me');
    const [channels] = await betonyContact(grace);
    expect(channels).toMatchObject({
      safeToText: 'no',
      safeToEmail: 'no',
      safeToWrite: 'no',
      safeToCall: 'yes',
    });
    await follow('I do not want this page');
    await look('my17-close');
    await press('Close my page');
    expect(await heading()).toBe('Your page is closed');
    await page.goto(`${address}/my`);
    expect(page.url()).toBe(`${address}/my/enter`);
  });

  const betonyContact = async ({ clientId }: Case) => {
    const answer = await betony.inject({ url: `/api/v1/clients/${clientId}`, headers: sam.headers });
    return [answer.json<Record<string, string>>()];
  };

  it('sends no form that another site begins, and changes nothing by opening', async () => {
    const grace = await somebody();
    await page.goto(await linkTo(grace));
    await born();
    const [session] = await phone.cookies();
    const headers = { cookie: `__Host-betony-page=${session!.value}` };
    const send = (path: string, payload: string, more: object = headers) =>
      betony.inject({
        method: 'POST',
        url: `/my/${path}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...more },
        payload,
      });
    for (const path of [
      'stop',
      'close',
      'contact',
      'message',
      'feedback',
      'appointments/no',
      'sharing/no',
      'plan/no',
      'told/no',
      'told/no/all',
    ]) {
      const refused = await send(path, 'words=hello');
      expect([path, refused.statusCode, refused.body.includes('href="/my/leave"')]).toEqual([
        path,
        403,
        true,
      ]);
      expect([path, (await send(path, `key=${'a'.repeat(43)}&words=hello`)).statusCode]).toEqual([path, 403]);
      const out = await send(path, 'words=hello', {});
      expect([path, out.statusCode, out.body.includes('Nothing was sent')]).toEqual([path, 401, true]);
    }
    const pages = [
      '',
      'plan',
      'appointments',
      'questions',
      'sharing',
      'contact',
      'message',
      'feedback',
      'stop',
      'close',
    ];
    for (const path of pages) {
      const read = await betony.inject({ url: `/my/${path}`, headers });
      expect([path, read.statusCode, read.headers['cache-control']]).toEqual([path, 200, 'no-store']);
      expect(read.body).toContain('href="/my/leave"');
      expect(read.body).toContain('Worried about someone?');
    }
    for (const before of [
      { method: 'HEAD' as const },
      { headers: { ...headers, 'sec-purpose': 'prefetch' } },
    ]) {
      await betony.inject({ url: '/my/leave', headers, ...before });
    }
    expect((await betony.inject({ url: '/my', headers })).statusCode).toBe(200);
    expect((await betony.inject({ url: '/my/leave', headers })).headers['clear-site-data']).toBe('"cache"');
    expect((await betony.inject({ url: '/my', headers })).headers.location).toBe('/my/enter');
    for (const path of ['link/no', `link/${'a'.repeat(43)}`]) {
      expect((await betony.inject({ url: `/my/${path}` })).statusCode).toBe(410);
    }
    expect((await send('code/no', 'code=123456', {})).statusCode).toBe(404);
    expect((await betony.inject({ url: '/my/sharing/no', headers })).headers.location).toBe('/my/enter');
  });
});
