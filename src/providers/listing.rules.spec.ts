import { normaliseOutward } from '../platform/pure/postcode.js';
import {
  anyOfWords,
  coverage,
  freshnessOf,
  isFresh,
  likeTexts,
  listingProblems,
  notKnown,
  placesLeft,
  placesReading,
  publishProblems,
  readNear,
  saysAny,
  respelt,
  wordsIn,
  type Checked,
} from './listing.rules.js';

const TODAY = '2026-11-23';
/** Ninety days before TODAY. */
const OLD = '2026-08-25';

describe('freshness', () => {
  it.each([
    [null, false],
    [TODAY, true],
    [OLD, true],
    ['2026-08-24', false],
  ])('%s: %s', (saidOn, fresh) => {
    expect(isFresh(saidOn, TODAY, 90)).toBe(fresh);
    expect(freshnessOf(saidOn, TODAY)).toEqual({
      confirmedOn: saidOn,
      confirmed: fresh,
      word: fresh ? 'fresh' : 'not_confirmed',
    });
  });
});

describe('how places read', () => {
  const counted = (
    total: number,
    taken: number,
    confirmedOn: string | null,
    fullUntil: string | null = null,
  ) => ({
    placesKind: 'counted' as const,
    placesTotal: total,
    placesTaken: taken,
    placesConfirmedOn: confirmedOn,
    fullUntil,
  });
  const uncounted = (placesKind: 'drop_in' | 'ask_first', fullUntil: string | null = null) => ({
    placesKind,
    placesTotal: null,
    placesTaken: 0,
    placesConfirmedOn: null,
    fullUntil,
  });
  it.each([
    ['counted, some left', counted(8, 7, TODAY), 'free'],
    ['counted, none left', counted(8, 8, TODAY), 'full'],
    ['counted, none at all', counted(0, 0, TODAY), 'full'],
    ['counted, said ninety days ago', counted(8, 0, OLD), 'free'],
    ['counted, said longer ago', counted(8, 0, '2026-08-24'), 'ask_first'],
    ['counted, none left when last said, long ago', counted(8, 8, '2026-08-24'), 'ask_first'],
    ['counted, never said', counted(8, 0, null), 'ask_first'],
    ['drop in', uncounted('drop_in'), 'drop_in'],
    ['ask first', uncounted('ask_first'), 'ask_first'],
    ['full until tomorrow', counted(8, 0, TODAY, '2026-11-24'), 'full'],
    ['full until today has room again', counted(8, 0, TODAY, TODAY), 'free'],
    ['drop in, full until tomorrow', uncounted('drop_in', '2026-11-24'), 'full'],
  ] as const)('%s', (_name, listing, reading) => {
    expect(placesReading(listing, TODAY, 90)).toBe(reading);
  });

  it.each([
    [8, 3, 5],
    [8, 8, 0],
    [null, 3, null],
  ])('of %s with %s taken leaves %s', (placesTotal, placesTaken, left) => {
    expect(placesLeft({ placesTotal, placesTaken })).toBe(left);
  });
});

describe('districts', () => {
  it.each([
    ['CO15', 'CO15'],
    ['co15', 'CO15'],
    [' c o 1 ', 'CO1'],
    ['W1A', 'W1A'],
    ['EC1A', 'EC1A'],
    ['M1', 'M1'],
    ['CO15 1AB', null],
    ['CO', null],
    ['15', null],
    ['', null],
    ['Clacton', null],
    ['QQ1', null],
  ])('%s is %s', (text, outward) => {
    expect(normaliseOutward(text)).toBe(outward);
  });
});

describe('what nobody has said', () => {
  const said = { setting: 'religious', cost: 'paid', areas: [], radiusMiles: null } as const;
  it.each([
    [{}, []],
    [{ setting: null }, ['setting']],
    [{ cost: null }, ['cost']],
    [{ areas: null }, ['areas']],
    [{ areas: null, radiusMiles: 2 }, []],
    [{ setting: null, cost: null, areas: null }, ['setting', 'cost', 'areas']],
  ])('%j: %j', (listing, unknown) => {
    expect(notKnown({ ...said, areas: [...said.areas], ...listing })).toEqual(unknown);
  });
});

describe('what somebody may have meant', () => {
  it.each<[string, Record<string, string[]>, string[]]>([
    ['lunch', { lunch: ['lunch'] }, []],
    ['Alone', { alone: ['alone', 'loneliness'] }, ['loneliness']],
    ['submarine', { submarine: [] }, []],
    ['lunhc', { lunhc: ['lunch', 'launch'] }, ['lunch', 'launch']],
    ['Lonch welcom', { lonch: ['long', 'lunch'], welcom: ['welcome'] }, ['long welcome', 'lunch welcome']],
    ['debt hlep', { debt: ['debt'], hlep: ['help'] }, ['debt help']],
    ['"debt hlep" -lunch', { debt: ['debt'], hlep: ['help'], lunch: ['lunch'] }, ['"debt help" -lunch']],
  ])('%j', (text, like, texts) => {
    expect(likeTexts(text, new Map(Object.entries(like)))).toEqual(texts);
  });

  it('are few, however many words are typed', () => {
    const words = Array.from({ length: 12 }, (_, n) => `word${String(n)}`);
    const like = new Map(words.map((word) => [word, ['a', 'b', 'c', 'd'].map((one) => one + word)]));
    expect(likeTexts(words.join(' '), like)).toHaveLength(24);
  });

  it.each<[string, Record<string, string[]>, string[]]>([
    ['lunch', { lunch: ['lunch'] }, []],
    ['Lunch club', { lunch: ['lunch'], club: [] }, ['lunch or club']],
    ['debt hlep', { debt: ['debt'], hlep: ['help'] }, ['debt or help']],
    ['lunch, lunch', { lunch: ['lunch'] }, []],
    ["men's drop-in", { men: ['men'], drop: [] }, ['men or s or drop or in']],
    ['"lunch club"', {}, []],
    ['lunch -club', {}, []],
    ['-club lunch', {}, []],
    ['lunch or club walk', {}, []],
    ['orchard club', {}, ['orchard or club']],
  ])('is any of the words of %j, where they are plain', (text, like, texts) => {
    expect(anyOfWords(text, new Map(Object.entries(like)))).toEqual(texts);
  });

  it.each([
    ['lunch club', 'lunch or club', true],
    ['lunch or club', 'lunch or clue', false],
    ['lonely', 'loneliness', false],
  ])('%s found by %s', (typed, spelling, any) => {
    expect(saysAny(typed, spelling)).toBe(any);
  });
});

describe('coverage', () => {
  const clacton = { lat: 51.79, lon: 1.15 };
  const colchester = { lat: 51.89, lon: 0.9 };
  const listing = (areas: string[] | null, radiusMiles: number | null, placed = true) => ({
    areas,
    radiusMiles,
    latitude: placed ? clacton.lat : null,
    longitude: placed ? clacton.lon : null,
  });
  it.each([
    ['no area at all', listing([], null), { outward: 'CO15', point: clacton }, 'everywhere'],
    ['no area, nothing known', listing([], null), { outward: null, point: null }, 'everywhere'],
    ['nothing ever said', listing(null, null), { outward: 'CO15', point: clacton }, 'unknown'],
    ['a radius alone', listing(null, 1), { outward: 'CO15', point: clacton }, 'inside'],
    ['outside a radius alone', listing(null, 1), { outward: 'CO1', point: colchester }, 'outside'],
    ['a named district', listing(['CO15', 'CO16'], null), { outward: 'CO16', point: null }, 'inside'],
    ['another district', listing(['CO15'], null), { outward: 'CO1', point: clacton }, 'outside'],
    ['districts, no postcode', listing(['CO15'], null), { outward: null, point: clacton }, 'unknown'],
    ['inside the radius', listing([], 1), { outward: 'CO15', point: clacton }, 'inside'],
    ['outside the radius', listing([], 5), { outward: 'CO1', point: colchester }, 'outside'],
    ['a wider radius', listing([], 15), { outward: 'CO1', point: colchester }, 'inside'],
    ['a radius, no point', listing([], 5), { outward: 'CO1', point: null }, 'unknown'],
    ['a radius around nowhere', listing([], 5, false), { outward: 'CO1', point: colchester }, 'unknown'],
    ['either will do: district', listing(['CO1'], 1), { outward: 'CO1', point: colchester }, 'inside'],
    ['either will do: radius', listing(['CO16'], 15), { outward: 'CO1', point: colchester }, 'inside'],
    ['neither', listing(['CO16'], 1), { outward: 'CO1', point: colchester }, 'outside'],
    ['not the district, distance unknown', listing(['CO16'], 1), { outward: 'CO1', point: null }, 'unknown'],
  ] as const)('%s', (_name, about, place, answer) => {
    expect(coverage(about, place)).toBe(answer);
  });
});

describe('what is wrong with a listing', () => {
  const right: Checked = {
    areas: ['CO15'],
    radiusMiles: null,
    postcode: null,
    latitude: null,
    longitude: null,
    minimumAge: 18,
    maximumAge: 18,
    schedule: [{ day: 'friday', from: '12:00', to: '14:00', every: 'week' }],
    languages: ['en', 'bfi'],
  };
  const cases: [string, Partial<Checked>, string[]][] = [
    ['nothing', {}, []],
    ['a whole postcode as an area', { areas: ['CO15', 'CO15 1AB'] }, ['areas']],
    ['ages the wrong way round', { minimumAge: 60, maximumAge: 18 }, ['maximumAge']],
    ['a latitude alone', { latitude: 51 }, ['longitude']],
    ['a longitude alone', { longitude: 1 }, ['latitude']],
    ['a radius around nowhere', { radiusMiles: 5 }, ['radiusMiles']],
    ['a radius around a postcode', { radiusMiles: 5, postcode: 'CO15 1AB' }, []],
    ['a radius around a point', { radiusMiles: 5, latitude: 51, longitude: 1 }, []],
    ['a name as a language', { languages: ['en', 'English'] }, ['languages']],
    [
      'a session that ends as it begins',
      { schedule: [...right.schedule, { day: 'monday', from: '12:00', to: '12:00', every: 'week' }] },
      ['schedule.1.to'],
    ],
    [
      'a day of another weekday',
      { schedule: [{ day: 'friday', from: '12:00', to: '14:00', every: 'fortnight', on: '2026-11-26' }] },
      ['schedule.0.on'],
    ],
    [
      'a day of its own weekday',
      { schedule: [{ day: 'friday', from: '12:00', to: '14:00', every: 'fortnight', on: '2026-11-27' }] },
      [],
    ],
    ['two things', { minimumAge: 60, maximumAge: 18, areas: ['x'] }, ['areas', 'maximumAge']],
  ];
  it.each(cases)('%s', (_name, wrong, fields) => {
    expect(listingProblems({ ...right, ...wrong }).map(({ field }) => field)).toEqual(fields);
  });

  it('asks for a need before it is published', () => {
    expect(publishProblems({ needs: [] }).map(({ field }) => field)).toEqual(['needs']);
    expect(publishProblems({ needs: ['food'] })).toEqual([]);
  });
});

describe('the words of a search', () => {
  it.each([
    ['Lunch club', ['lunch', 'club']],
    ['"lunch club" -tea or lunch', ['lunch', 'club', 'tea']],
    ['a of 12', []],
    ['Café  chorégraphie', ['café', 'chorégraphie']],
    ['x'.repeat(41), []],
    [Array.from({ length: 20 }, (_item, n) => `word${String.fromCharCode(97 + n)}`).join(' '), 12],
  ])('%s', (text, words) => {
    if (typeof words === 'number') expect(wordsIn(text)).toHaveLength(words);
    else expect(wordsIn(text)).toEqual(words);
  });

  it('are put right without touching the rest', () => {
    const meant = new Map([
      ['lunhc', 'lunch'],
      ['gardning', 'gardening'],
    ]);
    expect(respelt('"Lunhc club" -gardning', meant)).toBe('"lunch club" -gardening');
    expect(respelt('lunhcs', meant)).toBe('lunhcs');
  });
});

describe('near', () => {
  const point = (lat: number, lon: number) => ({ kind: 'point', point: { lat, lon } });
  it.each([
    ['co151ab', { kind: 'postcode', postcode: 'CO15 1AB' }],
    ['51.79,1.15', point(51.79, 1.15)],
    [' -51.79, -1.15 ', point(-51.79, -1.15)],
    ['51,1', point(51, 1)],
    ['91,1', null],
    ['51,181', null],
    ['51', null],
    ['51;1', null],
    ['1e1,1', null],
    ['CO15', null],
    ['', null],
  ])('%s', (text, near) => {
    expect(readNear(text)).toEqual(near);
  });
});
