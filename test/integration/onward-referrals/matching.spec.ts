import sql from 'sql-template-tag';
import { ListingsService } from '../../../src/providers/listings.service.js';
import { MatchingQueries } from '../../../src/onward-referrals/matching.queries.js';
import { OnwardOffers } from '../../../src/onward-referrals/onward-offers.service.js';
import { MOST_KEPT, Shortlists } from '../../../src/onward-referrals/shortlists.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import {
  aCase,
  aGroup,
  agreement,
  anOffer,
  inScheme,
  offerOf,
  type TestCase,
} from '../../factories/onward.js';
import { aListing, aPostcode, aProvider } from '../../factories/providers.js';
import { aMember, aScheme, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const CLACTON = { latitude: 51.79, longitude: 1.155 };
const HOLLAND = { latitude: 51.81, longitude: 1.21 };

describe('matching the person of a referral', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let matching: MatchingQueries;
  let grace: TestCase;
  beforeAll(async () => {
    betony = await startApp();
    matching = betony.get(MatchingQueries);
  });
  beforeEach(async () => {
    betony.clock.set('2026-11-23T10:00:00Z');
    scheme = await aScheme(betony);
    await aPostcode(scheme, 'CO15 1AA', CLACTON.latitude, CLACTON.longitude);
    grace = await aCase(scheme, { person: { postcode: 'CO15 1AA' } });
  });
  afterAll(() => betony.stop());

  const search = (query: Parameters<MatchingQueries['search']>[2] = {}, of = grace) =>
    matching.search(of.worker.actor, of.referralId, query);
  const names = async (query = {}) => (await search(query)).items.map(({ listing }) => listing.name);

  it('gives what suits in an explained order, then the waiting list, and the rest only on request', async () => {
    await aListing(scheme, { name: 'Near', ...CLACTON }).counting(4);
    await aListing(scheme, { name: 'Farther', ...HOLLAND }).counting(4);
    await aListing(scheme, { name: 'Nowhere known' }).counting(4);
    await aListing(scheme, { name: 'Full', ...CLACTON }).counting(0);
    await aListing(scheme, { name: 'For men', forWhom: 'men', ...CLACTON });
    await aListing(scheme, { name: 'Another need', needs: ['housing'], ...CLACTON });
    const page = await search();
    expect(page.items.map(({ listing, standing, miles }) => [listing.name, standing, miles])).toEqual([
      ['Near', 'may_be_offered', 0],
      ['Farther', 'may_be_offered', 2.7],
      ['Nowhere known', 'may_be_offered', null],
      ['Full', 'waiting_list', 0],
    ]);
    expect(page).toMatchObject({ weighed: 5, mayBeOffered: 3, distanceKnown: true, next: null });
    const [near] = page.items;
    expect(near?.parts.reduce((sum, { points }) => sum + points, 0)).toBe(near?.points);
    const all = await search({ unsuitable: true });
    const men = all.items.find(({ listing }) => listing.name === 'For men');
    expect(men?.standing).toBe('not_suitable');
    expect(men?.gates.find(({ passed }) => !passed)).toMatchObject({ gate: 'eligible' });
    expect(await names({ needs: ['housing'] })).toEqual(['Another need']);
    expect(await names({ confirmed: ['men'] })).toContain('For men');
  });

  it('says that places nobody confirmed must be asked for, ranks them lower and hides none', async () => {
    const old = await aListing(scheme, { name: 'Old count' }).counting(9);
    betony.clock.advance({ days: 100 });
    await aListing(scheme, { name: 'New count' }).counting(9).confirmed();
    await aListing(scheme, { name: 'Ask' }).confirmed();
    await betony.get(ListingsService).confirm(systemActor(scheme.id, 'test'), old);
    const page = await search();
    expect(page.items.map(({ listing }) => [listing.name, listing.places.reading])).toEqual([
      ['New count', 'free'],
      ['Ask', 'ask_first'],
      ['Old count', 'ask_first'],
    ]);
  });

  it('forgives slips of the finger as the directory does, within what the person needs', async () => {
    await aListing(scheme, { name: 'Friday lunch', description: 'A hot meal.', ...CLACTON });
    await aListing(scheme, { name: 'Allotment', description: 'Long mornings outside.', ...CLACTON });
    await aListing(scheme, { name: 'Supper', description: 'For who lives alone.', needs: ['housing'] });
    const by = async (text: string) => {
      const { items, spelling, nearMatch, anyWord, weighed } = await search({ text });
      expect(weighed).toBe(items.length);
      return [items.map(({ listing }) => listing.name), spelling, nearMatch, anyWord];
    };
    expect(await by('lunch')).toEqual([['Friday lunch'], null, false, false]);
    expect(await by('lunhc')).toEqual([['Friday lunch'], 'lunch', true, false]);
    expect(await by('alotment mornngs')).toEqual([['Allotment'], 'allotment mornings', true, false]);
    expect(await by('lunch submarine')).toEqual([['Friday lunch'], 'lunch or submarine', true, true]);
    expect((await by('lonley'))[1]).toBe('loneliness');
    // What has the very word does not help with what they need.
    expect((await by('alone'))[1]).toBe('loneliness');
    // Nor does what was meant, as the directory says too; what sounds like it is not shown in its place.
    await aListing(scheme, { name: 'Gardening', needs: ['creativity_and_nature'] });
    expect(await by('gardning')).toEqual([[], 'gardening', true, false]);
    expect(await by('submarine')).toEqual([[], null, false, false]);
    const [first] = (await search({ text: 'lonely', limit: 1 })).items;
    const { next } = await search({ text: 'lonely', limit: 1 });
    const second = await search({ text: 'lonely', limit: 1, after: next ?? '' });
    expect(second).toMatchObject({ spelling: 'loneliness', next: null, weighed: 2 });
    expect(second.items[0]?.listing.id).not.toBe(first?.listing.id);
  });

  it('leads away, gently, from a group that carries more than its share', async () => {
    const busy = await aGroup(scheme, { places: 50, listing: { name: 'Busy' } });
    for (let one = 0; one < 6; one += 1) await anOffer(scheme, await aCase(scheme), busy);
    for (const name of ['Calm', 'Quiet', 'Idle']) await aListing(scheme, { name }).counting(5);
    const page = await search();
    expect(page.items.at(-1)).toMatchObject({ listing: { name: 'Busy' }, standing: 'may_be_offered' });
    const share = page.items.at(-1)?.parts.find(({ part }) => part === 'fair_share');
    expect(share?.because).toBe('It carries 6 people now, where groups like it carry 1.5 on average.');
  });

  it('respects faith both ways', async () => {
    const mosque = await aProvider(scheme, { sector: 'faith', tradition: 'muslim' });
    await aListing(scheme, { name: 'Mosque', setting: 'religious' }).by(mosque);
    await aListing(scheme, { name: 'Library' });
    const own = await aCase(scheme, {
      person: { faithPreference: 'own_tradition', faithTradition: 'muslim' },
    });
    const none = await aCase(scheme, { person: { faithPreference: 'non_religious' } });
    const forThem = async (of: TestCase) => (await search({}, of)).items.map(({ listing }) => listing.name);
    expect(await forThem(own)).toEqual(['Mosque', 'Library']);
    expect(await forThem(none)).toEqual(['Library']);
  });

  it('says of any service why, or why not', async () => {
    const first = await aListing(scheme, { name: 'First', ...CLACTON }).counting(3);
    const second = await aListing(scheme, { name: 'Second', ...HOLLAND }).counting(3);
    const draft = await aListing(scheme, { name: 'Draft', ...CLACTON }).inDraft();
    const other = await aListing(scheme, { name: 'Housing', needs: ['housing'], ...CLACTON });
    const why = (id: string) => matching.why(grace.worker.actor, grace.referralId, id, {});
    expect(await why(first)).toMatchObject({ position: 1, mayBeOffered: 2, standing: 'may_be_offered' });
    expect(await why(second)).toMatchObject({ position: 2, miles: 2.7 });
    const failed = async (id: string) =>
      (await why(id)).gates.filter(({ passed }) => !passed).map(({ because }) => because);
    expect(await failed(draft)).toEqual(['This service is not published yet.']);
    expect(await failed(other)).toEqual(['It does not offer help with what they want help with.']);
    expect(await why(draft)).toMatchObject({ position: null, standing: 'not_suitable' });
  });

  it('knows what was offered already, and shows an expired offer as such', async () => {
    const group = await aGroup(scheme, { places: 3 });
    await betony
      .get(OnwardOffers)
      .offer(grace.worker.actor, grace.referralId, offerOf(group.listingId, { agreement: agreement() }));
    expect((await search()).items).toMatchObject([{ listing: { id: group.listingId }, offered: 'offered' }]);
  });

  it('has the next two ready after a no: what passes and was not asked', async () => {
    const [asked, quiet] = [await aGroup(scheme, { places: 3 }), await aGroup(scheme, { places: 3 })];
    for (const name of ['Third', 'Fourth', 'Fifth']) await aListing(scheme, { name }).counting(3);
    await aListing(scheme, { name: 'Full' }).counting(0);
    await anOffer(scheme, grace, quiet);
    const id = await anOffer(scheme, grace, asked).declined();
    const next = await matching.nextAfter(grace.worker.actor, id);
    expect(next).toHaveLength(2);
    expect(next.map(({ standing, offered }) => [standing, offered])).toEqual([
      ['may_be_offered', null],
      ['may_be_offered', null],
    ]);
    const stranger = await aMember(scheme, 'link_worker');
    await expect(matching.nextAfter(stranger.actor, id)).rejects.toMatchObject({ status: 404 });
  });

  it('keeps a shortlist side by side, without telling anybody', async () => {
    const shortlists = betony.get(Shortlists);
    const near = await aListing(scheme, { name: 'Near', ...CLACTON }).counting(3);
    const far = await aListing(scheme, { name: 'Far', ...HOLLAND }).counting(3);
    const keep = (listingId: string, note?: string) =>
      shortlists.keep(grace.worker.actor, grace.referralId, { listingId, ...(note ? { note } : {}) });
    const first = await keep(far, 'Her sister goes there');
    await keep(near);
    expect(await keep(far, 'Her sister goes there on Fridays')).toBe(first);
    const list = () => matching.shortlist(grace.worker.actor, grace.referralId);
    expect(await list()).toMatchObject([
      { listing: { name: 'Near' }, note: null, standing: 'may_be_offered' },
      { listing: { name: 'Far' }, note: 'Her sister goes there on Fridays', miles: 2.7 },
    ]);
    // The same points as in the search: what is compared does not change them.
    const searched = (await search()).items.map(({ points }) => points);
    expect((await list()).map(({ points }) => points)).toEqual(searched);
    await shortlists.drop(grace.worker.actor, grace.referralId, near);
    await expect(shortlists.drop(grace.worker.actor, grace.referralId, near)).rejects.toMatchObject({
      status: 404,
    });
    expect(await list()).toHaveLength(1);
    const told = await inScheme(scheme, (tx) =>
      tx.rows(sql`
        select action, count(*)::int as n from audit_entry where action like 'shortlist.%' group by action order by action`),
    );
    expect(told).toEqual([
      { action: 'shortlist.drop', n: 1 },
      { action: 'shortlist.keep', n: 3 },
      { action: 'shortlist.list', n: 3 },
    ]);
    for (let one = 0; one < MOST_KEPT - 1; one += 1) await keep(await aListing(scheme));
    await expect(keep(near)).rejects.toMatchObject({ code: 'shortlist-full' });
    await expect(keep(await aListing(await aScheme(betony)))).rejects.toMatchObject({ status: 404 });
  });

  it('shows nobody why somebody must never be offered', async () => {
    const group = await aGroup(scheme);
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        insert into never_offer (scheme_id, client_id, organisation_id, recorded_at)
        values (${scheme.id}, ${grace.clientId}, ${group.organisationId}, ${tx.now})`),
    );
    expect((await search()).items).toEqual([]);
    const [item] = (await search({ unsuitable: true })).items;
    expect(item?.gates.find(({ passed }) => !passed)?.because).toBe(
      'This service is not suitable for this person.',
    );
  });

  it('gives each once, page by page, and refuses a page of an order that is no more', async () => {
    for (let one = 0; one < 5; one += 1) await aListing(scheme, { name: `Club ${one}` });
    const paged: string[] = [];
    let after: string | undefined;
    do {
      const page = await search({ limit: 2, ...(after === undefined ? {} : { after }) });
      paged.push(...page.items.map(({ listing }) => listing.name));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(paged).toEqual((await search()).items.map(({ listing }) => listing.name));
    expect(new Set(paged).size).toBe(5);
    const { next, items } = await search({ limit: 1 });
    await betony.get(ListingsService).close(systemActor(scheme.id, 'test'), items[0]!.listing.id, {});
    await expect(search({ limit: 1, after: next! })).rejects.toMatchObject({ status: 422 });
  });

  it('narrows by words and by miles, and refuses miles from nobody knows where', async () => {
    await aListing(scheme, { name: 'Chess', ...HOLLAND });
    await aListing(scheme, { name: 'Draughts', ...CLACTON });
    expect(await names({ text: 'chess' })).toEqual(['Chess']);
    expect(await names({ withinMiles: 1 })).toEqual(['Draughts']);
    const unknown = await aCase(scheme, { person: { postcode: 'CO15 9ZZ' } });
    expect(await search({}, unknown)).toMatchObject({ distanceKnown: false, mayBeOffered: 2 });
    await expect(search({ withinMiles: 1 }, unknown)).rejects.toMatchObject({ status: 422 });
  });

  it('is written down as a reading of that person, and hidden from a worker who does not hold them', async () => {
    await search();
    const seen = await inScheme(scheme, (tx) =>
      tx.rows(sql`select client_ids from audit_entry where action = 'listing.match'`),
    );
    expect(seen).toEqual([{ client_ids: [grace.clientId] }]);
    const stranger = await aMember(scheme, 'link_worker');
    await expect(matching.search(stranger.actor, grace.referralId, {})).rejects.toMatchObject({
      status: 404,
    });
    const elsewhere = await aScheme(betony);
    const theirs = await aListing(elsewhere);
    await expect(matching.why(grace.worker.actor, grace.referralId, theirs, {})).rejects.toMatchObject({
      status: 404,
    });
  });
});
