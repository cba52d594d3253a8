import sql from 'sql-template-tag';
import { ROLES, type Role } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { aListing, aProvider } from '../../factories/providers.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('providers', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let group: string;
  let people: Record<Role, TestMember>;
  let foreigner: TestMember;
  let neighbour: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony, { replyWithinDays: 7 });
    group = await scheme.homeOf('provider_member');
    await aProvider(scheme, { organisationId: group });
    people = Object.fromEntries(
      await Promise.all(ROLES.map(async (role) => [role, await aMember(scheme, role)] as const)),
    ) as Record<Role, TestMember>;
    foreigner = await aMember(await aScheme(betony), 'scheme_manager');
    neighbour = await aMember(scheme, 'provider_member', { organisation: await aProvider(scheme) });
  });
  afterAll(() => betony.stop());

  type Method = 'GET' | 'POST' | 'PATCH';
  const call = (
    who: TestMember | null,
    method: Method,
    path: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) =>
    betony.inject({
      method,
      url: `/api/v1/providers${path}`,
      headers: { ...who?.headers, ...headers },
      ...(payload ? { payload } : {}),
    });
  const amend = (who: TestMember, id: string, version: number, body: object) =>
    call(who, 'PATCH', `/${id}`, body, { 'if-match': `"v${version}"` });
  const mosque = {
    sector: 'faith',
    tradition: 'muslim',
    traditionShown: false,
    inPlaceOfWorship: true,
    prayer: 'only_if_asked',
    religiousContent: 'optional',
    religiousContentExamples: 'A short reading before lunch',
    womanVolunteer: true,
    food: ['halal', 'alcohol_free'],
    dress: 'Shoes off',
    languages: ['en', 'ur'],
    howToWorkWithUs: 'Ring before noon, not on Fridays.',
    remit: ['food', 'loneliness', 'bereavement'],
    limits: ['crisis_mental_health', 'under_18s'],
    limitsNote: 'We are volunteers.',
    answersBy: 'phone',
    contactName: 'Amina',
    contactPhone: '07700 900123',
    contactShared: true,
    quietDays: ['friday'],
  };

  it('are made by a manager with a profile that is the same for every group', async () => {
    const { scheme_manager: lead, link_worker: sam } = people;
    const organisationId = await anOrganisation(scheme, 'faith_group', { name: 'Harwich Mosque' });
    const made = await call(lead, 'POST', '', { organisationId, ...mosque });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({
      ...mosque,
      contactPhone: '+447700900123',
      organisationId,
      name: 'Harwich Mosque',
      kind: 'faith_group',
      active: true,
      version: 1,
      replyWithinDays: 7,
      assuredLevel: 'open_door',
      assuranceLapsed: false,
      paused: false,
      publishedListings: 0,
    });
    // A link worker does not read a tradition that the group keeps to itself.
    expect((await call(sam, 'GET', `/${organisationId}`)).json()).toEqual({
      ...made.json(),
      tradition: null,
    });
    await amend(lead, organisationId, 1, { traditionShown: true });
    expect((await call(sam, 'GET', `/${organisationId}`)).json()).toMatchObject({
      tradition: 'muslim',
      version: 2,
    });

    const plain = await anOrganisation(scheme, 'charity');
    const other = await call(lead, 'POST', '', { organisationId: plain, sector: 'charity' });
    expect(Object.keys(other.json()).sort()).toEqual(Object.keys(made.json()).sort());
    expect((await call(lead, 'POST', '', { organisationId: plain, sector: 'charity' })).json()).toMatchObject(
      {
        status: 409,
        title: 'provider-exists',
      },
    );
  });

  it('are not made of organisations that do not provide, or are out of reach', async () => {
    const { scheme_manager: lead } = people;
    const practice = await anOrganisation(scheme, 'gp_practice');
    const refused = await call(lead, 'POST', '', { organisationId: practice, sector: 'health' });
    expect(refused.json()).toMatchObject({ status: 422, errors: [{ field: 'organisationId' }] });
    const far = await call(foreigner, 'POST', '', { organisationId: group, sector: 'charity' });
    expect(far.statusCode).toBe(404);
  });

  it('amend their own profile, under a version, with a history that keeps no telephone number', async () => {
    const { provider_member: rose } = people;
    const version = (await call(rose, 'GET', `/${group}`)).json().version as number;
    const body = {
      contactName: 'Rose',
      contactPhone: '07700 900456',
      food: ['vegetarian'],
      pausedFrom: '2026-12-20',
    };
    const amended = await amend(rose, group, version, { ...body, pausedUntil: '2027-01-05' });
    expect(amended.json()).toMatchObject({ version: version + 1, paused: false, food: ['vegetarian'] });
    expect((await amend(rose, group, version, { dress: 'Any' })).statusCode).toBe(412);
    expect((await call(rose, 'PATCH', `/${group}`, { dress: 'Any' })).statusCode).toBe(428);
    const history = await call(rose, 'GET', `/${group}/history?limit=1`);
    expect(history.json().items).toEqual([
      {
        id: expect.any(String),
        at: '2026-11-23T10:00:00.000Z',
        action: 'provider.amended',
        by: rose.name,
        changes: {
          contactName: 'changed',
          contactPhone: 'changed',
          contactShared: { from: false, to: true },
          food: { from: [], to: ['vegetarian'] },
          pausedFrom: { from: null, to: '2026-12-20' },
          pausedUntil: { from: null, to: '2027-01-05' },
        },
      },
    ]);
    const kept = await betony.get(Database).read<{ text: string }>(
      scheme.id,
      sql`select (select coalesce(jsonb_agg(changes), '[]') from provider_history)::text
        || (select coalesce(jsonb_agg(details), '[]') from audit_entry)::text as text`,
    );
    expect(kept[0]?.text).not.toMatch(/900456|"Rose"/);
    await amend(rose, group, version + 1, { pausedFrom: null, pausedUntil: null });
  });

  it('count another address or number as shared, until somebody says that one person alone reads it', async () => {
    const { scheme_manager: lead } = people;
    const alone = { contactName: 'Ann', contactEmail: 'ann@example.org', contactShared: false } as const;
    const made = async (profile: object): Promise<boolean> => {
      const organisationId = await anOrganisation(scheme, 'community_group', { provides: true });
      const answer = await call(lead, 'POST', '', { organisationId, sector: 'community', ...profile });
      expect([profile, answer.statusCode]).toEqual([profile, 201]);
      return answer.json().contactShared;
    };
    expect(await made({ contactEmail: 'ann@example.org' })).toBe(true);
    expect(await made({ answersBy: 'phone', contactPhone: '07700 900321' })).toBe(true);
    expect(await made({})).toBe(false);
    expect(await made(alone)).toBe(false);
    const id = await aProvider(scheme, { answersBy: 'email', ...alone });
    let version = 0;
    const sharedAfter = async (changes: object): Promise<boolean> => {
      version += 1;
      const answer = await amend(lead, id, version, changes);
      expect([changes, answer.statusCode]).toEqual([changes, 200]);
      return answer.json().contactShared;
    };
    expect(await sharedAfter({ contactName: 'Ann Lee', replyWithinDays: 3 })).toBe(false);
    expect(await sharedAfter({ answersBy: 'text', contactPhone: '07700 900321' })).toBe(true);
    expect(await sharedAfter({ contactShared: false })).toBe(false);
    expect(await sharedAfter({ answersBy: 'email' })).toBe(true);
    expect(await sharedAfter({ contactEmail: 'hall@example.org', contactShared: false })).toBe(false);
    expect(await sharedAfter({ contactPhone: '07700 900322' })).toBe(true);
    expect(await sharedAfter({ contactShared: false })).toBe(false);
    // Nothing new to read, and the same address given again.
    expect(await sharedAfter({ contactPhone: null })).toBe(false);
    expect(await sharedAfter({ contactEmail: 'hall@example.org', dress: 'Any' })).toBe(false);
  });

  it('pause and start again by themselves', async () => {
    const { scheme_manager: lead } = people;
    const id = await aProvider(scheme, { pausedFrom: '2026-11-23', pausedUntil: '2026-11-25' });
    await aListing(scheme, { name: 'Resting' }).by(id);
    const search = async () =>
      (await betony.inject({ url: '/api/v1/listings?text=resting', headers: lead.headers })).json().items[0];
    expect((await call(lead, 'GET', `/${id}`)).json()).toMatchObject({ paused: true, publishedListings: 1 });
    expect(await search()).toMatchObject({ providerPaused: true });
    betony.clock.advance({ days: 2 });
    expect((await call(lead, 'GET', `/${id}`)).json()).toMatchObject({ paused: false });
    expect(await search()).toMatchObject({ providerPaused: false });
    betony.clock.advance({ days: -2 });
  });

  it('are listed by name, some at a time, and found by part of it', async () => {
    const { scheme_manager: lead, administrator } = people;
    const names = ['Zebra Áll', 'zebra friends', 'Zebra Yard'];
    for (const name of names) await aProvider(scheme, { name, sector: 'charity' });
    const found = await call(lead, 'GET', '?text=ZEBRA%20');
    const listed = found.json().items.map(({ name }: { name: string }) => name);
    expect(listed.sort()).toEqual([...names].sort());
    expect((await call(lead, 'GET', '?text=zebra%20all&sector=charity')).json().items).toHaveLength(1);
    expect((await call(lead, 'GET', '?text=zebra&sector=faith,council')).json().items).toHaveLength(0);
    expect((await call(lead, 'GET', '?text=%25')).json().items).toHaveLength(0);
    const all = (await call(administrator, 'GET', '?limit=100')).json().items as { organisationId: string }[];
    const paged: string[] = [];
    let after: string | null = null;
    do {
      const page: { items: { organisationId: string }[]; next: string | null } = (
        await call(administrator, 'GET', `?limit=2${after === null ? '' : `&after=${after}`}`)
      ).json();
      paged.push(...page.items.map(({ organisationId }) => organisationId));
      after = page.next;
    } while (after !== null);
    expect(paged).toEqual(all.map(({ organisationId }) => organisationId));
  });

  it.each([
    ['a sector we do not know', { sector: 'guild' }, 'sector'],
    ['a null sector', { sector: null }, 'sector'],
    ['a tradition in words', { tradition: 'Church of England' }, 'tradition'],
    ['a tradition to show that is not said', { traditionShown: true }, 'tradition'],
    ['prayer every day', { prayer: 'always' }, 'prayer'],
    ['a limit we do not know', { limits: ['everybody'] }, 'limits'],
    ['a limit twice', { limits: ['falls', 'falls'] }, 'limits'],
    ['no reply for months', { replyWithinDays: 61 }, 'replyWithinDays'],
    [
      'a whole week of quiet',
      { quietDays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] },
      'quietDays',
    ],
    ['an e-mail address that is none', { contactEmail: 'rose' }, 'contactEmail'],
    ['a telephone number that is none', { contactPhone: '12' }, 'contactPhone'],
    ['answers by e-mail without an address', { answersBy: 'email' }, 'contactEmail'],
    ['answers by text without a number', { answersBy: 'text' }, 'contactPhone'],
    ['answers by text at a landline', { answersBy: 'text', contactPhone: '01632 960001' }, 'contactPhone'],
    ['answers by pigeon', { answersBy: 'pigeon' }, 'answersBy'],
    [
      'a pause that ends before it starts',
      { pausedFrom: '2026-12-02', pausedUntil: '2026-12-01' },
      'pausedUntil',
    ],
    ['a pause without a start', { pausedUntil: '2026-12-01' }, 'pausedFrom'],
    ['a day that is not one', { pausedFrom: '2026-02-30' }, 'pausedFrom'],
    ['a language in words', { languages: ['Welsh'] }, 'languages'],
    ['its own safety checks', { assuredLevel: 'alone_or_vulnerable' }, 'assuredLevel'],
    ['a field we do not know', { faith: 'yes' }, 'faith'],
  ] as [string, object, string][])('refuse %s', async (_name, body, field) => {
    const id = await aProvider(scheme);
    const answer = await amend(people.scheme_manager, id, 1, body);
    expect(answer.json()).toMatchObject({ status: 422 });
    expect(answer.json().errors.map((error: { field: string }) => error.field)).toEqual([field]);
    expect((await call(people.scheme_manager, 'GET', `/${id}`)).json().version).toBe(1);
  });

  const READERS: Role[] = ['link_worker', 'scheme_manager', 'provider_member', 'administrator'];
  const routes: [string, Method, (id: string) => string, object | undefined, Role[]][] = [
    ['list', 'GET', () => '', undefined, READERS],
    ['get', 'GET', (id) => `/${id}`, undefined, READERS],
    ['history', 'GET', (id) => `/${id}/history`, undefined, READERS],
    ['create', 'POST', () => '', { sector: 'charity' }, ['scheme_manager']],
    ['amend', 'PATCH', (id) => `/${id}`, { dress: 'Any' }, ['scheme_manager', 'provider_member']],
  ];

  it.each(routes)('%s: for those who may', async (_name, method, path, body, may) => {
    for (const role of ROLES) {
      const answer = await call(people[role], method, path(group), body, { 'if-match': '"v999"' });
      expect(may.includes(role) ? [200, 412, 422] : [403]).toContain(answer.statusCode);
    }
    expect((await call(null, method, path(group), body)).statusCode).toBe(401);
  });

  it.each(routes.filter(([, , path]) => path('x').startsWith('/x')))(
    '%s: for nobody of another scheme or another group',
    async (_name, method, path, body, may) => {
      const headers = { 'if-match': '"v1"' };
      const absent = await call(people.scheme_manager, 'GET', '/80000000-0000-4000-8000-000000000000');
      const far = await call(foreigner, method, path(group), body, headers);
      expect({ ...far.json(), instance: '' }).toEqual({ ...absent.json(), instance: '' });
      const near = await call(neighbour, method, path(group), body, headers);
      expect(near.statusCode).toBe(may.includes('provider_member') ? 404 : 403);
    },
  );

  it('list: for a group, itself only', async () => {
    const own = await call(people.provider_member, 'GET', '');
    expect(own.json().items.map(({ organisationId }: { organisationId: string }) => organisationId)).toEqual([
      group,
    ]);
    expect((await call(foreigner, 'GET', '')).json()).toEqual({ items: [], next: null });
  });
});
