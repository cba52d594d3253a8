import fc from 'fast-check';
import { lastQuarter, overview, periodBefore, periodProblems, periodsOffered } from './overview.rules.js';
import {
  OVERVIEW_COUNTS,
  OVERVIEW_FIGURES,
  OVERVIEW_SUMS,
  type OverviewCount,
  type OverviewCounts,
} from './overview.types.js';

const utc = (instant: string): Date => new Date(Date.parse(instant));
const now = utc('2026-11-23T10:00:00Z');

/** Counts that add up: parts are given, totals follow. */
function adding(parts: Partial<OverviewCounts>): OverviewCounts {
  const of = (key: OverviewCount): number => parts[key] ?? 0;
  const closed = of('helped') + of('partlyHelped') + of('notHelped') + of('resultNotKnown') + of('died');
  const accepted = closed + of('stillOpen') + of('endedOtherwise');
  const waitingNow = of('waitingTriage') + of('waitingAllocation') + of('waitingFirstContact');
  const waitingLong = Math.min(of('waitingLong'), waitingNow);
  const none = Object.fromEntries(OVERVIEW_COUNTS.map((key) => [key, 0])) as OverviewCounts;
  return {
    ...none,
    ...parts,
    closed,
    accepted,
    waitingNow,
    waitingLong,
    waitingNotLong: waitingNow - waitingLong,
    received: accepted + of('notTakenOn') + of('awaitingTriage'),
    reached: accepted - of('notReachedYet') - of('notReachedEnded'),
    withAGroup: accepted - of('noGroupYet') - of('noGroupEnded'),
    openNow: waitingNow + of('supportedNow'),
  };
}

describe('the overview’s tables', () => {
  it('shows every count somewhere', () => {
    const shown = OVERVIEW_FIGURES.flatMap(({ count, denominator, missing, parts }) => [
      count,
      denominator.count,
      missing.count,
      ...parts.map((part) => part.count),
    ]);
    expect(OVERVIEW_COUNTS.filter((key) => !shown.includes(key))).toEqual([]);
  });

  it('has sums without a ring, sharing one count at most, as suppression needs', () => {
    // A forest has as many links as nodes less trees: counts and sums are the nodes, membership the links.
    const links = OVERVIEW_SUMS.flatMap(({ total, parts }, sum) =>
      [total, ...parts].map((key) => [key, sum] as const),
    );
    const group = new Map<string, string>();
    const root = (node: string): string => {
      const above = group.get(node);
      return above === undefined ? node : root(above);
    };
    for (const [key, sum] of links) {
      const [a, b] = [root(key), root(`sum ${sum}`)];
      expect(a).not.toBe(b);
      group.set(a, b);
    }
  });

  it.each(OVERVIEW_FIGURES.map((figure) => [figure.key, figure] as const))(
    '%s has a definition, a denominator and what is missing',
    (_key, figure) => {
      for (const words of [figure.definition, figure.denominator.definition, figure.missing.definition]) {
        expect(words).toMatch(/\w+/);
      }
    },
  );
});

describe('overview', () => {
  const counts = adding({
    helped: 20,
    partlyHelped: 12,
    notHelped: 6,
    died: 2,
    stillOpen: 30,
    notReachedYet: 9,
    noGroupYet: 15,
    noGroupEnded: 10,
    notTakenOn: 8,
    awaitingTriage: 5,
    waitingTriage: 7,
    waitingAllocation: 3,
    waitingFirstContact: 11,
    waitingLong: 9,
    supportedNow: 40,
  });
  const figureOf = (reach: 'scheme' | 'aggregate', key: string) =>
    overview(counts, 6.5, reach).find((figure) => figure.key === key);

  it('shows a manager everything', () => {
    const figures = overview(counts, 6.5, 'scheme');
    expect(
      figures.map((figure) => [figure.key, figure.value, figure.denominator.value, figure.missing.value]),
    ).toEqual([
      ['received', 83, 83, 0],
      ['joined', 0, 83, 5],
      ['accepted', 70, 83, 5],
      ['reached', 61, 70, 9],
      ['withAGroup', 45, 70, 15],
      ['closed', 40, 70, 0],
      ['waitingNow', 21, 61, 0],
      ['medianDaysToFirstContact', 6.5, 61, 9],
    ]);
    expect(JSON.stringify(figures)).not.toContain('"suppressed":true');
  });

  it('leaves out for a commissioner what is small, and what would tell it', () => {
    expect(figureOf('aggregate', 'closed')?.parts.map((part) => [part.key, part.value])).toEqual([
      ['helped', 20],
      ['partlyHelped', 12],
      ['notHelped', null],
      ['resultNotKnown', 0],
      ['died', null],
      ['stillOpen', 30],
      ['endedOtherwise', 0],
    ]);
    expect(figureOf('aggregate', 'waitingNow')?.parts.map((part) => [part.key, part.value])).toEqual([
      ['waitingTriage', null],
      ['waitingAllocation', null],
      ['waitingFirstContact', 11],
      ['waitingLong', 9],
      ['waitingNotLong', 12],
      ['supportedNow', 40],
    ]);
    expect(figureOf('aggregate', 'medianDaysToFirstContact')).toMatchObject({
      value: 6.5,
      suppressed: false,
    });
  });

  it('leaves out a median of few people, for a commissioner only', () => {
    const few = adding({ helped: 3, stillOpen: 20, notReachedYet: 20 });
    const median = (reach: 'scheme' | 'aggregate') =>
      overview(few, 4, reach).find((figure) => figure.key === 'medianDaysToFirstContact');
    expect(median('aggregate')).toMatchObject({ value: null, suppressed: true });
    expect(median('scheme')).toMatchObject({ value: 4, suppressed: false });
  });

  it('never shows a commissioner a count of 1 to 4', () => {
    const part = fc.nat({ max: 12 });
    const parts = fc.record({
      helped: part,
      partlyHelped: part,
      notHelped: part,
      died: part,
      stillOpen: part,
      endedOtherwise: part,
      notTakenOn: part,
      awaitingTriage: part,
      waitingTriage: part,
      waitingAllocation: part,
      waitingFirstContact: part,
      waitingLong: part,
      supportedNow: part,
      joined: part,
    });
    fc.assert(
      fc.property(parts, (given) => {
        const figures = overview(adding(given), 5, 'aggregate').filter(
          (figure) => figure.unit === 'referrals',
        );
        for (const figure of figures) {
          for (const { value } of [figure, figure.denominator, figure.missing, ...figure.parts]) {
            expect(value === null || value === 0 || value >= 5).toBe(true);
          }
        }
      }),
    );
  });
});

describe('lastQuarter', () => {
  it.each([
    ['2026-11-23T10:00:00Z', '2026-07-01', '2026-09-30'],
    ['2026-12-31T23:59:59Z', '2026-07-01', '2026-09-30'],
    ['2027-01-01T00:00:00Z', '2026-10-01', '2026-12-31'],
    ['2027-03-31T22:59:59Z', '2026-10-01', '2026-12-31'],
    ['2027-03-31T23:00:00Z', '2027-01-01', '2027-03-31'],
    ['2027-06-30T23:30:00Z', '2027-04-01', '2027-06-30'],
  ])('at %s: %s to %s', (at, from, to) => {
    expect(lastQuarter(utc(at))).toEqual({ from, to });
  });
});

describe('periodsOffered', () => {
  it('begins with the quarter under way for those who see all, else with the last one', () => {
    const over = [
      { from: '2026-07-01', to: '2026-09-30' },
      { from: '2026-04-01', to: '2026-06-30' },
      { from: '2026-01-01', to: '2026-03-31' },
      { from: '2025-10-01', to: '2025-12-31' },
    ];
    expect(periodsOffered(now, false)).toEqual(over);
    expect(periodsOffered(now, true)).toEqual([{ from: '2026-10-01', to: '2026-11-23' }, ...over]);
  });
});

describe('periodBefore', () => {
  it.each([
    ['2026-07-01', '2026-09-30', '2026-04-01', '2026-06-30'],
    ['2026-01-01', '2026-03-31', '2025-10-01', '2025-12-31'],
    ['2026-10-01', '2026-11-23', '2026-08-08', '2026-09-30'],
    ['2026-11-23', '2026-11-23', '2026-11-22', '2026-11-22'],
  ])('of %s to %s is %s to %s', (from, to, start, end) => {
    expect(periodBefore({ from, to })).toEqual({ from: start, to: end });
  });
});

describe('periodProblems', () => {
  it.each([
    ['scheme', '2026-11-23', '2026-11-23', []],
    ['scheme', '2020-01-01', '2026-12-31', []],
    ['scheme', '2026-11-23', '2026-11-22', ['to']],
    ['scheme', '2026-11-24', '2026-11-30', ['from']],
    ['aggregate', '2026-07-01', '2026-09-30', []],
    ['aggregate', '2025-01-01', '2025-03-31', []],
    ['aggregate', '2026-10-01', '2026-12-31', ['from']],
    ['aggregate', '2026-07-01', '2026-09-29', ['from']],
    ['aggregate', '2026-07-02', '2026-09-30', ['from']],
    ['aggregate', '2026-01-01', '2026-09-30', ['from']],
    ['aggregate', '2026-08-01', '2026-10-31', ['from']],
    ['aggregate', '2026-09-30', '2026-07-01', ['to']],
  ] as const)('%s, %s to %s: %p', (reach, from, to, fields) => {
    expect(periodProblems({ from, to }, reach, now).map((problem) => problem.field)).toEqual(fields);
  });
});
