import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { ASSET_KINDS, ASSET_STATES, FOUND_BY, LIVE_WELL_DOMAINS } from '../../../src/assets/asset.types.js';
import type { AssetView } from '../../../src/assets/asset.dto.js';
import type { NeighbourhoodView } from '../../../src/assets/neighbourhood.dto.js';
import { ImportRunner } from '../../../src/imports/import.runner.js';
import { neighbourhoods } from '../../../src/imports/kinds/neighbourhoods.import.js';
import { aListing, aPostcode, aProvider } from '../../factories/providers.js';
import { checkLists } from '../../support/check-lists.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, rowsOf } from '../../support/records.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const MAP = `neighbourhood,pcn_code,area
Saltwick and Thornmouth,U99901,E01990001
Saltwick and Thornmouth,U99901,CO97
The Marlings,U99902,E01990002
The Marlings,U99902,CO98
`;

describe('the asset map', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let manager: TestMember;
  let worker: TestMember;
  let group: string;
  let rose: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
    worker = await aMember(scheme, 'link_worker');
    group = await aProvider(scheme, { name: 'St Mary’s' });
    rose = await aMember(scheme, 'provider_member', { organisation: group });
    await load(MAP);
  });
  afterAll(() => betony.stop());

  async function load(content: string, apply = true) {
    const file = join(mkdtempSync(join(tmpdir(), 'betony-map-')), 'map.csv');
    writeFileSync(file, content);
    return betony.get(ImportRunner).run(neighbourhoods, { file, schemeId: scheme.id, apply });
  }
  const call = (
    who: TestMember,
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    payload?: object,
    version?: number,
  ) =>
    betony.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...who.headers, ...(version ? { 'if-match': `"v${String(version)}"` } : {}) },
      ...(payload ? { payload } : {}),
    });
  const named = async (name: string): Promise<string> =>
    (await call(manager, 'GET', '/neighbourhoods'))
      .json<NeighbourhoodView[]>()
      .find((one) => one.name === name)?.id ?? '';
  const made = async (who: TestMember, more: object = {}): Promise<AssetView> => {
    const answer = await call(who, 'POST', '/assets', {
      name: 'The knitting table',
      description: 'Eight women who knit, and teach whoever asks.',
      kind: 'people_and_skills',
      domains: ['age_well'],
      community: 'Knitters',
      ...more,
    });
    expect(answer.statusCode).toBe(201);
    return answer.json<AssetView>();
  };
  const move = async (who: TestMember, id: string, verb: string, payload: object = {}) =>
    call(who, 'POST', `/assets/${id}/${verb}`, payload);
  const found = async (query: string, who = manager): Promise<string[]> =>
    (await call(who, 'GET', `/assets?limit=100&${query}`))
      .json<{ items: AssetView[] }>()
      .items.map(({ id }) => id);

  it('holds the lists of the code to those of the database', async () => {
    expect(await checkLists(betony.database, ['asset'])).toEqual({
      'asset.state': [...ASSET_STATES].sort(),
      'asset.kind': [...ASSET_KINDS].sort(),
      'asset.domains': [...LIVE_WELL_DOMAINS].sort(),
      'asset.found_by': [...FOUND_BY].sort(),
    });
  });

  it('loads neighbourhoods from a file, moves an area, and says what is wrong by row', async () => {
    const list = (await call(worker, 'GET', '/neighbourhoods')).json<NeighbourhoodView[]>();
    expect(list.map(({ name, pcnCode, lsoas, districts }) => [name, pcnCode, lsoas, districts])).toEqual([
      ['Saltwick and Thornmouth', 'U99901', ['E01990001'], ['CO97']],
      ['The Marlings', 'U99902', ['E01990002'], ['CO98']],
    ]);
    expect(await load(MAP)).toMatchObject({ added: 0, changed: 0, same: 4, refused: 0 });
    const moved = MAP.replace('The Marlings,U99902,CO98', 'Saltwick and Thornmouth,U99901,CO98');
    expect(await load(moved)).toMatchObject({ added: 0, changed: 1, same: 3 });
    expect(await load(MAP)).toMatchObject({ changed: 1 });
    const bad = await load(
      'name,pcn,lsoa\n,U99901,E01990009\nX,PCN1,E01990009\nX,,Saltwick\nX,,co99\nX,,CO99\n',
      false,
    );
    expect(bad.problems.map(({ row, column }) => [row, column])).toEqual([
      [2, 'neighbourhood'],
      [3, 'pcn_code'],
      [4, 'area'],
      [6, 'neighbourhood'],
    ]);
  });

  it('goes from a draft to the map and off it, with a history, an audit entry and an event for each step', async () => {
    const asset = await made(worker, { name: 'Thursday repair table' });
    expect(asset).toMatchObject({
      state: 'draft',
      version: 1,
      foundBy: 'conversation',
      foundOn: '2026-11-23',
    });
    const patched = await call(worker, 'PATCH', `/assets/${asset.id}`, { takesReferrals: true }, 1);
    expect(patched.json()).toMatchObject({ takesReferrals: true, version: 2 });
    expect((await call(worker, 'PATCH', `/assets/${asset.id}`, { name: 'X' }, 1)).statusCode).toBe(412);
    expect((await move(worker, asset.id, 'submit')).json()).toMatchObject({ state: 'in_review' });
    expect((await move(worker, asset.id, 'publish')).statusCode).toBe(403);
    expect((await move(manager, asset.id, 'publish')).json()).toMatchObject({
      state: 'published',
      freshness: { confirmedOn: null, confirmed: false },
    });
    const again = await move(manager, asset.id, 'publish');
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({ from: 'published', action: 'publish' });
    expect((await move(manager, asset.id, 'retire', { reason: 'It has ended.' })).statusCode).toBe(200);
    const steps = ['asset.retired', 'asset.published', 'asset.submitted', 'asset.amended', 'asset.drafted'];
    const history = (await call(worker, 'GET', `/assets/${asset.id}/history`)).json<{
      items: { action: string; by: string; changes: Record<string, unknown> }[];
    }>().items;
    expect(history.map(({ action }) => action)).toEqual(steps);
    expect(history[0]).toMatchObject({ by: manager.name, changes: { reason: 'It has ended.' } });
    expect(history[3]?.changes).toEqual({ takesReferrals: { from: false, to: true } });
    const told = await rowsOf<{ event: string }>(
      scheme,
      sql`select event from outbox where payload ->> 'assetId' = ${asset.id} order by seq desc`,
    );
    expect(told.map(({ event }) => event)).toEqual(steps);
    expect(await auditOf(scheme, asset.id)).toHaveLength(5);
  });

  it('finds by text, kind, domain, neighbourhood, community, referrals, source and freshness', async () => {
    const saltwick = await named('Saltwick and Thornmouth');
    await aPostcode(scheme, 'CO98 9ZZ', 51.8, 1.1);
    const choir = await made(worker, {
      name: 'Café choir',
      kind: 'culture',
      domains: ['be_well', 'stay_well'],
      community: null,
      neighbourhoodId: saltwick,
    });
    const hall = await made(manager, {
      name: 'Village hall',
      kind: 'places',
      domains: ['start_well'],
      community: null,
      postcode: 'CO98 9ZZ',
      takesReferrals: true,
      foundBy: 'survey',
    });
    expect(hall).toMatchObject({ neighbourhoodName: 'The Marlings' });
    await move(manager, hall.id, 'publish');
    expect(await found('confirmed=true')).not.toContain(hall.id);
    await move(manager, hall.id, 'confirm');
    expect(await found('text=cafe')).toEqual([choir.id]);
    expect(await found('kind=culture,places')).toEqual([choir.id, hall.id]);
    expect(await found('domain=stay_well')).toEqual([choir.id]);
    expect(await found(`neighbourhoodId=${saltwick}`)).toEqual([choir.id]);
    expect(await found('takesReferrals=true&state=published')).toEqual([hall.id]);
    expect(await found('foundBy=survey')).toEqual([hall.id]);
    expect(await found('confirmed=true')).toContain(hall.id);
    expect(await found('confirmed=true')).not.toContain(choir.id);
    betony.clock.advance({ days: 366 });
    expect(await found('confirmed=true')).toEqual([]);
    expect((await move(worker, hall.id, 'confirm')).json()).toMatchObject({ freshness: { confirmed: true } });
    betony.clock.set('2026-11-23T10:00:00Z');
    const first = (await call(manager, 'GET', '/assets?limit=1')).json<{
      items: AssetView[];
      next: string;
    }>();
    const second = (await call(manager, 'GET', `/assets?limit=1&after=${first.next}`)).json<{
      items: AssetView[];
    }>();
    expect(first.items[0]!.name < second.items[0]!.name).toBe(true);
  });

  it('belongs to a group, which keeps its own and sees no other', async () => {
    const mine = await made(rose, { organisationId: group, forReview: true });
    expect(mine).toMatchObject({ state: 'in_review', organisationName: 'St Mary’s' });
    const other = await made(worker);
    expect(await found('', rose)).toEqual([mine.id]);
    expect((await call(rose, 'GET', `/assets/${other.id}`)).statusCode).toBe(404);
    const body = { name: 'X', description: 'X', kind: 'places' };
    expect((await call(rose, 'POST', '/assets', body)).statusCode).toBe(404);
    const stranger = await aProvider(scheme);
    expect((await call(rose, 'POST', '/assets', { ...body, organisationId: stranger })).statusCode).toBe(404);
    await move(manager, mine.id, 'return', { reason: 'Which day?' });
    const history = (await call(rose, 'GET', `/assets/${mine.id}/history`)).json<{
      items: { by: string | null; changes: object }[];
    }>().items;
    expect(history[0]).toMatchObject({ by: null, changes: { reason: 'Which day?' } });
  });

  it('points to a service of its own group, and refuses what is not there', async () => {
    const lunch = await aListing(scheme, { name: 'Lunch' }).by(group).confirmed();
    expect(await made(manager, { organisationId: group, listingId: lunch })).toMatchObject({
      listing: { id: lunch, name: 'Lunch', freshness: { confirmed: true, word: 'fresh' } },
    });
    const refused = async (more: object) => {
      const answer = await call(manager, 'POST', '/assets', {
        name: 'X',
        description: 'X',
        kind: 'places',
        ...more,
      });
      expect(answer.statusCode).toBe(422);
      return answer
        .json<{ errors: { field: string }[] }>()
        .errors.map(({ field }) => field)
        .sort();
    };
    const nowhere = '01a2003a-c4e9-7083-86ce-f6fe0d8fb6de';
    expect(await refused({ listingId: lunch })).toEqual(['listingId']);
    expect(await refused({ neighbourhoodId: nowhere })).toEqual(['neighbourhoodId']);
    expect(await refused({ organisationId: nowhere })).toEqual(['organisationId']);
    expect(await refused({ kind: 'people', domains: ['die_well'] })).toEqual(['domains', 'kind']);
    expect(await refused({ foundOn: '2026-11-24' })).toEqual(['foundOn']);
    expect(await refused({ foundBy: 'import' })).toEqual(['foundBy']);
    expect(await refused({ name: 'x'.repeat(201), postcode: 'nowhere' })).toEqual(['name', 'postcode']);
    const bare = await made(manager, { community: null, domains: [] });
    const answer = await move(manager, bare.id, 'publish');
    expect(answer.statusCode).toBe(422);
    expect(answer.json<{ errors: { field: string }[] }>().errors.map(({ field }) => field)).toEqual([
      'domains',
      'neighbourhoodId',
    ]);
  });

  it('finds volunteer roles among services, or leaves them out', async () => {
    const role = await aListing(scheme, { name: 'Driver wanted', volunteerRole: true }).by(group);
    const service = await aListing(scheme, { name: 'Drive with us' }).by(group);
    const search = async (query: string) =>
      (await call(worker, 'GET', `/listings?limit=100${query}`))
        .json<{ items: { id: string; volunteerRole: boolean }[] }>()
        .items.map(({ id }) => id);
    expect(await search('')).toEqual(expect.arrayContaining([role, service]));
    expect(await search('&volunteerRole=true')).toEqual([role]);
    expect(await search('&volunteerRole=false')).not.toContain(role);
    expect((await call(worker, 'GET', '/listings?volunteerRole=perhaps')).statusCode).toBe(422);
  });
});
