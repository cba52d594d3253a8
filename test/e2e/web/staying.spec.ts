import sql from 'sql-template-tag';
import { KeptForms } from '../../../src/identity/kept-forms.service.js';
import { IdentityHousekeeping } from '../../../src/identity/housekeeping.service.js';
import { PAGE_IDLE_MS, SESSION_MS } from '../../../src/identity/session.rules.js';
import { Users } from '../../../src/identity/users.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { aPerson } from '../../factories/clients.js';
import { inScheme } from '../../factories/episodes.js';
import { aCase as aSentCase, aGroup } from '../../factories/onward.js';
import { PASSWORD, withPassword } from '../../factories/second-factors.js';
import { aBrowser } from '../../support/browser.js';
import { filedMail } from '../../support/mailbox.js';
import { aPageBrowser, type PageBrowser } from '../../support/pages.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { countRows, rowsOf } from '../../support/records.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

let betony: TestApp;
let scheme: TestScheme;

beforeAll(async () => {
  betony = await startApp();
  scheme = await aScheme(betony);
});
afterAll(() => betony.stop());
beforeEach(() => {
  betony.clock.set(TEST_NOW);
});

const signIn = async (browser: PageBrowser, { email }: TestMember, next = '/desk') => {
  const answer = await browser.send('/desk/sign-in', { email, password: PASSWORD, next });
  expect(answer.statusCode).toBe(303);
  return answer;
};
const mailTo = async ({ email }: TestMember): Promise<string[]> => {
  await settle(betony);
  const all = await filedMail(betony.config.dataDir);
  return all.filter(({ to }) => to?.[0]?.address === email).map(({ text }) => text ?? '');
};

describe('a password', () => {
  const HERE = '/desk/account/password';
  const NEW = 'seven quiet green kettles';

  it('is changed by whoever knows it; every other session ends, this one does not, and a letter says so', async () => {
    const sam = await withPassword(scheme);
    const [desk, phone] = [aPageBrowser(betony), aPageBrowser(betony, { userAgent: SAFARI })];
    await signIn(desk, sam);
    await signIn(phone, sam);
    expect((await desk.open('/desk/account')).body).toContain(`href="${HERE}"`);
    const done = await desk.send(HERE, { password: PASSWORD, newPassword: NEW });
    expect(done.headers.location).toBe(`${HERE}?done=password`);
    expect((await desk.open(`${HERE}?done=password`)).body).toContain('Your password is changed');
    expect((await phone.open(HERE)).statusCode).toBe(303);
    expect((await betony.inject({ url: '/api/v1/me', headers: sam.headers })).statusCode).toBe(401);
    const tried = async (password: string) =>
      (await aPageBrowser(betony).send('/desk/sign-in', { email: sam.email, password, next: '/desk' }))
        .statusCode;
    expect([await tried(PASSWORD), await tried(NEW)]).toEqual([422, 303]);
    const letters = await mailTo(sam);
    expect(letters.filter((one) => one.includes('your password was changed'))).toEqual([
      expect.stringContaining('https://betony.example.org/desk/forgotten'),
    ]);
    const kept = await rowsOf(scheme, sql`select 1 from audit_entry where action = 'user.changePassword'`);
    expect(kept).toHaveLength(1);
  });

  it('set anew by a link is told by mail as well', async () => {
    const sam = await withPassword(scheme);
    await aPageBrowser(betony).send('/desk/forgotten', { email: sam.email });
    const link =
      (await mailTo(sam)).map((text) => /\/desk\/new-password\/[\w-]+/.exec(text)?.[0]).find(Boolean) ?? '';
    const done = await aPageBrowser(betony).send(link, { password: NEW });
    expect(done.statusCode).toBe(303);
    expect((await mailTo(sam)).filter((one) => one.includes('your password was changed'))).toEqual([
      expect.stringContaining('https://betony.example.org/desk/forgotten'),
    ]);
  });

  it.each([
    [
      'the wrong one now',
      { password: 'not mine at all', newPassword: NEW },
      'password',
      'That is not your password',
    ],
    ['nothing now', { password: '', newPassword: NEW }, 'password', 'Password you have now'],
    [
      'one that is too short',
      { password: PASSWORD, newPassword: 'short' },
      'newPassword',
      'at least 12 characters',
    ],
    [
      'one that all would try',
      { password: PASSWORD, newPassword: 'password1234' },
      'newPassword',
      'one of the first that others would try',
    ],
    [
      'the same again',
      { password: PASSWORD, newPassword: PASSWORD },
      'newPassword',
      'That is the password you have',
    ],
  ])('stays with %s, and the page says why without giving it back', async (_what, answers, field, why) => {
    const sam = await withPassword(scheme);
    const desk = aPageBrowser(betony);
    await signIn(desk, sam);
    const { statusCode, body } = await desk.send(HERE, answers);
    expect(statusCode).toBe(422);
    expect(body).toContain(`href="#${field}"`);
    expect(body).toContain(why);
    for (const one of Object.values(answers).filter(Boolean)) expect(body).not.toContain(one);
    await signIn(aPageBrowser(betony), sam);
    expect((await mailTo(sam)).join()).not.toContain('password was changed');
  });

  it('is guessed no oftener here than at sign-in', async () => {
    const sam = await withPassword(scheme);
    const desk = aPageBrowser(betony);
    await signIn(desk, sam);
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1)
      statuses.push((await desk.send(HERE, { password: `guess ${String(n)}`, newPassword: NEW })).statusCode);
    expect(statuses).toContain(429);
  });
});

describe('where somebody is signed in', () => {
  const HERE = '/desk/account/sessions';

  it('is listed, and ended one by one or all at once', async () => {
    const sam = await withPassword(scheme);
    const ann = await withPassword(scheme);
    const [desk, phone, other] = [
      aPageBrowser(betony, { userAgent: FIREFOX }),
      aPageBrowser(betony, { userAgent: SAFARI }),
      aPageBrowser(betony),
    ];
    for (const browser of [desk, phone, other]) {
      betony.clock.advance({ seconds: 1 });
      await signIn(browser, sam);
    }
    const page = await desk.open(HERE);
    expect(page.body).toContain('Firefox on Windows');
    expect(page.body).toContain('Safari on an iPhone');
    expect(page.body.match(/You are here/g)).toHaveLength(1);
    const list = await betony.inject({ url: '/api/v1/sessions', headers: sam.headers });
    const sessions = list.json<{ id: string; device: string; here: boolean }[]>();
    expect(sessions.map(({ device, here }) => [device, here])).toEqual([
      ['A program', false],
      ['Safari on an iPhone', false],
      ['Firefox on Windows', false],
      ['A program', true],
    ]);
    const iphone = sessions.find(({ device }) => device.startsWith('Safari'))?.id ?? '';
    const foreign = await betony.inject({
      method: 'POST',
      url: `/api/v1/sessions/${iphone}/end`,
      headers: ann.headers,
    });
    expect(foreign.statusCode).toBe(404);
    expect((await phone.open(HERE)).statusCode).toBe(200);
    expect((await desk.send(`${HERE}/${iphone}/end`, {}, HERE)).headers.location).toBe(`${HERE}?done=one`);
    expect((await phone.open(HERE)).statusCode).toBe(303);
    expect((await desk.send(`${HERE}/${iphone}/end`, {}, HERE)).statusCode).toBe(404);
    expect((await desk.send(`${HERE}/end-others`, {}, HERE)).headers.location).toBe(`${HERE}?done=others`);
    expect((await other.open(HERE)).statusCode).toBe(303);
    expect((await betony.inject({ url: '/api/v1/me', headers: sam.headers })).statusCode).toBe(401);
    expect((await desk.open(`${HERE}?done=others`)).body).toContain('You are signed in nowhere else');
    expect((await aPageBrowser(betony, { who: ann }).open(HERE)).statusCode).toBe(200);
  });

  it('is told by mail when it is somewhere new, not the first time and not again', async () => {
    const sam = await withPassword(scheme);
    const desk = aPageBrowser(betony, { userAgent: FIREFOX });
    await signIn(desk, sam);
    desk.jar.delete('__Host-betony');
    await signIn(desk, sam);
    expect(await mailTo(sam)).toEqual([]);
    await signIn(aPageBrowser(betony, { userAgent: SAFARI }), sam);
    const [letter, ...more] = await mailTo(sam);
    expect(more).toEqual([]);
    expect(letter).toContain(
      'On 23 November 2026 at 10:00 somebody signed in as you with Safari on an iPhone',
    );
    expect(letter).toContain('https://betony.example.org/desk/account/sessions');
    const byProgram = () =>
      betony.inject({
        method: 'POST',
        url: '/api/v1/sign-in',
        headers: { 'user-agent': 'curl/8.5.0' },
        payload: { email: sam.email, password: PASSWORD },
      });
    await byProgram();
    await byProgram();
    expect((await mailTo(sam)).slice(1)).toEqual([expect.stringContaining('with A program')]);
    // A browser says it is a known one, but its cookie is made up.
    const forged = aPageBrowser(betony, { cookies: { '__Host-betony-device': 'x' } });
    await signIn(forged, sam);
    expect(forged.jar.get('__Host-betony-device')).toMatch(/^[\w-]{43}$/);
    expect(await mailTo(sam)).toHaveLength(3);
    const known = await betony
      .get(Database)
      .unscoped<{ hash: string }>(
        sql`select hash from known_device where account_id = ${sam.actor.accountId}`,
      );
    expect(known).toHaveLength(4);
    expect(JSON.stringify(known)).not.toContain(desk.jar.get('__Host-betony-device'));
    betony.clock.advance({ days: 401 });
    await betony.get(IdentityHousekeeping).forget();
    expect(
      await betony
        .get(Database)
        .unscoped(sql`select 1 from known_device where account_id = ${sam.actor.accountId}`),
    ).toEqual([]);
  });

  it('is not told where the scheme has switched that off', async () => {
    const quiet = await aScheme(betony, { newDeviceNotice: false });
    const sam = await withPassword(quiet);
    await signIn(aPageBrowser(betony), sam);
    await signIn(aPageBrowser(betony), sam);
    expect(await mailTo(sam)).toEqual([]);
  });
});

describe('how long somebody stays signed in', () => {
  it('is said on each page, and grows by staying, but not past a working day', async () => {
    const sam = await withPassword(scheme);
    const desk = aPageBrowser(betony);
    await signIn(desk, sam);
    const page = await desk.open('/desk/account');
    expect(page.body).toContain(
      'After 30 minutes without use you are signed out, and at 22:00 at the latest.',
    );
    expect(page.body).toMatch(/data-seconds="1740" data-idle="1800" data-end="43200" hidden/);
    for (let ms = 0; ms < SESSION_MS; ms += PAGE_IDLE_MS - 60_000) {
      betony.clock.set(new Date(new Date(TEST_NOW).getTime() + ms));
      expect((await desk.open('/desk/stay')).statusCode).toBe(204);
    }
    betony.clock.set(new Date(new Date(TEST_NOW).getTime() + SESSION_MS));
    expect((await desk.open('/desk/stay')).statusCode).toBe(303);
  });

  const browser = aBrowser();
  afterAll(async () => (await browser)?.close());

  it('is warned of five minutes before the end, with a button to stay; unused pages give way', async () => {
    const chromium = await browser;
    if (!chromium) {
      process.stderr.write('No browser starts here: the warning is not tried. Set CHROMIUM_PATH.\n');
      return;
    }
    await betony.app.listen(0, '127.0.0.1');
    const address = (await betony.app.getUrl()).replace('127.0.0.1', 'localhost');
    const sam = await withPassword(scheme, 'referrer');
    const context = await chromium.newContext();
    const page = await context.newPage();
    await page.clock.install({ time: new Date(TEST_NOW) });
    await page.goto(`${address}/desk/sign-in?next=/desk/refer`);
    await page.fill('#email', sam.email);
    await page.fill('#password', PASSWORD);
    await page.click('main button:has-text("Sign in")');
    const box = page.locator('#timeout');
    const pass = async (minutes: number) => {
      betony.clock.advance({ minutes });
      await page.clock.fastForward(minutes * 60_000);
    };
    await page.waitForURL('**/desk/refer');
    await pass(23);
    expect(await box.isVisible()).toBe(false);
    await pass(2);
    await box.getByText('You will be signed out in less than 5 minutes.').waitFor();
    await box.getByRole('button', { name: 'Stay signed in' }).click();
    await box.waitFor({ state: 'hidden' });
    await pass(10);
    expect(await box.isVisible()).toBe(false);
    await page.fill('[name="client.firstName"]', 'Grace');
    await pass(31);
    await box.getByText('You are signed out.').waitFor();
    expect(await page.inputValue('[name="client.firstName"]')).toBe('Grace');
    // Nothing typed: nobody who passes by reads what was there.
    const idle = await context.newPage();
    await idle.clock.install({ time: betony.clock.now() });
    await idle.goto(`${address}/desk/sign-in?next=/desk/refer`);
    await idle.fill('#email', sam.email);
    await idle.fill('#password', PASSWORD);
    await idle.click('main button:has-text("Sign in")');
    await idle.waitForURL('**/desk/refer');
    betony.clock.advance({ minutes: 31 });
    await idle.clock.fastForward(31 * 60_000);
    await idle.waitForURL('**/desk/sign-in?next=%2Fdesk%2Frefer');
    await context.close();
  }, 60_000);
});

describe('what somebody was typing when their session ran out', () => {
  const KEPT = '/desk/kept';
  const aReferralForm = (): Record<string, string> => {
    const { nhsNumber, firstName, lastName } = aPerson();
    return {
      couldComeToHarm: 'no',
      'client.nhsNumber': nhsNumber ?? '',
      'client.firstName': firstName,
      'client.lastName': lastName,
      'client.dateOfBirth.day': '2',
      'client.dateOfBirth.month': '3',
      'client.dateOfBirth.year': '1951',
      'client.phone': '07700 900982',
      'client.safeToCall': 'yes',
      reasons: 'loneliness',
      noKnownRisks: 'yes',
      feedback: 'progress',
      agreed: 'in_person',
      'agreement.agreedOn.day': '23',
      'agreement.agreedOn.month': '11',
      'agreement.agreedOn.year': '2026',
      note: 'Would like company on Tuesdays & <b>boats</b>',
    };
  };
  const keptRows = () =>
    rowsOf<{ path: string; row: string }>(
      scheme,
      sql`select path, k::text as row from kept_form k where scheme_id = ${scheme.id}`,
    );
  const referrals = () => countRows(scheme, [sql`referral`]);
  /** The form is shown, the session runs out, the form is sent. */
  const typesTooLong = async (browser: PageBrowser, answers: Record<string, string>) => {
    const { body } = await browser.open('/desk/refer');
    betony.clock.advance({ minutes: 31 });
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
    return browser.send('/desk/refer', { _csrf, ...answers }, '/desk/sign-in');
  };
  const hiddenOf = (page: string, path: string): Record<string, string> => {
    const form = page.split('<form').find((one) => one.includes(`action="${path}"`)) ?? '';
    const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
    return Object.fromEntries(
      fields.map(([, name = '', value = '']) => [
        name,
        value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
      ]),
    );
  };
  // What the pages of other tests kept by themselves does not count here.
  beforeEach(() =>
    inScheme(scheme, (tx) => tx.run(sql`delete from kept_form where scheme_id = ${scheme.id}`)),
  );

  it('is kept, offered after signing in, shown again as it was, sent once, and gone', async () => {
    const priya = await withPassword(scheme, 'referrer');
    const browser = aPageBrowser(betony);
    await signIn(browser, priya);
    const form = aReferralForm();
    const before = await referrals();
    const late = await typesTooLong(browser, form);
    expect([late.statusCode, late.headers.location]).toEqual([
      303,
      '/desk/sign-in?next=%2Fdesk%2Fkept&after=kept',
    ]);
    const [kept] = await keptRows();
    expect(kept?.path).toBe('/desk/refer');
    expect(kept?.row).not.toContain(form['client.lastName']);
    expect((await browser.open(String(late.headers.location))).body).toContain('What you typed is kept');
    expect((await signIn(browser, priya, KEPT)).headers.location).toBe(KEPT);
    const offered = await browser.open(KEPT);
    expect(offered.body).toContain('“Would like company on Tuesdays &amp; &lt;b&gt;boats&lt;/b&gt;”');
    const again = await browser.send('/desk/refer', hiddenOf(offered.body, '/desk/refer'), KEPT);
    expect(again.statusCode).toBe(200);
    expect(again.body).toContain('Nothing of it is saved yet');
    for (const text of ['client.firstName', 'client.lastName', 'client.nhsNumber']) {
      expect(again.body).toContain(`value="${form[text] ?? ''}"`);
    }
    expect(await referrals()).toEqual(before);
    const _kept = /name="_kept" value="([^"]+)"/.exec(again.body)?.[1] ?? '';
    const wrong = await browser.send('/desk/refer', { ...form, _kept, 'client.firstName': '' });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.body).toContain(`name="_kept" value="${_kept}"`);
    expect(await keptRows()).toHaveLength(1);
    const done = await browser.send('/desk/refer', { ...form, _kept, _key: 'once' });
    expect(done.headers.location).toMatch(/^\/desk\/referrals\//);
    expect(await referrals()).toEqual(before.map((count) => count + 1));
    expect(await keptRows()).toEqual([]);
    expect((await browser.open(KEPT)).body).toContain('Nothing is kept');
  });

  it('is nobody else’s, not even in the same browser, and goes on under the same membership', async () => {
    const priya = await withPassword(scheme, 'referrer');
    const other = await withPassword(scheme, 'referrer');
    betony.clock.advance({ seconds: 1 });
    const second = await aMember(scheme, 'referrer', {
      accountId: priya.actor.accountId,
      organisation: await anOrganisation(scheme),
    });
    const browser = aPageBrowser(betony);
    await signIn(browser, priya);
    await browser.send('/desk/account/switch', { membershipId: second.actor.membershipId }, '/desk/account');
    const form = aReferralForm();
    await typesTooLong(browser, form);
    const shared = aPageBrowser(betony, { cookies: Object.fromEntries(browser.jar) });
    await signIn(shared, other, KEPT);
    expect((await shared.open(KEPT)).body).toContain('Nothing is kept');
    await signIn(browser, priya, KEPT);
    const page = await browser.open(KEPT);
    expect(page.body).toContain('Would like company');
    const id = /action="\/desk\/kept\/([^/]+)\/drop"/.exec(page.body)?.[1] ?? '';
    expect((await shared.send(`${KEPT}/${id}/drop`, {}, KEPT)).statusCode).toBe(404);
    expect((await browser.send(`${KEPT}/${id}/drop`, {}, KEPT)).headers.location).toBe(KEPT);
    expect(await keptRows()).toEqual([]);
  });

  it('is not kept from another site, of a session that was ended, nor of somebody who is shut out', async () => {
    const priya = await withPassword(scheme, 'referrer');
    const browser = aPageBrowser(betony);
    await signIn(browser, priya);
    const form = aReferralForm();
    const plain = await typesTooLong(browser, { ...form, _csrf: 'made up' });
    expect(plain.headers.location).toBe('/desk/sign-in?next=%2Fdesk');
    await inScheme(scheme, (tx) =>
      tx.run(sql`update session set revoked_at = ${tx.now}, revoked_because = 'ended_elsewhere'
        where account_id = ${priya.actor.accountId}`),
    );
    const ended = await browser.send('/desk/refer', form, '/desk/sign-in');
    expect(ended.headers.location).toBe('/desk/sign-in?next=%2Fdesk');
    await signIn(browser, priya);
    await betony.get(Users).disableAccount(priya.email);
    await inScheme(scheme, (tx) =>
      tx.run(sql`update session set revoked_at = null where account_id = ${priya.actor.accountId}`),
    );
    const shut = await browser.send('/desk/refer', form, '/desk/sign-in');
    expect(shut.headers.location).toBe('/desk/sign-in?next=%2Fdesk');
    expect(await keptRows()).toEqual([]);
  });

  it('is one of each form, twenty at most, and gone after a week', async () => {
    const priya = await withPassword(scheme, 'referrer');
    const browser = aPageBrowser(betony);
    await signIn(browser, priya);
    const forms = betony.get(KeptForms);
    const cookie = browser.jar.get('__Host-betony') ?? '';
    for (let n = 0; n < 22; n++) {
      betony.clock.advance({ seconds: 1 });
      await forms.keep(cookie, `/desk/form/${String(n)}`, { note: 'one' });
    }
    await forms.keep(cookie, '/desk/form/21', { note: 'two' });
    const kept = await forms.ofMember(priya.actor);
    expect(kept).toHaveLength(20);
    expect(kept.filter(({ path }) => path === '/desk/form/21').map(({ answers }) => answers)).toEqual([
      { note: 'two' },
    ]);
    betony.clock.advance({ days: 7 });
    await forms.forget(systemActor(scheme.id, 'test'));
    expect(await keptRows()).toHaveLength(1);
    betony.clock.advance({ seconds: 1 });
    await forms.forget(systemActor(scheme.id, 'test'));
    expect(await keptRows()).toEqual([]);
  });

  describe('as a draft', () => {
    const autosave = (who: TestMember, body: Record<string, string>) =>
      betony.inject({
        method: 'POST',
        url: KEPT,
        headers: {
          cookie: who.browser.cookie,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
        },
        payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
      });
    const _path = '/desk/refer';

    it('is kept by a button, told of on the form, gone on with, sent, and gone', async () => {
      const priya = await aMember(scheme, 'referrer');
      const browser = aPageBrowser(betony, { who: priya });
      const form = aReferralForm();
      const kept = await browser.send(KEPT, { ...form, _path, _key: 'one' }, _path);
      expect([kept.statusCode, kept.headers.location]).toEqual([303, KEPT]);
      const [row] = await keptRows();
      expect([row?.path, row?.row.includes(form['client.lastName'] ?? '')]).toEqual([_path, false]);
      expect((await browser.open(_path)).body).toContain('You have a draft of this form');
      const offered = await browser.open(KEPT);
      const again = await browser.send(_path, hiddenOf(offered.body, _path), KEPT);
      expect(again.body).toContain('Nothing of it is saved yet');
      expect(again.body).toContain(`value="${form['client.lastName'] ?? ''}"`);
      const _kept = /name="_kept" value="([^"]+)"/.exec(again.body)?.[1] ?? '';
      // Written on, it is one draft and not two.
      await browser.send(KEPT, { ...form, note: 'More', _path, _kept, _key: 'two' }, _path);
      const [newer, ...more] = await betony.get(KeptForms).ofMember(priya.actor);
      expect([newer?.answers['note'], more]).toEqual(['More', []]);
      const done = await browser.send(_path, { ...form, _kept: newer?.id ?? '', _key: 'three' });
      expect(done.headers.location).toMatch(/^\/desk\/referrals\//);
      expect(await keptRows()).toEqual([]);
    });

    it('is one for each of two tabs', async () => {
      const priya = await aMember(scheme, 'referrer');
      const first = await autosave(priya, { note: 'One', _path, _key: 'a' });
      expect(first.statusCode).toBe(200);
      const { kept, said } = first.json<{ kept: string; said: string }>();
      expect(said).toBe('Draft saved at 10:00');
      betony.clock.advance({ minutes: 1 });
      await autosave(priya, { note: 'Two', _path, _key: 'b' });
      const same = await autosave(priya, { note: 'One more', _path, _key: 'a', _kept: kept });
      expect(same.json<{ kept: string }>().kept).toBe(kept);
      const notes = (await betony.get(KeptForms).ofMember(priya.actor)).map(({ answers }) => answers['note']);
      expect(notes.sort()).toEqual(['One more', 'Two']);
      // Somebody else's stays, whoever names it.
      const other = await aMember(scheme, 'referrer');
      await autosave(other, { note: 'Theirs', _path, _key: 'a', _kept: kept });
      expect(await betony.get(KeptForms).ofMember(priya.actor)).toHaveLength(2);
    });

    it('is kept through sign-in too, and never of a page that is not ours', async () => {
      const priya = await aMember(scheme, 'referrer');
      expect((await autosave(priya, { note: '', _path })).json()).toEqual({ said: '' });
      for (const wrong of ['https://example.org/desk/a', '/api/v1/me', '']) {
        const refused = await autosave(priya, { note: 'x', _path: wrong });
        expect([wrong, refused.statusCode]).toEqual([wrong, 404]);
      }
      betony.clock.advance({ minutes: 31 });
      const late = await autosave(priya, { note: 'Half a thought', _path, _key: 'a' });
      expect(late.headers.location).toBe('/desk/sign-in?next=%2Fdesk%2Fkept&after=kept');
      expect(await betony.get(KeptForms).ofMember(priya.actor)).toEqual([
        expect.objectContaining({ path: _path, answers: { note: 'Half a thought' } }),
      ]);
    });

    it('is there for logging a contact, and for referring to a group up to its sending', async () => {
      const sam = await aMember(scheme, 'link_worker');
      const lunch = await aGroup(scheme, { listing: { name: 'Friday lunch' } });
      const grace = await aSentCase(scheme, { worker: sam });
      const browser = aPageBrowser(betony, { who: sam });
      const contact = `/desk/referrals/${grace.referralId}/contact`;
      await browser.send(KEPT, { note: 'Rang, busy', _path: contact, _key: 'a' }, contact);
      expect((await browser.open(contact)).body).toContain('You have a draft of this form');
      const check = `/desk/referrals/${grace.referralId}/refer/${lunch.listingId}/check`;
      const form = check.slice(0, -'/check'.length);
      await browser.send(
        KEPT,
        { helpNote: 'Likes company', needs: 'loneliness', _path: check, _key: 'b' },
        form,
      );
      expect((await browser.open(form)).body).toContain('href="/desk/kept"');
      const offered = await browser.open(KEPT);
      const again = await browser.send(check, hiddenOf(offered.body, check), KEPT);
      expect([again.statusCode, again.body.includes('Likes company</textarea>')]).toEqual([200, true]);
      const _kept = /name="_kept" value="([^"]+)"/.exec(again.body)?.[1] ?? '';
      const answers = {
        needs: 'loneliness',
        howSoon: 'within_two_weeks',
        contactRoute: 'through_worker',
        sharesAccess: 'no',
        agreed: 'phone',
        'agreement.agreedOn.day': '23',
        'agreement.agreedOn.month': '11',
        'agreement.agreedOn.year': '2026',
        _kept,
      };
      const checked = await browser.send(check, answers, form);
      expect(checked.body).toContain(`name="_kept" value="${_kept}"`);
      const sentOn = await browser.send(form, { ...answers, _key: 'once' }, form);
      expect(sentOn.headers.location).toMatch(/^\/desk\/onward\//);
      const left = await betony.get(KeptForms).ofMember(sam.actor);
      expect(left.map(({ path }) => path)).toEqual([contact]);
    });
  });
});
