import sql from 'sql-template-tag';
import { ROLES, systemActor, type Role } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { Passwords } from '../../../src/identity/passwords.service.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const PASSWORD = 'three random words';

describe('users and memberships', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let admin: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    admin = await aMember(scheme, 'administrator', { name: 'Ada Admin' });
  });
  afterAll(() => betony.stop());

  const call = (
    who: TestMember,
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) =>
    betony.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { ...who.headers, ...headers },
      ...(payload ? { payload } : {}),
    });
  const post = (path: string, payload?: object, who = admin) => call(who, 'POST', path, payload);
  const me = (who: TestMember) => call(who, 'GET', 'me');
  const audit = async (subjectId: string) =>
    (
      await betony
        .get(Database)
        .read<{ action: string }>(
          scheme.id,
          sql`select action from audit_entry where scheme_id = ${scheme.id} and subject_id = ${subjectId} order by id`,
        )
    ).map(({ action }) => action);
  const events = async (membershipId: string) =>
    (
      await betony
        .get(Database)
        .unscoped<{ event: string }>(
          sql`select event from outbox where payload->>'membershipId' = ${membershipId} order by seq`,
        )
    ).map(({ event }) => event);

  it('are listed by name, filtered by role and organisation', async () => {
    const quiet = await aScheme(betony);
    const manager = await aMember(quiet, 'scheme_manager', { name: 'Zoe' });
    const worker = await aMember(quiet, 'link_worker', { name: 'ann', triages: true });
    await aMember(quiet, 'referrer', { name: 'Bob' });
    const list = async (query: string) =>
      (await call(manager, 'GET', `users${query}`)).json().items.map((user: { name: string }) => user.name);
    expect(await list('')).toEqual(['ann', 'Bob', 'Zoe']);
    expect(await list('?name=Z')).toEqual(['Zoe']);
    expect(await list('?role=link_worker,referrer')).toEqual(['ann', 'Bob']);
    expect(await list(`?organisationId=${worker.actor.organisationId}`)).toEqual(['ann', 'Zoe']);
    const first = (await call(manager, 'GET', 'users?limit=1')).json();
    const second = (await call(manager, 'GET', `users?limit=2&after=${first.next as string}`)).json();
    expect([...first.items, ...second.items].map((user) => user.name)).toEqual(['ann', 'Bob', 'Zoe']);
    expect(second.next).toBeNull();
    const one = await call(manager, 'GET', `users/${worker.actor.accountId}`);
    expect(one.json()).toMatchObject({
      name: 'ann',
      email: worker.email,
      disabled: false,
      memberships: [{ id: worker.actor.membershipId, role: 'link_worker', triages: true, state: 'live' }],
    });
    expect(one.json().memberships[0].createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('are amended under a version, and sign in with the new address', async () => {
    const sam = await aMember(scheme, 'referrer');
    const hash = await betony.get(Passwords).hash(PASSWORD);
    await betony
      .get(UnitOfWork)
      .run(systemActor(scheme.id, 'test'), (tx) =>
        tx.run(sql`update user_account set password_hash = ${hash} where id = ${sam.actor.accountId}`),
      );
    const path = `users/${sam.actor.accountId}`;
    const amend = (payload: object, version = 1) =>
      call(admin, 'PATCH', path, payload, { 'if-match': `"v${String(version)}"` });
    const amended = await amend({ name: 'Sam New', email: 'sam.new@example.org', phone: '07700 900123' });
    expect(amended.json()).toMatchObject({ name: 'Sam New', email: 'sam.new@example.org', version: 2 });
    expect((await amend({ name: 'Late' })).statusCode).toBe(412);
    const signIn = (email: string) =>
      betony.inject({ method: 'POST', url: '/api/v1/sign-in', payload: { email, password: PASSWORD } });
    expect((await signIn(sam.email)).statusCode).toBe(401);
    expect((await signIn('sam.new@example.org')).statusCode).toBe(200);
    const taken = await amend({ email: admin.email }, 2);
    expect(taken.statusCode).toBe(422);
    expect(taken.json().errors).toMatchObject([{ field: 'email' }]);
    expect((await call(admin, 'PATCH', path, { name: 'x' })).statusCode).toBe(428);
  });

  it('keep their address while another scheme relies on it', async () => {
    const sam = await aMember(scheme, 'referrer');
    await aMember(await aScheme(betony), 'referrer', { accountId: sam.actor.accountId });
    const answer = await call(
      admin,
      'PATCH',
      `users/${sam.actor.accountId}`,
      { email: 'stolen@example.org' },
      { 'if-match': '"v1"' },
    );
    expect(answer.statusCode).toBe(409);
    expect(answer.json().title).toBe('shared-account');
  });

  it('disabled in one scheme are out at the next request, there only, until enabled', async () => {
    const sam = await aMember(scheme, 'link_worker');
    const there = await aMember(await aScheme(betony), 'link_worker', { accountId: sam.actor.accountId });
    expect((await me(sam)).statusCode).toBe(200);
    const disabled = await post(`users/${sam.actor.accountId}/disable`, {});
    expect(disabled.json()).toMatchObject({ disabled: true, memberships: [{ state: 'disabled' }] });
    expect((await me(sam)).statusCode).toBe(401);
    expect((await me(there)).statusCode).toBe(200);
    const again = await post(`users/${sam.actor.accountId}/disable`, {});
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({ from: 'disabled', action: 'disable' });
    expect((await post(`users/${sam.actor.accountId}/enable`)).json()).toMatchObject({ disabled: false });
    // The session was ended, not put to sleep.
    expect((await me(sam)).statusCode).toBe(401);
    expect(await audit(sam.actor.accountId)).toEqual(['user.disable', 'user.enable']);
    expect(await audit(sam.actor.membershipId)).toEqual(['membership.disable']);
    expect(await events(sam.actor.membershipId)).toEqual(['membership.disabled']);
  });

  it('enabled as a person stay disabled where one membership was disabled by itself', async () => {
    const sam = await aMember(scheme, 'link_worker');
    await post(`memberships/${sam.actor.membershipId}/disable`, {});
    await post(`users/${sam.actor.accountId}/disable`, {});
    const enabled = await post(`users/${sam.actor.accountId}/enable`);
    expect(enabled.json()).toMatchObject({ disabled: false, memberships: [{ state: 'disabled' }] });
    const live = await post(`memberships/${sam.actor.membershipId}/enable`);
    expect(live.json()).toMatchObject({ memberships: [{ state: 'live' }] });
  });

  it('end a membership for good, without a body too', async () => {
    const sam = await aMember(scheme, 'link_worker');
    const ended = await post(`memberships/${sam.actor.membershipId}/end`);
    expect(ended.statusCode).toBe(200);
    expect(ended.json()).toMatchObject({ memberships: [{ state: 'ended' }] });
    expect(ended.json().memberships[0].endedAt).toBe(betony.clock.now().toISOString());
    expect((await me(sam)).statusCode).toBe(401);
    for (const verb of ['end', 'disable', 'enable']) {
      const refused = await post(`memberships/${sam.actor.membershipId}/${verb}`, {});
      expect(refused.statusCode).toBe(409);
      expect(refused.json()).toMatchObject({ from: 'ended', action: verb });
    }
    expect(await events(sam.actor.membershipId)).toEqual(['membership.ended']);
  });

  it('hand over only to somebody who can take it', async () => {
    const sam = await aMember(scheme, 'link_worker');
    const practice = await aMember(scheme, 'referrer');
    const foreign = await aMember(await aScheme(betony), 'link_worker');
    const gone = await aMember(scheme, 'link_worker');
    await post(`memberships/${gone.actor.membershipId}/end`, {});
    for (const heir of [sam, practice, foreign, gone]) {
      const answer = await post(`memberships/${sam.actor.membershipId}/end`, {
        handTo: heir.actor.membershipId,
      });
      expect(answer.statusCode).toBe(422);
      expect(answer.json().errors).toMatchObject([{ field: 'handTo' }]);
    }
    expect((await me(sam)).statusCode).toBe(200);
    const ann = await aMember(scheme, 'link_worker');
    expect(
      (await post(`memberships/${sam.actor.membershipId}/end`, { handTo: ann.actor.membershipId }))
        .statusCode,
    ).toBe(200);
  });

  it('never lose their last administrator, even when two end each other at once', async () => {
    const small = await aScheme(betony);
    const [one, two] = [await aMember(small, 'administrator'), await aMember(small, 'administrator')];
    const answers = await Promise.all([
      post(`memberships/${two.actor.membershipId}/end`, {}, one),
      post(`users/${one.actor.accountId}/disable`, {}, two),
    ]);
    expect(answers.map((answer) => answer.statusCode).sort()).not.toEqual([200, 200]);
    expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1);
    const left = (await me(one)).statusCode === 200 ? one : two;
    const last = await post(`users/${left.actor.accountId}/disable`, {}, left);
    expect(last.statusCode).toBe(409);
    expect(last.json().title).toBe('last-administrator');
    expect((await me(left)).statusCode).toBe(200);
  });

  it('are given a further role that the organisation can have', async () => {
    const sam = await aMember(scheme, 'link_worker');
    const practice = await anOrganisation(scheme, 'gp_practice');
    const give = (payload: object) => post(`users/${sam.actor.accountId}/memberships`, payload);
    const made = await give({ organisationId: practice, role: 'referrer' });
    expect(made.statusCode).toBe(201);
    expect(made.json().memberships.map(({ role }: { role: Role }) => role)).toEqual([
      'link_worker',
      'referrer',
    ]);
    const again = await give({ organisationId: practice, role: 'referrer' });
    expect(again.statusCode).toBe(409);
    const fields = async (payload: object) =>
      (await give(payload)).json().errors.map((e: { field: string }) => e.field);
    expect(await fields({ organisationId: practice, role: 'provider_member' })).toEqual(['role']);
    expect(await fields({ organisationId: practice, role: 'scheme_manager', triages: true })).toEqual([
      'triages',
    ]);
    expect(await fields({ organisationId: sam.actor.membershipId, role: 'scheme_manager' })).toEqual([
      'organisationId',
    ]);
    const foreign = await anOrganisation(await aScheme(betony), 'gp_practice');
    expect(await fields({ organisationId: foreign, role: 'referrer' })).toEqual(['organisationId']);
    await post(`users/${sam.actor.accountId}/disable`, {});
    expect((await give({ organisationId: practice, role: 'commissioner' })).statusCode).toBe(409);
  });

  it('are given the triage queue and see it at the next request', async () => {
    const sam = await aMember(scheme, 'link_worker');
    expect((await me(sam)).json().triages).toBe(false);
    await post(`memberships/${sam.actor.membershipId}/set-triages`, { triages: true });
    expect((await me(sam)).json().triages).toBe(true);
    const manager = await aMember(scheme, 'scheme_manager');
    const refused = await post(`memberships/${manager.actor.membershipId}/set-triages`, { triages: true });
    expect(refused.statusCode).toBe(422);
  });

  const ROUTES: readonly [method: 'GET' | 'POST' | 'PATCH', path: string, body: object, allowed: Role[]][] = [
    ['GET', 'users', {}, ['scheme_manager', 'administrator']],
    ['GET', 'users/:user', {}, ['scheme_manager', 'administrator']],
    ['PATCH', 'users/:user', { phone: '07700 900456' }, ['administrator']],
    ['POST', 'users/:user/memberships', { organisationId: ':org', role: 'commissioner' }, ['administrator']],
    ['POST', 'memberships/:membership/set-triages', { triages: true }, ['administrator']],
    ['POST', 'memberships/:membership/disable', {}, ['administrator']],
    ['POST', 'memberships/:membership/enable', {}, ['administrator']],
    ['POST', 'users/:user/disable', {}, ['administrator']],
    ['POST', 'users/:user/enable', {}, ['administrator']],
    ['POST', 'memberships/:membership/end', {}, ['administrator']],
  ];

  it.each(ROLES)('answer a %s as the permission table says, and nobody from elsewhere', async (role) => {
    const who = await aMember(scheme, role);
    const target = await aMember(scheme, 'link_worker');
    const foreign = await aMember(await aScheme(betony), 'link_worker');
    for (const [method, path, body, allowed] of ROUTES) {
      const fill = (member: TestMember) =>
        path.replace(':user', member.actor.accountId).replace(':membership', member.actor.membershipId);
      const payload = JSON.parse(JSON.stringify(body).replace(':org', who.actor.organisationId));
      const send = (member: TestMember) =>
        call(who, method, fill(member), method === 'GET' ? undefined : payload, { 'if-match': '"v1"' });
      const status = (await send(target)).statusCode;
      const expected = !allowed.includes(role) ? 403 : path.endsWith('memberships') ? 201 : 200;
      expect([method, path, status]).toEqual([method, path, expected]);
      if (path.includes(':')) {
        expect([method, path, (await send(foreign)).statusCode]).toEqual([
          method,
          path,
          allowed.includes(role) ? 404 : 403,
        ]);
      }
      expect((await betony.inject({ method, url: `/api/v1/${fill(target)}`, payload })).statusCode).toBe(401);
    }
    expect((await me(foreign)).statusCode).toBe(200);
  });
});
