import sql from 'sql-template-tag';
import { Database } from '../../../src/platform/database/database.js';
import { aClient } from '../../factories/clients.js';
import { aReferral } from '../../factories/referrals.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('people who belong together', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let ola: TestMember;
  let manager: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker');
    ola = await aMember(scheme, 'link_worker');
    manager = await aMember(scheme, 'scheme_manager');
  });
  afterAll(() => betony.stop());

  const call = (
    member: TestMember,
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) =>
    betony.inject({
      method,
      url: `/api/v1/clients/${path}`,
      headers: { ...member.headers, ...headers },
      ...(payload ? { payload } : {}),
    });
  interface Link {
    id: string;
    relation: string;
    other: { id: string; name: string } | null;
  }
  const linksOf = async (member: TestMember, id: string) =>
    (await call(member, 'GET', `${id}/links`)).json<Link[]>();

  it('are linked, read from both sides with the record of both, and parted without a word', async () => {
    const mother = await aClient(scheme, { firstName: 'Grace', lastName: 'Adeyemi' }).heldBy(sam);
    const son = await aClient(scheme, { firstName: 'Femi', lastName: 'Adeyemi' }).heldBy(sam);
    const made = await call(sam, 'POST', `${mother}/links`, {
      otherId: son,
      relation: 'child',
      seenTogether: true,
    });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({
      relation: 'child',
      seenTogether: true,
      other: { id: son, name: 'Femi Adeyemi' },
    });
    expect(await linksOf(sam, son)).toMatchObject([
      { relation: 'parent', other: { id: mother, name: 'Grace Adeyemi' } },
    ]);
    const seen = await betony.get(Database).read<{ client_ids: string[] }>(
      scheme.id,
      sql`select client_ids from audit_entry where action = 'client.link' and details @> '{"part":"list"}'
          order by id desc limit 1`,
    );
    expect(seen[0]?.client_ids).toContain(mother);

    expect((await call(sam, 'POST', `${son}/links`, { otherId: mother, relation: 'carer' })).statusCode).toBe(
      409,
    );
    const { id } = made.json<Link>();
    expect((await call(sam, 'POST', `${son}/links/${id}/end`)).statusCode).toBe(204);
    expect(await linksOf(sam, mother)).toEqual([]);
    expect((await call(sam, 'POST', `${son}/links/${id}/end`)).statusCode).toBe(404);
  });

  it('tell a worker nothing of somebody who is not theirs', async () => {
    const hers = await aClient(scheme).heldBy(sam);
    const his = await aClient(scheme).heldBy(ola);
    const refused = await call(sam, 'POST', `${hers}/links`, { otherId: his, relation: 'partner' });
    expect(refused.statusCode).toBe(422);
    const absent = await call(sam, 'POST', `${hers}/links`, {
      otherId: '01890000-0000-7000-8000-000000000000',
      relation: 'partner',
    });
    expect(absent.json<{ errors: object }>().errors).toEqual(refused.json<{ errors: object }>().errors);
    await call(manager, 'POST', `${hers}/links`, { otherId: his, relation: 'partner' });
    expect(await linksOf(sam, hers)).toMatchObject([{ relation: 'partner', other: null }]);
    expect(await linksOf(manager, hers)).toMatchObject([{ other: { id: his } }]);
    const read = await betony.get(Database).read<{ told: boolean }>(
      scheme.id,
      sql`select ${his}::uuid = any(client_ids) as told from audit_entry
          where action = 'client.link' and actor_id = ${sam.actor.membershipId} order by id desc limit 1`,
    );
    expect(read).toEqual([{ told: false }]);
    const alone = await call(sam, 'POST', `${hers}/links`, { otherId: hers, relation: 'partner' });
    expect(alone.statusCode).toBe(422);
  });

  it('go with whoever two records turn out to be, and come back', async () => {
    const kept = await aClient(scheme).heldBy(sam);
    const twin = await aClient(scheme, { nhsNumber: null }).heldBy(sam);
    const friend = await aClient(scheme).heldBy(sam);
    await call(sam, 'POST', `${friend}/links`, { otherId: twin, relation: 'other' });
    await call(sam, 'POST', `${twin}/links`, { otherId: kept, relation: 'household' });
    await call(sam, 'POST', `${twin}/supporters`, { name: 'Ada Okoro', role: 'carer' });
    expect(
      (await call(sam, 'POST', `${kept}/merge`, { mergedId: twin, reason: 'The same person' })).statusCode,
    ).toBe(200);
    expect(await linksOf(sam, kept)).toMatchObject([{ relation: 'other', other: { id: friend } }]);
    expect((await call(sam, 'GET', `${kept}/supporters`)).json()).toHaveLength(1);
    expect(
      (await call(manager, 'POST', `${twin}/unmerge`, { reason: 'Two people after all' })).statusCode,
    ).toBe(200);
    expect((await linksOf(manager, twin)).map(({ other }) => other?.id).sort()).toEqual(
      [kept, friend].sort(),
    );
    expect((await call(manager, 'GET', `${kept}/supporters`)).json()).toEqual([]);
    expect((await call(manager, 'GET', `${twin}/supporters`)).json()).toHaveLength(1);
  });

  it('share with a supporter only what is named, and stop at once', async () => {
    const client = await aClient(scheme).heldBy(sam);
    const ada = { name: 'Ada Okoro', role: 'carer', phone: '07700 900123' };
    const asked = await call(sam, 'POST', `${client}/supporters`, { ...ada, shares: ['plan'] });
    expect(asked.json()).toMatchObject({ status: 422, errors: [{ field: 'agreedOn' }] });
    const made = await call(sam, 'POST', `${client}/supporters`, ada);
    expect(made.json()).toMatchObject({ shares: [], mayContact: false, agreedOn: null, endedAt: null });
    const supporter = made.json<{ id: string }>().id;
    const more = { shares: ['plan', 'appointments'], agreedOn: '2026-11-20' };
    const path = `${client}/supporters/${supporter}`;
    expect((await call(sam, 'PATCH', path, more)).statusCode).toBe(428);
    expect((await call(sam, 'PATCH', path, more, { 'if-match': '"v9"' })).statusCode).toBe(412);
    const amended = await call(sam, 'PATCH', path, more, { 'if-match': '"v1"' });
    expect(amended.json()).toMatchObject({ ...more, version: 2, phone: '+447700900123' });

    // A safety flag asks the person again, alone: what was shared before ends in the same transaction.
    const person = await call(sam, 'GET', client);
    const etag = { 'if-match': String(person.headers['etag']) };
    expect((await call(sam, 'PATCH', client, { safetyFlag: true }, etag)).statusCode).toBe(200);
    expect((await call(sam, 'GET', `${client}/supporters`)).json()).toMatchObject([{ shares: [] }]);
    const again = await call(sam, 'PATCH', path, more, { 'if-match': '"v3"' });
    expect(again.statusCode).toBe(422);

    expect((await call(sam, 'POST', `${path}/end`)).json()).toMatchObject({
      shares: [],
      endedAt: expect.any(String),
    });
    expect((await call(sam, 'POST', `${path}/end`)).statusCode).toBe(404);
    expect((await call(ola, 'GET', `${client}/supporters`)).statusCode).toBe(404);
  });

  it.each([
    ['onto the kept record', false, true],
    ['onto the other’s supporters', true, false],
  ])('share nothing more once a merge brings a safety flag %s', async (_way, keptFlag, otherFlag) => {
    const kept = await aClient(scheme, { safetyFlag: keptFlag }).heldBy(sam);
    const twin = await aClient(scheme, { nhsNumber: null, safetyFlag: otherFlag }).heldBy(sam);
    const shares = { shares: ['appointments', 'plan'], agreedOn: '2026-11-20' };
    const named = await call(sam, 'POST', `${keptFlag ? twin : kept}/supporters`, {
      name: 'Ada Okoro',
      role: 'carer',
      ...shares,
    });
    expect(named.statusCode).toBe(201);
    const merged = await call(sam, 'POST', `${kept}/merge`, { mergedId: twin, reason: 'The same person' });
    expect(merged.statusCode).toBe(200);
    expect((await call(sam, 'GET', kept)).json()).toMatchObject({ safetyFlag: true });
    expect((await call(sam, 'GET', `${kept}/supporters`)).json()).toMatchObject([{ shares: [] }]);
  });

  it('share nothing more once a referral that brings a safety flag is accepted as theirs', async () => {
    const known = await aClient(scheme).heldBy(sam);
    const named = await call(sam, 'POST', `${known}/supporters`, {
      name: 'Ada Okoro',
      role: 'carer',
      shares: ['appointments', 'plan'],
      agreedOn: '2026-11-20',
    });
    expect(named.json()).toMatchObject({ shares: ['appointments', 'plan'] });
    await aReferral(scheme).about({ nhsNumber: null, safetyFlag: true }).accepted(known);
    expect((await call(sam, 'GET', known)).json()).toMatchObject({ safetyFlag: true });
    expect((await call(sam, 'GET', `${known}/supporters`)).json()).toMatchObject([{ shares: [] }]);
  });

  it('are asked no questions once a merge tells that they want none', async () => {
    const kept = await aClient(scheme).heldBy(sam);
    const twin = await aClient(scheme, { nhsNumber: null }).heldBy(sam);
    for (const [client, ask] of [
      [kept, true],
      [twin, false],
    ] as const) {
      await betony.get(Database).read(
        scheme.id,
        sql`insert into measure_wish (scheme_id, client_id, ask, said_by, recorded_at)
            values (${scheme.id}, ${client}, ${ask}, 'link', now())`,
      );
    }
    const merged = await call(sam, 'POST', `${kept}/merge`, { mergedId: twin, reason: 'The same person' });
    expect(merged.statusCode).toBe(200);
    const wish = await betony
      .get(Database)
      .read<{ ask: boolean }>(scheme.id, sql`select ask from measure_wish where client_id = ${kept}`);
    expect(wish).toEqual([{ ask: false }]);
  });
});
