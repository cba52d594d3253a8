import sql from 'sql-template-tag';
import { ProgramsQueries } from '../../../src/identity/programs.queries.js';
import { PROGRAM_ACTIONS, reachOf } from '../../../src/permissions/permission.table.js';
import { aSend } from '../../factories/referrals.js';
import { aProgram, type TestProgram } from '../../factories/programs.js';
import { changeRow } from '../../factories/episodes.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const DAY_MS = 86_400_000;

describe('programs of others', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let administrator: TestMember;
  let practice: string;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    administrator = await aMember(scheme, 'administrator');
    practice = await anOrganisation(scheme, 'gp_practice', { name: 'Mill Lane Surgery' });
  });
  afterAll(() => betony.stop());
  beforeEach(() => {
    betony.clock.set('2026-11-23T10:00:00Z');
  });

  const call = (
    who: { headers: object } | null,
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    payload?: object,
    more: { headers?: Record<string, string>; from?: string } = {},
  ) =>
    betony.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { ...who?.headers, ...more.headers },
      remoteAddress: more.from ?? '127.0.0.1',
      ...(payload && { payload }),
    });
  const own = async (program: { headers: object }, from?: string) =>
    (await call(program, 'GET', 'program', undefined, { ...(from !== undefined && { from }) })).statusCode;
  const withKey = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
  const made = (details: object = {}) =>
    call(administrator, 'POST', 'programs', {
      name: 'Records system',
      organisationId: practice,
      role: 'referrer',
      ...details,
    });

  it('are let in by an administrator, who is shown the key once', async () => {
    const answer = await made();
    expect(answer.statusCode).toBe(201);
    const { program, key } = answer.json();
    expect(key).toMatch(/^betony_key_[A-Za-z0-9_-]{43}$/);
    expect(program).toMatchObject({
      name: 'Program Records system',
      organisationName: 'Mill Lane Surgery',
      role: 'referrer',
      perMinute: 120,
      addresses: [],
      endedAt: null,
      createdBy: administrator.name,
      keys: [{ state: 'live', ending: key.slice(-4), endsAt: '2027-11-24T00:00:00.000Z', lastUsedAt: null }],
    });
    const read = await call(administrator, 'GET', `programs/${program.id}`);
    expect(read.body).not.toContain(key);
    const kept = await rowsOf<{ hash: string }>(scheme, sql`select * from program_key`);
    expect(JSON.stringify(kept)).not.toContain(key.slice('betony_key_'.length));

    const me = await call(withKey(key), 'GET', 'program');
    expect(me.json()).toMatchObject({ id: program.id, organisationId: practice, role: 'referrer' });
    expect(me.json().may).toEqual(
      Object.fromEntries(
        [...PROGRAM_ACTIONS]
          .filter((action) => reachOf(action, 'referrer') !== 'none')
          .map((action) => [action, reachOf(action, 'referrer')]),
      ),
    );
    expect((await call(administrator, 'GET', 'programs')).json().items[0].keys[0].lastUsedAt).not.toBeNull();
  });

  it('get the same key when the request that made it is sent again', async () => {
    const headers = { 'idempotency-key': 'let-it-in-once' };
    const send = () =>
      call(
        administrator,
        'POST',
        'programs',
        { name: 'Once', organisationId: practice, role: 'referrer' },
        { headers },
      );
    const [first, second] = [await send(), await send()];
    expect(second.json()).toEqual(first.json());
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ role: 'link_worker' }, 'role'],
    [{ role: 'provider_member' }, 'role'],
    [{ addresses: ['the surgery'] }, 'addresses'],
    [{ addresses: ['0.0.0.0/0'] }, 'addresses'],
    [{ perMinute: 0 }, 'perMinute'],
    [{ endsOn: '2026-11-22' }, 'endsOn'],
    [{ endsOn: '2027-11-24' }, 'endsOn'],
    [{ organisationId: '01a2003a-c4e9-7083-86ce-f6fe0d8fb6de' }, 'organisationId'],
  ])('are not let in with %j', async (details, field) => {
    const answer = await made(details);
    expect([answer.statusCode, answer.json().errors?.[0]?.field]).toEqual([422, field]);
  });

  it('send for their organisation and follow it, and are on record as who they are', async () => {
    const program = await aProgram(scheme, 'referrer', { organisationId: practice, name: 'Sender' });
    const unsaid = await call(program, 'POST', 'referrals', aSend());
    expect([unsaid.statusCode, unsaid.json().errors]).toEqual([
      422,
      [{ field: 'sender', message: 'Say who refers: a program sends for somebody' }],
    ]);
    const sent = await call(program, 'POST', 'referrals', aSend({ sender: { name: 'Dr Asha Patel' } }));
    expect(sent.statusCode).toBe(201);
    const { id } = sent.json();
    expect((await call(program, 'GET', `referrals/${id}`)).statusCode).toBe(200);
    const colleague = await aMember(scheme, 'referrer', { organisation: practice });
    expect((await call(colleague, 'GET', `referrals/${id}`)).statusCode).toBe(200);
    const elsewhere = await aProgram(scheme, 'referrer', { organisationId: await anOrganisation(scheme) });
    expect((await call(elsewhere, 'GET', `referrals/${id}`)).statusCode).toBe(404);
    const foreign = await aProgram(await aScheme(betony), 'referrer');
    expect((await call(foreign, 'GET', `referrals/${id}`)).statusCode).toBe(404);

    const entries = await rowsOf<{ action: string; session_id: string }>(
      scheme,
      sql`select action, session_id from audit_entry where actor_id = ${program.id} order by id`,
    );
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['referral.send', 'referral.get']),
    );
    expect(new Set(entries.map(({ session_id }) => session_id))).toEqual(new Set([program.keyId]));
    const manager = await aMember(scheme, 'scheme_manager');
    const history = await call(manager, 'GET', `referrals/${id}/history`);
    expect(history.body).toContain('Program Sender');
  });

  it.each([
    'me',
    'sessions',
    'session/memberships',
    'tasks',
    'shared-plans',
    'programs',
    'me/message-switches',
  ])('do not reach %s', async (path) => {
    const program = await aProgram(scheme, 'referrer', { organisationId: practice });
    expect((await call(program, 'GET', path)).statusCode).toBe(403);
  });

  it('are no people: nobody finds, writes to, promotes or signs in as one', async () => {
    const program = await aProgram(scheme, 'referrer', { organisationId: practice, name: 'Zq robot' });
    const [account] = await rowsOf<{ account_id: string }>(
      scheme,
      sql`select account_id from membership where id = ${program.id}`,
    );
    const id = String(account?.account_id);
    const users = await call(administrator, 'GET', 'users?limit=100');
    expect(users.body).not.toContain('Zq robot');
    expect((await call(administrator, 'GET', `users/${id}`)).statusCode).toBe(404);
    expect((await call(administrator, 'POST', `users/${id}/disable`, {})).statusCode).toBe(404);
    const promote = { organisationId: await scheme.homeOf('scheme_manager'), role: 'scheme_manager' };
    expect((await call(administrator, 'POST', `users/${id}/memberships`, promote)).statusCode).toBe(404);
    expect((await call(administrator, 'POST', `memberships/${program.id}/end`, {})).statusCode).toBe(404);
    const page = await betony.inject({ url: '/desk/referrals', headers: program.headers });
    expect(page.statusCode).toBe(303);
  });

  describe('a key', () => {
    let program: TestProgram;
    beforeEach(async () => {
      program = await aProgram(scheme, 'referrer', { organisationId: practice });
    });

    it('that is wrong opens nothing', async () => {
      expect(await own(withKey(`betony_key_${'a'.repeat(43)}`))).toBe(401);
      expect(await own(withKey(program.key.slice(0, -1)))).toBe(401);
      expect(await own(withKey(`${program.key}a`))).toBe(401);
      expect(
        (
          await call(null, 'GET', 'program', undefined, {
            headers: { cookie: `__Host-betony=${program.key}` },
          })
        ).statusCode,
      ).toBe(401);
    });

    it('opens nothing from the request after it is revoked', async () => {
      expect(await own(program)).toBe(200);
      const path = `programs/${program.id}/keys/${program.keyId}/revoke`;
      expect((await call(administrator, 'POST', path)).json().keys[0].state).toBe('revoked');
      expect(await own(program)).toBe(401);
      expect((await call(administrator, 'POST', path)).statusCode).toBe(409);
    });

    it('opens nothing after its last day', async () => {
      const short = await aProgram(scheme, 'referrer', { organisationId: practice, endsOn: '2026-11-24' });
      betony.clock.set('2026-11-24T23:59:59Z');
      expect(await own(short)).toBe(200);
      betony.clock.set('2026-11-25T00:00:00Z');
      expect(await own(short)).toBe(401);
    });

    it('opens nothing from where the program may not come, and costs its owner nothing there', async () => {
      const kept = await aProgram(scheme, 'referrer', {
        organisationId: practice,
        addresses: ['192.0.2.0/24', '2001:db8::7'],
        perMinute: 2,
      });
      for (let n = 0; n < 5; n++) expect(await own(kept, '198.51.100.1')).toBe(401);
      expect(await own(kept, '192.0.2.200')).toBe(200);
      expect(await own(kept, '::ffff:192.0.2.9')).toBe(200);
      const tooMany = await call(kept, 'GET', 'program', undefined, { from: '2001:db8::7' });
      expect([tooMany.statusCode, tooMany.headers['retry-after']]).toEqual([429, '60']);
      betony.clock.set('2026-11-23T10:01:00Z');
      expect(await own(kept, '2001:db8::7')).toBe(200);
    });

    it('is changed without a gap: two work for some days, never three', async () => {
      const next = await call(administrator, 'POST', `programs/${program.id}/keys`, { oldKeyDays: 3 });
      expect(next.statusCode).toBe(201);
      const third = await call(administrator, 'POST', `programs/${program.id}/keys`, {});
      expect([third.statusCode, third.json().type]).toEqual([409, expect.stringContaining('two-keys')]);
      expect([await own(program), await own(withKey(next.json().key))]).toEqual([200, 200]);
      betony.clock.set(new Date(Date.parse('2026-11-23T10:00:00Z') + 3 * DAY_MS).toISOString());
      expect([await own(program), await own(withKey(next.json().key))]).toEqual([401, 200]);
    });

    it('opens nothing once the program is switched off for good', async () => {
      expect((await call(administrator, 'POST', `programs/${program.id}/end`)).json().endedAt).not.toBeNull();
      expect(await own(program)).toBe(401);
      expect((await call(administrator, 'POST', `programs/${program.id}/keys`, {})).statusCode).toBe(409);
      const change = await call(
        administrator,
        'PATCH',
        `programs/${program.id}`,
        { perMinute: 5 },
        { headers: { 'if-match': '"v1"' } },
      );
      expect(change.statusCode).toBe(409);
    });

    it('opens nothing while its organisation is closed', async () => {
      const closing = await anOrganisation(scheme);
      const one = await aProgram(scheme, 'referrer', { organisationId: closing });
      expect(await own(one)).toBe(200);
      await changeRow(scheme, 'organisation', closing, { active: false });
      expect(await own(one)).toBe(401);
      await changeRow(scheme, 'organisation', closing, { active: true });
      expect(await own(one)).toBe(200);
    });

    it('opens nothing while its membership is disabled', async () => {
      await changeRow(scheme, 'membership', program.id, { disabled_at: betony.clock.now() });
      expect(await own(program)).toBe(401);
    });

    it('is changed by an administrator of its own scheme alone', async () => {
      const foreign = await aMember(await aScheme(betony), 'administrator');
      expect((await call(foreign, 'GET', `programs/${program.id}`)).statusCode).toBe(404);
      expect(
        (await call(foreign, 'POST', `programs/${program.id}/keys/${program.keyId}/revoke`)).statusCode,
      ).toBe(404);
      expect((await call(foreign, 'POST', `programs/${program.id}/end`)).statusCode).toBe(404);
      const another = await aProgram(scheme, 'referrer', { organisationId: practice });
      expect(
        (await call(administrator, 'POST', `programs/${another.id}/keys/${program.keyId}/revoke`)).statusCode,
      ).toBe(404);
      await expect(betony.get(ProgramsQueries).made(foreign.actor, program.keyId)).rejects.toMatchObject({
        status: 404,
      });
      expect(await own(program)).toBe(200);
    });

    it('is limited together with the other one, however many ask at once', async () => {
      const busy = await aProgram(scheme, 'referrer', { organisationId: practice, perMinute: 10 });
      const { key } = (await call(administrator, 'POST', `programs/${busy.id}/keys`, {})).json();
      const statuses = await Promise.all(
        Array.from({ length: 24 }, (_one, n) => own(n % 2 ? busy : withKey(key))),
      );
      expect(statuses.filter((status) => status === 200)).toHaveLength(10);
      expect(statuses.filter((status) => status === 429)).toHaveLength(14);
    });
  });

  it('are changed against a version', async () => {
    const { id } = await aProgram(scheme, 'referrer', { organisationId: practice });
    const change = (version: string, body: object) =>
      call(administrator, 'PATCH', `programs/${id}`, body, { headers: { 'if-match': version } });
    const changed = await change('"v1"', { addresses: ['192.0.2.7/24'], perMinute: 5 });
    expect(changed.json()).toMatchObject({ version: 2, addresses: ['192.0.2.0/24'], perMinute: 5 });
    expect((await change('"v1"', { perMinute: 6 })).statusCode).toBe(412);
  });
});
