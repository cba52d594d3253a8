import quantile from '@stdlib/stats-base-dists-t-quantile';
import fc from 'fast-check';
import { UNANSWERED_AT_START } from '../outcomes/response.types.js';
import {
  countPeople,
  hiddenCounts,
  meanRefusal,
  scoreChange,
  shownRows,
  splitPeople,
  wellbyOf,
} from './change.rules.js';
import type { Apart, Person } from './change.types.js';

type Answer = number | null;

const person = (before: Answer, after?: Answer, more: Partial<Person> = {}): Person => ({
  apart: null,
  open: true,
  before: { s: before },
  after: after === undefined ? null : { s: after },
  otherVersion: false,
  sameDay: false,
  groups: [],
  ...more,
});
const paired = (before: Answer[], after: Answer[]): Person[] =>
  before.map((value, index) => person(value, after[index] ?? null));
const HIGHER = { key: 's', direction: 'higher_better' } as const;
const LOWER = { key: 's', direction: 'lower_better' } as const;
const points = (n: number) => ({ reliableChange: { points: n, source: 'Somebody (2001)' } });

// Means and intervals as SciPy 1.17 gives them: stats.t.interval(0.95, n - 1, mean(d), stats.sem(d)).
describe('paired change', () => {
  it('agrees with SciPy where some did not change', () => {
    const people = paired([4, 5, 3, 6, 2, 5, 4, 7, 3, 5, 6, 4], [6, 5, 5, 7, 2, 8, 4, 6, 5, 7, 9, 4]);
    const change = scoreChange(people, HIGHER, quantile);
    expect(change).toMatchObject({ scored: 12, notScored: 0, improved: 7, same: 4, worse: 1 });
    expect(change.meanBefore).toBeCloseTo(4.5, 12);
    expect(change.meanAfter).toBeCloseTo(5.666666666666667, 12);
    expect(change.meanDifference).toBeCloseTo(1.1666666666666667, 12);
    expect(change.interval?.low).toBeCloseTo(0.31710378913315906, 8);
    expect(change.interval?.high).toBeCloseTo(2.0162295442001743, 8);
  });

  it('agrees with SciPy where some would rather not say, on a scale on which lower is better', () => {
    const people = paired([9, 8, 7, null, 6, 5, 9, 8, null, 4, 7], [6, 8, null, 5, 6, 3, 7, 9, null, 3, 4]);
    const change = scoreChange(people, LOWER, quantile);
    expect(change).toMatchObject({
      scored: 8,
      notScored: 3,
      improved: 5,
      same: 2,
      worse: 1,
      meanBefore: 7,
      meanAfter: 5.75,
      meanDifference: -1.25,
    });
    expect(change.interval?.low).toBeCloseTo(-2.4940389412680988, 8);
    expect(change.interval?.high).toBeCloseTo(-0.005961058731901003, 8);
  });

  it('agrees with SciPy, and calls a change reliable from the published points on', () => {
    const before = [14, 21, 9, 16, 18, 7, 12, 25, 11, 15, 13, 20, 10];
    const after = [8, 14, 9, 10, 20, 5, 4, 19, 12, 16, 13, 12, 17];
    const change = scoreChange(paired(before, after), { ...LOWER, ...points(6) }, quantile);
    expect(change).toMatchObject({ improved: 7, same: 2, worse: 4 });
    expect(change).toMatchObject({ reliablyImproved: 6, reliablyWorse: 1, notReliable: 6 });
    expect(change.meanDifference).toBeCloseTo(-2.4615384615384617, 12);
    expect(change.interval?.low).toBeCloseTo(-5.302527624803358, 8);
    expect(change.interval?.high).toBeCloseTo(0.3794507017264346, 8);
  });

  it('has a mean of one pair, and no interval', () => {
    expect(scoreChange(paired([3], [7]), HIGHER, quantile)).toEqual({
      scored: 1,
      notScored: 0,
      improved: 1,
      same: 0,
      worse: 0,
      reliablyImproved: 0,
      reliablyWorse: 0,
      notReliable: 1,
      meanBefore: 3,
      meanAfter: 7,
      meanDifference: 4,
      interval: null,
    });
  });

  it('has a wide interval of two, and none where all changed by the same', () => {
    const two = scoreChange(paired([1, 9], [2, 4]), HIGHER, quantile);
    expect(two.interval?.low).toBeCloseTo(-40.11861420852408, 6);
    expect(two.interval?.high).toBeCloseTo(36.11861420852408, 6);
    expect(scoreChange(paired([2, 3, 4], [4, 5, 6]), HIGHER, quantile)).toMatchObject({
      meanDifference: 2,
      interval: null,
    });
  });

  it('has nothing of nobody, of one side only, nor of those counted apart', () => {
    const people = [person(3), person(null, 5), person(3, null), person(1, 9, { apart: 'moved' })];
    for (const some of [[], people]) {
      expect(scoreChange(some, HIGHER, quantile)).toMatchObject({
        scored: 0,
        meanBefore: null,
        meanAfter: null,
        meanDifference: null,
        interval: null,
      });
    }
    expect(scoreChange(people, HIGHER, quantile).notScored).toBe(2);
  });
});

describe('counting people', () => {
  it('counts died, moved and error apart, answered again or not, and says who was not asked again', () => {
    const apart = (why: Apart, after?: number) => person(4, after, { apart: why });
    const people = [
      person(4, 5),
      person(4, 6, { open: false }),
      person(4),
      person(4, undefined, { open: false }),
      person(4, undefined, { otherVersion: true }),
      person(4, 5, { otherVersion: true }),
      person(4, undefined, { sameDay: true }),
      person(4, undefined, { sameDay: true, otherVersion: true }),
      person(4, 5, { sameDay: true }),
      apart('died'),
      apart('moved', 9),
      apart('error'),
      apart('error', 3),
    ];
    const neverAsked = [
      { because: null, people: 4 },
      { because: 'declined' as const, people: 2 },
      { because: 'not_asked' as const, people: 1 },
    ];
    expect(countPeople(people, neverAsked)).toEqual({
      asked: 13,
      died: 1,
      moved: 1,
      error: 2,
      counted: 9,
      pairs: 4,
      versionChanged: 2,
      sameDay: 1,
      open: 1,
      ended: 1,
      neverAsked: 7,
      declined: 2,
      not_appropriate: 0,
      could_not_reach: 0,
      not_asked: 1,
      no_answer: 0,
      unexplained: 4,
    });
  });
});

describe('telling a mean', () => {
  const change = scoreChange(paired([1, 2, 3], [2, 3, 5]), HIGHER, quantile);

  it.each<[number, boolean, RegExp | null]>([
    [3, false, null],
    [2, false, null],
    [4, false, /Fewer than 4/],
    [3, true, /Left out/],
  ])('of three pairs with a minimum of %s, hidden: %s', (minimum, hidden, because) => {
    const answer = meanRefusal(change, minimum, hidden);
    if (because === null) expect(answer).toBeNull();
    else expect(answer).toMatch(because);
  });
});

const someone = fc.record({
  apart: fc.constantFrom<(Apart | null)[]>(null, null, null, null, 'died', 'moved', 'error'),
  open: fc.boolean(),
  before: fc.record({ s: fc.option(fc.nat({ max: 10 })) }),
  after: fc.option(fc.record({ s: fc.option(fc.nat({ max: 10 })) })),
  otherVersion: fc.boolean(),
  sameDay: fc.boolean(),
  groups: fc.constantFrom('a', 'b', 'c', 'd').map((key) => [{ key, title: key }]),
});
const crowd = fc.array(someone, { maxLength: 60 });

const unasked = fc.uniqueArray(
  fc.record({
    because: fc.constantFrom(null, ...UNANSWERED_AT_START),
    people: fc.integer({ min: 1, max: 12 }),
  }),
  { selector: ({ because }) => because },
);

describe('leaving out', () => {
  it('shows a commissioner no count of 1 to 4, and a manager all', () => {
    fc.assert(
      fc.property(crowd, unasked, (people, neverAsked) => {
        const counts = countPeople(people, neverAsked);
        const change = scoreChange(people, { ...HIGHER, ...points(3) }, quantile);
        expect(hiddenCounts(counts, { s: change }, 'scheme').size).toBe(0);
        const hidden = hiddenCounts(counts, { s: change }, 'aggregate');
        const small = (count: unknown): boolean => typeof count === 'number' && count > 0 && count < 5;
        for (const [key, count] of Object.entries(counts)) {
          if (small(count)) expect(hidden).toContain(key);
        }
        for (const key of ['scored', 'notScored', 'improved', 'same', 'worse', 'notReliable'] as const) {
          if (small(change[key])) expect(hidden).toContain(`s.${key}`);
        }
      }),
    );
  });

  it('leaves out rows so that neither they nor what is missing from the totals tell of 1 to 4', () => {
    const count = fc.nat({ max: 14 });
    const row = fc.record({ counts: fc.record({ asked: count, improved: count }) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const { rows: shown, hidden } = shownRows(rows, 'asked');
        expect(shown.length + hidden).toBe(rows.length);
        for (const name of ['asked', 'improved'] as const) {
          const total = (some: typeof rows): number =>
            some.reduce((sum, { counts }) => sum + counts[name], 0);
          for (const { counts } of shown) expect(counts[name] === 0 || counts[name] >= 5).toBe(true);
          const rest = total(rows) - total(shown);
          if (shown.length > 0) expect(rest === 0 || rest >= 5).toBe(true);
        }
        if (shown.length > 0) expect(hidden).not.toBe(1);
      }),
    );
  });
});

describe('splitting', () => {
  it('puts somebody with two needs into both, the largest group first', () => {
    const of = (...keys: string[]) =>
      person(1, 2, { groups: keys.map((key) => ({ key, title: key.toUpperCase() })) });
    const groups = splitPeople([of('food', 'debt'), of('debt'), of(), of('food'), of('arts', 'debt')]);
    expect(groups.map(({ group, people }) => [group.title, people.length])).toEqual([
      ['DEBT', 3],
      ['FOOD', 2],
      ['ARTS', 1],
    ]);
  });
});

describe('WELLBY', () => {
  it('adds up the differences, at the middle, the low and the high value', () => {
    const change = scoreChange(
      paired([4, 5, 3, 6, 2, 5, 4, 7, 3, 5, 6, 4], [6, 5, 5, 7, 2, 8, 4, 6, 5, 7, 9, 4]),
      HIGHER,
      quantile,
    );
    const value = wellbyOf(change);
    // 14 points for one year: 14 x 13,000; 14 x 10,000; 14 x 16,000. The interval: 12 people x SciPy's ends x 13,000.
    expect(value).toMatchObject({ pounds: 182_000, poundsLow: 140_000, poundsHigh: 224_000 });
    expect(value?.wellbys).toBeCloseTo(14, 10);
    expect(value?.interval).toEqual({ low: 49_468, high: 314_532 });
    expect(value?.assumptions.join(' ')).toMatch(/£13,000.*£10,000.*£16,000.*2019.*one year/);
  });

  it('is a loss where people are worse off, from the largest to the smallest', () => {
    expect(wellbyOf(scoreChange(paired([5, 6], [4, 4]), HIGHER, quantile))).toMatchObject({
      pounds: -39_000,
      poundsLow: -48_000,
      poundsHigh: -30_000,
    });
    expect(wellbyOf(scoreChange([], HIGHER, quantile))).toBeNull();
  });
});
