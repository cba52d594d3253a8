import sql from 'sql-template-tag';
import { CodeEntry } from '../../../src/identity/code-entry.service.js';
import { IdentityHousekeeping } from '../../../src/identity/housekeeping.service.js';
import { Users } from '../../../src/identity/users.service.js';
import { Database } from '../../../src/platform/database/database.js';
import type { Refusal } from '../../../src/platform/errors/refusal.js';
import { inScheme } from '../../factories/episodes.js';
import { withApp, withPassword } from '../../factories/second-factors.js';
import { filedMail } from '../../support/mailbox.js';
import { aPageBrowser, type PageBrowser } from '../../support/pages.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { settle } from '../../support/settle.js';
import { startApp, type TestApp } from '../../support/start-app.js';

let betony: TestApp;
/** Asks for nothing. */
let free: TestScheme;
let mo: TestMember;

beforeAll(async () => {
  betony = await startApp();
  free = await aScheme(betony);
});
afterAll(() => betony.stop());
beforeEach(async () => {
  betony.clock.advance({ minutes: 20 });
  mo = await aMember(free, 'provider_member', { name: 'Mo Ali' });
});

const ask = async (email: string, browser = aPageBrowser(betony)): Promise<PageBrowser> => {
  const sent = await browser.send('/desk/by-code', { email, next: '/desk/group/referrals' });
  expect(sent.headers.location).toBe('/desk/by-code/enter?next=%2Fdesk%2Fgroup%2Freferrals');
  return browser;
};
const mailTo = async (email: string): Promise<string[]> => {
  await settle(betony);
  const all = await filedMail(betony.config.dataDir);
  return all.filter(({ to }) => to?.[0]?.address === email).map(({ text }) => text ?? '');
};
const sentCode = async (email: string): Promise<string> =>
  /Your code is (\d{6})/.exec((await mailTo(email)).at(-1) ?? '')?.[1] ?? 'none';
const enter = (browser: PageBrowser, code: string) =>
  browser.send('/desk/by-code/enter', { code, next: '/desk/group/referrals' });
const isIn = (browser: PageBrowser): boolean => browser.jar.has('__Host-betony');
const entries = () =>
  betony
    .get(Database)
    .unscoped<{ row: string; accountId: string | null }>(
      sql`select e::text as row, account_id as "accountId" from code_entry e order by created_at, id`,
    );

describe('a code to the mailbox, without a password', () => {
  it('lets somebody of a group in, once, and is on record', async () => {
    const browser = await ask(mo.email);
    const code = await sentCode(mo.email);
    const asked = await browser.open('/desk/by-code/enter?next=%2Fdesk%2Fgroup%2Freferrals');
    expect(asked.body).toContain('Code from the message');
    expect(isIn(browser)).toBe(false);
    const right = await enter(browser, `${code.slice(0, 3)} ${code.slice(3)}`);
    expect(right.headers.location).toBe('/desk/group/referrals');
    expect(isIn(browser)).toBe(true);
    expect((await browser.open('/desk/account')).statusCode).toBe(200);
    const [session] = await betony.get(Database).unscoped<{ factor: string | null }>(sql`
      select factor from session where account_id = ${mo.actor.accountId} and id <> ${mo.actor.sessionId}`);
    // It stands in the place of a password, and for no second factor.
    expect(session).toEqual({ factor: null });
    const acts = await betony.get(Database).read<{ action: string }>(
      free.id,
      sql`select action from audit_entry
        where scheme_id = ${free.id} and (subject_id = ${mo.actor.accountId} or actor_id = ${mo.actor.membershipId})
        order by id`,
    );
    expect(acts.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['session.sendCode', 'session.openByCode']),
    );
    const again = await ask(mo.email, aPageBrowser(betony));
    expect((await enter(again, code)).statusCode).toBe(422);
    expect(isIn(again)).toBe(false);
  });

  it('is written in the language it was asked for in, and in English below while that is a draft', async () => {
    const browser = aPageBrowser(betony);
    await browser.open('/desk/by-code?lang=pl');
    await ask(mo.email, browser);
    const letter = (await mailTo(mo.email)).at(-1) ?? '';
    const [, polish = '', english = ''] = /Twój kod to (\d{6})[^]*Your code is (\d{6})/.exec(letter) ?? [];
    expect([polish, polish === english]).toEqual([expect.stringMatching(/^\d{6}$/), true]);
    expect((await enter(browser, polish)).statusCode).toBe(303);
  });

  it('goes to nobody else, and nobody can tell', async () => {
    const strict = await aScheme(betony, { secondFactorRequired: ['provider_member'] });
    const both = await aMember(free, 'provider_member');
    await aMember(await aScheme(betony), 'link_worker', { accountId: both.actor.accountId });
    const gone = await aMember(free, 'provider_member');
    const admin = await aMember(free, 'administrator');
    await betony.get(Users).disable(admin.actor, gone.actor.accountId, null);
    const whom: Record<string, string> = {
      'a group': mo.email,
      'nobody at all': 'nobody@example.org',
      'a link worker': (await withPassword(free)).email,
      'whoever is a link worker elsewhere': both.email,
      'a group of a scheme that asks for more': (await aMember(strict, 'provider_member')).email,
      'whoever has an app': (await withApp(free, 'provider_member')).member.email,
      'whoever is disabled': gone.email,
    };
    const seen = new Set<string>();
    const before = (await entries()).length;
    for (const email of Object.values(whom)) {
      const browser = await ask(email);
      const page = await browser.open('/desk/by-code/enter?next=%2Fdesk%2Fgroup%2Freferrals');
      const wrong = await enter(browser, '12345');
      const plain = (body: string): string =>
        body.replace(/(?:name="_(?:csrf|key)" value|nonce)="[^"]+"/g, '');
      seen.add(JSON.stringify([page.statusCode, plain(page.body), wrong.statusCode, plain(wrong.body)]));
    }
    expect(seen.size).toBe(1);
    const mailed: Record<string, boolean> = {};
    for (const [who, email] of Object.entries(whom))
      mailed[who] = (await mailTo(email)).some((text) => text.includes('Your code is'));
    expect(mailed).toEqual({
      ...Object.fromEntries(Object.keys(whom).map((who) => [who, false])),
      'a group': true,
    });
    expect((await entries()).slice(before).map(({ accountId }) => accountId === null)).toEqual([
      false,
      ...Array.from({ length: 6 }, () => true),
    ]);
  });

  it('is guessed at five times before one waits, whichever way it is asked for, known or not', async () => {
    for (const email of [mo.email, `nobody${mo.email}`]) {
      const answers: number[] = [];
      for (let n = 0; n < 3; n++) {
        const browser = await ask(email);
        for (const code of ['111111', '222222']) answers.push((await enter(browser, code)).statusCode);
      }
      expect([email, answers]).toEqual([email, [422, 422, 422, 422, 422, 429]]);
    }
    // The right one waits with the others.
    const browser = await ask(mo.email);
    const code = await sentCode(mo.email);
    expect((await enter(browser, code)).statusCode).toBe(429);
    betony.clock.advance({ minutes: 1 });
    expect((await enter(browser, code)).headers.location).toBe('/desk/group/referrals');
  });

  it('is guessed at by a stranger without making anybody else wait', async () => {
    const codes = betony.get(CodeEntry);
    const arrival = { door: 'page', device: 'Firefox', deviceHash: 'x', formerHash: null } as const;
    const strangers = await codes.ask(mo.email, '192.0.2.1', 'en');
    const guess = (): Promise<number> =>
      codes.answer(strangers, 'wrong', arrival).then(
        () => 200,
        (error: unknown) => (error as Refusal).status,
      );
    const answers: number[] = [];
    for (let n = 0; n < 6; n++) answers.push(await guess());
    expect(answers).toEqual([422, 422, 422, 422, 422, 429]);
    const theirs = await codes.ask(mo.email, '198.51.100.7', 'en');
    expect(await codes.answer(theirs, await sentCode(mo.email), arrival)).toHaveProperty('session.secret');
  });

  it('opens nothing in another browser, for another person, or too late', async () => {
    const theirs = await ask(mo.email);
    const code = await sentCode(mo.email);
    const stranger = aPageBrowser(betony);
    expect((await stranger.open('/desk/by-code/enter')).headers.location).toMatch(/^\/desk\/by-code\?next=/);
    expect((await enter(stranger, code)).statusCode).toBe(403);
    const other = await ask((await aMember(free, 'provider_member')).email);
    expect((await enter(other, code)).statusCode).toBe(422);
    const made = aPageBrowser(betony, { cookies: { '__Host-betony-code': 'x'.repeat(43) } });
    expect((await enter(made, code)).statusCode).toBe(422);
    betony.clock.advance({ minutes: 10 });
    expect((await enter(theirs, code)).statusCode).toBe(422);
    for (const browser of [stranger, other, made, theirs]) expect(isIn(browser)).toBe(false);
  });

  it('lets one of two in that come at once', async () => {
    const token = await betony.get(CodeEntry).ask(mo.email, '192.0.2.1', 'en');
    const code = await sentCode(mo.email);
    const two = await Promise.allSettled(
      [1, 2].map(() =>
        betony
          .get(CodeEntry)
          .answer(token, code, { door: 'page', device: 'Firefox', deviceHash: 'x', formerHash: null }),
      ),
    );
    expect(two.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is no way past what the scheme asks for since', async () => {
    const scheme = await aScheme(betony);
    const kim = await aMember(scheme, 'provider_member');
    const browser = await ask(kim.email);
    const code = await sentCode(kim.email);
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        update scheme set settings = settings || '{"secondFactorRequired": ["provider_member"]}' where id = ${scheme.id}`),
    );
    expect((await enter(browser, code)).statusCode).toBe(422);
    expect(isIn(browser)).toBe(false);
  });

  it('fills no mailbox, and is nowhere to be read', async () => {
    const codes = betony.get(CodeEntry);
    const letters = async (): Promise<number> =>
      (await mailTo(mo.email)).filter((text) => text.includes('Your code is')).length;
    const stranger = async (): Promise<void> => {
      for (let n = 0; n < 20; n++) await codes.ask(mo.email, '192.0.2.1', 'en');
    };
    await stranger();
    expect(await letters()).toBe(5);
    // What has run out still counts for the rest of the hour.
    betony.clock.advance({ minutes: 11 });
    await betony.get(IdentityHousekeeping).forget();
    await stranger();
    expect(await letters()).toBe(5);
    // Whoever the mailbox is asks from elsewhere.
    await codes.ask(mo.email, '198.51.100.7', 'en');
    expect(await letters()).toBe(6);
    for (let n = 1; n < 40; n++) await codes.ask(mo.email, `203.0.113.${String(n)}`, 'en');
    // From however many places: thirty an hour.
    expect(await letters()).toBe(30);
    betony.clock.advance({ minutes: 61 });
    await stranger();
    const token = await codes.ask(mo.email, '198.51.100.7', 'en');
    const kept = (await entries()).map(({ row }) => row).join();
    for (const secret of [token, mo.email, '198.51.100.7']) expect(kept).not.toContain(secret);
  });

  it('asks for an address that can be one, and keeps what was typed', async () => {
    const browser = aPageBrowser(betony);
    const wrong = await browser.send('/desk/by-code', {
      email: 'mo at example',
      next: 'https://evil.example',
    });
    expect([wrong.statusCode, wrong.body.includes('href="#email"')]).toEqual([422, true]);
    expect(wrong.body).toContain('value="mo at example"');
    expect(wrong.body).toContain('name="next" value="/desk"');
    const forged = await betony.inject({
      method: 'POST',
      url: '/desk/by-code',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ email: mo.email }).toString(),
    });
    expect(forged.statusCode).toBe(403);
  });
});
