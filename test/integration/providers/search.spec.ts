import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Organisations } from '../../../src/identity/organisations.service.js';
import { Database } from '../../../src/platform/database/database.js';
import type { CreateListing, SearchQuery } from '../../../src/providers/listing.dto.js';
import { ListingSearch } from '../../../src/providers/listing-search.queries.js';
import { ListingsService } from '../../../src/providers/listings.service.js';
import { aListing, aPostcode, aProvider } from '../../factories/providers.js';
import { aMember, aScheme, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

/** About three, eleven and fourteen miles from Clacton. */
const CLACTON = { latitude: 51.79, longitude: 1.155 };
const HOLLAND = { latitude: 51.81, longitude: 1.21 };
const COLCHESTER = { latitude: 51.89, longitude: 0.9 };

const word = (n: number) => 'q'.repeat(n);

describe('the search for services', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let other: TestScheme;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    other = await aScheme(betony);
    const church = await aProvider(scheme, { name: 'St Botolph’s Church', sector: 'faith' });
    const make = async (key: string, details: Partial<CreateListing>, organisationId?: string) => {
      const sentence = aListing(scheme, { name: key, ...details });
      ids[key] = await (organisationId === undefined ? sentence : sentence.by(organisationId));
    };
    await make(
      'Friday lunch club',
      {
        description: 'A hot meal and company.',
        needs: ['loneliness', 'food'],
        ...CLACTON,
        schedule: [{ day: 'friday', from: '12:00', to: '14:00', every: 'week' }],
        access: ['step_free', 'hearing_loop'],
      },
      church,
    );
    await make('Bereavement café', {
      description: 'Tea and listening for anyone who has lost somebody.',
      needs: ['bereavement'],
      ...HOLLAND,
      schedule: [{ day: 'monday', from: '10:00', to: '11:30', every: 'month' }],
      languages: ['en', 'bn'],
    });
    await make('Allotment mornings', {
      description: 'Gardening together, with lunch at the end.',
      needs: ['inactivity', 'creativity_and_nature'],
      ...COLCHESTER,
      cost: 'donation',
      access: ['step_free'],
    });
    await make('Debt advice by telephone', {
      description: 'A long, quiet hour to sort out letters and what to pay first.',
      needs: ['debt_and_money'],
      setting: 'non_religious',
    });
    await make(
      'Evensong and supper',
      {
        description: 'A short service and a shared meal.',
        needs: ['faith_and_belonging', 'loneliness'],
        setting: 'religious',
        cost: 'paid',
      },
      church,
    );
    await aListing(scheme, { name: 'Draft lunch' }).inDraft();
    await aListing(scheme, { name: 'Paused lunch' }).paused();
    await aListing(scheme, { name: 'Closed lunch' }).closed();
    ids['theirs'] = await aListing(other, { name: 'Lunch of another scheme', ...CLACTON });
    await aPostcode(scheme, 'CO15 1AA', CLACTON.latitude, CLACTON.longitude);
  });
  afterAll(() => betony.stop());

  const search = (query: SearchQuery, within = scheme) =>
    betony.get(ListingSearch).search(systemActor(within.id, 'test'), query);
  const names = async (query: SearchQuery) => (await search(query)).items.map(({ name }) => name);
  const sorted = async (query: SearchQuery) => (await names(query)).sort();

  it('gives everything published by name, and nothing else', async () => {
    expect(await names({})).toEqual([
      'Allotment mornings',
      'Bereavement café',
      'Debt advice by telephone',
      'Evensong and supper',
      'Friday lunch club',
    ]);
  });

  it.each([
    ['a word of the name', 'lunch', ['Friday lunch club', 'Allotment mornings']],
    ['another form of the word', 'lunches', ['Friday lunch club', 'Allotment mornings']],
    ['a word of the description', 'gardening', ['Allotment mornings']],
    ['a need', 'bereavement', ['Bereavement café']],
    ['several words, all of them', 'debt letters', ['Debt advice by telephone']],
    ['a misspelling with the same stem', 'bereavment', ['Bereavement café']],
    ['without the accent', 'cafe', ['Bereavement café']],
    ['capitals', 'ALLOTMENT', ['Allotment mornings']],
    ['a phrase', '"shared meal"', ['Evensong and supper']],
    ['or', 'allotment or evensong', ['Allotment mornings', 'Evensong and supper']],
    ['not', 'lunch -friday', ['Allotment mornings']],
    ['a phrase that is not there', '"meal shared hot"', []],
    ['nothing like it', 'submarine', []],
    ['only small words', 'the of and', []],
    ['signs', '!!! ((( ::: \\ \' "', []],
  ] as const)('by %s', async (_name, text, found) => {
    const page = await search({ text });
    expect(page.items.map(({ name }) => name)).toEqual(found);
    expect(page).toMatchObject({ spelling: null, nearMatch: false, anyWord: false });
  });

  it('finds services by the name of their group', async () => {
    expect(await sorted({ text: 'botolph' })).toEqual(['Evensong and supper', 'Friday lunch club']);
  });

  it.each([
    ['berevement cafe', 'bereavement cafe', ['Bereavement café']],
    ['alotment', 'allotment', ['Allotment mornings']],
    ['gardning', 'gardening', ['Allotment mornings']],
    ['lunhc club', 'lunch club', ['Friday lunch club']],
    ['Telefone advice', 'telephone advice', ['Debt advice by telephone']],
    ['the evensnog', 'the evensong', ['Evensong and supper']],
    // Two letters in each other's place, which no three letters tell.
    ['debt frist', 'debt first', ['Debt advice by telephone']],
    // Each word by itself would be put right to one that the other is never beside.
    ['sharde mael', 'shared meal', ['Evensong and supper']],
    // Nothing has both, so that either will do.
    ['evensnog allotmnet', 'evensong or allotment', ['Allotment mornings', 'Evensong and supper']],
    // Two letters in each other's place come before letters that only look alike: "long" is here too.
    ['lonley', 'loneliness', ['Friday lunch club', 'Evensong and supper']],
    // Words of our own, which no service has, stand for what they are used for.
    ['lonely', 'loneliness', ['Friday lunch club', 'Evensong and supper']],
    ['alone', 'loneliness', ['Friday lunch club', 'Evensong and supper']],
    ['grief', 'bereavement', ['Bereavement café']],
    ['skint', 'debt and money', ['Debt advice by telephone']],
  ])('forgives %s', async (text, spelling, found) => {
    const page = await search({ text });
    expect(page).toMatchObject({ spelling, nearMatch: true, anyWord: / or /.test(spelling), next: null });
    expect(page.items.map(({ name }) => name)).toEqual(found);
  });

  it.each([
    // "Quiet" is here, and looks like it; what they meant is not.
    ['quire', null, []],
    ['lunch submarine', 'lunch or submarine', ['Friday lunch club', 'Allotment mornings']],
    ['food bank', 'food or bank', ['Friday lunch club']],
    ['gardning clubs', 'gardening or clubs', ['Friday lunch club', 'Allotment mornings']],
    ['submarine periscope', null, []],
    ['"food bank"', null, []],
    ['lunch -lunch', null, []],
    // What is right stays: what it means is not looked for beside something that only looks like the other.
    ['company shrt', 'company or short', ['Friday lunch club', 'Evensong and supper']],
  ] as const)('finds any of the words of %s where nothing has all', async (text, spelling, found) => {
    const page = await search({ text });
    expect(page).toMatchObject({ spelling, anyWord: spelling !== null });
    expect(page.items.map(({ name }) => name)).toEqual(found);
  });

  it('does not put right what the other filters made empty', async () => {
    expect(await search({ text: 'lunch', need: ['debt_and_money'] })).toMatchObject({
      items: [],
      spelling: null,
    });
  });

  it.each([
    [
      'any of the needs',
      { need: ['food', 'debt_and_money'] },
      ['Debt advice by telephone', 'Friday lunch club'],
    ],
    ['a day', { day: ['friday'] }, ['Friday lunch club']],
    ['any of the days', { day: ['friday', 'monday'] }, ['Bereavement café', 'Friday lunch club']],
    ['cost', { cost: ['paid', 'donation'] }, ['Allotment mornings', 'Evensong and supper']],
    ['a language', { language: 'bn' }, ['Bereavement café']],
    ['all of the access', { access: ['step_free', 'hearing_loop'] }, ['Friday lunch club']],
    ['setting', { setting: ['religious'] }, ['Evensong and supper']],
    ['words and a need', { text: 'lunch', need: ['food'] }, ['Friday lunch club']],
    ['words and a day', { text: 'lunch', day: ['friday'] }, ['Friday lunch club']],
    ['a need and a cost', { need: ['loneliness'], cost: ['free'] }, ['Friday lunch club']],
  ] as [string, SearchQuery, string[]][])('by %s', async (_name, query, found) => {
    expect(await sorted(query)).toEqual(found);
  });

  it('takes a service that names no language to be in English', async () => {
    expect(await names({ language: 'en' })).toHaveLength(5);
  });

  it('gives the nearest first, then what is nowhere known, and says the distance', async () => {
    const page = await search({ near: 'CO15 1AA' });
    expect(page.near).toEqual({ known: true, ...CLACTON });
    expect(page.items.map(({ name, miles }) => [name, miles])).toEqual([
      ['Friday lunch club', 0],
      ['Bereavement café', 2.7],
      ['Allotment mornings', 12.9],
      ['Debt advice by telephone', null],
      ['Evensong and supper', null],
    ]);
    const point = await search({ near: '51.89,0.9' });
    expect(point.items.map(({ name }) => name).slice(0, 3)).toEqual([
      'Allotment mornings',
      'Friday lunch club',
      'Bereavement café',
    ]);
  });

  it('leaves out what is farther than asked, and what is nowhere known', async () => {
    expect(await names({ near: 'CO15 1AA', withinMiles: 5 })).toEqual([
      'Friday lunch club',
      'Bereavement café',
    ]);
    expect(await names({ near: 'CO15 1AA', withinMiles: 2.6 })).toEqual(['Friday lunch club']);
    expect(await names({ text: 'lunch', near: 'CO15 1AA', withinMiles: 5 })).toEqual(['Friday lunch club']);
    expect(await names({ near: 'CO15 1AA', withinMiles: 15, need: ['inactivity'] })).toEqual([
      'Allotment mornings',
    ]);
  });

  it('puts the nearest first among equally good words', async () => {
    const equal = await Promise.all(
      [COLCHESTER, CLACTON, null, HOLLAND].map((place, n) =>
        aListing(scheme, { name: `Chess ${['far', 'here', 'nowhere', 'near'][n] ?? ''}`, ...place }),
      ),
    );
    expect(await names({ text: 'chess', near: 'CO15 1AA' })).toEqual([
      'Chess here',
      'Chess near',
      'Chess far',
      'Chess nowhere',
    ]);
    for (const id of equal) await betony.get(ListingsService).close(systemActor(scheme.id, 'test'), id, {});
  });

  it('says so when nobody knows where a postcode is, and refuses miles from there', async () => {
    const page = await search({ near: 'CO15 9ZZ' });
    expect(page.near).toEqual({ known: false, latitude: null, longitude: null });
    expect(page.items).toHaveLength(5);
    expect(page.items.every(({ miles }) => miles === null)).toBe(true);
    await expect(search({ near: 'CO15 9ZZ', withinMiles: 5 })).rejects.toMatchObject({ status: 422 });
    await expect(search({ withinMiles: 5 })).rejects.toMatchObject({ status: 422 });
    await expect(search({ near: 'Clacton' })).rejects.toMatchObject({ status: 422 });
  });

  it.each([
    ['by name', {}],
    ['by words', { text: 'lunch or meal or listening or letters' }],
    ['by words and distance', { text: 'lunch or meal or listening or letters', near: 'CO15 1AA' }],
    ['by distance', { near: 'CO15 1AA' }],
    ['within a distance', { near: 'CO15 1AA', withinMiles: 50 }],
    ['by need', { need: ['loneliness', 'bereavement', 'inactivity', 'debt_and_money'] }],
    ['put right', { text: 'lunhc' }],
  ] as [string, SearchQuery][])('gives each once, page by page: %s', async (_name, query) => {
    const whole = await search(query);
    expect(whole.items.length).toBeGreaterThan(1);
    const paged: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof search>> = await search({
        ...query,
        limit: 1,
        ...(after ? { after } : {}),
      });
      expect(page.items).toHaveLength(1);
      expect(page.spelling).toBe(whole.spelling);
      paged.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    expect(paged).toEqual(whole.items.map(({ id }) => id));
  });

  it('refuses a cursor that it never gave', async () => {
    const forged = [[1], [null, null, null, null, 'x'], [null, 'a', null, null, ids['theirs']], 'x'];
    for (const keys of forged) {
      const after = Buffer.from(JSON.stringify(keys)).toString('base64url');
      await expect(search({ after })).rejects.toMatchObject({ status: 422 });
    }
  });

  it('reads places as placesReading() does, and leaves out only what is known to be full', async () => {
    const key = 'Readable';
    const made = {
      free: await aListing(scheme, { name: `${key} free` }).counting(2),
      full: await aListing(scheme, { name: `${key} full` }).counting(0),
      dropIn: await aListing(scheme, { name: `${key} drop in` }).withPlaces({ kind: 'drop_in' }),
      untilLater: await aListing(scheme, { name: `${key} until later` }).withPlaces({
        kind: 'drop_in',
        fullUntil: '2027-06-01',
      }),
      askFirst: await aListing(scheme, { name: `${key} ask first` }),
    };
    const reading = async (query: SearchQuery) =>
      Object.fromEntries(
        (await search({ text: key, ...query })).items.map(({ id, places }) => [id, places.reading]),
      );
    expect(await reading({})).toEqual({
      [made.free]: 'free',
      [made.full]: 'full',
      [made.dropIn]: 'drop_in',
      [made.untilLater]: 'full',
      [made.askFirst]: 'ask_first',
    });
    const roomy = [made.free, made.dropIn, made.askFirst];
    expect(Object.keys(await reading({ hasPlaces: true })).sort()).toEqual(roomy.sort());

    const now = betony.clock.now();
    betony.clock.advance({ days: 91 });
    try {
      expect(await reading({})).toMatchObject({ [made.free]: 'ask_first', [made.full]: 'ask_first' });
      expect(Object.keys(await reading({ hasPlaces: true })).sort()).toEqual([...roomy, made.full].sort());
      const [first] = (await search({ text: key })).items;
      expect(first?.freshness).toEqual({
        confirmedOn: null,
        confirmed: false,
        word: 'not_confirmed',
      });
    } finally {
      betony.clock.set(now);
    }
    for (const id of Object.values(made)) {
      await betony.get(ListingsService).close(systemActor(scheme.id, 'test'), id, {});
    }
  });

  it('follows what happens to a service in the same transaction', async () => {
    const actor = systemActor(scheme.id, 'test');
    const listings = betony.get(ListingsService);
    const id = await aListing(scheme, { name: 'Woodturning', description: 'Lathes.' });
    expect(await names({ text: 'woodturning' })).toEqual(['Woodturning']);
    await listings.amend(actor, id, 2, { name: 'Basketry', needs: ['other'], ...CLACTON });
    expect(await names({ text: 'woodturning' })).toEqual([]);
    expect(await names({ text: 'basketry', need: ['other'], near: 'CO15 1AA', withinMiles: 1 })).toEqual([
      'Basketry',
    ]);
    await listings.pause(actor, id, {});
    expect(await names({ text: 'basketry' })).toEqual([]);
    await listings.resume(actor, id);
    expect(await names({ text: 'basketry' })).toEqual(['Basketry']);
    await listings.close(actor, id, {});
    expect(await names({ text: 'basketry' })).toEqual([]);
  });

  it('follows the name of a group, and whether it is there at all', async () => {
    const organisationId = await aProvider(scheme, { name: 'Harwich Hands' });
    const id = await aListing(scheme, { name: 'Sewing' }).by(organisationId);
    expect(await names({ text: 'harwich' })).toEqual(['Sewing']);
    const { actor } = await aMember(scheme, 'scheme_manager');
    const organisations = betony.get(Organisations);
    await organisations.amend(actor, organisationId, 1, { name: 'Dovercourt Hands' });
    expect(await names({ text: 'dovercourt' })).toEqual(['Sewing']);
    expect(await names({ text: 'harwich' })).toEqual([]);
    await organisations.amend(actor, organisationId, 2, { active: false });
    expect(await names({ text: 'dovercourt' })).toEqual([]);
    await organisations.amend(actor, organisationId, 3, { active: true });
    expect(await names({ text: 'dovercourt' })).toEqual(['Sewing']);
    await betony.get(ListingsService).close(systemActor(scheme.id, 'test'), id, {});
  });

  it('has the last words when a service and its group are renamed at once', async () => {
    const { actor } = await aMember(scheme, 'scheme_manager');
    const organisationId = await aProvider(scheme, { name: 'Mistley' });
    const id = await aListing(scheme, { name: 'Pottery 0' }).by(organisationId);
    for (let round = 1; round <= 10; round += 1) {
      await Promise.all([
        betony.get(Organisations).amend(actor, organisationId, round, { name: `Mistley ${word(round)}` }),
        betony.get(ListingsService).amend(actor, id, round + 1, { name: `Pottery ${word(round)}x` }),
      ]);
      expect(await names({ text: `mistley ${word(round)} ${word(round)}x` })).toEqual([
        `Pottery ${word(round)}x`,
      ]);
    }
    await betony.get(ListingsService).close(actor, id, {});
  });

  it('never shows another scheme, though the index holds both', async () => {
    const both = await betony
      .get(Database)
      .unscoped<{ schemes: number }>(
        sql`select count(distinct scheme_id)::int as schemes from listing_search`,
      );
    expect(both[0]?.schemes).toBe(2);
    for (const query of [{}, { text: 'lunch' }, { text: 'lunhc' }, { near: 'CO15 1AA' }] as SearchQuery[]) {
      expect((await search(query)).items.map(({ id }) => id)).not.toContain(ids['theirs']);
      expect((await search(query, other)).items.map(({ id }) => id)).toEqual([ids['theirs']]);
    }
    // Bound to one scheme and asked for another, the join back finds nothing to show.
    const wrong = await betony.get(Database).read(
      scheme.id,
      sql`select l.id from listing_search s join listing l on l.scheme_id = s.scheme_id and l.id = s.listing_id
          where s.scheme_id = ${other.id}`,
    );
    expect(wrong).toEqual([]);
  });

  it('is for those who may', async () => {
    for (const role of ['referrer', 'provider_member', 'commissioner', 'administrator'] as const) {
      const { actor } = await aMember(scheme, role);
      await expect(betony.get(ListingSearch).search(actor, {})).rejects.toMatchObject({ status: 403 });
    }
  });
});
