import sql from 'sql-template-tag';
import { Users } from '../../../src/identity/users.service.js';
import { Database } from '../../../src/platform/database/database.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { codeOf, withApp } from '../../factories/second-factors.js';
import { anOrganisation, type AtOrganisation, type Organisation } from '../../support/organisation.js';
import { aPageBrowser, type PageBrowser } from '../../support/pages.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const PUBLIC = 'https://betony.example.org';
const BACK = '/desk/sign-in/organisation/back';

describe('signing in with the account of one’s organisation', () => {
  let organisation: Organisation;
  let betony: TestApp;
  let scheme: TestScheme;
  let strict: TestScheme;

  beforeAll(async () => {
    organisation = await anOrganisation(`${PUBLIC}${BACK}`);
    betony = await startApp({ config: { oidc: organisation.settings, publicUrl: PUBLIC } });
    scheme = await aScheme(betony);
    strict = await aScheme(betony, { secondFactorRequired: ['link_worker'] });
  });
  afterAll(async () => {
    await betony.stop();
    await organisation.stop();
  });
  beforeEach(() => {
    betony.clock.advance({ minutes: 2 });
  });

  const as = ({ email }: TestMember, changes: Partial<AtOrganisation> = {}): AtOrganisation => ({
    sub: newId(),
    email,
    email_verified: true,
    ...changes,
  });
  /** From the link on our page to where the organisation sends the browser back. */
  const goes = async (browser: PageBrowser, who: AtOrganisation | null, next = '/desk/caseload') => {
    organisation.who = who;
    const begun = await browser.open(`/desk/sign-in/organisation?next=${encodeURIComponent(next)}`);
    expect(begun.statusCode).toBe(303);
    return organisation.walk(String(begun.headers.location));
  };
  const comesBack = async (browser: PageBrowser, { pathname, search }: URL) =>
    (await browser.open(`${pathname}${search}`)).headers.location;
  const signsIn = async (who: AtOrganisation | null, browser = aPageBrowser(betony)) =>
    comesBack(browser, await goes(browser, who));
  const links = () =>
    betony
      .get(Database)
      .unscoped<{ account_id: string; subject: string }>(
        sql`select account_id, subject from organisation_identity order by created_at, subject`,
      );

  it('is offered on the page where one is configured, and nowhere else', async () => {
    const page = await aPageBrowser(betony).open('/desk/sign-in?next=%2Fdesk%2Fcaseload');
    expect(page.body).toContain('Sign in with Saltwick Health');
    expect(page.body).toContain('href="/desk/sign-in/organisation?next=%2Fdesk%2Fcaseload"');
  });

  it('lets in a member by an address the organisation has verified, and leads on', async () => {
    const sam = await aMember(scheme, 'link_worker');
    const browser = aPageBrowser(betony);
    const back = await goes(browser, as(sam, { email: sam.email.toUpperCase() }));
    expect(back.origin + back.pathname).toBe(PUBLIC + BACK);
    expect(await comesBack(browser, back)).toBe('/desk/caseload');
    const page = await browser.open('/desk/account');
    expect(page.body).toContain(sam.name);
    expect(browser.jar.has('__Host-betony-organisation')).toBe(false);
  });

  it('asks the organisation with a code challenge, a state and a nonce that are new each time', async () => {
    const asked = async () => {
      const begun = await aPageBrowser(betony).open('/desk/sign-in/organisation');
      return new URL(String(begun.headers.location)).searchParams;
    };
    const [one, other] = [await asked(), await asked()];
    expect([one.get('response_type'), one.get('code_challenge_method'), one.get('scope')]).toEqual([
      'code',
      'S256',
      'openid email',
    ]);
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one.get(name)?.length).toBeGreaterThan(40);
      expect(one.get(name)).not.toBe(other.get(name));
    }
  });

  it('goes by the subject once it knows it: neither a new address there nor somebody else with the old one matters', async () => {
    const sam = await aMember(scheme, 'link_worker');
    const first = as(sam);
    expect(await signsIn(first)).toBe('/desk/caseload');
    expect(await signsIn({ ...first, email: 'married.name@example.org', email_verified: false })).toBe(
      '/desk/caseload',
    );
    expect(await signsIn(as(sam))).toBe('/desk/sign-in?after=organisation-other-identity');
    expect((await links()).filter(({ account_id }) => account_id === sam.actor.accountId)).toEqual([
      { account_id: sam.actor.accountId, subject: first.sub },
    ]);
  });

  it.each([
    [
      'an address nobody works with',
      () => Promise.resolve({ sub: newId(), email: 'nobody@example.org', email_verified: true }),
      'unknown',
    ],
    [
      'an address that is not verified',
      async () => as(await aMember(scheme, 'referrer'), { email_verified: false }),
      'unverified',
    ],
    [
      'a disabled person',
      async () => {
        const gone = await aMember(scheme, 'referrer');
        await betony.get(Users).disableAccount(gone.email);
        return as(gone);
      },
      'unknown',
    ],
    ['somebody the organisation refuses', () => Promise.resolve(null), 'refused'],
  ] as const)('lets nobody in for %s, says so, and makes nothing', async (_what, who, because) => {
    const count = () =>
      betony.get(Database).unscoped(sql`
        select (select count(*) from user_account) as accounts, (select count(*) from session) as sessions,
          (select count(*) from organisation_identity) as links`);
    const person = await who();
    const before = await count();
    const browser = aPageBrowser(betony);
    const to = await signsIn(person, browser);
    expect(to).toBe(`/desk/sign-in?after=organisation-${because}`);
    expect(await count()).toEqual(before);
    expect(browser.jar.has('__Host-betony')).toBe(false);
    expect((await browser.open(String(to))).body).toContain('nhsuk-notification-banner');
  });

  it('still asks for the second factor, unless the organisation has asked for one itself', async () => {
    const { member, secret } = await withApp(scheme);
    betony.clock.advance({ minutes: 1 });
    const person = as(member);
    const browser = aPageBrowser(betony);
    const to = String(await signsIn(person, browser));
    expect(to).toBe('/desk/sign-in/code?next=%2Fdesk%2Fcaseload');
    expect(browser.jar.has('__Host-betony')).toBe(false);
    const done = await browser.send('/desk/sign-in/code', {
      code: codeOf(betony, secret),
      next: '/desk/caseload',
    });
    expect(done.headers.location).toBe('/desk/caseload');
    expect(await signsIn({ ...person, amr: ['pwd', 'mfa'] })).toBe('/desk/caseload');
    const required = await aMember(strict, 'link_worker');
    expect(await signsIn(as(required))).toContain('/desk/sign-in/code');
    expect(await signsIn(as(await aMember(strict, 'link_worker'), { amr: ['mfa'] }))).toBe('/desk/caseload');
  });

  describe('attacks', () => {
    const TOO_LATE = '/desk/sign-in?after=organisation-too-late';
    const FAILED = '/desk/sign-in?after=organisation-failed';

    it('an answer is worth nothing in another browser, a second time, or after ten minutes', async () => {
      const sam = await aMember(scheme, 'link_worker');
      const browser = aPageBrowser(betony);
      const back = await goes(browser, as(sam));
      expect(await comesBack(aPageBrowser(betony), back)).toBe(TOO_LATE);
      // Somebody who began elsewhere has a ticket of their own, and it fits neither state nor code.
      const other = aPageBrowser(betony);
      const theirs = await goes(other, as(await aMember(scheme, 'referrer')));
      expect(await comesBack(other, back)).toBe(FAILED);
      expect(other.jar.has('__Host-betony')).toBe(false);
      const mixed = new URL(back);
      mixed.searchParams.set('state', theirs.searchParams.get('state') ?? '');
      const third = aPageBrowser(betony, { cookies: Object.fromEntries(browser.jar) });
      expect(await comesBack(third, mixed)).toBe(FAILED);
      const ticket = browser.jar.get('__Host-betony-organisation') ?? '';
      expect(await comesBack(browser, back)).toBe('/desk/caseload');
      const again = aPageBrowser(betony, { cookies: { '__Host-betony-organisation': ticket } });
      expect(await comesBack(again, back)).toBe(FAILED);
      const late = aPageBrowser(betony);
      const lateBack = await goes(late, as(sam));
      betony.clock.advance({ minutes: 10 });
      expect(await comesBack(late, lateBack)).toBe(TOO_LATE);
    });

    it('a ticket says nothing to whoever holds it, and one that is made up opens nothing', async () => {
      const browser = aPageBrowser(betony);
      const begun = await browser.open('/desk/sign-in/organisation');
      const ticket = browser.jar.get('__Host-betony-organisation') ?? '';
      const state = new URL(String(begun.headers.location)).searchParams.get('state') ?? '';
      expect(Buffer.from(ticket, 'base64url').toString('latin1')).not.toContain(state);
      for (const made of ['', 'x', `${ticket.slice(0, -2)}AA`]) {
        const forger = aPageBrowser(betony, { cookies: { '__Host-betony-organisation': made } });
        expect((await forger.open(`${BACK}?code=a&state=${state}`)).headers.location).toBe(TOO_LATE);
      }
    });

    it.each(['https://evil.example.org/', '//evil.example.org', '/api/v1/me'])(
      'never leads on to %s',
      async (next) => {
        const browser = aPageBrowser(betony);
        const back = await goes(browser, as(await aMember(scheme, 'link_worker')), next);
        expect(await comesBack(browser, back)).toBe('/desk');
      },
    );
  });

  it('says so when the organisation cannot be reached, and tries again the next time', async () => {
    const away = await anOrganisation(`${PUBLIC}${BACK}`);
    await away.stop();
    const lonely = await startApp({
      database: betony.database,
      config: { oidc: away.settings, publicUrl: PUBLIC },
    });
    try {
      const page = await lonely.inject({ url: '/desk/sign-in/organisation' });
      expect(page.headers.location).toBe('/desk/sign-in?after=organisation-failed');
    } finally {
      await lonely.stop();
    }
    const none = await startApp({ database: betony.database });
    try {
      expect((await none.inject({ url: '/desk/sign-in/organisation' })).statusCode).toBe(404);
      expect((await none.inject({ url: '/desk/sign-in' })).body).not.toContain('Sign in with');
    } finally {
      await none.stop();
    }
  });
});
