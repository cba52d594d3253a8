import type { UnansweredAtStart } from '../outcomes/response.types.js';
import type { Direction, MeasureScore } from '../outcomes/measures.catalogue.js';
import type { Shown } from './overview.rules.js';
import { isSmall, type Sum, suppressed } from './suppression.rules.js';
import {
  type ChangeFacts,
  type Group,
  PEOPLE_SUMS,
  type PeopleCounts,
  type Person,
  type ScoreChange,
  WELLBY,
} from './change.types.js';

/** The quantile of Student's t: the probability and the degrees of freedom. */
export type TQuantile = (probability: number, freedom: number) => number;

/** Counts of people, the period's own without `neverAsked`, which is no part of them. */
export function countPeople(people: readonly Person[], neverAsked: ChangeFacts['neverAsked']): PeopleCounts {
  const counted = people.filter(({ apart }) => apart === null);
  const unpaired = counted.filter(({ after }) => after === null);
  const sameVersion = unpaired.filter(({ otherVersion }) => !otherVersion);
  const waiting = sameVersion.filter(({ sameDay }) => !sameDay);
  const apart = (why: Person['apart']): number => people.filter((person) => person.apart === why).length;
  return {
    asked: people.length,
    died: apart('died'),
    moved: apart('moved'),
    error: apart('error'),
    counted: counted.length,
    pairs: counted.length - unpaired.length,
    versionChanged: unpaired.length - sameVersion.length,
    sameDay: sameVersion.length - waiting.length,
    open: waiting.filter(({ open }) => open).length,
    ended: waiting.filter(({ open }) => !open).length,
    ...countNeverAsked(neverAsked),
  };
}

function countNeverAsked(
  all: ChangeFacts['neverAsked'],
): Pick<PeopleCounts, UnansweredAtStart | 'neverAsked' | 'unexplained'> {
  const of = (because: UnansweredAtStart | null): number =>
    all.filter((one) => one.because === because).reduce((sum, { people }) => sum + people, 0);
  return {
    neverAsked: all.reduce((sum, { people }) => sum + people, 0),
    declined: of('declined'),
    not_appropriate: of('not_appropriate'),
    could_not_reach: of('could_not_reach'),
    not_asked: of('not_asked'),
    no_answer: of('no_answer'),
    unexplained: of(null),
  };
}

/**
 * How one score changed over everybody who answered twice and is not counted apart. Differences are after less before, in
 * points of the score. The interval is the mean difference and the 97.5% quantile of Student's t with one degree of
 * freedom less than pairs, times the standard error. "Same" is no difference at all. A change is reliable from the
 * published number of points on; without one, no change is called reliable.
 */
export function scoreChange(
  people: readonly Person[],
  { key, direction, reliableChange }: Pick<MeasureScore, 'key' | 'direction' | 'reliableChange'>,
  tQuantile: TQuantile,
): ScoreChange {
  const answered = people.flatMap(({ apart, before, after }) =>
    apart === null && after !== null ? [[before[key] ?? null, after[key] ?? null] as const] : [],
  );
  const pairs = answered.filter((pair): pair is readonly [number, number] => !pair.includes(null));
  const differences = pairs.map(([before, after]) => after - before);
  const better = differences.map((difference) => betterBy(difference, direction));
  const many = (holds: (by: number) => boolean): number => better.filter(holds).length;
  const reliable = reliableChange?.points ?? Number.POSITIVE_INFINITY;
  const [reliablyImproved, reliablyWorse] = [many((by) => by >= reliable), many((by) => by <= -reliable)];
  const meanDifference = mean(differences);
  return {
    scored: pairs.length,
    notScored: answered.length - pairs.length,
    improved: many((by) => by > 0),
    same: many((by) => by === 0),
    worse: many((by) => by < 0),
    reliablyImproved,
    reliablyWorse,
    notReliable: pairs.length - reliablyImproved - reliablyWorse,
    meanBefore: mean(pairs.map(([before]) => before)),
    meanAfter: mean(pairs.map(([, after]) => after)),
    meanDifference,
    interval: meanDifference === null ? null : intervalOf(differences, meanDifference, tQuantile),
  };
}

const betterBy = (difference: number, direction: Direction): number =>
  direction === 'higher_better' ? difference : -difference;

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function intervalOf(
  differences: readonly number[],
  middle: number,
  tQuantile: TQuantile,
): ScoreChange['interval'] {
  const freedom = differences.length - 1;
  const squares = differences.reduce((sum, difference) => sum + (difference - middle) ** 2, 0);
  if (freedom < 1 || squares === 0) return null;
  const error = Math.sqrt(squares / freedom / differences.length);
  const reach = tQuantile(0.975, freedom) * error;
  return { low: middle - reach, high: middle + reach };
}

const SCORE_COUNTS = [
  'scored',
  'notScored',
  'improved',
  'same',
  'worse',
  'reliablyImproved',
  'reliablyWorse',
  'notReliable',
] as const;
export type ScoreCount = (typeof SCORE_COUNTS)[number];

/** Which counts may be shown, by name; those of a score after its key: `satisfied.improved`. */
export function hiddenCounts(
  counts: PeopleCounts,
  scores: Readonly<Record<string, ScoreChange>>,
  reach: 'scheme' | 'aggregate',
): ReadonlySet<string> {
  if (reach === 'scheme') return new Set();
  const all: Record<string, number> = { ...counts };
  const sums: Sum[] = [...PEOPLE_SUMS];
  for (const [key, change] of Object.entries(scores)) {
    const named = (count: ScoreCount): string => `${key}.${count}`;
    for (const count of SCORE_COUNTS) all[named(count)] = change[count];
    sums.push(
      { total: 'pairs', parts: [named('scored'), named('notScored')] },
      { total: named('scored'), parts: [named('improved'), named('same'), named('worse')] },
      {
        total: named('scored'),
        parts: [named('reliablyImproved'), named('reliablyWorse'), named('notReliable')],
      },
    );
  }
  return suppressed(all, sums);
}

export const shownUnless = (hidden: ReadonlySet<string>, key: string, count: number): Shown =>
  hidden.has(key) ? { value: null, suppressed: true } : { value: count, suppressed: false };

/** Why no mean is told of a score; null when it may be. */
export function meanRefusal(change: ScoreChange, minimum: number, hidden: boolean): string | null {
  if (hidden) return 'Left out: somebody could be worked out from it';
  if (change.scored >= minimum) return null;
  return `Fewer than ${String(minimum)} people have both numbers: a mean would say more than is known`;
}

export interface Split<Row> {
  rows: Row[];
  /** How many are left out because somebody could be worked out from them. */
  hidden: number;
}

type Counts = Readonly<Record<string, number>>;

/**
 * The rows of a table that may stand beside its totals. A row with a count of 1 to 4 is left out whole; then the smallest
 * beside it, until what is left out is no single row and adds up to no count of 1 to 4 either.
 */
export function shownRows<Row extends { counts: Counts }>(rows: readonly Row[], by: string): Split<Row> {
  const size = ({ counts }: Row): number => counts[by] ?? 0;
  const [kept, out] = [new Set<Row>(), new Set<Row>()];
  for (const row of rows) (Object.values(row.counts).some(isSmall) ? out : kept).add(row);
  const exposes = (): boolean => {
    if (out.size === 0) return false;
    if (out.size === 1) return true;
    const names = Object.keys([...out][0]?.counts ?? {});
    return names.some((name) => isSmall([...out].reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0)));
  };
  while (kept.size > 0 && exposes()) {
    const least = [...kept].reduce((small, row) => (size(row) < size(small) ? row : small));
    kept.delete(least);
    out.add(least);
  }
  return { rows: rows.filter((row) => kept.has(row)), hidden: out.size };
}

/** The people of each group, the largest first, then by name. Somebody in several groups is counted in each. */
export function splitPeople(people: readonly Person[]): { group: Group; people: Person[] }[] {
  const groups = new Map<string, { group: Group; people: Person[] }>();
  for (const person of people) {
    for (const group of person.groups) {
      const found = groups.get(group.key) ?? { group, people: [] };
      found.people.push(person);
      groups.set(group.key, found);
    }
  }
  return [...groups.values()].sort(
    (a, b) => b.people.length - a.people.length || (a.group.title < b.group.title ? -1 : 1),
  );
}

export interface Wellby {
  wellbys: number;
  pounds: number;
  /** From the low value of a point to the high one. */
  poundsLow: number;
  poundsHigh: number;
  /** What sampling alone would make of it, at the middle value: the 95% interval of the mean difference. */
  interval: { low: number; high: number } | null;
  assumptions: readonly string[];
}

/** Points of life satisfaction, for one year each, in pounds. Only what was measured twice is counted. */
export function wellbyOf({ scored, meanDifference, interval }: ScoreChange): Wellby | null {
  if (meanDifference === null) return null;
  const wellbys = meanDifference * scored * WELLBY.years;
  const pounds = (difference: number): number =>
    Math.round(difference * scored * WELLBY.years * WELLBY.pounds);
  const ends = [wellbys * WELLBY.low, wellbys * WELLBY.high].map(Math.round).sort((a, b) => a - b);
  return {
    wellbys,
    pounds: pounds(meanDifference),
    poundsLow: ends[0] ?? 0,
    poundsHigh: ends[1] ?? 0,
    interval: interval && { low: pounds(interval.low), high: pounds(interval.high) },
    assumptions: WELLBY_ASSUMPTIONS,
  };
}

const gbp = (amount: number): string => `£${amount.toLocaleString('en-GB')}`;

export const WELLBY_ASSUMPTIONS: readonly string[] = [
  `One point of life satisfaction (0 to 10) for one person for one year is worth ${gbp(WELLBY.pounds)}, in a range from ${gbp(WELLBY.low)} to ${gbp(WELLBY.high)}, in prices of ${String(WELLBY.priceYear)}`,
  `Each change is taken to last for one year: nothing here measures how long it lasts`,
  'Only people who answered at the start and again are counted. Nobody else is taken to have changed',
  'All of the change is counted, whatever it came from: there is no group without support to compare with',
  'A point is worth the same wherever on the scale it is gained or lost, and prices are not brought up to date',
];
