import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { Passwords } from '../../../src/identity/passwords.service.js';
import { AccessTokens } from '../../../src/identity/access-tokens.service.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const PASSWORD = 'three random words';

describe('signing in', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let hash: string;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    hash = await betony.get(Passwords).hash(PASSWORD);
  });
  afterAll(() => betony.stop());

  const post = (url: string, payload: object, token?: string) =>
    betony.inject({
      method: 'POST',
      url: `/api/v1/${url}`,
      payload,
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });
  const me = (token: string) =>
    betony.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${token}` } });
  const signIn = (email: string, password = PASSWORD) => post('sign-in', { email, password });
  const write = (statement: ReturnType<typeof sql>) =>
    betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) => tx.run(statement));
  const audited = async (action: string, schemeId = scheme.id) =>
    (
      await betony
        .get(Database)
        .read(
          schemeId,
          sql`select subject_id, details from audit_entry where scheme_id = ${schemeId} and action = ${action}`,
        )
    ).length;

  async function someone(
    role: 'link_worker' | 'referrer' | 'administrator' = 'link_worker',
  ): Promise<TestMember> {
    const member = await aMember(scheme, role);
    await write(sql`update user_account set password_hash = ${hash} where id = ${member.actor.accountId}`);
    return member;
  }

  it('gives tokens that say who one is', async () => {
    const sam = await someone();
    const before = await audited('session.open');
    const answer = await signIn(sam.email.toUpperCase());
    expect(answer.statusCode).toBe(200);
    const { accessToken, tokenType, expiresIn, membership } = answer.json();
    expect({ tokenType, expiresIn }).toEqual({ tokenType: 'Bearer', expiresIn: 600 });
    expect(membership).toMatchObject({ role: 'link_worker', schemeId: scheme.id, schemeName: scheme.name });
    expect(membership.organisationName).toMatch(/^Organisation/);
    expect(await audited('session.open')).toBe(before + 1);

    const who = await me(accessToken);
    expect(who.statusCode).toBe(200);
    expect(who.json()).toMatchObject({ name: sam.name, email: sam.email, actsFor: [sam.actor.membershipId] });
    expect(who.json().may).toMatchObject({ 'referral.close': 'assigned', 'session.use': 'own' });
    expect(who.json().may).not.toHaveProperty(['user.invite']);
  });

  it('gives one answer for wrong, unknown, disabled and without a membership, and records each', async () => {
    const [wrong, disabled, ended, none] = [
      await someone(),
      await someone(),
      await someone(),
      await aMember(scheme, 'referrer'),
    ];
    await write(sql`update user_account set disabled_at = now() where id = ${disabled.actor.accountId}`);
    await write(sql`update membership set ended_at = now() where id = ${ended.actor.membershipId}`);
    const installation = '00000000-0000-0000-0000-000000000000';
    const before = await audited('session.refuse', installation);
    const answers = await Promise.all([
      signIn(wrong.email, 'some other words'),
      signIn('nobody@example.org'),
      signIn(disabled.email),
      signIn(ended.email),
      signIn(none.email),
    ]);
    for (const answer of answers) {
      expect(answer.statusCode).toBe(401);
      expect({ ...answer.json(), instance: '' }).toEqual({ ...answers[0].json(), instance: '' });
    }
    expect(await audited('session.refuse', installation)).toBe(before + 5);
  });

  it('lets only five of many guesses at once look at the password, and forgets after a success', async () => {
    const sam = await someone();
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, n) => signIn(sam.email, `a wrong guess ${String(n)}`)),
    );
    const statuses = guesses.map((guess) => guess.statusCode).sort();
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
    const shut = await signIn(sam.email);
    expect(shut.statusCode).toBe(429);
    expect(Number(shut.headers['retry-after'])).toBeGreaterThan(0);
    betony.clock.advance({ seconds: 31 });
    expect((await signIn(sam.email)).statusCode).toBe(200);
    expect((await signIn(sam.email, 'a wrong guess again')).statusCode).toBe(401);
    expect((await signIn(sam.email)).statusCode).toBe(200);
  });

  it('shuts an unknown address in the same way', async () => {
    for (let n = 0; n < 5; n++) expect((await signIn('ghost@example.org')).statusCode).toBe(401);
    expect((await signIn('ghost@example.org')).statusCode).toBe(429);
  });

  it('renews a hash made with weaker parameters', async () => {
    const sam = await aMember(scheme, 'referrer');
    const { hash: weakHash } = await import('@node-rs/argon2');
    const weak = await weakHash(PASSWORD, { memoryCost: 8192, timeCost: 1 });
    await write(sql`update user_account set password_hash = ${weak} where id = ${sam.actor.accountId}`);
    expect((await signIn(sam.email)).statusCode).toBe(200);
    const { rows } = await write(
      sql`select password_hash from user_account where id = ${sam.actor.accountId}`,
    );
    expect(rows[0]!['password_hash']).toMatch(/m=19456,t=2,p=1/);
    expect((await signIn(sam.email)).statusCode).toBe(200);
  });

  it('names each faulty field', async () => {
    const answer = await post('sign-in', { email: 'nobody', remember: true });
    expect(answer.statusCode).toBe(422);
    expect(
      answer
        .json()
        .errors.map((error: { field: string }) => error.field)
        .sort(),
    ).toEqual(['email', 'password', 'remember']);
  });

  describe('with several memberships', () => {
    it('acts under the first, lists the others and switches within the session', async () => {
      const other = await aScheme(betony);
      const sam = await someone();
      betony.clock.advance({ seconds: 1 });
      const second = await aMember(other, 'scheme_manager', { accountId: sam.actor.accountId });
      const first = (await signIn(sam.email)).json();
      expect(first.membership.id).toBe(sam.actor.membershipId);
      expect(first.memberships.map(({ id }: { id: string }) => id)).toEqual([
        sam.actor.membershipId,
        second.actor.membershipId,
      ]);
      const switched = await post(
        'session/switch',
        { membershipId: second.actor.membershipId },
        first.accessToken,
      );
      expect(switched.statusCode).toBe(200);
      expect(switched.json().membership).toMatchObject({ schemeId: other.id, role: 'scheme_manager' });
      expect((await me(first.accessToken)).statusCode).toBe(401);
      expect((await me(switched.json().accessToken)).json().membership.schemeId).toBe(other.id);
      const list = await betony.inject({
        url: '/api/v1/session/memberships',
        headers: { authorization: `Bearer ${switched.json().accessToken as string}` },
      });
      expect(list.json()).toHaveLength(2);
      expect(
        (await post('session/refresh', { refreshToken: switched.json().refreshToken })).json().membership.id,
      ).toBe(second.actor.membershipId);
    });

    it('does not switch to what is somebody else’s, ended or unknown', async () => {
      const sam = await someone();
      const ann = await someone();
      for (const membershipId of [ann.actor.membershipId, '0190b6a0-0000-7000-8000-000000000000']) {
        expect((await post('session/switch', { membershipId }, sam.token)).statusCode).toBe(404);
      }
    });
  });

  describe('a refresh token', () => {
    const refresh = (refreshToken: string) => post('session/refresh', { refreshToken });

    it('is good once; shown again later, it ends the session', async () => {
      const sam = await someone();
      const first = (await signIn(sam.email)).json();
      const second = (await refresh(first.refreshToken)).json();
      expect(second.refreshToken).not.toBe(first.refreshToken);
      expect((await me(second.accessToken)).statusCode).toBe(200);
      const before = await audited('session.revoke');
      betony.clock.advance({ seconds: 31 });
      expect((await refresh(first.refreshToken)).statusCode).toBe(401);
      expect((await me(second.accessToken)).statusCode).toBe(401);
      expect((await refresh(second.refreshToken)).statusCode).toBe(401);
      expect(await audited('session.revoke')).toBe(before + 1);
    });

    it('gives the same successor again when its answer was lost, also to many at once', async () => {
      const sam = await someone();
      const first = (await signIn(sam.email)).json();
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(first.refreshToken)));
      expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([200]));
      expect(new Set(answers.map((answer) => answer.json().refreshToken)).size).toBe(1);
    });

    it('ends the session when shown again though its successor is in use', async () => {
      const sam = await someone();
      const first = (await signIn(sam.email)).json();
      const second = (await refresh(first.refreshToken)).json();
      const third = (await refresh(second.refreshToken)).json();
      expect((await refresh(first.refreshToken)).statusCode).toBe(401);
      expect((await me(third.accessToken)).statusCode).toBe(401);
    });

    it('lasts as long as the session, a working day', async () => {
      const sam = await someone();
      let tokens = (await signIn(sam.email)).json();
      betony.clock.advance({ hours: 11 });
      tokens = (await refresh(tokens.refreshToken)).json();
      betony.clock.advance({ hours: 1, minutes: 1 });
      expect((await refresh(tokens.refreshToken)).statusCode).toBe(401);
    });

    it('is unknown', async () => {
      expect((await refresh('x'.repeat(43))).statusCode).toBe(401);
    });
  });

  describe('every request', () => {
    it('needs an access token of ours, whole and young', async () => {
      const sam = await someone();
      const others = await someone('administrator');
      const { accessToken, refreshToken } = (await signIn(sam.email)).json();
      const [head, body, signature] = (accessToken as string).split('.') as [string, string, string];
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
      const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const { key } = betony.get(AccessTokens);
      const sealed = (
        header: object,
        payload: unknown,
        secret: string | KeyObject = key,
        hash = 'sha256',
      ) => {
        const start = `${b64(header)}.${b64(payload)}`;
        return `${start}.${createHmac(hash, secret).update(start).digest('base64url')}`;
      };
      const HS256 = { alg: 'HS256', typ: 'JWT' };
      /** Sealed with our own key: what a fault of ours, or a key that got out, could make. */
      const saying = (changed: object) => sealed(HS256, { ...claims, ...changed });
      const publicKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
      const asText = publicKey.export({ type: 'spki', format: 'pem' }).toString();
      expect((await me(saying({}))).statusCode).toBe(200);
      const nobody = '0190b6a0-0000-7000-8000-000000000000';
      const forged: Record<string, string> = {
        'no signature': `${head}.${body}.`,
        'half a signature': `${head}.${body}.${signature.slice(0, 20)}`,
        'the signature of another': `${head}.${body}.${others.token.split('.')[2] ?? ''}`,
        'two parts': `${head}.${body}`,
        'four parts': `${accessToken}.${signature}`,
        'alg none': `${b64({ alg: 'none', typ: 'JWT' })}.${body}.`,
        'alg None': `${b64({ alg: 'None', typ: 'JWT' })}.${body}.`,
        'alg none with a signature': `${b64({ alg: 'none', typ: 'JWT' })}.${body}.${signature}`,
        'no alg': sealed({ typ: 'JWT' }, claims),
        'alg as a list': sealed({ alg: ['HS256'], typ: 'JWT' }, claims),
        'another algorithm by name': sealed({ alg: 'HS512', typ: 'JWT' }, claims),
        'another algorithm': sealed({ alg: 'HS512', typ: 'JWT' }, claims, key, 'sha512'),
        'an algorithm of public keys': sealed({ alg: 'RS256', typ: 'JWT' }, claims, asText),
        'an elliptic algorithm with zeros': `${b64({ alg: 'ES256', typ: 'JWT' })}.${body}.${Buffer.alloc(64).toString('base64url')}`,
        'a key of its own': sealed({ ...HS256, jwk: { kty: 'oct', k: b64('mine') } }, claims, b64('mine')),
        'a key from its address': sealed({ ...HS256, jku: 'http://127.0.0.1/keys' }, claims, 'theirs'),
        'a key id that is a path': sealed({ ...HS256, kid: '../../dev/null' }, claims, ''),
        'an empty key': sealed(HS256, claims, ''),
        'another key': sealed(HS256, claims, 'some other key of enough length'),
        'changed body': `${head}.${b64({ ...claims, mid: others.actor.membershipId })}.${signature}`,
        'changed header': `${b64({ ...HS256, kid: '1' })}.${body}.${signature}`,
        'the body of another': `${head}.${others.token.split('.')[1] ?? ''}.${signature}`,
        'another issuer': saying({ iss: 'elsewhere' }),
        'no issuer': saying({ iss: undefined }),
        'another audience': saying({ aud: 'elsewhere' }),
        'no audience': saying({ aud: undefined }),
        'no expiry': saying({ exp: undefined }),
        'an expiry in words': saying({ exp: 'never' }),
        'an expiry in the past': saying({ exp: claims.iat - 1 }),
        'not before tomorrow': saying({ nbf: Math.floor(Date.now() / 1000) + 86_400 }),
        'another scheme': saying({ sch: nobody }),
        'another’s membership in one’s own session': saying({ mid: others.actor.membershipId }),
        'a session that never was': saying({ sid: nobody }),
        'a session that is no id': saying({ sid: "' or 1=1 --" }),
        'a session that is a list': saying({ sid: [claims.sid] }),
        'a session that is an object': saying({ sid: { id: claims.sid } }),
        'no session': saying({ sid: undefined }),
        'no claims': sealed(HS256, {}),
        'claims that are text': sealed(HS256, 'me'),
        'a refresh token': refreshToken,
        'not a token': 'hello',
        'only dots': '..',
      };
      expect(Object.keys(forged).length).toBeGreaterThanOrEqual(30);
      for (const [name, token] of Object.entries(forged)) {
        const answer = await me(token);
        expect([name, answer.statusCode]).toEqual([name, 401]);
        expect(answer.headers['www-authenticate']).toBe('Bearer');
      }
      expect((await betony.inject({ url: '/api/v1/me' })).statusCode).toBe(401);
      for (const authorization of [accessToken, `Basic ${accessToken}`, 'Bearer']) {
        expect((await betony.inject({ url: '/api/v1/me', headers: { authorization } })).statusCode).toBe(401);
      }
      expect((await betony.inject({ url: `/api/v1/me?access_token=${accessToken}` })).statusCode).toBe(401);
      expect((await me(accessToken)).statusCode).toBe(200);
      betony.clock.advance({ minutes: 10 });
      expect((await me(accessToken)).statusCode).toBe(401);
    });

    it('is refused after signing out', async () => {
      const sam = await someone();
      const tokens = (await signIn(sam.email)).json();
      expect((await post('session/sign-out', {}, tokens.accessToken)).statusCode).toBe(204);
      expect((await me(tokens.accessToken)).statusCode).toBe(401);
      expect((await post('session/refresh', { refreshToken: tokens.refreshToken })).statusCode).toBe(401);
    });

    it.each([
      [
        'the account is disabled',
        (m: TestMember) => sql`update user_account set disabled_at = now() where id = ${m.actor.accountId}`,
      ],
      [
        'the person is disabled in the scheme',
        (m: TestMember) =>
          sql`update membership set user_disabled_at = now() where id = ${m.actor.membershipId}`,
      ],
      [
        'the membership is disabled',
        (m: TestMember) => sql`update membership set disabled_at = now() where id = ${m.actor.membershipId}`,
      ],
      [
        'the membership has ended',
        (m: TestMember) => sql`update membership set ended_at = now() where id = ${m.actor.membershipId}`,
      ],
      [
        'the session is revoked',
        (m: TestMember) => sql`update session set revoked_at = now() where id = ${m.actor.sessionId}`,
      ],
      [
        'the session is over',
        (m: TestMember) => sql`update session set expires_at = '2026-01-01' where id = ${m.actor.sessionId}`,
      ],
    ])('is refused as soon as %s', async (_name, undo) => {
      const sam = await someone();
      expect((await me(sam.token)).statusCode).toBe(200);
      await write(undo(sam));
      expect((await me(sam.token)).statusCode).toBe(401);
    });
  });
});

it('an address that floods the doors is told to wait', async () => {
  const betony = await startApp();
  try {
    const knock = (url: string) => betony.inject({ method: 'POST', url: `/api/v1/${url}`, payload: {} });
    for (const [url, most] of [
      ['sign-in', 300],
      ['session/refresh', 600],
      ['invitations/accept', 200],
      ['password-resets', 30],
      ['password-resets/use', 60],
    ] as const) {
      for (let n = 0; n < most; n++) expect((await knock(url)).statusCode).toBe(422);
      const refused = await knock(url);
      expect([url, refused.statusCode]).toEqual([url, 429]);
      expect(refused.json()).toMatchObject({ title: 'too-many' });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
  } finally {
    await betony.stop();
  }
});
