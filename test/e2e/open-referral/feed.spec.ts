import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Closures } from '../../../src/providers/closures.service.js';
import { HubsService } from '../../../src/providers/hubs.service.js';
import { ListingsService } from '../../../src/providers/listings.service.js';
import { ProvidersService } from '../../../src/providers/providers.service.js';
import {
  ACCESS_TAXONOMY,
  JOINING_TAXONOMY,
  NEEDS_TAXONOMY,
  termOfAccess,
  termOfNeed,
  VOLUNTEER_ROLE,
} from '../../../src/open-referral/taxonomies.catalogue.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aListing, aPostcode, aProvider } from '../../factories/providers.js';
import { inScheme } from '../../factories/episodes.js';
import { anOrganisation, aScheme, type TestScheme } from '../../support/people.js';
import { openReferralSchemas } from '../../support/open-referral.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

interface Page {
  total_items: number;
  total_pages: number;
  page_number: number;
  size: number;
  first_page: boolean;
  last_page: boolean;
  empty: boolean;
  contents: Record<string, unknown>[];
}

const check = openReferralSchemas();
const withSchemas = check ? it : it.skip;

describe('the Open Referral UK feed', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let church: string;
  let ids: Record<
    'lunch' | 'walk' | 'secret' | 'debt' | 'paused' | 'refuge' | 'internal' | 'draft' | 'closed',
    string
  >;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    await aPostcode(scheme, 'CO97 1AA', 51.79, 1.15);
    await aPostcode(scheme, 'CO97 2AA', 51.8, 1.15);
    await aPostcode(scheme, 'CO98 1AA', 52.4, 0.4);
    church = await aProvider(scheme, {
      name: 'St Mary’s',
      sector: 'faith',
      tradition: 'christian',
      contactName: 'Prudence Pryor',
      contactEmail: 'prudence@example.org',
      contactPhone: '07700 900111',
      answersBy: 'email',
      howToWorkWithUs: 'Ring before nine',
    });
    const list = (more: object) => aListing(scheme, more).by(church);
    ids = {
      lunch: await list({
        name: 'Warm lunch',
        description: 'Soup and company',
        needs: ['loneliness', 'food'],
        access: ['step_free', 'hearing_loop'],
        languages: ['en', 'bn'],
        address: 'The Hall, 1 Mill Lane, Saltwick',
        postcode: 'CO97 1AA',
        radiusMiles: 5,
        areas: ['CO97'],
        minimumAge: 18,
        maximumAge: 99,
        eligibilityNote: 'Anybody nearby',
        howToJoin: 'Come along',
        cost: 'donation',
        costNote: '£2 if you can',
        schedule: [
          { day: 'monday', from: '12:00', to: '14:00', every: 'week' },
          { day: 'friday', from: '10:00', to: '11:00', every: 'fortnight', note: 'Term time' },
          { day: 'sunday', from: '15:00', to: '16:00', every: 'month' },
        ],
      })
        .counting(12)
        .confirmed(),
      walk: await list({
        name: 'Gentle walk',
        postcode: 'CO97 2AA',
        needs: ['inactivity'],
        languages: ['pl'],
        volunteerRole: true,
      }),
      secret: await list({
        name: 'Quiet mornings',
        needs: ['domestic_difficulty'],
        address: '9 Hidden Row, Saltwick',
        postcode: 'CO97 2AA',
        radiusMiles: 3,
        withholdLocation: true,
      }),
      debt: await list({
        name: 'Debt advice',
        needs: ['debt_and_money'],
        cost: 'paid',
        costNote: '£5',
        areas: ['CO98'],
      }).withPlaces({ kind: 'ask_first', fullUntil: '2027-01-10' }),
      paused: await list({ name: 'Choir', needs: ['creativity_and_nature'], postcode: 'CO98 1AA' }).paused(),
      refuge: await list({
        name: 'A safe house',
        needs: ['housing', 'domestic_difficulty'],
        postcode: 'CO97 1AA',
      }),
      internal: await list({ name: 'Our own rota', publishable: false }),
      draft: await list({ name: 'Not yet' }).inDraft(),
      closed: await list({ name: 'No longer' }).closed(),
    };
    const centre = await aProvider(scheme, { name: 'Debt Centre' });
    await aListing(scheme, { name: 'Form filling' }).by(centre);
    const shy = await aProvider(scheme, { name: 'Shy' });
    await aListing(scheme, { name: 'Not told', publishable: false }).by(shy);
    const refuge = await aProvider(scheme, { name: 'Safe harbour' });
    await aListing(scheme, { needs: ['housing', 'domestic_difficulty'] }).by(refuge);
    const hubs = betony.get(HubsService);
    const maker = systemActor(scheme.id, 'test');
    await hubs.add(maker, church, { name: 'Beds for all', does: 'Beds' });
    await hubs.add(maker, church, { partnerId: refuge, does: 'Somewhere safe' });
    await hubs.add(maker, church, { partnerId: shy, does: 'Listening' });
    await hubs.add(maker, church, { partnerId: centre, does: 'Debt advice' });
  });
  afterAll(() => betony.stop());

  const get = (path: string, headers: Record<string, string> = {}) =>
    betony.inject({ url: `/open-referral${path}`, headers });
  const page = async (path: string): Promise<Page> => {
    const answer = await get(path);
    expect([path, answer.statusCode]).toEqual([path, 200]);
    return answer.json<Page>();
  };
  const names = async (path: string) => (await page(path)).contents.map(({ name }) => name);

  const PUBLIC = ['Warm lunch', 'Gentle walk', 'Quiet mornings', 'Debt advice', 'Choir', 'Form filling'];
  const term = () => termOfNeed('food').id;

  /** Every endpoint with every parameter, and the schema that its answer must fit. */
  const everything = (): [path: string, schema: string][] => {
    return [
      ['', 'api_details'],
      ['/', 'api_details'],
      ['/services', 'service_list'],
      ['/services?search=soup', 'service_list'],
      ['/services?page=2&per_page=2', 'service_list'],
      ['/services?page=900&per_page=2', 'service_list'],
      ['/services?format=json', 'service_list'],
      [`/services?taxonomy_term_id=${term()}`, 'service_list'],
      [`/services?taxonomy_id=${NEEDS_TAXONOMY.id}`, 'service_list'],
      [`/services?taxonomy_term_id=${VOLUNTEER_ROLE.id}&full=true`, 'service_list'],
      [`/taxonomies/${JOINING_TAXONOMY.id}`, 'taxonomy'],
      [`/services?organization_id=${church}`, 'service_list'],
      ['/services?modified_after=2026-01-01T00:00:00Z', 'service_list'],
      ['/services?minimal=true', 'service_list'],
      ['/services?full=true', 'service_list'],
      ['/services?full=false&minimal=false', 'service_list'],
      ...Object.values(ids)
        .slice(0, 5)
        .map((id): [string, string] => [`/services/${id}`, 'service']),
      ['/taxonomies', 'taxonomy_list'],
      ['/taxonomies?search=help&page=1&per_page=1&format=json', 'taxonomy_list'],
      [`/taxonomies/${NEEDS_TAXONOMY.id}`, 'taxonomy'],
      [`/taxonomies/${ACCESS_TAXONOMY.id}`, 'taxonomy'],
      ['/taxonomy_terms', 'taxonomy_term_list'],
      [`/taxonomy_terms?search=food&taxonomy_id=${NEEDS_TAXONOMY.id}&top_only=true`, 'taxonomy_term_list'],
      [`/taxonomy_terms?parent_id=${term()}&page=1&per_page=5&format=json`, 'taxonomy_term_list'],
      [`/taxonomy_terms/${term()}`, 'taxonomy_term'],
      ['/service_at_locations', 'service_at_location_list'],
      ['/service_at_locations?full=true', 'service_at_location_list'],
      ['/service_at_locations?search=soup&page=1&per_page=1&format=json', 'service_at_location_list'],
      [`/service_at_locations?taxonomy_term_id=${term()}`, 'service_at_location_list'],
      [`/service_at_locations?taxonomy_id=${ACCESS_TAXONOMY.id}`, 'service_at_location_list'],
      [`/service_at_locations?organization_id=${church}`, 'service_at_location_list'],
      ['/service_at_locations?modified_after=2026-01-01T00:00:00Z', 'service_at_location_list'],
      ['/service_at_locations?postcode=CO971AA&proximity=2000', 'service_at_location_list'],
      ['/organizations', 'organization_list'],
      ['/organizations?full=true', 'organization_list'],
      ['/organizations?full_service=true', 'organization_list'],
      ['/organizations?search=mary&page=1&per_page=1&format=json', 'organization_list'],
      [`/organizations/${church}`, 'organization'],
      [`/organizations/${church}?full_service=true`, 'organization'],
    ];
  };

  withSchemas('answers every endpoint and parameter validly, at both addresses', async () => {
    const faults: unknown[] = [];
    const paths = everything();
    const locations = await page('/service_at_locations');
    for (const { id } of locations.contents)
      paths.push([`/service_at_locations/${String(id)}`, 'service_at_location']);
    for (const [path, schema] of paths) {
      for (const base of ['', `/${scheme.id}`]) {
        const answer = await get(`${base}${path}`);
        const errors = answer.statusCode === 200 ? check?.(schema, answer.json()) : [answer.body];
        if (errors?.length !== 0) faults.push({ path: base + path, status: answer.statusCode, errors });
        expect(nothings(answer.json())).toEqual([]);
      }
    }
    expect(faults).toEqual([]);
  });

  withSchemas('would notice an answer that does not fit', () => {
    expect(check?.('service', { id: 'x', name: 'y' })).not.toEqual([]);
    expect(check?.('service_list', { contents: [{ id: newId(), name: 'y', status: 'open' }] })).not.toEqual(
      [],
    );
    expect(check?.('organization', { id: newId(), name: 'y' })).not.toEqual([]);
  });

  it('publishes what may be published and nothing else', async () => {
    expect((await names('/services')).sort()).toEqual([...PUBLIC].sort());
    for (const hidden of [ids.refuge, ids.internal, ids.draft, newId()]) {
      expect((await get(`/services/${hidden}`)).statusCode).toBe(404);
    }
    expect(await names('/services?search=house')).toEqual([]);
    const everywhere = await Promise.all(everything().map(async ([path]) => (await get(path)).body));
    const told = everywhere.join('\n');
    for (const secret of [
      'Prudence',
      'prudence@',
      '900111',
      'Ring before nine',
      'Hidden Row',
      'safe house',
      'Safe harbour',
      'Shy',
      'rota',
    ]) {
      expect([secret, told.includes(secret)]).toEqual([secret, false]);
    }
  });

  it('withholds where a service meets: no street, no point, no radius, no search around it', async () => {
    const secret = await page('/services?search=quiet&full=true');
    expect(secret.contents[0]).not.toHaveProperty('service_at_locations');
    expect(secret.contents[0]).not.toHaveProperty('service_areas');
    const near = await page('/service_at_locations?postcode=CO972AA&proximity=50');
    expect(near.contents.map(({ service_id }) => service_id)).toEqual([ids.walk]);
  });

  it('tells a service in the words of the format', async () => {
    const lunch = (await get(`/services/${ids.lunch}`)).json<Record<string, unknown>>();
    expect(lunch).toMatchObject({
      name: 'Warm lunch',
      status: 'active',
      minimum_age: 18,
      fees: '£2 if you can',
      assured_date: '2026-11-23',
      eligibility_description: 'Anybody nearby',
      application_process: 'Come along',
      organization: {
        id: church,
        name: 'St Mary’s',
        description: 'A faith group. A hub that works with Beds for all (Beds); Debt Centre (Debt advice).',
      },
      schedules: [
        { freq: 'WEEKLY', interval: 1, byday: 'MO', opens_at: '12:00', closes_at: '14:00' },
        { freq: 'WEEKLY', interval: 2, byday: 'FR', description: 'Term time' },
        { freq: 'MONTHLY', interval: 1, byday: 'SU' },
      ],
      languages: [{ name: 'English' }, { name: 'Bangla' }],
      service_capacity: [
        { unit: { name: 'Places' }, available: 12, maximum: 12, updated: '2026-11-23T00:00:00.000Z' },
      ],
      service_at_locations: [
        {
          location: {
            location_type: 'physical',
            latitude: 51.79,
            longitude: 1.15,
            addresses: [
              {
                address_1: 'The Hall, 1 Mill Lane',
                city: 'Saltwick',
                postal_code: 'CO97 1AA',
                country: 'GB',
              },
            ],
          },
        },
      ],
    });
    expect(lunch).not.toHaveProperty('alert');
    expect((await get(`/organizations/${church}`)).json()).toMatchObject({
      description: 'A faith group. A hub that works with Beds for all (Beds); Debt Centre (Debt advice).',
    });
    const walk = (await get(`/services/${ids.walk}`)).json<{ attributes: { taxonomy_term: object }[] }>();
    expect(walk.attributes.map((one) => one.taxonomy_term)).toContainEqual(
      expect.objectContaining({ id: VOLUNTEER_ROLE.id, name: 'Volunteer role', code: 'volunteer_role' }),
    );
    expect(JSON.stringify(lunch)).not.toContain(VOLUNTEER_ROLE.id);
    const debt = (await get(`/services/${ids.debt}`)).json<Record<string, unknown>>();
    expect(debt['service_capacity']).toMatchObject([
      { available: 0, description: 'Full until 10 January 2027.' },
    ]);
    expect((await get(`/services/${ids.paused}`)).json()).toMatchObject({ status: 'temporarily closed' });
  });

  it('stops vouching for what nobody confirmed for three months', async () => {
    betony.clock.set('2027-03-01T10:00:00Z');
    const lunch = (await get(`/services/${ids.lunch}`)).json<Record<string, unknown>>();
    betony.clock.set('2026-11-23T10:00:00Z');
    expect(lunch['alert']).toBe('Last confirmed on 23 November 2026. Ask before you go.');
    expect(lunch).not.toHaveProperty('assured_date');
    expect(lunch).not.toHaveProperty('service_capacity');
  });

  it.each([
    ['search=soup', ['Warm lunch']],
    ['search=nothing+of+the+kind', []],
    [`taxonomy_term_id=${termOfNeed('food').id}`, ['Warm lunch']],
    [`taxonomy_term_id=${termOfAccess('hearing_loop').id}`, ['Warm lunch']],
    [`taxonomy_id=${ACCESS_TAXONOMY.id}`, ['Warm lunch']],
    [`taxonomy_id=${ACCESS_TAXONOMY.id}&taxonomy_term_id=${termOfNeed('food').id}`, []],
    [`taxonomy_id=${NEEDS_TAXONOMY.id}`, PUBLIC],
    [`taxonomy_term_id=${VOLUNTEER_ROLE.id}`, ['Gentle walk']],
    [`taxonomy_id=${JOINING_TAXONOMY.id}`, ['Gentle walk']],
    [`taxonomy_term_id=${newId()}`, []],
    [`organization_id=${newId()}`, []],
    // And what ended, so that copies of it end too.
    ['modified_after=2026-11-23T10:00:00Z', [...PUBLIC, 'No longer']],
    ['modified_after=2026-11-23T10:00:01Z', []],
    ['modified_after=2026-11-23', [...PUBLIC, 'No longer']],
    ['modified_after=2026-11-24', []],
    ['modified_after=2026-11-23T10:00', [...PUBLIC, 'No longer']],
    ['modified_after=2026-11-23T10:00:01', []],
  ])('filters services by %s', async (query, expected) => {
    expect((await names(`/services?${query}`)).sort()).toEqual([...expected].sort());
  });

  it.each([
    ['', ['lunch', 'walk', 'paused']],
    ['postcode=CO97+1AA', ['lunch', 'walk', 'paused']],
    ['postcode=CO98+1AA', ['walk', 'paused']],
    ['postcode=CO97+1AA&proximity=1000', ['lunch']],
    ['postcode=CO97+1AA&proximity=2000', ['lunch', 'walk']],
    ['postcode=CO99+9ZZ', ['lunch', 'walk', 'paused']],
  ] as const)('finds places by %s', async (query, expected) => {
    const found = (await page(`/service_at_locations?${query}`)).contents.map((one) => one['service_id']);
    const wanted = expected.map((name) => ids[name]);
    expect(found.sort()).toEqual(wanted.sort());
  });

  it('pages without losing or repeating anything', async () => {
    const seen: unknown[] = [];
    for (const number of [1, 2, 3]) {
      const one = await page(`/services?per_page=2&page=${String(number)}`);
      expect(one).toMatchObject({
        total_items: PUBLIC.length,
        total_pages: 3,
        page_number: number,
        empty: false,
      });
      expect([one.first_page, one.last_page]).toEqual([number === 1, number === 3]);
      expect(one.size).toBe(one.contents.length);
      seen.push(...one.contents.map(({ id }) => id));
    }
    expect(new Set(seen).size).toBe(PUBLIC.length);
    expect(await page('/services?page=4&per_page=2')).toMatchObject({
      total_items: PUBLIC.length,
      size: 0,
      empty: true,
    });
  });

  it('streams every line whatever the page, and each is what the list has', async () => {
    for (const path of [
      '/services',
      '/service_at_locations',
      '/organizations',
      '/taxonomies',
      '/taxonomy_terms',
    ]) {
      const answer = await get(`${path}?format=ndjson&per_page=1`);
      expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
      const lines = answer.body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      expect(lines).toEqual((await page(path)).contents);
    }
  });

  it.each([
    '/services?page=0',
    '/services?page=one',
    '/services?per_page=501',
    '/services?per_page=-5',
    '/services?page=1&page=2',
    '/services?format=xml',
    '/services?taxonomy_term_id=food',
    '/services?organization_id=5',
    '/services?modified_after=yesterday',
    '/services?modified_after=2026-02-30',
    '/services?modified_after=2026-01-01T25:00:00',
    '/service_at_locations?modified_after=2026-01-01T',
    '/services?minimal=yes',
    '/services?full=1',
    '/services?full=true&minimal=true',
    '/services?search=',
    `/services?search=${'a'.repeat(201)}`,
    '/services?serch=soup',
    '/services?search[a]=b',
    '/service_at_locations?proximity=500',
    '/service_at_locations?postcode=nowhere',
    '/service_at_locations?postcode=CO99+9ZZ&proximity=500',
    '/service_at_locations?postcode=CO97+1AA&proximity=far',
    '/taxonomy_terms?taxonomy_id=x',
    '/organizations?full_service=true&per_page=101',
  ])('refuses %s with a problem', async (path) => {
    const answer = await get(path);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json<{ errors: unknown[] }>().errors).toHaveLength(1);
  });

  it.each([
    '/services/x',
    `/services/${newId()}`,
    `/organizations/${newId()}`,
    '/taxonomies/x',
    '/service_at_locations/x',
    `/${newId()}/services`,
    '/not-a-scheme',
    '/services/services',
    '/elsewhere/x/y',
  ])('has nothing at %s', async (path) => {
    expect((await get(path)).statusCode).toBe(404);
  });

  it('is for anybody, on any site, and is not sent twice unchanged', async () => {
    const first = await get('/services');
    expect(first.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=300',
      'content-type': 'application/json; charset=utf-8',
    });
    const etag = String(first.headers['etag']);
    const again = await get('/services', { 'if-none-match': `"other", W/${etag}` });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await get('/services', { 'if-none-match': '"other"' })).statusCode).toBe(200);
    const asked = await betony.inject({
      method: 'OPTIONS',
      url: '/open-referral/services',
      headers: { origin: 'https://elsewhere.example.org', 'access-control-request-headers': 'if-none-match' },
    });
    expect(asked.statusCode).toBe(204);
    expect(asked.headers['access-control-allow-headers']).toBe('if-none-match');
    expect((await betony.inject({ method: 'HEAD', url: '/open-referral/services' })).body).toBe('');
    expect((await betony.inject({ method: 'POST', url: '/open-referral/services' })).statusCode).toBe(404);
  });

  it('changes its ETag with what it shows', async () => {
    const before = (await get('/services')).headers['etag'];
    const listings = betony.get(ListingsService);
    await listings.amend(systemActor(scheme.id, 'test'), ids.walk, 2, { description: 'A mile and a half' });
    expect((await get('/services')).headers['etag']).not.toBe(before);
  });

  it('closes with the group for a while, and goes with it', async () => {
    const other = await aProvider(scheme, { name: 'Knitters' });
    const id = await aListing(scheme, { name: 'Knitting' }).by(other);
    const providers = betony.get(ProvidersService);
    await providers.amend(systemActor(scheme.id, 'test'), other, 1, { pausedFrom: '2026-11-01' });
    expect((await get(`/services/${id}`)).json()).toMatchObject({ status: 'temporarily closed' });
    const draft = await aListing(scheme, { name: 'Crochet' }).by(other).inDraft();
    const closures = betony.get(Closures);
    await closures.closeForGood(systemActor(scheme.id, 'test'), other, { reason: 'nobody_to_run_it' });
    // Gone from what there is; whoever keeps a copy learns that it ended, for a year.
    expect((await get('/services?per_page=500')).body).not.toContain(id);
    expect((await get('/services?format=ndjson')).body).not.toContain(id);
    expect((await get(`/organizations/${other}`)).statusCode).toBe(404);
    expect((await get(`/services/${draft}`)).statusCode).toBe(404);
    const changed = (await get('/services?modified_after=2026-01-01T00:00:00Z&per_page=500')).json<Page>();
    expect(changed.contents.find((one) => one['id'] === id)).toMatchObject({ status: 'defunct' });
    const told = (await get(`/services/${id}`)).json<object>();
    expect(told).toMatchObject({ status: 'defunct' });
    if (check) expect(check('service', told)).toEqual([]);
    betony.clock.advance({ days: 366 });
    expect((await get(`/services/${id}`)).statusCode).toBe(404);
    betony.clock.set(TEST_NOW);
  });

  it('tells a registered charity’s number', async () => {
    const charity = await anOrganisation(scheme, 'charity', { name: 'Carers of Saltwick' });
    await inScheme(scheme, (tx) =>
      tx.run(
        sql`update organisation set source = 'charity-commission', source_id = '1000001' where id = ${charity}`,
      ),
    );
    await aProvider(scheme, { organisationId: charity, sector: 'charity' });
    await aListing(scheme).by(charity);
    const told = (await get(`/organizations/${charity}`)).json<object>();
    expect(told).toMatchObject({
      organization_identifiers: [{ identifier_scheme: 'GB-CHC', identifier: '1000001' }],
    });
    if (check) expect(check('organization', told)).toEqual([]);
  });

  it('bounds how often one address may ask', async () => {
    const asked = await Promise.all(Array.from({ length: 601 }, () => get('/taxonomies/x')));
    const refused = asked.filter(({ statusCode }) => statusCode === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('needs to be told which scheme once there are two, and keeps them apart', async () => {
    const second = await aScheme(betony);
    const theirs = await aListing(second, { name: 'Elsewhere' });
    expect((await get('/services')).statusCode).toBe(404);
    expect((await get('')).statusCode).toBe(404);
    expect(await names(`/${second.id}/services`)).toEqual(['Elsewhere']);
    expect((await get(`/${scheme.id}/services/${theirs}`)).statusCode).toBe(404);
    expect((await get(`/${scheme.id}/services?organization_id=${church}`)).json<Page>().total_items).toBe(5);
  });
});

/** Paths of what is empty and should have been left out. */
function nothings(value: unknown, path = '$'): string[] {
  if (value === null || value === '') return [path];
  if (Array.isArray(value)) return value.flatMap((one, index) => nothings(one, `${path}[${String(index)}]`));
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    Array.isArray(inner) && inner.length === 0 && key !== 'contents'
      ? [`${path}.${key}`]
      : nothings(inner, `${path}.${key}`),
  );
}
