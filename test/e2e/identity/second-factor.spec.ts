import { Tokens } from '@fastify/csrf';
import sql from 'sql-template-tag';
import { RECOVERY_CODES } from '../../../src/identity/second-factor.rules.js';
import { Users } from '../../../src/identity/users.service.js';
import { INSTALLATION } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { without } from '../../../src/platform/pure/without.js';
import { inScheme } from '../../factories/episodes.js';
import { codeOf, PASSWORD, withApp, withPassword } from '../../factories/second-factors.js';
import { linksOf, tokenOf } from '../../support/links.js';
import { filedMail } from '../../support/mailbox.js';
import { aPageBrowser } from '../../support/pages.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { settle } from '../../support/settle.js';
import { startApp, type TestApp } from '../../support/start-app.js';

let betony: TestApp;
/** Asks for nothing. */
let free: TestScheme;
/** Asks everybody for an app, and reception for a code by mail at least. */
let strict: TestScheme;

beforeAll(async () => {
  betony = await startApp();
  free = await aScheme(betony);
  strict = await aScheme(betony, {
    secondFactorRequired: ['link_worker', 'scheme_manager', 'referrer', 'administrator'],
  });
});
afterAll(() => betony.stop());
// Of the next minute no code was shown yet.
beforeEach(() => {
  betony.clock.advance({ minutes: 2 });
});

const post = (url: string, payload: object, token?: string) =>
  betony.inject({
    method: 'POST',
    url: `/api/v1/${url}`,
    payload,
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });
const signIn = (email: string, password = PASSWORD) => post('sign-in', { email, password });
const challengeOf = async (who: TestMember): Promise<string> => {
  const answer = await signIn(who.email);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).not.toHaveProperty(['accessToken']);
  return answer.json<{ challengeToken: string }>().challengeToken;
};
const show = (challengeToken: string, code: string) => post('sign-in/code', { challengeToken, code });
const meWith = (token: string) =>
  betony.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${token}` } });
const mailTo = async ({ email }: TestMember): Promise<string[]> => {
  await settle(betony);
  const all = await filedMail(betony.config.dataDir);
  return all.filter(({ to }) => to?.[0]?.address === email).map(({ text }) => text ?? '');
};
const sentCode = async (who: TestMember): Promise<string> =>
  /Your code is (\d{6})/.exec((await mailTo(who)).at(-1) ?? '')?.[1] ?? 'none';
const audited = async (scheme: TestScheme | string, id: string): Promise<string[]> => {
  const schemeId = typeof scheme === 'string' ? scheme : scheme.id;
  const rows = await betony
    .get(Database)
    .read<{ action: string }>(
      schemeId,
      sql`select action from audit_entry where scheme_id = ${schemeId} and subject_id = ${id} order by id`,
    );
  return rows.map(({ action }) => action);
};
const sessionsOf = async ({ actor }: TestMember): Promise<(string | null)[]> =>
  (
    await betony.get(Database).unscoped<{ factor: string | null }>(sql`
      select factor from session
      where account_id = ${actor.accountId} and id <> ${actor.sessionId} and revoked_at is null order by created_at, id`)
  ).map(({ factor }) => factor);

const aBrowser = (cookies: Record<string, string> = {}) => aPageBrowser(betony, { cookies });

describe('a second factor', () => {
  it('is set up by an app, with ten recovery codes, and asked for from then on', async () => {
    const sam = await withPassword(free);
    const before = await betony.inject({ url: '/api/v1/me/second-factor', headers: sam.headers });
    expect(before.json()).toEqual({
      kind: null,
      since: null,
      recoveryCodesLeft: 0,
      offered: true,
      required: false,
      mailWillDo: false,
    });
    const offer = (await post('me/second-factor/offer', { password: PASSWORD }, sam.token)).json<{
      secret: string;
      address: string;
    }>();
    expect(offer.address).toContain(`secret=${offer.secret}`);
    expect(offer.address).toContain(encodeURIComponent(sam.email));
    const wrong = await post('me/second-factor/confirm', { code: '000000' }, sam.token);
    expect([wrong.statusCode, wrong.json().errors[0].field]).toEqual([422, 'code']);
    const confirmed = await post(
      'me/second-factor/confirm',
      { code: codeOf(betony, offer.secret) },
      sam.token,
    );
    const { recoveryCodes } = confirmed.json<{ recoveryCodes: string[] }>();
    expect(recoveryCodes).toHaveLength(RECOVERY_CODES);
    expect(await mailTo(sam)).toEqual([expect.stringContaining('code from the app you set up')]);

    const challenge = await signIn(sam.email);
    expect(challenge.json()).toEqual({
      challengeToken: expect.any(String) as string,
      asks: 'totp',
      expiresAt: new Date(betony.clock.now().getTime() + 600_000).toISOString(),
    });
    betony.clock.advance({ seconds: 30 });
    const answer = await show(challenge.json().challengeToken, codeOf(betony, offer.secret));
    expect(answer.statusCode).toBe(200);
    expect((await meWith(answer.json().accessToken)).statusCode).toBe(200);
    expect(await sessionsOf(sam)).toEqual(['totp']);
    expect(await audited(free, sam.actor.accountId)).toEqual(['user.setUpFactor', 'session.challenge']);
  });

  it('is kept so that the database alone makes no code and signs nobody in', async () => {
    const { member, secret, recoveryCodes } = await withApp(free);
    const rows = await betony.get(Database).unscoped<{ row: string }>(sql`
      select f::text as row from second_factor f where account_id = ${member.actor.accountId}
      union all select c::text from recovery_code c where account_id = ${member.actor.accountId}
      union all select o::text from second_factor_offer o where account_id = ${member.actor.accountId}`);
    expect(rows).toHaveLength(1 + RECOVERY_CODES);
    const all = rows.map(({ row }) => row).join();
    for (const known of [secret, ...recoveryCodes.flatMap((code) => [code, code.replace('-', '')])]) {
      expect(all).not.toContain(known);
    }
    const lines = await betony.get(Database).unscoped<{ payload: object }>(sql`select payload from outbox`);
    expect(JSON.stringify(lines)).not.toContain(secret);
  });

  it('is a code by mail where the scheme lets it be, and lasts ten minutes', async () => {
    const priya = await withPassword(free, 'referrer');
    const chosen = await post('me/second-factor/use-mail', { password: PASSWORD }, priya.token);
    expect(chosen.json()).toMatchObject({ kind: 'mail', mailWillDo: true });
    const answer = (await signIn(priya.email)).json();
    expect(answer.asks).toBe('mail');
    const code = await sentCode(priya);
    expect((await filedMail(betony.config.dataDir)).map(({ subject }) => subject).join()).not.toContain(code);
    expect((await post('sign-in/send-code', { challengeToken: answer.challengeToken })).statusCode).toBe(204);
    expect(await sentCode(priya)).toBe(code);
    expect((await show(answer.challengeToken, code)).statusCode).toBe(200);
    expect(await sessionsOf(priya)).toEqual(['mail']);
    const late = await challengeOf(priya);
    const lateCode = await sentCode(priya);
    expect(lateCode).not.toBe(code);
    betony.clock.advance({ minutes: 10 });
    expect((await show(late, lateCode)).statusCode).toBe(410);
  });

  it('is not offered by mail to roles that need an app, nor at all where the scheme says so', async () => {
    const none = await aScheme(betony, { secondFactorOffered: [] });
    const sam = await withPassword(free);
    const ann = await withPassword(none);
    expect((await post('me/second-factor/use-mail', { password: PASSWORD }, sam.token)).statusCode).toBe(409);
    expect((await post('me/second-factor/offer', { password: PASSWORD }, ann.token)).json().title).toBe(
      'factor-not-offered',
    );
  });

  it('is set up while signing in where the scheme asks for one, after a code to the mailbox', async () => {
    const sam = await withPassword(strict);
    const first = (await signIn(sam.email)).json();
    expect(first.asks).toBe('mail');
    const second = (await show(first.challengeToken, await sentCode(sam))).json();
    expect(second.asks).toBe('set_up');
    const { challengeToken } = second;
    const { secret } = (await post('sign-in/set-up', { challengeToken })).json();
    betony.clock.advance({ minutes: 20 });
    const done = await show(challengeToken, codeOf(betony, secret));
    expect(done.json().recoveryCodes).toHaveLength(RECOVERY_CODES);
    expect((await meWith(done.json().accessToken)).statusCode).toBe(200);
    const priya = await withPassword(strict, 'referrer');
    const mailed = (await signIn(priya.email)).json();
    expect((await show(mailed.challengeToken, await sentCode(priya))).json()).toHaveProperty(['accessToken']);
    const left = await post(
      'me/second-factor/remove',
      { password: PASSWORD, code: codeOf(betony, secret, 1) },
      done.json().accessToken,
    );
    expect(left.json().title).toBe('factor-required');
  });

  it('is replaced, renewed and taken away with the password and a code', async () => {
    const { member, secret, recoveryCodes } = await withApp(free);
    const ask = (verb: string, proof: object) => post(`me/second-factor/${verb}`, proof, member.token);
    betony.clock.advance({ minutes: 1 });
    const bare = await ask('offer', { password: PASSWORD });
    expect([bare.statusCode, bare.json().errors[0].field]).toEqual([422, 'code']);
    const renewed = await ask('renew-codes', { password: PASSWORD, code: codeOf(betony, secret) });
    expect(renewed.json().recoveryCodes).toHaveLength(RECOVERY_CODES);
    expect(renewed.json().recoveryCodes).not.toContain(recoveryCodes[0]);
    const [code = ''] = renewed.json().recoveryCodes as string[];
    const next = (await ask('offer', { password: PASSWORD, code })).json();
    expect((await ask('confirm', { code: codeOf(betony, next.secret) })).statusCode).toBe(200);
    betony.clock.advance({ minutes: 1 });
    expect((await ask('remove', { password: PASSWORD, code: codeOf(betony, secret) })).statusCode).toBe(422);
    expect((await ask('remove', { password: PASSWORD, code: codeOf(betony, next.secret) })).statusCode).toBe(
      204,
    );
    expect((await signIn(member.email)).json()).toHaveProperty(['accessToken']);
    expect((await mailTo(member)).map((text) => text.split('\n')[2])).toEqual([
      expect.stringContaining('app you set up'),
      expect.stringContaining('new recovery codes'),
      expect.stringContaining('recovery code was used'),
      expect.stringContaining('app you set up'),
      expect.stringContaining('password alone again'),
    ]);
  });

  it('is reset by a manager for somebody whose phone is gone, who is signed out and told', async () => {
    const manager = await aMember(free, 'scheme_manager');
    const { member } = await withApp(free);
    expect((await meWith(member.token)).statusCode).toBe(200);
    const answer = await post(`users/${member.actor.accountId}/reset-factor`, {}, manager.token);
    expect(answer.json()).toMatchObject({ id: member.actor.accountId, secondFactor: null });
    expect((await meWith(member.token)).statusCode).toBe(401);
    expect((await signIn(member.email)).json()).toHaveProperty(['accessToken']);
    expect((await mailTo(member)).at(-1)).toContain('taken away your second factor');
    const [entry] = await rowsOf<{ actor_id: string }>(
      free,
      sql`select actor_id from audit_entry
        where scheme_id = ${free.id} and subject_id = ${member.actor.accountId} and action = 'user.resetFactor'`,
    );
    expect(entry?.actor_id).toBe(manager.actor.membershipId);
    expect((await post(`users/${member.actor.accountId}/reset-factor`, {}, manager.token)).statusCode).toBe(
      409,
    );
  });

  it('is not reset by a manager for an administrator, for oneself, or where another scheme relies on it', async () => {
    const manager = await withApp(free, 'scheme_manager');
    const admin = await withApp(free, 'administrator');
    const shared = await withApp(free);
    await aMember(strict, 'link_worker', { accountId: shared.member.actor.accountId });
    const reset = async ({ member }: { member: TestMember }) =>
      (await post(`users/${member.actor.accountId}/reset-factor`, {}, manager.member.token)).json().title;
    expect(await reset(admin)).toBe('administrator');
    expect(await reset(manager)).toBe('own-factor');
    expect(await reset(shared)).toBe('shared-account');
    expect(await reset(await withApp(strict))).toBe('not-found');
  });
});

describe('pages', () => {
  it('ask for the code of the app, and lead on', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const browser = aBrowser();
    const first = await browser.send('/desk/sign-in', {
      email: member.email,
      password: PASSWORD,
      next: '/desk/caseload',
    });
    expect(first.headers.location).toBe('/desk/sign-in/code?next=%2Fdesk%2Fcaseload');
    expect(browser.jar.get('__Host-betony')).toBeUndefined();
    const page = await browser.open(String(first.headers.location));
    expect(page.body).toContain('Code from your app');
    expect(page.body).toContain('value="/desk/caseload"');
    const wrong = await browser.send('/desk/sign-in/code', { code: '123 45', next: '/desk/caseload' });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.body).toContain('href="#code"');
    expect(wrong.body).not.toContain('123 45');
    const code = codeOf(betony, secret);
    const right = await browser.send('/desk/sign-in/code', {
      code: `${code.slice(0, 3)} ${code.slice(3)}`,
      next: '/desk/caseload',
    });
    expect(right.headers.location).toBe('/desk/caseload');
    expect((await browser.open('/desk/caseload')).statusCode).toBe(200);
    expect((await browser.open('/desk/sign-in/code')).headers.location).toBe('/desk/sign-in?after=too-late');
  });

  it('set up an app while signing in, by a picture of our own drawing, and show the recovery codes once', async () => {
    const sam = await withPassword(strict);
    const browser = aBrowser();
    await browser.send('/desk/sign-in', { email: sam.email, password: PASSWORD, next: '/desk' });
    const again = await browser.send('/desk/sign-in/send-code', { next: '/desk' }, '/desk/sign-in/code');
    expect((await browser.open(String(again.headers.location))).body).toContain('on its way to you again');
    const mailed = await browser.send('/desk/sign-in/code', { code: await sentCode(sam), next: '/desk' });
    expect(mailed.headers.location).toBe('/desk/sign-in/set-up?next=%2Fdesk');
    const page = await browser.open('/desk/sign-in/set-up?next=%2Fdesk');
    expect(page.body).toMatch(/<svg class="betony-qr" viewBox="0 0 \d+ \d+"/);
    expect(page.body).not.toMatch(/style="|data:image|https?:\/\//);
    const secret = /betony-key">([A-Z2-7]{32})</.exec(page.body)?.[1] ?? '';
    const wrong = await browser.send('/desk/sign-in/set-up', { code: '000000', next: '/desk' });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.body).toContain(secret);
    const done = await browser.send('/desk/sign-in/set-up', { code: codeOf(betony, secret), next: '/desk' });
    expect(done.statusCode).toBe(200);
    expect(done.body.match(/betony-key/g)).toHaveLength(RECOVERY_CODES);
    expect(done.headers['cache-control']).toBe('no-store');
    expect((await browser.open('/desk')).headers.location).toBe('/desk/today');
  });

  it('set up, change and take away a factor from the account', async () => {
    const priya = await withPassword(free, 'referrer');
    const [name = '', value = ''] = priya.browser.cookie.split('=');
    const browser = aBrowser({ [name]: value });
    const here = '/desk/account/second-factor';
    expect((await browser.open('/desk/account')).body).toContain(`href="${here}"`);
    const bad = await browser.send(here, { change: 'app', password: 'not mine at all' });
    expect([bad.statusCode, bad.body.includes('not mine at all')]).toEqual([422, false]);
    expect((await browser.send(here, { change: 'mail', password: PASSWORD })).headers.location).toBe(
      `${here}?done=mail`,
    );
    expect((await browser.open(`${here}?done=mail`)).body).toContain('From now on we send a code');
    expect((await browser.send(here, { change: 'app', password: PASSWORD })).headers.location).toBe(
      `${here}/set-up`,
    );
    const page = await browser.open(`${here}/set-up`);
    const secret = /betony-key">([A-Z2-7]{32})</.exec(page.body)?.[1] ?? '';
    const codes = await browser.send(`${here}/set-up`, { code: codeOf(betony, secret) });
    expect(codes.body.match(/betony-key/g)).toHaveLength(RECOVERY_CODES);
    expect((await browser.open(`${here}/set-up`)).headers.location).toBe(here);
    expect((await browser.open(here)).body).toContain('10 of 10 recovery codes left');
    betony.clock.advance({ minutes: 1 });
    const gone = await browser.send(here, {
      change: 'remove',
      password: PASSWORD,
      code: codeOf(betony, secret),
    });
    expect(gone.headers.location).toBe(`${here}?done=removed`);
  });
});

describe('attacks', () => {
  it('1: a code shown before opens nothing, also not in the same half minute', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const code = codeOf(betony, secret);
    expect((await show(await challengeOf(member), code)).statusCode).toBe(200);
    expect((await show(await challengeOf(member), code)).statusCode).toBe(422);
    betony.clock.advance({ seconds: 29 });
    expect((await show(await challengeOf(member), code)).statusCode).toBe(422);
    expect(await sessionsOf(member)).toEqual(['totp']);
  });

  it('2: a code older than the one shown last opens nothing', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const older = codeOf(betony, secret, -1);
    expect((await show(await challengeOf(member), codeOf(betony, secret))).statusCode).toBe(200);
    expect((await show(await challengeOf(member), older)).statusCode).toBe(422);
  });

  it('3: a code of more than half a minute ago, or ahead, opens nothing', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 3 });
    const challenge = await challengeOf(member);
    for (const steps of [-3, -2, 2, 3]) {
      expect((await show(challenge, codeOf(betony, secret, steps))).statusCode).toBe(422);
    }
  });

  it('4: one code shown by many at once opens one session', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const code = codeOf(betony, secret);
    const challenges = [await challengeOf(member), await challengeOf(member), await challengeOf(member)];
    const answers = await Promise.all(challenges.map((challenge) => show(challenge, code)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 422, 422]);
    expect(await sessionsOf(member)).toEqual(['totp']);
  });

  it('5: a recovery code works once, by one of many at once, and somebody else’s never', async () => {
    const { member, recoveryCodes } = await withApp(free);
    const other = await withApp(free);
    const [code = ''] = recoveryCodes;
    expect((await show(await challengeOf(other.member), code)).statusCode).toBe(422);
    const challenges = [await challengeOf(member), await challengeOf(member)];
    const answers = await Promise.all(challenges.map((challenge) => show(challenge, code.toLowerCase())));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 422]);
    expect((await show(await challengeOf(member), code)).statusCode).toBe(422);
    const view = await betony.inject({ url: '/api/v1/me/second-factor', headers: member.headers });
    expect(view.json().recoveryCodesLeft).toBe(RECOVERY_CODES - 1);
    expect((await mailTo(member)).at(-1)).toContain('A recovery code was used');
  });

  it('6: recovery codes from before new ones were made open nothing', async () => {
    const { member, secret, recoveryCodes } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const proof = { password: PASSWORD, code: codeOf(betony, secret) };
    expect((await post('me/second-factor/renew-codes', proof, member.token)).statusCode).toBe(200);
    expect((await show(await challengeOf(member), recoveryCodes[1] ?? '')).statusCode).toBe(422);
  });

  it('7: a stolen challenge opens nothing without the code, and nothing once it was met', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const stolen = await challengeOf(member);
    expect((await show(stolen, '')).statusCode).toBe(422);
    expect((await meWith(stolen)).statusCode).toBe(401);
    expect((await post('session/refresh', { refreshToken: stolen })).statusCode).toBe(401);
    expect((await show(stolen, codeOf(betony, secret))).statusCode).toBe(200);
    betony.clock.advance({ seconds: 30 });
    expect((await show(stolen, codeOf(betony, secret))).statusCode).toBe(410);
    expect((await show('x'.repeat(43), codeOf(betony, secret))).statusCode).toBe(410);
  });

  it('8: another’s challenge is not met with one’s own code', async () => {
    const victim = await withApp(free);
    const thief = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const challenge = await challengeOf(victim.member);
    expect((await show(challenge, codeOf(betony, thief.secret))).statusCode).toBe(422);
    expect((await show(challenge, thief.recoveryCodes[0] ?? '')).statusCode).toBe(422);
    const mailed = await withPassword(strict, 'referrer');
    const own = await withPassword(strict, 'referrer');
    const theirs = await challengeOf(mailed);
    await challengeOf(own);
    expect((await show(theirs, await sentCode(own))).statusCode).toBe(422);
  });

  it('9: codes are guessed a few times, then wait, whichever sign-in they are shown to', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const challenges = [await challengeOf(member), await challengeOf(member)];
    const right = codeOf(betony, secret);
    const wrong = right === '000000' ? '000001' : '000000';
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, n) => show(challenges[n % 2] ?? '', wrong)),
    );
    const statuses = guesses.map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 422)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
    const shut = await show(await challengeOf(member), right);
    expect(shut.statusCode).toBe(429);
    expect(
      (await audited(INSTALLATION, member.actor.accountId)).filter((action) => action === 'session.refuse'),
    ).toHaveLength(5);
    betony.clock.advance({ seconds: 31 });
    expect((await show(challenges[0] ?? '', codeOf(betony, secret))).statusCode).toBe(200);
  });

  it('10: two processes count guesses together', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const second = await startApp({
      database: betony.database,
      now: betony.clock.now().toISOString(),
    });
    try {
      const challengeToken = await challengeOf(member);
      const wrong = codeOf(betony, secret) === '000000' ? '000001' : '000000';
      const statuses: number[] = [];
      for (let n = 0; n < 6; n++) {
        const answer = await (n % 2 === 0 ? betony : second).inject({
          method: 'POST',
          url: '/api/v1/sign-in/code',
          payload: { challengeToken, code: wrong },
        });
        statuses.push(answer.statusCode);
      }
      expect(statuses).toEqual([422, 422, 422, 422, 422, 429]);
    } finally {
      await second.stop();
    }
  });

  it('11: the API is no way around what pages ask, nor pages around the API', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    expect((await signIn(member.email)).json()).not.toHaveProperty(['accessToken']);
    const browser = aBrowser();
    await browser.send('/desk/sign-in', { email: member.email, password: PASSWORD, next: '/desk' });
    const ofPage = browser.jar.get('__Host-betony-code') ?? '';
    expect((await show(ofPage, codeOf(betony, secret))).statusCode).toBe(410);
    const ofApi = await challengeOf(member);
    const other = aBrowser({ '__Host-betony-code': ofApi });
    expect((await other.open('/desk/sign-in/code')).headers.location).toBe('/desk/sign-in?after=too-late');
    expect((await browser.open('/desk/today')).statusCode).toBe(303);
  });

  it('12: whoever has the password alone sets up no app, neither while signing in nor before a code', async () => {
    const sam = await withPassword(strict);
    const challengeToken = await challengeOf(sam);
    expect((await post('sign-in/set-up', { challengeToken })).json().title).toBe('code-first');
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const halfway = await challengeOf(member);
    expect((await post('sign-in/set-up', { challengeToken: halfway })).statusCode).toBe(409);
    expect((await post('sign-in/send-code', { challengeToken: halfway })).statusCode).toBe(409);
    expect((await show(halfway, codeOf(betony, secret))).statusCode).toBe(200);
  });

  it('13: whoever sits down at an open desk changes nothing without the password', async () => {
    const { member, secret } = await withApp(free, 'referrer');
    betony.clock.advance({ minutes: 1 });
    for (const verb of ['offer', 'use-mail', 'renew-codes', 'remove']) {
      const proof = { password: 'not this person at all', code: codeOf(betony, secret) };
      const answer = await post(`me/second-factor/${verb}`, proof, member.token);
      expect([verb, answer.statusCode, answer.json().errors?.[0].field]).toEqual([verb, 422, 'password']);
    }
    expect((await post('me/second-factor/remove', {}, member.token)).statusCode).toBe(422);
    expect((await signIn(member.email)).json().asks).toBe('totp');
  });

  it('14: an app offered to one session is not confirmed by another', async () => {
    const sam = await withPassword(free);
    const { secret } = (await post('me/second-factor/offer', { password: PASSWORD }, sam.token)).json();
    const elsewhere = (await signIn(sam.email)).json().accessToken as string;
    const answer = await post('me/second-factor/confirm', { code: codeOf(betony, secret) }, elsewhere);
    expect(answer.json().title).toBe('factor-not-begun');
    betony.clock.advance({ minutes: 30 });
    const late = await post('me/second-factor/confirm', { code: codeOf(betony, secret) }, sam.token);
    expect(late.json().title).toBe('factor-not-begun');
  });

  it('15: a session given to somebody beforehand is never theirs, nor a challenge', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const planted = 'p'.repeat(43);
    const browser = aBrowser({ '__Host-betony': planted, '__Host-betony-code': planted });
    await browser.send('/desk/sign-in', { email: member.email, password: PASSWORD, next: '/desk' });
    expect(browser.jar.get('__Host-betony-code')).not.toBe(planted);
    await browser.send('/desk/sign-in/code', { code: codeOf(betony, secret), next: '/desk' });
    expect(browser.jar.get('__Host-betony')).not.toBe(planted);
    expect((await browser.open('/desk/account')).statusCode).toBe(200);
    expect((await aBrowser({ '__Host-betony': planted }).open('/desk/account')).statusCode).toBe(303);
  });

  it('16: no form of another site takes a step', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const browser = aBrowser();
    await browser.send('/desk/sign-in', { email: member.email, password: PASSWORD, next: '/desk' });
    const forged = new Tokens({ userInfo: false });
    for (const _csrf of ['', 'made up', forged.create(forged.secretSync())]) {
      for (const [url, answers] of [
        ['/desk/sign-in/code', { code: codeOf(betony, secret) }],
        ['/desk/sign-in/send-code', {}],
        ['/desk/sign-in/set-up', { code: '000000' }],
      ] as const) {
        const answer = await browser.send(url, { ...answers, _csrf }, '/desk/sign-in/code');
        expect([url, answer.statusCode]).toEqual([url, 403]);
      }
      const change = { _csrf, change: 'remove', password: PASSWORD, code: codeOf(betony, secret) };
      const [name = '', value = ''] = member.browser.cookie.split('=');
      const signedIn = aBrowser({ [name]: value });
      expect((await signedIn.send('/desk/account/second-factor', change)).statusCode).toBe(403);
    }
  });

  it('17: switching to a scheme that asks for more is refused to a session that showed less', async () => {
    const sam = await withPassword(free);
    const opened = (await signIn(sam.email)).json().accessToken as string;
    const second = await aMember(strict, 'link_worker', { accountId: sam.actor.accountId });
    const target = { membershipId: second.actor.membershipId };
    expect((await post('session/switch', target, opened)).json().title).toBe('factor-needed');
    // And one signs in to the strictest of them.
    expect((await signIn(sam.email)).json().asks).toBe('mail');
  });

  it('18: a mailbox is not filled by whoever knows a password', async () => {
    const priya = await withPassword(strict, 'referrer');
    const challengeToken = await challengeOf(priya);
    const again = () => post('sign-in/send-code', { challengeToken });
    expect([(await again()).statusCode, (await again()).statusCode]).toEqual([204, 204]);
    expect((await again()).statusCode).toBe(429);
    for (let n = 0; n < 7; n++) await challengeOf(priya);
    expect((await signIn(priya.email)).statusCode).toBe(429);
    expect(await mailTo(priya)).toHaveLength(10);
    betony.clock.advance({ minutes: 61 });
    expect((await signIn(priya.email)).statusCode).toBe(200);
  });

  it('19: a disabled person finishes no sign-in, and a reset ends those under way', async () => {
    const { member, secret } = await withApp(free);
    const other = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const [challenge, others] = [await challengeOf(member), await challengeOf(other.member)];
    await betony.get(Users).disableAccount(member.email);
    expect((await show(challenge, codeOf(betony, secret))).statusCode).toBe(410);
    const manager = await aMember(free, 'scheme_manager');
    await post(`users/${other.member.actor.accountId}/reset-factor`, {}, manager.token);
    expect((await show(others, codeOf(betony, other.secret))).statusCode).toBe(410);
  });

  it('20: whoever can write to the database gives nobody their own secret', async () => {
    const victim = await withApp(free);
    const thief = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    await inScheme(free, (tx) =>
      tx.run(sql`
        update second_factor f set secret = t.secret from second_factor t
        where f.account_id = ${victim.member.actor.accountId} and t.account_id = ${thief.member.actor.accountId}`),
    );
    const challenge = await challengeOf(victim.member);
    expect((await show(challenge, codeOf(betony, thief.secret))).statusCode).toBe(422);
  });

  it('21: no secret opens another’s door', async () => {
    const { member } = await withApp(free);
    const plain = await withPassword(free);
    const { accessToken, refreshToken } = (await signIn(plain.email)).json<Record<string, string>>();
    const { browser } = await aMember(free, 'link_worker');
    const secrets = {
      access: accessToken ?? '',
      refresh: refreshToken ?? '',
      cookie: browser.cookie.split('=')[1] ?? '',
      challenge: await challengeOf(member),
    };
    const words = { password: 'five other random words' };
    const links = Object.entries(without(await linksOf(betony, 'rose@example.org'), 'scheme', 'offer'));
    let asked = 0;
    const open = (url: string) =>
      // From everywhere at once: no limit of one address stands in the way.
      betony.inject({ url, remoteAddress: `198.51.100.${String((asked += 1))}` });
    const doors: [opens: string, answers: number[], ask: (secret: string) => ReturnType<typeof post>][] = [
      ['access', [401], (secret) => meWith(secret)],
      ['refresh', [401, 422], (secret) => post('session/refresh', { refreshToken: secret })],
      ['challenge', [410, 422], (secret) => post('sign-in/code', { challengeToken: secret, code: '000000' })],
      ['cookie', [303], (secret) => aBrowser({ '__Host-betony': secret }).open('/desk/account')],
      ['reset', [410, 422], (secret) => post('password-resets/use', { token: secret, ...words })],
      ['invitation', [410, 422], (secret) => post('invitations/accept', { token: secret, ...words })],
      [
        'own page',
        [401],
        (secret) => betony.inject({ url: '/api/v1/my-page', headers: { authorization: `Bearer ${secret}` } }),
      ],
      ...links.map(([kind, path]): (typeof doors)[number] => [
        kind,
        [404, 410],
        (secret) => open(path.replace(tokenOf(path), secret)),
      ]),
    ];
    for (const [opens, answers, ask] of doors) {
      for (const [kind, secret] of Object.entries(secrets)) {
        if (kind === opens) continue;
        const { statusCode } = await ask(secret);
        expect([kind, opens, answers.includes(statusCode), statusCode]).toEqual([
          kind,
          opens,
          true,
          statusCode,
        ]);
      }
    }
    // Each opens its own still, and so does each link.
    for (const [kind, path] of links) expect([kind, (await open(path)).statusCode]).toEqual([kind, 200]);
    expect((await meWith(secrets.access)).statusCode).toBe(200);
    expect((await aBrowser({ '__Host-betony': secrets.cookie }).open('/desk/account')).statusCode).toBe(200);
    expect((await post('session/refresh', { refreshToken: secrets.refresh })).statusCode).toBe(200);
  });

  it('22: guesses are counted together, however the address is written and wherever they come from', async () => {
    const sam = await withPassword(free);
    const spelt = [
      sam.email,
      sam.email.toUpperCase(),
      ` ${sam.email}`,
      `${sam.email} `,
      sam.email.replace('@example', '@EXAMPLE'),
    ];
    const from = (email: string, n: number, password: string) =>
      betony.inject({
        method: 'POST',
        url: '/api/v1/sign-in',
        payload: { email, password },
        remoteAddress: `198.51.100.${String(n)}`,
        headers: { 'x-forwarded-for': `203.0.113.${String(n)}`, 'x-real-ip': `203.0.113.${String(n)}` },
      });
    for (const [n, email] of spelt.entries()) {
      expect([email, (await from(email, n, 'a wrong guess')).statusCode]).toEqual([email, 401]);
    }
    for (const [n, email] of spelt.entries()) {
      expect([email, (await from(email, 50 + n, PASSWORD)).statusCode]).toEqual([email, 429]);
    }
  });

  it('23: a cookie under a name that any site could set is nobody’s', async () => {
    const { browser } = await aMember(free, 'link_worker');
    const secret = browser.cookie.split('=')[1] ?? '';
    for (const name of [
      'betony',
      '__Secure-betony',
      '__host-betony',
      '__Host-Betony',
      '__Host-betony2',
      'Host-betony',
    ]) {
      expect([name, (await aBrowser({ [name]: secret }).open('/desk/account')).statusCode]).toEqual([
        name,
        303,
      ]);
    }
    expect((await betony.inject({ url: `/desk/account?__Host-betony=${secret}` })).statusCode).toBe(303);
    expect((await aBrowser({ '__Host-betony': secret }).open('/desk/account')).statusCode).toBe(200);
  });

  it('24: another way of asking is no way in', async () => {
    const manager = await aMember(free, 'scheme_manager');
    const worker = await aMember(free, 'link_worker');
    const url = `/api/v1/users/${worker.actor.accountId}`;
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PATCH', 'DELETE'] as const) {
      const { statusCode, headers } = await betony.inject({
        method,
        url,
        headers: { origin: 'https://elsewhere.example' },
      });
      expect([method, statusCode >= 400, headers['access-control-allow-origin']]).toEqual([
        method,
        true,
        undefined,
      ]);
    }
    // A reader’s request that says it is meant as something else is a reader’s request.
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const headers = { ...manager.headers, [name]: 'DELETE' };
      expect((await betony.inject({ url: '/api/v1/me', headers })).statusCode).toBe(200);
    }
    const rewritten = { 'x-original-url': '/api/v1/me', 'x-rewrite-url': '/api/v1/me' };
    expect((await betony.inject({ url, headers: { ...worker.headers, ...rewritten } })).statusCode).toBe(403);
    expect(
      (await betony.inject({ url: `/api/v1/me/../users/${worker.actor.accountId}`, headers: worker.headers }))
        .statusCode,
    ).toBe(403);
    expect((await meWith(worker.token)).statusCode).toBe(200);
  });

  it('25: what ends a session ends its page, its token and its refresh token alike', async () => {
    const ends: [string, (who: TestMember) => Promise<unknown>][] = [
      ['signing out', (who) => post('session/sign-out', {}, who.token)],
      [
        'the end of the role',
        async ({ actor }) =>
          inScheme(free, (tx) =>
            tx.run(sql`update membership set ended_at = now() where id = ${actor.membershipId}`),
          ),
      ],
      ['a disabled account', ({ email }) => betony.get(Users).disableAccount(email)],
    ];
    for (const [what, end] of ends) {
      const sam = await withPassword(free);
      const { accessToken, refreshToken } = (await signIn(sam.email)).json<Record<string, string>>();
      const page = () => betony.inject({ url: '/desk/account', headers: { cookie: sam.browser.cookie } });
      expect([(await page()).statusCode, (await meWith(accessToken ?? '')).statusCode]).toEqual([200, 200]);
      await end(sam);
      expect([what, (await page()).statusCode, (await meWith(sam.token)).statusCode]).toEqual([
        what,
        303,
        401,
      ]);
      // Another session of the same person goes on only where nothing but this one was ended.
      const goesOn = what === 'signing out' ? 200 : 401;
      expect([what, (await meWith(accessToken ?? '')).statusCode]).toEqual([what, goesOn]);
      expect([what, (await post('session/refresh', { refreshToken })).statusCode]).toEqual([what, goesOn]);
    }
  });

  it('26: one refresh token shown by many at once and later by a thief leaves nobody signed in', async () => {
    const sam = await withPassword(free);
    const { refreshToken } = (await signIn(sam.email)).json<Record<string, string>>();
    const renew = (token: string | undefined) => post('session/refresh', { refreshToken: token });
    const answers = await Promise.all(Array.from({ length: 8 }, () => renew(refreshToken)));
    const [next] = new Set(answers.map((answer) => answer.json<Record<string, string>>()['refreshToken']));
    const { accessToken } = (await renew(next)).json<Record<string, string>>();
    expect((await meWith(accessToken ?? '')).statusCode).toBe(200);
    expect((await renew(refreshToken)).statusCode).toBe(401);
    expect((await meWith(accessToken ?? '')).statusCode).toBe(401);
  });

  it('27: a form’s token dies with the session it was shown to', async () => {
    const sam = await aMember(free, 'link_worker');
    const later = await aMember(free, 'scheme_manager', { accountId: sam.actor.accountId });
    const answer = await betony.inject({
      method: 'POST',
      url: '/desk/account/second-factor',
      headers: { cookie: later.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: sam.browser.formToken, change: 'remove' }).toString(),
    });
    expect(answer.statusCode).toBe(403);
  });

  it('28: a code is six digits and nothing else', async () => {
    const { member, secret } = await withApp(free);
    betony.clock.advance({ minutes: 1 });
    const challenge = await challengeOf(member);
    const right = codeOf(betony, secret);
    const odd: unknown[] = [
      [right],
      { code: right },
      Number(`1${right}`),
      `${right}0`,
      `+${right}`,
      `${right}\u0000`,
      null,
      true,
      '',
      'null',
    ];
    for (const code of odd) {
      const { statusCode } = await post('sign-in/code', { challengeToken: challenge, code });
      expect([JSON.stringify(code), statusCode]).toEqual([
        JSON.stringify(code),
        statusCode === 429 ? 429 : 422,
      ]);
    }
    expect(await sessionsOf(member)).toEqual([]);
  });
});
