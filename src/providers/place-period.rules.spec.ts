import {
  periodAfter,
  periodFor,
  periodProblems,
  periodState,
  placesOf,
  type PlacePeriod,
} from './place-period.rules.js';

const TODAY = '2026-11-23';
const period = (changes: Partial<PlacePeriod>): PlacePeriod => ({
  id: 'tue',
  name: 'Tuesdays',
  fromOn: null,
  untilOn: null,
  state: 'running',
  total: 6,
  taken: 2,
  ...changes,
});
const thursdays = period({ id: 'thu', name: 'Thursdays', total: 4, taken: 4 });

describe('a period', () => {
  it.each([
    [{}, 'running'],
    [{ fromOn: TODAY, untilOn: TODAY, state: 'coming' }, 'running'],
    [{ fromOn: '2026-11-24' }, 'coming'],
    [{ untilOn: '2026-11-22' }, 'ended'],
    [{ state: 'ended', untilOn: '2027-01-01' }, 'ended'],
  ] as [Partial<PlacePeriod>, string][])('%j is %s', (changes, expected) => {
    expect(periodState(period(changes), TODAY)).toBe(expected);
  });

  it.each([
    [null, null, []],
    [TODAY, TODAY, []],
    [null, '2026-11-22', ['Enter today or a later date']],
    ['2026-12-02', '2026-12-01', ['Enter the day it begins, or a later one']],
  ])('from %s until %s: %j', (from, until, messages) => {
    expect(periodProblems({ from, until }, TODAY).map(({ message }) => message)).toEqual(messages);
  });
});

describe('the period of somebody who waited', () => {
  const ended = period({ id: 'old', state: 'ended' });
  const spring = period({ id: 'spr', fromOn: '2026-03-01', total: 9, taken: 9 });
  const winter = period({ id: 'win', fromOn: '2026-11-01', total: 9, taken: 8 });
  it.each<[string, PlacePeriod[], string | null, number, string | null]>([
    ['the one they waited for', [period({}), thursdays], 'thu', 1, 'thu'],
    ['also where it has not begun', [period({ state: 'coming' }), thursdays], 'tue', 1, 'tue'],
    ['the only one that runs', [ended, thursdays], 'old', 1, 'thu'],
    ['the first with room of several', [ended, winter, spring], 'old', 1, 'win'],
    ['the first where none has room', [ended, winter, spring], 'old', 2, 'spr'],
    ['one without a beginning first', [ended, winter, period({})], null, 1, 'tue'],
    ['none where none runs', [ended], 'old', 1, null],
    ['none where there are none', [], null, 1, null],
  ])('is %s', (_which, periods, waitedFor, people, id) => {
    expect(periodAfter(periods, waitedFor, people)).toBe(id);
  });
});

describe('the places of a service', () => {
  const own = {
    placesKind: 'counted',
    placesTotal: 10,
    placesTaken: 3,
    placesByPeriod: false,
    placesOtherwise: null,
  } as const;

  it('are those of the periods that run, and what is held outside them is free for nobody', () => {
    // Three held before there were periods, then two on Tuesdays and four on Thursdays.
    const places = placesOf({ ...own, placesTaken: 9 }, [period({}), thursdays]);
    expect(places).toEqual({
      placesKind: 'counted',
      placesTotal: 13,
      placesTaken: 9,
      placesByPeriod: true,
      placesOtherwise: 10,
    });
    // Four free on Tuesdays, none on Thursdays.
    expect((places.placesTotal ?? 0) - places.placesTaken).toBe(4);
  });

  it('are what they were before, when none runs any more, and never fewer than are taken', () => {
    const running = placesOf({ ...own, placesTaken: 5 }, [period({})]);
    const ended = [period({ state: 'ended' })];
    expect(placesOf(running, ended)).toMatchObject({
      placesKind: 'counted',
      placesTotal: 10,
      placesTaken: 5,
    });
    const fuller = placesOf({ ...running, placesTaken: 12 }, ended);
    expect(fuller).toMatchObject({ placesTotal: 12, placesByPeriod: true });
    expect(placesOf({ ...fuller, placesTaken: 11 }, ended)).toMatchObject({ placesTotal: 11 });
    expect(placesOf({ ...fuller, placesTaken: 9 }, ended)).toMatchObject({
      placesTotal: 10,
      placesByPeriod: false,
    });
  });

  it('are asked about, where nothing was counted before', () => {
    const drop = { ...own, placesKind: 'drop_in', placesTotal: null, placesTaken: 0 } as const;
    const running = placesOf(drop, [period({ taken: 0 })]);
    expect(running).toMatchObject({ placesKind: 'counted', placesTotal: 6 });
    expect(placesOf(running, [])).toMatchObject({ placesKind: 'ask_first', placesTotal: null });
  });

  it('stay the service’s own until a period begins', () => {
    expect(placesOf(own, [period({ state: 'coming' })])).toEqual(own);
  });
});

describe('periodFor', () => {
  it.each([
    ['none', [], null, null],
    ['the only one that runs', [period({}), period({ id: 'x', state: 'coming' })], null, 'tue'],
    ['one that is asked for before it begins', [period({ state: 'coming' })], 'tue', 'tue'],
    ['none, before it begins', [period({ state: 'coming' })], null, null],
    ['one of several', [period({}), thursdays], 'thu', 'thu'],
  ] as [string, PlacePeriod[], string | null, string | null][])('%s', (_what, periods, asked, id) => {
    expect(periodFor(periods, asked)).toEqual({ ok: true, id });
  });

  it.each([
    ['one that ended, alone', [period({ state: 'ended' })], 'tue', 'ask without one'],
    [
      'one that ended, of several',
      [period({ state: 'ended' }), thursdays, period({ id: 'x', name: 'Winter', state: 'coming' })],
      'tue',
      'that has not ended: Thursdays (0 free), Winter (not begun)',
    ],
    ['another service’s', [period({})], 'other', 'that has not ended: Tuesdays (4 free)'],
    ['several, unsaid', [period({}), thursdays], null, 'Choose which: Tuesdays (4 free), Thursdays (0 free)'],
  ] as [string, PlacePeriod[], string | null, string][])('refuses %s', (_what, periods, asked, words) => {
    const answer = periodFor(periods, asked);
    expect(answer.ok ? '' : answer.problem.message).toContain(words);
  });
});
