import sql from 'sql-template-tag';
import { ROLES, type Role } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('organisations', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let people: Record<Role, TestMember>;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    people = Object.fromEntries(
      await Promise.all(ROLES.map(async (role) => [role, await aMember(scheme, role)] as const)),
    ) as Record<Role, TestMember>;
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
      url: `/api/v1/organisations${path}`,
      headers: { ...who.headers, ...headers },
      ...(payload ? { payload } : {}),
    });

  it('are created, read and amended', async () => {
    const { administrator } = people;
    const made = await call(administrator, 'POST', '', {
      name: ' Mill Lane Surgery ',
      kind: 'gp_practice',
      refers: true,
      odsCode: 'f81011',
      postcode: 'co151ab',
      phone: '01255 000 000',
    });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({
      name: 'Mill Lane Surgery',
      odsCode: 'F81011',
      postcode: 'CO15 1AB',
      refers: true,
      provides: false,
      version: 1,
    });
    const { id } = made.json();
    const read = await call(administrator, 'GET', `/${id as string}`);
    expect(read.json()).toEqual(made.json());

    expect((await call(administrator, 'PATCH', `/${id as string}`, { name: 'Mill Lane' })).statusCode).toBe(
      428,
    );
    const amended = await call(
      administrator,
      'PATCH',
      `/${id as string}`,
      { name: 'Mill Lane', phone: null },
      { 'if-match': '"v1"' },
    );
    expect(amended.statusCode).toBe(200);
    expect(amended.json()).toMatchObject({ name: 'Mill Lane', phone: null, odsCode: 'F81011', version: 2 });
    const stale = await call(
      administrator,
      'PATCH',
      `/${id as string}`,
      { name: 'X' },
      { 'if-match': '"v1"' },
    );
    expect(stale.statusCode).toBe(412);
    const same = await call(
      administrator,
      'PATCH',
      `/${id as string}`,
      { name: 'Mill Lane' },
      { 'if-match': '"v2"' },
    );
    expect(same.json().version).toBe(2);

    const entries = await betony
      .get(Database)
      .read(
        scheme.id,
        sql`select action, actor_id, details from audit_entry where scheme_id = ${scheme.id} and subject_id = ${id} order by id`,
      );
    expect(entries).toEqual([
      { action: 'organisation.create', actor_id: administrator.actor.membershipId, details: {} },
      {
        action: 'organisation.amend',
        actor_id: administrator.actor.membershipId,
        details: { changed: ['name', 'phone'] },
      },
    ]);
  });

  it('made twice with one Idempotency-Key are one', async () => {
    const send = (name: string) =>
      call(people.administrator, 'POST', '', { name, kind: 'charity' }, { 'idempotency-key': 'once' });
    const [first, second] = await Promise.all([send('Once'), send('Once')]);
    expect(first.statusCode).toBe(201);
    expect(second.json()).toEqual(first.json());
    expect((await send('Twice')).statusCode).toBe(422);
  });

  it('do not share an ODS code within a scheme', async () => {
    const practice = { name: 'A', kind: 'gp_practice', odsCode: 'F99999' };
    expect((await call(people.administrator, 'POST', '', practice)).statusCode).toBe(201);
    const again = await call(people.administrator, 'POST', '', practice);
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({ title: 'already-there' });
    const elsewhere = await aMember(await aScheme(betony), 'administrator');
    expect((await call(elsewhere, 'POST', '', practice)).statusCode).toBe(201);
  });

  it('are listed by name in pages that neither lose nor repeat one', async () => {
    const quiet = await aScheme(betony);
    const manager = await aMember(quiet, 'scheme_manager');
    const names = ['alder', 'Beech', 'beech', 'Cedar', 'Élan', 'Zelkova'];
    for (const name of names) await anOrganisation(quiet, 'charity', { name });
    await anOrganisation(quiet, 'gp_practice', { name: 'Apple surgery' });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const url: string = `?limit=2&kind=charity${after ? `&after=${after}` : ''}`;
      const page: { items: { name: string }[]; next: string | null } = (
        await call(manager, 'GET', url)
      ).json();
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ name }) => name));
      after = page.next;
    } while (after);
    expect(seen).toHaveLength(6);
    expect(seen.map((name) => name.toLowerCase())).toEqual([
      'alder',
      'beech',
      'beech',
      'cedar',
      'zelkova',
      'élan',
    ]);
    const found = await call(manager, 'GET', '?name=BEE');
    expect(found.json().items).toHaveLength(2);
    expect((await call(manager, 'GET', '?refers=true')).json().items).toMatchObject([
      { name: 'Apple surgery' },
    ]);
    expect((await call(manager, 'GET', '?after=nonsense')).statusCode).toBe(422);
  });

  it.each([
    [{ kind: 'gp_practice' }, 'name'],
    [{ name: 'x'.repeat(201), kind: 'gp_practice' }, 'name'],
    [{ name: 'A', kind: 'surgery' }, 'kind'],
    [{ name: 'A', kind: 'charity', postcode: 'ZZZ' }, 'postcode'],
    [{ name: 'A', kind: 'charity', odsCode: '-' }, 'odsCode'],
    [{ name: 'A', kind: 'charity', email: 'nobody' }, 'email'],
    [{ name: 'A', kind: 'charity', schemeId: '0190b6a0-0000-7000-8000-000000000000' }, 'schemeId'],
    [{ name: 'A\u0000', kind: 'charity' }, 'name'],
  ])('refuse %j', async (payload, field) => {
    const answer = await call(people.administrator, 'POST', '', payload);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors).toMatchObject([{ field }]);
  });

  const WRITES: Role[] = ['scheme_manager', 'administrator'];
  const OWN_ONLY: Role[] = ['referrer', 'provider_member'];

  it.each(ROLES)('may be seen and changed by a %s as the permission table says', async (role) => {
    const who = people[role];
    const own = who.actor.organisationId;
    const other = await anOrganisation(scheme, 'housing');
    const foreign = await anOrganisation(await aScheme(betony), 'housing');
    const none = role === 'commissioner';
    const statusOf = async (path: string) => (await call(who, 'GET', path)).statusCode;
    expect(await statusOf('')).toBe(none ? 403 : 200);
    expect(await statusOf(`/${own}`)).toBe(none ? 403 : 200);
    expect(await statusOf(`/${other}`)).toBe(none ? 403 : OWN_ONLY.includes(role) ? 404 : 200);
    expect(await statusOf(`/${foreign}`)).toBe(none ? 403 : 404);
    expect(await statusOf('/not-an-id')).toBe(none ? 403 : 404);
    const made = await call(who, 'POST', '', { name: 'By role', kind: 'other' });
    expect(made.statusCode).toBe(WRITES.includes(role) ? 201 : 403);
    const match = { 'if-match': '"v1"' };
    const amend = async (id: string) =>
      (await call(who, 'PATCH', `/${id}`, { active: false }, match)).statusCode;
    expect(await amend(other)).toBe(WRITES.includes(role) ? 200 : 403);
    expect(await amend(foreign)).toBe(WRITES.includes(role) ? 404 : 403);
    if (OWN_ONLY.includes(role)) {
      expect((await call(who, 'GET', '')).json().items).toMatchObject([{ id: own }]);
    }
  });
});
