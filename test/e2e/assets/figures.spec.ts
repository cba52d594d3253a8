import sql from 'sql-template-tag';
import type {
  HelpersFigureView,
  HelpFiguresView,
  NeighbourhoodFiguresView,
} from '../../../src/reporting/community.dto.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { inScheme, insertRow } from '../../factories/episodes.js';
import { aCase, aGroup, anOffer, type TestCase } from '../../factories/onward.js';
import { aReferral } from '../../factories/referrals.js';
import { aListing, aPostcode } from '../../factories/providers.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const PERIOD = 'from=2026-10-01&to=2026-12-31';

describe('a neighbourhood in figures', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let manager: TestMember;
  let commissioner: TestMember;
  const saltwick = newId();
  const marlings = newId();

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({
      method,
      url: `/api/v1${path}`,
      headers: who.headers,
      ...(payload ? { payload } : {}),
    });
  const figures = async (who: TestMember, id: string) =>
    (await call(who, 'GET', `/figures/neighbourhoods/${id}?${PERIOD}`)).json<NeighbourhoodFiguresView>();
  const part = (view: NeighbourhoodFiguresView, of: 'demand' | 'gaps', key: string) =>
    view[of].parts.find((one) => one.key === key);

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    manager = await aMember(scheme, 'scheme_manager');
    commissioner = await aMember(scheme, 'commissioner');
    await inScheme(scheme, async (tx) => {
      const of = { scheme_id: scheme.id, edition: 'test' };
      const times = { created_at: tx.now, updated_at: tx.now };
      await insertRow(tx, 'neighbourhood', {
        ...of,
        id: saltwick,
        name: 'Saltwick',
        pcn_code: 'U99901',
        ...times,
      });
      await insertRow(tx, 'neighbourhood', { ...of, id: marlings, name: 'Marlings', ...times });
      for (const [code, id] of [
        ['E01999901', saltwick],
        ['E01999902', saltwick],
        ['E01999903', saltwick],
        ['CO87', saltwick],
        ['CO88', marlings],
      ])
        await insertRow(tx, 'neighbourhood_area', { ...of, code, neighbourhood_id: id });
      for (const [lsoa, decile] of [
        ['E01999901', 1],
        ['E01999902', 2],
      ])
        await insertRow(tx, 'lsoa_deprivation', { lsoa, decile, edition: 'IMD test' });
    });
    // Believed by its LSOA, although its district is another neighbourhood's.
    await aPostcode(scheme, 'CO88 1AA', 51.8, 1.1);
    await inScheme(scheme, (tx) =>
      tx.run(sql`update postcode_place set lsoa = 'E01999901' where postcode = 'CO88 1AA'`),
    );
    const send = (count: number, postcode: string | null, reasons: ('food' | 'loneliness' | 'housing')[]) =>
      Promise.all(
        Array.from({ length: count }, () =>
          aReferral(scheme)
            .about({ postcode, noFixedAddress: postcode === null })
            .saying({ reasons }),
        ),
      );
    await send(6, 'CO87 1AA', ['food', 'loneliness']);
    await send(1, 'CO88 1AA', ['food']);
    await send(7, 'CO88 2BB', ['food']);
    await send(3, 'CO88 2BB', ['housing']);
    await send(6, null, ['loneliness']);
    const tally = (quantity: number, neighbourhoodId: string | null, kind = 'food_parcel') =>
      call(manager, 'POST', '/help/tallies', { kind, quantity, neighbourhoodId, givenOn: '2026-11-20' });
    for (let n = 0; n < 6; n += 1) await tally(2, saltwick);
    for (let n = 0; n < 5; n += 1) await tally(1, marlings);
    await tally(100, marlings, 'transport');
    await tally(1, null);
    for (let n = 0; n < 3; n += 1)
      await call(manager, 'POST', '/gaps', { need: 'housing', why: 'nothing_like_it', area: 'CO87' });
    const asset = async (more: object) => {
      const made = await call(manager, 'POST', '/assets', {
        name: 'A',
        description: 'A',
        kind: 'places',
        domains: ['be_well', 'age_well'],
        neighbourhoodId: saltwick,
        ...more,
      });
      const { id } = made.json<{ id: string }>();
      await call(manager, 'POST', `/assets/${id}/publish`);
      return id;
    };
    await call(manager, 'POST', `/assets/${await asset({})}/confirm`);
    await asset({ kind: 'culture', domains: ['age_well'], takesReferrals: true });
    await asset({ neighbourhoodId: null, community: 'Carers' });
    await call(manager, 'POST', '/assets', {
      name: 'Draft',
      description: 'x',
      kind: 'places',
      neighbourhoodId: saltwick,
    });
    betony.clock.set('2027-01-04T10:00:00Z');
  }, 60_000);
  afterAll(() => betony.stop());

  it('shows a manager what is strong first, then deprivation, demand, gaps and help, each with what is missing', async () => {
    const view = await figures(manager, saltwick);
    expect(Object.keys(view)).toEqual([
      'neighbourhood',
      'from',
      'to',
      'asOf',
      'assets',
      'deprivation',
      'demand',
      'gaps',
      'help',
    ]);
    expect(view.assets).toMatchObject({
      total: 2,
      takeReferrals: 1,
      confirmed: 1,
      denominator: { value: 3 },
      missing: { value: 1 },
      cells: [
        { domain: 'be_well', kind: 'places', count: 1 },
        { domain: 'age_well', kind: 'culture', count: 1 },
        { domain: 'age_well', kind: 'places', count: 1 },
      ],
    });
    expect(view.deprivation).toMatchObject({
      denominator: { value: 3 },
      missing: { value: 1 },
      editions: ['IMD test'],
      deciles: [
        { decile: 1, lsoas: 1 },
        { decile: 2, lsoas: 1 },
      ],
    });
    expect(view.demand).toMatchObject({ value: 7, denominator: { value: 23 }, missing: { value: 6 } });
    expect(part(view, 'demand', 'food')).toMatchObject({ value: 7, inScheme: { value: 14 } });
    expect(part(view, 'demand', 'loneliness')).toMatchObject({ value: 6, inScheme: { value: 12 } });
    expect(view.gaps).toMatchObject({ value: 3, denominator: { value: 3 }, missing: { value: 0 } });
    expect(part(view, 'gaps', 'housing')).toMatchObject({ value: 3 });
    expect(view.help.parts.find(({ key }) => key === 'food_parcel')).toMatchObject({
      value: 6,
      quantity: { value: 12 },
      inScheme: { value: 12 },
      missing: { value: 1 },
    });
    expect(JSON.stringify(view)).not.toContain('"suppressed":true');
    for (const { definition, denominator, missing } of [
      view.assets,
      view.deprivation,
      view.demand,
      view.gaps,
    ])
      for (const words of [definition, denominator.definition, missing.definition])
        expect(words).toMatch(/\w+/);
  });

  it('lets a commissioner work out no small count, from the views of all places together', async () => {
    const [here, there] = [await figures(commissioner, saltwick), await figures(commissioner, marlings)];
    expect(part(there, 'demand', 'housing')).toMatchObject({ value: null, inScheme: { value: null } });
    expect(part(here, 'demand', 'housing')).toMatchObject({ value: 0 });
    expect(part(here, 'gaps', 'housing')).toMatchObject({ value: null, inScheme: { value: null } });
    expect(here.gaps).toMatchObject({ value: null, denominator: { value: null } });
    const parcels = (view: NeighbourhoodFiguresView) =>
      view.help.parts.find(({ key }) => key === 'food_parcel');
    // One parcel was given nobody knows where: without a second count left out it could be taken away from the whole.
    expect(parcels(here)?.missing.value).toBeNull();
    expect([parcels(here), parcels(there)].filter((one) => one?.value === null)).toHaveLength(1);
    for (const one of [parcels(here), parcels(there)])
      expect(one?.quantity.value === null).toBe(one?.value === null);
    const lifts = there.help.parts.find(({ key }) => key === 'transport');
    expect(lifts).toMatchObject({ value: null, quantity: { value: null } });
    const small = [
      ...JSON.stringify([here.demand, here.gaps, here.help, there.demand, there.help]).matchAll(
        /"value":([1-4])[,}]/g,
      ),
    ];
    expect(small).toEqual([]);
  });

  it('counts gaps for a commissioner as of the end of the quarter, for a manager as of now', async () => {
    const other = await aScheme(betony);
    const [reader, lead] = [await aMember(other, 'commissioner'), await aMember(other, 'scheme_manager')];
    const place = newId();
    const gap = (opened_at: string, closed_at: string | null = null) =>
      inScheme(other, (tx) =>
        insertRow(tx, 'gap', {
          scheme_id: other.id,
          id: newId(),
          need: 'housing',
          why: 'nothing_like_it',
          area: 'CO87',
          opened_at,
          closed_at,
          closed_because: closed_at && 'helped',
        }),
      );
    await inScheme(other, async (tx) => {
      const of = { scheme_id: other.id, edition: 'test' };
      const times = { created_at: tx.now, updated_at: tx.now };
      await insertRow(tx, 'neighbourhood', { ...of, id: place, name: 'Saltwick', ...times });
      await insertRow(tx, 'neighbourhood_area', { ...of, code: 'CO87', neighbourhood_id: place });
    });
    for (let n = 0; n < 5; n += 1) await gap('2026-12-30T10:00:00Z');
    await gap('2026-12-31T23:59:00Z', '2027-01-01T00:00:00Z');
    await gap('2026-11-30T10:00:00Z', '2026-12-31T23:59:00Z');
    await gap('2027-01-01T00:00:00Z');
    const gaps = async (who: TestMember) => (await figures(who, place)).gaps;
    const before = await gaps(reader);
    expect(before).toMatchObject({
      value: 6,
      denominator: { value: 6 },
      definition: expect.stringContaining('at the end of the quarter'),
    });
    expect(await gaps(lead)).toMatchObject({
      value: 6,
      definition: expect.stringContaining('at this moment'),
    });
    await inScheme(other, (tx) =>
      tx.run(sql`update gap set closed_at = ${tx.now}, closed_because = 'helped'
        where scheme_id = ${other.id} and closed_at is null`),
    );
    expect(await gaps(reader)).toEqual(before);
    expect(await gaps(lead)).toMatchObject({ value: 0 });
  });

  it('gives help by kind, with how much is known of whom', async () => {
    const read = async (who: TestMember) =>
      (await call(who, 'GET', `/figures/help?${PERIOD}`)).json<HelpFiguresView>().kinds[0];
    expect(await read(manager)).toMatchObject({
      key: 'food_parcel',
      value: 12,
      quantity: { value: 18 },
      named: { value: 0 },
      tallied: { value: 12 },
      missing: { value: 1 },
    });
    expect(await read(commissioner)).toMatchObject({ value: 12, missing: { value: null } });
  });

  it('asks for one whole quarter of a commissioner, and for a place that is there', async () => {
    const status = async (who: TestMember, path: string) => (await call(who, 'GET', path)).statusCode;
    expect(
      await status(commissioner, `/figures/neighbourhoods/${saltwick}?from=2026-10-02&to=2026-12-31`),
    ).toBe(422);
    expect(await status(commissioner, '/figures/help?from=2027-01-01&to=2027-03-31')).toBe(422);
    expect(await status(manager, '/figures/helpers?from=2026-09-01')).toBe(422);
    expect(await status(manager, `/figures/neighbourhoods/${newId()}`)).toBe(404);
    const other = await aMember(await aScheme(betony), 'scheme_manager');
    expect(await status(other, `/figures/neighbourhoods/${saltwick}`)).toBe(404);
    expect(await status(await aMember(scheme, 'link_worker'), `/figures/neighbourhoods/${saltwick}`)).toBe(
      403,
    );
  });

  describe('from helped to helper', () => {
    let group: Awaited<ReturnType<typeof aGroup>>;
    let grace: TestCase;
    const helpers = async () =>
      (
        await call(manager, 'GET', '/figures/helpers?from=2027-01-01&to=2027-01-31')
      ).json<HelpersFigureView>();
    beforeAll(async () => {
      group = await aGroup(scheme);
      group.listingId = await aListing(scheme, { volunteerRole: true, name: 'Tea maker' }).by(
        group.organisationId,
      );
      grace = await aCase(scheme);
    });

    it('counts who starts a volunteer role, once, also when it is recorded too', async () => {
      const before = await helpers();
      const offer = await anOffer(scheme, grace, group).accepted();
      expect(await helpers()).toMatchObject({ value: before.value, missing: { value: 1 } });
      await call(group.member, 'POST', `/onward-referrals/${offer}/start`, {
        on: '2027-01-04',
        by: 'help_given',
      });
      const after = await helpers();
      expect(after).toMatchObject({ value: (before.value ?? 0) + 1, missing: { value: 0 } });
      expect(after.denominator.value).toBeGreaterThan(0);
      const path = `/clients/${grace.clientId}/volunteering`;
      const recorded = await call(grace.worker, 'POST', path, {
        sinceOn: '2027-01-03',
        doing: 'Teaches knitting',
      });
      expect(recorded.json()).toMatchObject({
        becameVolunteerOn: '2027-01-03',
        roles: [{ id: group.listingId, name: 'Tea maker' }],
        recordedDoing: 'Teaches knitting',
      });
      expect(await helpers()).toEqual(after);
      expect((await call(grace.worker, 'POST', path, { sinceOn: '2027-01-03' })).statusCode).toBe(409);
      const taken = await call(grace.worker, 'POST', `${path}/void`, { reason: 'It was her sister' });
      expect(taken.json()).toMatchObject({ becameVolunteerOn: '2027-01-04', recordedSinceOn: null });
      expect((await call(grace.worker, 'POST', `${path}/void`, { reason: 'x' })).statusCode).toBe(409);
    });

    it('is recorded by who holds somebody, for a day that has come', async () => {
      const path = `/clients/${grace.clientId}/volunteering`;
      const stranger = await aMember(scheme, 'link_worker');
      expect((await call(stranger, 'POST', path, { sinceOn: '2027-01-01' })).statusCode).toBe(404);
      expect((await call(stranger, 'GET', path)).statusCode).toBe(404);
      expect((await call(grace.worker, 'POST', path, { sinceOn: '2027-01-05' })).statusCode).toBe(422);
      expect((await call(grace.worker, 'POST', path, { sinceOn: 'soon' })).statusCode).toBe(422);
    });

    it('leaves a few out for a commissioner', async () => {
      betony.clock.set('2027-04-05T10:00:00Z');
      const answer = await call(commissioner, 'GET', '/figures/helpers?from=2027-01-01&to=2027-03-31');
      expect(answer.json()).toMatchObject({ value: null, suppressed: true });
    });
  });
});
