import sql from 'sql-template-tag';
import { ROLES } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { OneTimeLinks, type LinkPurpose } from '../../../src/identity/one-time-links.service.js';
import { Passwords } from '../../../src/identity/passwords.service.js';
import { Schemes } from '../../../src/identity/schemes.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { sha256 } from '../../../src/platform/pure/hash.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const PASSWORD = 'three random words';

describe('one-time links', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let admin: TestMember;
  let practice: string;
  let count = 0;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    admin = await aMember(scheme, 'administrator');
    practice = await anOrganisation(scheme, 'gp_practice');
  });
  afterAll(() => betony.stop());

  const post = (path: string, payload: object = {}, who: TestMember | null = admin) =>
    betony.inject({ method: 'POST', url: `/api/v1/${path}`, payload, headers: who?.headers ?? {} });
  const get = (path: string, who = admin) => betony.inject({ url: `/api/v1/${path}`, headers: who.headers });
  const anAddress = () => `new${String(++count)}@example.org`;
  const invite = (payload: object = {}) =>
    post('invitations', {
      email: anAddress(),
      name: 'Sam Reed',
      organisationId: practice,
      role: 'referrer',
      ...payload,
    });
  const signIn = (email: string, password = PASSWORD) => post('sign-in', { email, password }, null);
  const accept = (token: string, password = PASSWORD, name?: string) =>
    post('invitations/accept', { token, password, ...(name ? { name } : {}) }, null);

  const lines = () =>
    betony
      .get(Database)
      .unscoped<{ event: string; payload: Record<string, string | null>; scheme_id: string }>(
        sql`select event, payload, scheme_id from outbox order by seq`,
      );
  /** What the message would hold: the token that belongs to the last line of the outbox. */
  async function token(purpose: LinkPurpose = 'invitation'): Promise<string> {
    const line = (await lines()).at(-1)!;
    return betony.get(OneTimeLinks).token(purpose, line.payload['linkId']!);
  }

  describe('an invitation', () => {
    it('is accepted with a password and a corrected name, and lets in', async () => {
      const made = await invite({ email: 'Sam.Reed@example.org' });
      expect(made.statusCode).toBe(201);
      expect(made.json()).toMatchObject({ state: 'open', role: 'referrer', organisationId: practice });
      expect(new Date(made.json().expiresAt).getTime() - betony.clock.now().getTime()).toBe(7 * 86_400_000);
      const accepted = await accept(await token(), PASSWORD, 'Samuel Reed');
      expect(accepted.statusCode).toBe(201);
      const session = await signIn('sam.reed@example.org');
      expect(session.json().membership).toMatchObject({ id: accepted.json().id, role: 'referrer' });
      const who = await betony.inject({
        url: '/api/v1/me',
        headers: { authorization: `Bearer ${session.json().accessToken as string}` },
      });
      expect(who.json()).toMatchObject({ name: 'Samuel Reed', email: 'Sam.Reed@example.org' });
      expect((await get(`invitations/${made.json().id as string}`)).json().state).toBe('accepted');
      expect((await accept(await token())).statusCode).toBe(410);
    });

    it('keeps its token out of the database, the outbox and the answer', async () => {
      const made = await invite();
      const secret = await token();
      expect(JSON.stringify(await lines())).not.toContain(secret);
      expect(made.body).not.toContain(secret);
      const { rows } = await betony
        .get(UnitOfWork)
        .run(systemActor(scheme.id, 'test'), (tx) =>
          tx.run(
            sql`select to_json(l)::text as row from one_time_link l where subject_id = ${made.json().id}`,
          ),
        );
      expect(rows).toHaveLength(1);
      expect(rows[0]!['row']).not.toContain(secret);
      expect(rows[0]!['row']).toContain(sha256(secret));
      expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    });

    it('is accepted once by fifty at once', async () => {
      await invite({ email: 'fifty@example.org' });
      const secret = await token();
      const answers = await Promise.all(Array.from({ length: 50 }, () => accept(secret)));
      const statuses = answers.map((answer) => answer.statusCode);
      expect(statuses.filter((status) => status === 201)).toHaveLength(1);
      expect(statuses.filter((status) => status === 410)).toHaveLength(49);
      expect((await signIn('fifty@example.org')).json().memberships).toHaveLength(1);
    });

    it('expires after seven days, is withdrawn, and is sent again with a new link', async () => {
      const made = await invite();
      const id = made.json().id as string;
      const first = await token();
      betony.clock.advance({ days: 7 });
      expect((await accept(first)).statusCode).toBe(410);
      expect((await get('invitations?state=expired')).json().items).toContainEqual(
        expect.objectContaining({ id }),
      );
      const resent = await post(`invitations/${id}/resend`);
      expect(resent.json()).toMatchObject({ state: 'open' });
      const second = await token();
      expect(second).not.toBe(first);
      expect((await accept(first)).statusCode).toBe(410);
      expect((await post(`invitations/${id}/revoke`)).json()).toMatchObject({ state: 'revoked' });
      expect((await accept(second)).statusCode).toBe(410);
      const again = await post(`invitations/${id}/revoke`);
      expect(again.statusCode).toBe(409);
      expect(again.json()).toMatchObject({ from: 'revoked', action: 'revoke' });
      expect((await post(`invitations/${id}/resend`)).statusCode).toBe(409);
    });

    it('is one at a time to an address, also where an old one is sent again', async () => {
      const email = 'one.at.a.time@example.org';
      const first = (await invite({ email })).json().id as string;
      const both = await Promise.all([invite({ email, role: 'scheme_manager' }), invite({ email })]);
      expect(both.map(({ statusCode }) => statusCode)).toEqual([409, 409]);
      expect(both[0].json()).toMatchObject({ title: 'invited', invitationId: first });
      betony.clock.advance({ days: 7 });
      const made = await Promise.all([invite({ email }), invite({ email })]);
      expect(made.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
      expect((await post(`invitations/${first}/resend`)).statusCode).toBe(409);
    });

    it.each([
      ['elevenchars', 'short@example.org'],
      [' PICKY@example.org ', 'picky@example.org'],
    ])('refuses the password %j and stays usable', async (password, email) => {
      const made = await invite({ email });
      const refused = await accept(await token(), password);
      expect(refused.statusCode).toBe(422);
      expect(refused.json().errors).toMatchObject([{ field: 'password' }]);
      expect((await get(`invitations/${made.json().id as string}`)).json().state).toBe('open');
    });

    it('asks those who sign in already for the password they have', async () => {
      await invite({ email: 'both@example.org' });
      await accept(await token());
      const other = await aScheme(betony);
      const otherAdmin = await aMember(other, 'administrator');
      const again = await post(
        'invitations',
        {
          email: 'both@example.org',
          name: 'B',
          organisationId: otherAdmin.actor.organisationId,
          role: 'scheme_manager',
        },
        otherAdmin,
      );
      expect(again.statusCode).toBe(201);
      const secret = await token();
      const wrong = await accept(secret, 'another long password');
      expect(wrong.statusCode).toBe(422);
      expect((await accept(secret, PASSWORD)).statusCode).toBe(201);
      expect((await signIn('both@example.org')).json().memberships).toHaveLength(2);
      expect((await signIn('both@example.org', 'another long password')).statusCode).toBe(401);
    });

    it('is refused for a role that is there already, and for somebody disabled', async () => {
      const sam = await aMember(scheme, 'referrer', { organisation: practice });
      const same = await invite({ email: sam.email });
      expect(same.statusCode).toBe(409);
      await post(`users/${sam.actor.accountId}/disable`);
      const round = await invite({ email: sam.email, role: 'scheme_manager' });
      expect(round.statusCode).toBe(409);
      expect(round.json().title).toBe('disabled');
    });

    it('does not let in who was disabled after it was sent', async () => {
      const sam = await aMember(scheme, 'referrer', { organisation: practice });
      await invite({ email: sam.email, role: 'scheme_manager' });
      const secret = await token();
      await post(`users/${sam.actor.accountId}/disable`);
      expect((await accept(secret)).statusCode).toBe(409);
    });

    it.each([
      [{ email: 'nobody' }, 'email'],
      [{ name: '' }, 'name'],
      [{ role: 'owner' }, 'role'],
      [{ role: 'provider_member' }, 'role'],
      [{ organisationId: 'x' }, 'organisationId'],
      [{ triages: true }, 'triages'],
      [{ password: 'x' }, 'password'],
    ])('refuses %j', async (payload, field) => {
      const answer = await invite(payload);
      expect(answer.statusCode).toBe(422);
      expect(answer.json().errors).toMatchObject([{ field }]);
    });

    it.each(ROLES)('is an administrator’s to send, not a %s’s unless that', async (role) => {
      const who = await aMember(scheme, role);
      const may = role === 'administrator';
      const made = await post(
        'invitations',
        { email: anAddress(), name: 'N', organisationId: practice, role: 'referrer' },
        who,
      );
      expect(made.statusCode).toBe(may ? 201 : 403);
      const id = may ? (made.json().id as string) : who.actor.membershipId;
      expect((await get('invitations', who)).statusCode).toBe(may ? 200 : 403);
      expect((await get(`invitations/${id}`, who)).statusCode).toBe(may ? 200 : 403);
      expect((await post(`invitations/${id}/resend`, {}, who)).statusCode).toBe(may ? 200 : 403);
      expect((await post(`invitations/${id}/revoke`, {}, who)).statusCode).toBe(may ? 200 : 403);
      const foreign = await aMember(await aScheme(betony), 'administrator');
      expect((await get(`invitations/${id}`, foreign)).statusCode).toBe(404);
      expect((await post(`invitations/${id}/revoke`, {}, foreign)).statusCode).toBe(404);
      expect((await post(`invitations/${id}/resend`, {}, foreign)).statusCode).toBe(404);
    });

    it('is listed newest first in pages', async () => {
      const quiet = await aScheme(betony);
      const who = await aMember(quiet, 'administrator');
      const ids: string[] = [];
      for (let n = 0; n < 3; n++) {
        const made = await post(
          'invitations',
          { email: anAddress(), name: 'N', organisationId: who.actor.organisationId, role: 'commissioner' },
          who,
        );
        ids.unshift(made.json().id);
      }
      const first = (await get('invitations?limit=2', who)).json();
      const second = (await get(`invitations?limit=2&after=${first.next as string}`, who)).json();
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
      expect(second.next).toBeNull();
    });
  });

  it('a new scheme comes with a link for its first administrator', async () => {
    const made = await betony
      .get(Schemes)
      .create({ name: 'New Scheme', adminEmail: 'first@example.org', adminName: 'First Admin' });
    expect(made.link).toBe(`https://betony.example.org/desk/join/${made.token}`);
    expect((await accept(made.token)).statusCode).toBe(201);
    const session = await signIn('first@example.org');
    expect(session.json().membership).toMatchObject({ schemeId: made.schemeId, role: 'administrator' });
  });

  describe('a new password', () => {
    async function someone(): Promise<TestMember> {
      const sam = await aMember(scheme, 'referrer', { organisation: practice });
      const hash = await betony.get(Passwords).hash('an old password');
      await betony
        .get(UnitOfWork)
        .run(systemActor(scheme.id, 'test'), (tx) =>
          tx.run(sql`update user_account set password_hash = ${hash} where id = ${sam.actor.accountId}`),
        );
      return sam;
    }
    const ask = (email: string) => post('password-resets', { email }, null);
    const use = (secret: string, password = PASSWORD) =>
      post('password-resets/use', { token: secret, password }, null);
    /** What the worker does for the last line. */
    async function sent(sam: TestMember): Promise<string> {
      const line = (await lines()).at(-1)!;
      expect(line).toMatchObject({ event: 'passwordReset.asked', scheme_id: scheme.id });
      await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) =>
        betony.get(OneTimeLinks).make(tx, {
          purpose: 'password_reset',
          linkId: line.payload['linkId']!,
          subjectId: sam.actor.accountId,
          expiresAt: new Date(tx.now.getTime() + 3_600_000),
        }),
      );
      return token('password_reset');
    }

    it('gets the same answer and the same line for an address nobody has', async () => {
      const sam = await someone();
      const known = await ask(sam.email);
      const knownLine = (await lines()).at(-1)!;
      const unknown = await ask('nobody@example.org');
      const unknownLine = (await lines()).at(-1)!;
      expect([known.statusCode, known.body]).toEqual([202, '']);
      expect([unknown.statusCode, unknown.body]).toEqual([202, '']);
      expect(Object.keys(unknownLine.payload).sort()).toEqual(Object.keys(knownLine.payload).sort());
      expect(unknownLine.payload['accountId']).toBeNull();
      expect(JSON.stringify(await lines())).not.toContain('example.org');
    });

    it('is set by link, once, and ends every session and every wait', async () => {
      const sam = await someone();
      for (let n = 0; n < 6; n++) await signIn(sam.email, 'not the password');
      await ask(sam.email);
      const secret = await sent(sam);
      expect((await use(secret, 'short')).statusCode).toBe(422);
      expect((await use(secret, sam.email)).json().errors).toMatchObject([{ field: 'password' }]);
      expect((await use(secret)).statusCode).toBe(204);
      expect((await get('me', sam)).statusCode).toBe(401);
      expect((await signIn(sam.email)).statusCode).toBe(200);
      expect((await signIn(sam.email, 'an old password')).statusCode).toBe(401);
      expect((await use(secret)).statusCode).toBe(410);
    });

    it('cannot be set with the token of an invitation, nor the other way round', async () => {
      await invite();
      expect((await use(await token())).statusCode).toBe(410);
      const sam = await someone();
      await ask(sam.email);
      expect((await accept(await sent(sam))).statusCode).toBe(410);
    });

    it('ends the other links that were asked for', async () => {
      const sam = await someone();
      await ask(sam.email);
      const first = await sent(sam);
      await ask(sam.email);
      const second = await sent(sam);
      expect((await use(second)).statusCode).toBe(204);
      expect((await use(first)).statusCode).toBe(410);
    });
  });
});
