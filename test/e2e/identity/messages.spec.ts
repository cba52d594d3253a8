import sql from 'sql-template-tag';
import { Database } from '../../../src/platform/database/database.js';
import { IdentityHousekeeping } from '../../../src/identity/housekeeping.service.js';
import { filedMail, startMailbox, type TestMailbox } from '../../support/mailbox.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { settle } from '../../support/settle.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const PASSWORD = 'three random words';
const TOKEN = /\/desk\/(?:join|new-password)\/([A-Za-z0-9_-]{43})\n/;

describe('messages with one-time links', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let admin: TestMember;
  let practice: string;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    admin = await aMember(scheme, 'administrator');
    practice = await anOrganisation(scheme, 'gp_practice', { name: 'Mill Lane Surgery' });
  });
  afterAll(() => betony.stop());

  const post = (path: string, payload: object = {}, headers: Record<string, string> = admin.headers) =>
    betony.inject({ method: 'POST', url: `/api/v1/${path}`, payload, headers });
  const invite = async (email: string): Promise<string> =>
    (
      await post('invitations', { email, name: 'Sam Reed', organisationId: practice, role: 'referrer' })
    ).json().id;
  const deliveryOf = async (id: string): Promise<string> =>
    (await betony.inject({ url: `/api/v1/invitations/${id}`, headers: admin.headers })).json().delivery;
  const mailTo = async (address: string) =>
    (await filedMail(betony.config.dataDir)).filter((mail) => mail.to?.[0]?.address === address);
  const tokenIn = (mail: { text?: string | undefined }) => TOKEN.exec(mail.text ?? '')![1]!;

  it('an invitation arrives with a link that works', async () => {
    const id = await invite('sam@example.org');
    expect(await deliveryOf(id)).toBe('waiting');
    await settle(betony);
    const [mail, ...more] = await mailTo('sam@example.org');
    expect(more).toEqual([]);
    expect(mail!.subject).toBe('You are invited to sign in');
    expect(mail!.text).toContain(
      `${scheme.name} invites you to sign in to send referrals (Mill Lane Surgery).`,
    );
    expect(mail!.text).toContain('until 30 November 2026');
    expect(await deliveryOf(id)).toBe('sent');
    const accepted = await post('invitations/accept', { token: tokenIn(mail!), password: PASSWORD }, {});
    expect(accepted.statusCode).toBe(201);
  });

  it('one that was withdrawn is not sent, and a new link goes in a new message', async () => {
    const withdrawn = await invite('withdrawn@example.org');
    await post(`invitations/${withdrawn}/revoke`);
    const again = await invite('again@example.org');
    await post(`invitations/${again}/resend`);
    await settle(betony);
    expect(await mailTo('withdrawn@example.org')).toEqual([]);
    // The first link was replaced before it was sent.
    expect(await mailTo('again@example.org')).toHaveLength(1);
    await post(`invitations/${again}/resend`);
    await settle(betony);
    const mails = await mailTo('again@example.org');
    expect(mails).toHaveLength(2);
    expect(new Set(mails.map((mail) => mail.messageId)).size).toBe(2);
    const [old, fresh] = mails.map(tokenIn);
    expect((await post('invitations/accept', { token: old, password: PASSWORD }, {})).statusCode).toBe(410);
    expect((await post('invitations/accept', { token: fresh, password: PASSWORD }, {})).statusCode).toBe(201);
  });

  it('a new password arrives with a link for an hour, at most three at a time', async () => {
    const sam = await aMember(scheme, 'referrer');
    const ask = () => post('password-resets', { email: sam.email }, {});
    for (let n = 0; n < 5; n++) await ask();
    await post('password-resets', { email: 'nobody@example.org' }, {});
    await settle(betony);
    expect(await mailTo(sam.email)).toHaveLength(3);
    expect(await mailTo('nobody@example.org')).toEqual([]);
    betony.clock.advance({ minutes: 60 });
    const [late] = await mailTo(sam.email);
    const use = (token: string) => post('password-resets/use', { token, password: PASSWORD }, {});
    expect((await use(tokenIn(late!))).statusCode).toBe(410);
    await ask();
    await settle(betony);
    const fresh = (await mailTo(sam.email)).at(-1)!;
    expect((await use(tokenIn(fresh))).statusCode).toBe(204);
    const signIn = await post('sign-in', { email: sam.email, password: PASSWORD }, {});
    expect(signIn.statusCode).toBe(200);
  });

  it('what is long over is forgotten, and nothing else', async () => {
    const sam = await aMember(scheme, 'referrer');
    const count = async (table: 'one_time_link' | 'session' | 'sign_in_throttle') => {
      const tables = {
        one_time_link: sql`select count(*)::int as n from one_time_link`,
        session: sql`select count(*)::int as n from session`,
        sign_in_throttle: sql`select count(*)::int as n from sign_in_throttle`,
      };
      return (await betony.get(Database).unscoped<{ n: number }>(tables[table]))[0]!.n;
    };
    await post('sign-in', { email: 'guess@example.org', password: 'a wrong password' }, {});
    const sessions = await count('session');
    expect(await count('sign_in_throttle')).toBeGreaterThan(0);
    await betony.get(IdentityHousekeeping).forget();
    expect(await count('session')).toBe(sessions);
    betony.clock.advance({ days: 38 });
    await betony.get(IdentityHousekeeping).forget();
    expect(await count('sign_in_throttle')).toBe(0);
    expect(await count('one_time_link')).toBe(0);
    // Sessions of sign-ins are gone; those of this test last a decade.
    expect(await count('session')).toBeLessThan(sessions);
    const me = await betony.inject({ url: '/api/v1/me', headers: sam.headers });
    expect(me.statusCode).toBe(200);
  });
});

describe('an invitation through a mail server', () => {
  let mailbox: TestMailbox;
  let betony: TestApp;
  let admin: TestMember;

  beforeAll(async () => {
    mailbox = await startMailbox();
    betony = await startApp({ config: { smtpUrl: mailbox.url } });
    admin = await aMember(await aScheme(betony), 'administrator');
  });
  afterAll(async () => {
    await betony.stop();
    await mailbox.stop();
  });

  async function invite(email: string): Promise<string> {
    const made = await betony.inject({
      method: 'POST',
      url: '/api/v1/invitations',
      headers: admin.headers,
      payload: { email, name: 'Sam', organisationId: admin.actor.organisationId, role: 'commissioner' },
    });
    return made.json().id as string;
  }
  const deliveryOf = async (id: string): Promise<string> =>
    (await betony.inject({ url: `/api/v1/invitations/${id}`, headers: admin.headers })).json().delivery;

  it('that is busy is tried again, with the same Message-ID and the same link', async () => {
    mailbox.behaviour = 'takes-then-hangs-up';
    const id = await invite('busy@example.org');
    await expect(settle(betony)).rejects.toThrow('was not sent');
    expect(await deliveryOf(id)).toBe('waiting');
    mailbox.behaviour = 'takes';
    await settle(betony);
    expect(await deliveryOf(id)).toBe('sent');
    const mails = mailbox.messages.filter((mail) => mail.to?.[0]?.address === 'busy@example.org');
    expect(mails.length).toBeGreaterThan(1);
    expect(new Set(mails.map((mail) => mail.messageId)).size).toBe(1);
    expect(new Set(mails.map((mail) => TOKEN.exec(mail.text ?? '')?.[1])).size).toBe(1);
  });

  it('that turns the address away for good is shown to the administrator', async () => {
    mailbox.behaviour = 'refuses-recipient';
    const id = await invite('mistyped@example.org');
    await settle(betony);
    expect(await deliveryOf(id)).toBe('refused');
  });
});
