import { ROLES, type Role } from '../../../src/platform/actor/actor.types.js';
import { aProvider } from '../../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('services', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let group: string;
  let people: Record<Role, TestMember>;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    group = await scheme.homeOf('provider_member');
    await aProvider(scheme, { organisationId: group });
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
      url: `/api/v1/listings${path}`,
      headers: { ...who.headers, ...headers },
      ...(payload ? { payload } : {}),
    });
  const lunch = () => ({
    organisationId: group,
    name: ' Friday lunch club ',
    description: 'A hot lunch and company.',
    needs: ['loneliness', 'food'],
    areas: ['co15', 'CO15'],
    schedule: [{ day: 'friday', from: '12:00', to: '14:00', every: 'week' }],
    languages: ['en'],
    placesKind: 'counted',
    placesTotal: 8,
    forReview: true,
  });

  it('are described by a group, looked at by a manager, and found by a link worker', async () => {
    const { provider_member: rose, scheme_manager: lead, link_worker: sam } = people;
    const made = await call(rose, 'POST', '', lunch());
    expect(made.json()).toMatchObject({
      name: 'Friday lunch club',
      state: 'in_review',
      areas: ['CO15'],
      version: 1,
      places: { kind: 'counted', reading: 'free', total: 8, left: 8, confirmedOn: '2026-11-23' },
      freshness: { confirmedOn: null, confirmed: false },
    });
    expect(made.statusCode).toBe(201);
    const { id } = made.json();
    const search = () => call(sam, 'GET', '?text=lunch');
    expect((await search()).json()).toMatchObject({ items: [], next: null });

    const waiting = await call(lead, 'GET', '/managed?state=in_review');
    expect(waiting.json().items.map((item: { id: string }) => item.id)).toEqual([id]);
    const published = await call(lead, 'POST', `/${id as string}/publish`);
    expect(published.json()).toMatchObject({ state: 'published', freshness: { confirmed: true } });
    expect(published.statusCode).toBe(200);
    const found = await search();
    expect(found.json()).toMatchObject({
      items: [{ id, miles: null }],
      next: null,
      near: null,
      spelling: null,
    });
  });
});
