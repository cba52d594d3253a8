import sql from 'sql-template-tag';
import { ROLES, systemActor, type Role } from '../../../src/platform/actor/actor.types.js';
import { Database } from '../../../src/platform/database/database.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { holdPlace } from '../../../src/providers/places.js';
import { aListing, aPostcode, aProvider } from '../../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('services', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let group: string;
  let people: Record<Role, TestMember>;
  /** A manager of another scheme, and a member of another group. */
  let foreigner: TestMember;
  let neighbour: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
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
    payload?: object | (() => object),
    headers: Record<string, string> = {},
  ) =>
    betony.inject({
      method,
      url: `/api/v1/listings${path}`,
      headers: { ...who?.headers, ...headers },
      ...(payload ? { payload: typeof payload === 'function' ? (payload as () => object)() : payload } : {}),
    });
  const lunch = (more: object = {}) => ({
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
    ...more,
  });
  const mine = () => aListing(scheme).by(group);
  const rows = async (id: string) =>
    (
      await betony
        .get(Database)
        .read<{ history: number; audits: number; lines: number; version: number; state: string }>(
          scheme.id,
          sql`select version, state,
          (select count(*)::int from listing_history h where h.scheme_id = l.scheme_id and h.listing_id = l.id) as history,
          (select count(*)::int from audit_entry a where a.scheme_id = l.scheme_id and a.subject_id = l.id) as audits,
          (select count(*)::int from outbox x
            where x.scheme_id = l.scheme_id and x.payload ->> 'listingId' = l.id::text) as lines
          from listing l where l.scheme_id = ${scheme.id} and l.id = ${id}`,
        )
    )[0]!;

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
    // Publishing says nothing of whether it is right: somebody confirms that.
    expect(published.json()).toMatchObject({
      state: 'published',
      freshness: { confirmedOn: null, confirmed: false },
    });
    expect(published.statusCode).toBe(200);
    expect((await call(lead, 'POST', `/${id as string}/confirm`)).json()).toMatchObject({
      freshness: { confirmedOn: '2026-11-23', confirmed: true },
    });
    const found = await search();
    expect(found.json()).toMatchObject({
      items: [{ id, miles: null }],
      next: null,
      near: null,
      spelling: null,
    });
    await call(lead, 'POST', `/${id as string}/close`, {});
  });

  it('walk the whole lifecycle, each step once in the row, its history, the audit record and the outbox', async () => {
    const { provider_member: rose, scheme_manager: lead } = people;
    const { id } = (await call(rose, 'POST', '', lunch({ forReview: false }))).json();
    const steps: [TestMember, string, object | undefined, string][] = [
      [rose, 'submit', undefined, 'in_review'],
      [lead, 'return', { reason: 'Say how to join' }, 'draft'],
      [rose, 'submit', undefined, 'in_review'],
      [lead, 'publish', undefined, 'published'],
      [rose, 'pause', { reason: 'The hall is being painted' }, 'paused'],
      [rose, 'confirm', undefined, 'paused'],
      [rose, 'resume', undefined, 'published'],
      [rose, 'places', { kind: 'counted', total: 10 }, 'published'],
      [rose, 'close', {}, 'closed'],
      [lead, 'reopen', {}, 'draft'],
    ];
    let version = 1;
    for (const [who, verb, body, state] of steps) {
      const answer = await call(who, 'POST', `/${id as string}/${verb}`, body);
      version += 1;
      expect({ verb, status: answer.statusCode, ...answer.json() }).toMatchObject({
        verb,
        status: 200,
        state,
        version,
      });
      expect(answer.headers.etag).toBe(`"v${version}"`);
      expect(await rows(id)).toEqual({ version, state, history: version, audits: version, lines: version });
    }
    const history = await call(rose, 'GET', `/${id as string}/history?limit=100`);
    expect(history.json().items.map(({ action }: { action: string }) => action)).toEqual([
      'listing.reopened',
      'listing.closed',
      'listing.placesSet',
      'listing.resumed',
      'listing.confirmed',
      'listing.paused',
      'listing.published',
      'listing.submitted',
      'listing.returned',
      'listing.submitted',
      'listing.drafted',
    ]);
    expect(history.json().items[8]).toMatchObject({
      by: null,
      changes: { state: { from: 'in_review', to: 'draft' }, reason: 'Say how to join' },
    });
    expect(history.json().items[9].by).toBe(rose.name);
    const managers = await call(lead, 'GET', `/${id as string}/history?limit=2`);
    expect(managers.json().items.map(({ by }: { by: string }) => by)).toEqual([lead.name, rose.name]);
    const next = await call(
      lead,
      'GET',
      `/${id as string}/history?limit=2&after=${managers.json().next as string}`,
    );
    expect(next.json().items.map(({ action }: { action: string }) => action)).toEqual([
      'listing.placesSet',
      'listing.resumed',
    ]);
  });

  it('refuse moves that their state does not allow, and change nothing', async () => {
    const { scheme_manager: lead } = people;
    const illegal: [Promise<string> | PromiseLike<string>, string, object | undefined, string][] = [
      [mine(), 'submit', undefined, 'published'],
      [mine(), 'return', { reason: 'No' }, 'published'],
      [mine(), 'publish', undefined, 'published'],
      [mine(), 'resume', undefined, 'published'],
      [mine(), 'reopen', {}, 'published'],
      [mine().inDraft(), 'pause', {}, 'draft'],
      [mine().inDraft(), 'confirm', undefined, 'draft'],
      [mine().closed(), 'close', {}, 'closed'],
      [mine().closed(), 'places', { kind: 'drop_in' }, 'closed'],
      [mine().closed(), 'publish', undefined, 'closed'],
    ];
    for (const [making, verb, body, state] of illegal) {
      const id = await making;
      const before = await rows(id);
      const answer = await call(lead, 'POST', `/${id}/${verb}`, body);
      const action = verb === 'places' ? 'setPlaces' : verb;
      expect(answer.json()).toMatchObject({ status: 409, title: 'illegal-move', from: state, action });
      expect(answer.json().because).toMatch(/^This can be done only while it is/);
      expect(await rows(id)).toEqual(before);
    }
    const closed = await mine().closed();
    const amended = await call(lead, 'PATCH', `/${closed}`, { name: 'Other' }, { 'if-match': '"v3"' });
    expect(amended.json()).toMatchObject({ status: 409, from: 'closed', action: 'amend' });
  });

  it('say what to look at in words that everybody reads, and stop nothing', async () => {
    const { provider_member: rose } = people;
    const made = await call(rose, 'POST', '', lunch({ description: 'Lunch. Ring Mo on 07700 900123.' }));
    expect([made.statusCode, made.json().warnings]).toEqual([
      201,
      [{ field: 'description', of: 'phone', message: expect.stringContaining('a telephone number here') }],
    ]);
    const { id } = made.json();
    const amend = async (version: number, body: object) => {
      const answer = await call(rose, 'PATCH', `/${id as string}`, body, {
        'if-match': `"v${String(version)}"`,
      });
      expect(answer.statusCode).toBe(200);
      return answer.json().warnings.map(({ field, of }: { field: string; of: string }) => `${field} ${of}`);
    };
    expect(
      await amend(1, {
        description: 'Lunch at 12 High Street.',
        howToJoin: 'mo@example.org',
        address: '12 High Street',
      }),
    ).toEqual(['howToJoin email']);
    expect(await amend(2, { withholdLocation: true })).toEqual(['description place', 'howToJoin email']);
    expect(await amend(3, { description: 'Lunch.', howToJoin: 'Come along' })).toEqual([]);
  });

  it('are amended under a version, and what is left out stays', async () => {
    const { provider_member: rose } = people;
    await aPostcode(scheme, 'CO15 2BB', 51.8, 1.2);
    const { id } = (await call(rose, 'POST', '', lunch())).json();
    const amend = (body: object, etag?: string) =>
      call(rose, 'PATCH', `/${id as string}`, body, etag === undefined ? {} : { 'if-match': etag });
    expect((await amend({ name: 'Lunch' })).statusCode).toBe(428);
    expect((await amend({ name: 'Lunch' }, '"v9"')).statusCode).toBe(412);
    const changed = await amend(
      { name: 'Lunch', postcode: 'co152bb', minimumAge: 60, costNote: '£3' },
      '"v1"',
    );
    expect(changed.json()).toMatchObject({
      version: 2,
      name: 'Lunch',
      description: 'A hot lunch and company.',
      postcode: 'CO15 2BB',
      latitude: 51.8,
      longitude: 1.2,
      minimumAge: 60,
      needs: ['loneliness', 'food'],
    });
    const same = await amend({ name: 'Lunch', areas: ['CO15'] }, '"v2"');
    expect(same.json()).toMatchObject({ version: 2 });
    expect(await rows(id)).toMatchObject({ version: 2, history: 2, audits: 2, lines: 2 });
    const gone = await amend({ postcode: null, minimumAge: null }, '"v2"');
    expect(gone.json()).toMatchObject({
      version: 3,
      postcode: null,
      latitude: null,
      longitude: null,
      minimumAge: null,
    });
    const unknown = await amend({ postcode: 'CO15 9ZZ' }, '"v3"');
    expect(unknown.json()).toMatchObject({ postcode: 'CO15 9ZZ', latitude: null });
    const two = await Promise.all([amend({ name: 'One' }, '"v4"'), amend({ name: 'Two' }, '"v4"')]);
    expect(two.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
  });

  it('say what nobody has said yet, until somebody does, and forget it again', async () => {
    const { scheme_manager: lead, link_worker: sam } = people;
    const made = await call(lead, 'POST', '', {
      organisationId: group,
      name: 'Chess',
      description: 'Quiet boards',
      needs: ['loneliness'],
    });
    expect(made.json()).toMatchObject({
      setting: null,
      cost: null,
      areas: null,
      notKnown: ['setting', 'cost', 'areas'],
    });
    const { id } = made.json();
    await call(lead, 'POST', `/${id as string}/publish`);
    const found = async (query: string) =>
      (await call(sam, 'GET', `?text=chess&${query}`)).json().items.map((one: { id: string }) => one.id);
    expect(await found('near=CO97%201AA')).toEqual([id]);
    for (const query of ['cost=free,donation,paid', 'setting=non_religious']) {
      expect(await found(query)).toEqual([]);
    }
    expect(await found('cost=not_known&setting=religious,not_known')).toEqual([id]);
    const amend = async (version: number, body: object) =>
      (await call(lead, 'PATCH', `/${id as string}`, body, { 'if-match': `"v${String(version)}"` })).json();
    expect(await amend(2, { setting: 'non_religious', cost: 'free', areas: [] })).toMatchObject({
      setting: 'non_religious',
      cost: 'free',
      areas: [],
      notKnown: [],
      freshness: { confirmed: false },
    });
    expect(await found('cost=free&setting=non_religious')).toEqual([id]);
    expect(await amend(3, { cost: null, areas: null, radiusMiles: 2, postcode: 'CO97 1AA' })).toMatchObject({
      cost: null,
      areas: null,
      notKnown: ['cost'],
    });
    await call(lead, 'POST', `/${id as string}/close`, {});
  });

  it('leave the level to the scheme once they are published', async () => {
    const { provider_member: rose, scheme_manager: lead } = people;
    const id = await mine();
    const body = { level: 'personal_contact' };
    const refused = await call(rose, 'PATCH', `/${id}`, body, { 'if-match': '"v2"' });
    expect(refused.statusCode).toBe(422);
    expect(refused.json().errors).toEqual([
      { field: 'level', message: expect.stringContaining('Ask the scheme') },
    ]);
    expect((await call(lead, 'PATCH', `/${id}`, body, { 'if-match': '"v2"' })).json()).toMatchObject(body);
    const draft = await mine().inDraft();
    expect((await call(rose, 'PATCH', `/${draft}`, body, { 'if-match': '"v1"' })).json()).toMatchObject(body);
  });

  it('keep at least one need while published', async () => {
    const { scheme_manager: lead } = people;
    const published = await mine();
    const emptied = await call(lead, 'PATCH', `/${published}`, { needs: [] }, { 'if-match': '"v2"' });
    expect(emptied.json()).toMatchObject({ status: 422, errors: [{ field: 'needs' }] });
    const draft = await aListing(scheme, { needs: [] }).by(group).inDraft();
    const early = await call(lead, 'POST', `/${draft}/publish`);
    expect(early.json()).toMatchObject({ status: 422, errors: [{ field: 'needs' }] });
    expect((await rows(draft)).state).toBe('draft');
  });

  it('never have fewer places than are taken', async () => {
    const { provider_member: rose } = people;
    const id = await mine().counting(5);
    await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) => holdPlace(tx, id, 3));
    const set = (body: object) => call(rose, 'POST', `/${id}/places`, body);
    const refused = await set({ kind: 'counted', total: 2 });
    expect(refused.json()).toMatchObject({ status: 409, title: 'places-taken', taken: 3, total: 2 });
    expect((await set({ kind: 'counted', total: 3 })).json().places).toMatchObject({
      reading: 'full',
      total: 3,
      left: 0,
    });
    const full = await set({ kind: 'counted', total: 9, fullUntil: '2026-12-24' });
    expect(full.json().places).toMatchObject({ reading: 'full', left: 6, fullUntil: '2026-12-24' });
    expect((await set({ kind: 'counted', total: 9 })).json().places).toMatchObject({
      fullUntil: '2026-12-24',
    });
    const open = await set({ kind: 'counted', total: 9, fullUntil: null });
    expect(open.json().places).toMatchObject({ reading: 'free', fullUntil: null });
  });

  it('take their places back in the open form as they gave them out, and no more than its maximum', async () => {
    const id = await mine().counting(8);
    const who = people.provider_member;
    await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) => holdPlace(tx, id, 3));
    const out = async () => (await call(who, 'GET', `/${id}/service-capacity`)).json<object[]>()[0] ?? {};
    const first = await out();
    expect(first).toMatchObject({ available: 5, maximum: 8 });
    const back = await call(who, 'POST', `/${id}/service-capacity`, first);
    expect([back.statusCode, back.json()]).toEqual([200, first]);

    await call(who, 'POST', `/${id}/full`, { until: '2027-01-04' });
    const full = await out();
    expect(full).toMatchObject({ available: 0, maximum: 8, description: 'Full until 4 January 2027.' });
    expect((await call(who, 'POST', `/${id}/service-capacity`, full)).json()).toEqual(full);

    const said = { ...first, updated: '2026-11-23T09:00:00Z' };
    const few = await call(who, 'POST', `/${id}/service-capacity`, { ...said, available: 2, maximum: 2 });
    expect([few.statusCode, few.json<{ errors: object[] }>().errors]).toEqual([
      422,
      [{ field: 'maximum', message: '3 places are taken here, so there cannot be 2 in all' }],
    ]);
    const tight = await call(who, 'POST', `/${id}/service-capacity`, { ...said, available: 4, maximum: 6 });
    expect(tight.json()).toMatchObject({ available: 3, maximum: 6 });
  });

  it('are made once however often a request with the same key comes', async () => {
    const { provider_member: rose } = people;
    const headers = { 'idempotency-key': 'listing-0001' };
    const first = await call(rose, 'POST', '', lunch({ name: 'Once' }), headers);
    const again = await call(rose, 'POST', '', lunch({ name: 'Once' }), headers);
    expect(again.json()).toEqual(first.json());
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await call(rose, 'POST', '', lunch({ name: 'Twice' }), headers)).statusCode).toBe(422);
  });

  describe('refuse what is wrong, by field, and write nothing', () => {
    const wrong: [
      string,
      Method,
      (id: string) => string,
      object | (() => object) | undefined,
      number,
      string | null,
    ][] = [
      ['a name of spaces', 'POST', () => '', () => lunch({ name: '   ' }), 422, 'name'],
      ['no description', 'POST', () => '', () => lunch({ description: undefined }), 422, 'description'],
      ['a name of a megabyte', 'POST', () => '', () => lunch({ name: 'x'.repeat(300_000) }), 413, null],
      ['a long name', 'POST', () => '', () => lunch({ name: 'x'.repeat(201) }), 422, 'name'],
      ['a control character', 'POST', () => '', () => lunch({ name: 'a\u0000b' }), 422, 'name'],
      ['a need we do not know', 'POST', () => '', () => lunch({ needs: ['love'] }), 422, 'needs'],
      ['needs as text', 'POST', () => '', () => lunch({ needs: 'food' }), 422, 'needs'],
      ['an unknown field', 'POST', () => '', () => lunch({ schemeId: 'x' }), 422, 'schemeId'],
      ['a state', 'POST', () => '', () => lunch({ state: 'published' }), 422, 'state'],
      ['an area that is a town', 'POST', () => '', () => lunch({ areas: ['Clac'] }), 422, 'areas'],
      ['a long area', 'POST', () => '', () => lunch({ areas: ['Clacton'] }), 422, 'areas'],
      [
        'ages the wrong way round',
        'POST',
        () => '',
        () => lunch({ minimumAge: 60, maximumAge: 18 }),
        422,
        'maximumAge',
      ],
      ['a negative age', 'POST', () => '', () => lunch({ minimumAge: -1 }), 422, 'minimumAge'],
      ['half an age', 'POST', () => '', () => lunch({ minimumAge: 18.5 }), 422, 'minimumAge'],
      ['a latitude alone', 'POST', () => '', () => lunch({ latitude: 51 }), 422, 'longitude'],
      [
        'a latitude beyond the pole',
        'POST',
        () => '',
        () => lunch({ latitude: 91, longitude: 1 }),
        422,
        'latitude',
      ],
      ['a radius around nowhere', 'POST', () => '', () => lunch({ radiusMiles: 3 }), 422, 'radiusMiles'],
      ['a postcode that cannot be', 'POST', () => '', () => lunch({ postcode: 'CO15' }), 422, 'postcode'],
      ['a language in words', 'POST', () => '', () => lunch({ languages: ['Polish'] }), 422, 'languages'],
      ['a language in capitals', 'POST', () => '', () => lunch({ languages: ['EN'] }), 422, 'languages'],
      [
        'a day that is not one',
        'POST',
        () => '',
        () => lunch({ schedule: [{ day: 'friyay', from: '12:00', to: '14:00', every: 'week' }] }),
        422,
        'schedule.0.day',
      ],
      [
        'a session that ends before it starts',
        'POST',
        () => '',
        () => lunch({ schedule: [{ day: 'friday', from: '14:00', to: '12:00', every: 'week' }] }),
        422,
        'schedule.0.to',
      ],
      [
        'counted places without a number',
        'POST',
        () => '',
        () => lunch({ placesTotal: undefined }),
        422,
        'placesTotal',
      ],
      [
        'a number of places nobody counts',
        'POST',
        () => '',
        () => lunch({ placesKind: 'drop_in' }),
        422,
        'placesTotal',
      ],
      [
        'a group that is not one',
        'POST',
        () => '',
        () => lunch({ organisationId: 'x' }),
        422,
        'organisationId',
      ],
      [
        'a group that is not there',
        'POST',
        () => '',
        () => lunch({ organisationId: '80000000-0000-4000-8000-000000000000' }),
        404,
        null,
      ],
      ['places of no kind', 'POST', (id) => `/${id}/places`, { total: 3 }, 422, 'kind'],
      ['counted places without a total', 'POST', (id) => `/${id}/places`, { kind: 'counted' }, 422, 'total'],
      ['a total for drop in', 'POST', (id) => `/${id}/places`, { kind: 'drop_in', total: 3 }, 422, 'total'],
      [
        'fewer places than none',
        'POST',
        (id) => `/${id}/places`,
        { kind: 'counted', total: -1 },
        422,
        'total',
      ],
      [
        'full until today',
        'POST',
        (id) => `/${id}/places`,
        { kind: 'drop_in', fullUntil: '2026-11-23' },
        422,
        'fullUntil',
      ],
      [
        'full for years',
        'POST',
        (id) => `/${id}/places`,
        { kind: 'drop_in', fullUntil: '2029-01-01' },
        422,
        'fullUntil',
      ],
      [
        'full until no day',
        'POST',
        (id) => `/${id}/places`,
        { kind: 'drop_in', fullUntil: '2026-02-30' },
        422,
        'fullUntil',
      ],
      ['back without a reason', 'POST', (id) => `/${id}/return`, {}, 422, 'reason'],
      ['a null name', 'PATCH', (id) => `/${id}`, { name: null }, 422, 'name'],
      ['a radius of nothing', 'PATCH', (id) => `/${id}`, { radiusMiles: 0 }, 422, 'radiusMiles'],
      ['an id that is none', 'GET', () => '/not-an-id', undefined, 404, null],
      ['an id of nothing', 'GET', () => '/80000000-0000-4000-8000-000000000000', undefined, 404, null],
      ['a page of thousands', 'GET', () => '?limit=1000', undefined, 422, 'limit'],
      ['miles from nowhere', 'GET', () => '?withinMiles=3', undefined, 422, 'near'],
      ['near a town', 'GET', () => '?near=Clacton', undefined, 422, 'near'],
      ['no distance', 'GET', () => '?near=51,1&withinMiles=0', undefined, 422, 'withinMiles'],
      ['a day of no week', 'GET', () => '?day=someday', undefined, 422, 'day'],
      ['a cost of nothing known', 'GET', () => '?cost=cheap', undefined, 422, 'cost'],
      ['a language by name', 'GET', () => '?language=Bengali', undefined, 422, 'language'],
      ['perhaps places', 'GET', () => '?hasPlaces=perhaps', undefined, 422, 'hasPlaces'],
      ['a filter we do not know', 'GET', () => '?colour=red', undefined, 422, 'colour'],
      ['a forged cursor', 'GET', () => '?after=WzFd', undefined, 422, 'after'],
      ['a forged cursor of the list', 'GET', () => '/managed?after=WyJ4Il0', undefined, 422, 'after'],
      ['a state of no listing', 'GET', () => '/managed?state=gone', undefined, 422, 'state'],
    ];
    it.each(wrong)('%s', async (_name, method, path, body, status, field) => {
      const id = await mine().inDraft();
      const count = async () =>
        (
          await betony
            .get(Database)
            .read<{ n: number }>(scheme.id, sql`select count(*)::int as n from listing_history`)
        )[0]!.n;
      const before = await count();
      const answer = await call(people.scheme_manager, method, path(id), body, { 'if-match': '"v1"' });
      expect({ status: answer.statusCode, type: answer.headers['content-type'] }).toEqual({
        status,
        type: 'application/problem+json; charset=utf-8',
      });
      if (field !== null)
        expect(answer.json().errors.map((error: { field: string }) => error.field)).toEqual([field]);
      expect(await count()).toBe(before);
    });
  });

  describe('are for', () => {
    const NONE: Role[] = ['referrer', 'commissioner', 'administrator'];
    /** Who may; everybody else reads 403, whatever they ask for. */
    const routes: [string, Method, (id: string) => string, object | (() => object) | undefined, Role[]][] = [
      ['search', 'GET', () => '', undefined, ['link_worker', 'scheme_manager']],
      ['list', 'GET', () => '/managed', undefined, ['link_worker', 'scheme_manager', 'provider_member']],
      ['get', 'GET', (id) => `/${id}`, undefined, ['link_worker', 'scheme_manager', 'provider_member']],
      [
        'history',
        'GET',
        (id) => `/${id}/history`,
        undefined,
        ['link_worker', 'scheme_manager', 'provider_member'],
      ],
      ['create', 'POST', () => '', () => lunch(), ['link_worker', 'scheme_manager', 'provider_member']],
      ['amend', 'PATCH', (id) => `/${id}`, { name: 'New' }, ['scheme_manager', 'provider_member']],
      [
        'submit',
        'POST',
        (id) => `/${id}/submit`,
        undefined,
        ['link_worker', 'scheme_manager', 'provider_member'],
      ],
      ['return', 'POST', (id) => `/${id}/return`, { reason: 'x' }, ['scheme_manager']],
      ['publish', 'POST', (id) => `/${id}/publish`, undefined, ['scheme_manager']],
      ['pause', 'POST', (id) => `/${id}/pause`, {}, ['scheme_manager', 'provider_member']],
      ['resume', 'POST', (id) => `/${id}/resume`, undefined, ['scheme_manager', 'provider_member']],
      ['close', 'POST', (id) => `/${id}/close`, {}, ['scheme_manager', 'provider_member']],
      ['reopen', 'POST', (id) => `/${id}/reopen`, {}, ['scheme_manager']],
      [
        'places',
        'POST',
        (id) => `/${id}/places`,
        { kind: 'drop_in' },
        ['link_worker', 'scheme_manager', 'provider_member'],
      ],
      [
        'confirm',
        'POST',
        (id) => `/${id}/confirm`,
        undefined,
        ['link_worker', 'scheme_manager', 'provider_member'],
      ],
    ];

    it.each(routes)('%s: those who may', async (_name, method, path, body, may) => {
      const id = await mine().inDraft();
      for (const role of ROLES) {
        const answer = await call(people[role], method, path(id), body, { 'if-match': '"v9"' });
        // Whoever may, is refused by the version or the state at most; never by who they are.
        const met = may.includes(role) ? [200, 201, 409, 412] : [403];
        expect(met).toContain(answer.statusCode);
        if (NONE.includes(role)) expect(answer.statusCode).toBe(403);
      }
      expect((await call(null, method, path(id), body)).statusCode).toBe(401);
    });

    it.each(routes.filter(([, , path]) => path('x').startsWith('/x')))(
      '%s: nobody of another scheme or another group',
      async (_name, method, path, body, may) => {
        const id = await mine();
        const before = await rows(id);
        const headers = { 'if-match': '"v2"' };
        const absent = await call(people.scheme_manager, 'GET', '/80000000-0000-4000-8000-000000000000');
        const far = await call(foreigner, method, path(id), body, headers);
        expect(far.statusCode).toBe(404);
        expect({ ...far.json(), instance: '' }).toEqual({ ...absent.json(), instance: '' });
        const near = await call(neighbour, method, path(id), body, headers);
        expect(near.statusCode).toBe(may.includes('provider_member') ? 404 : 403);
        expect(await rows(id)).toEqual(before);
      },
    );

    it('groups: their own only, in every list', async () => {
      const id = await mine();
      const theirs = await call(neighbour, 'GET', '/managed?limit=100');
      expect(theirs.json()).toEqual({ items: [], next: null });
      const asked = await call(neighbour, 'GET', `/managed?organisationId=${group}`);
      expect(asked.json()).toEqual({ items: [], next: null });
      const own = await call(people.provider_member, 'GET', '/managed?limit=100&state=published,paused');
      const ids = own.json().items.map((item: { id: string }) => item.id);
      expect(ids).toContain(id);
      expect(
        own.json().items.every((item: { organisationId: string }) => item.organisationId === group),
      ).toBe(true);
      expect((await call(neighbour, 'POST', '', lunch())).statusCode).toBe(404);
      const elsewhere = await call(foreigner, 'GET', '/managed');
      expect(elsewhere.json()).toEqual({ items: [], next: null });
    });

    it('readers page by page, each row once', async () => {
      const busy = await aProvider(scheme);
      for (let n = 0; n < 5; n += 1) await aListing(scheme).by(busy);
      const list = `/managed?organisationId=${busy}`;
      const all = (await call(people.scheme_manager, 'GET', `${list}&limit=100`)).json().items;
      const paged: string[] = [];
      let after: string | null = null;
      do {
        const url: string = `${list}&limit=2${after === null ? '' : `&after=${after}`}`;
        const page = (await call(people.scheme_manager, 'GET', url)).json();
        paged.push(...page.items.map((item: { id: string }) => item.id));
        after = page.next;
      } while (after !== null);
      expect(paged).toEqual(all.map((item: { id: string }) => item.id));
      expect(new Set(paged).size).toBe(5);
    });
  });
});
