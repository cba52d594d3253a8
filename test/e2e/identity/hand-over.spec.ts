import sql from 'sql-template-tag';
import { Database } from '../../../src/platform/database/database.js';
import { aCase } from '../../factories/caseload.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('leaving with live work', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let admin: TestMember;
  let [sam, ann]: TestMember[] = [];

  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    scheme = await aScheme(betony);
    admin = await aMember(scheme, 'administrator');
    [sam, ann] = [await aMember(scheme, 'link_worker'), await aMember(scheme, 'link_worker')];
  });

  const id = (member: TestMember | undefined) => member!.actor.membershipId;
  const post = (path: string, payload: object = {}, who = admin) =>
    betony.inject({ method: 'POST', url: `/api/v1/${path}`, headers: who.headers, payload });
  const me = async (who: TestMember | undefined) =>
    (await betony.inject({ url: '/api/v1/me', headers: who!.headers })).statusCode;
  const owners = async () =>
    (
      await betony
        .get(Database)
        .read<{ owner_id: string | null }>(
          scheme.id,
          sql`select owner_id from referral where scheme_id = ${scheme.id} order by id`,
        )
    ).map((row) => row.owner_id);

  const WAYS = [
    ['ending the membership', () => `memberships/${id(sam)}/end`],
    ['disabling the membership', () => `memberships/${id(sam)}/disable`],
    ['disabling the person', () => `users/${sam!.actor.accountId}/disable`],
  ] as const;

  it.each(WAYS)('%s is refused, and nothing changes, while nobody takes it over', async (_name, path) => {
    await aCase(scheme, sam!);
    const refused = await post(path());
    expect(refused.statusCode).toBe(409);
    expect(refused.headers['content-type']).toContain('problem+json');
    expect(await me(sam)).toBe(200);
    expect(await owners()).toEqual([id(sam)]);
  });

  it.each(WAYS)('%s hands it to the worker named, in the same act', async (_name, path) => {
    await aCase(scheme, sam!);
    await aCase(scheme, sam!).begun();
    expect((await post(path(), { handTo: id(ann) })).statusCode).toBe(200);
    expect(await owners()).toEqual([id(ann), id(ann)]);
    expect(await me(sam)).toBe(401);
    const manager = await aMember(scheme, 'scheme_manager');
    const team = await betony.inject({ url: '/api/v1/link-workers', headers: manager.headers });
    expect(team.json().items).toMatchObject([{ membershipId: id(ann), caseload: 2, room: 38 }]);
  });

  it.each(WAYS)('%s hands it to the standing cover where nobody is named', async (_name, path) => {
    await aCase(scheme, sam!);
    const manager = await aMember(scheme, 'scheme_manager');
    await post('link-workers/standing-cover', { membershipId: id(ann) }, manager);
    expect((await post(path())).statusCode).toBe(200);
    expect(await owners()).toEqual([id(ann)]);
  });

  it.each(WAYS)('%s needs nobody when there is no live work', async (_name, path) => {
    await aCase(scheme, sam!).closed();
    expect((await post(path())).statusCode).toBe(200);
    expect(await me(sam)).toBe(401);
  });
});
