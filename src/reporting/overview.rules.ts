import { addDays, addMonths, daysBetween, londonDate } from '../platform/clock/calendar.js';
import { type FieldProblem, Refusal } from '../platform/errors/refusal.js';
import {
  type FigureUnit,
  OVERVIEW_FIGURES,
  OVERVIEW_SUMS,
  type OverviewCount,
  type OverviewCounts,
} from './overview.types.js';
import { isSmall, suppressed } from './suppression.rules.js';

/** Two dates in London, both included. */
export interface Period {
  from: string;
  to: string;
}

/** A count as it may be shown: null when it is left out because somebody could be worked out from it. */
export interface Shown {
  value: number | null;
  suppressed: boolean;
}

export interface Figure extends Shown {
  key: string;
  title: string;
  definition: string;
  unit: FigureUnit;
  denominator: Shown & { definition: string };
  missing: Shown & { definition: string };
  parts: (Shown & { key: string; title: string })[];
}

/** The calendar quarter that ended last. */
export const lastQuarter = (now: Date): Period => quarterFrom(addMonths(quarterStart(londonDate(now)), -3));

const quarterFrom = (from: string): Period => ({ from, to: addDays(addMonths(from, 3), -1) });

const isQuarter = ({ from, to }: Period): boolean =>
  from === quarterStart(from) && to === quarterFrom(from).to;

/** Periods to choose from, newest first: the last four quarters, and for those who see all the one under way before them. */
export function periodsOffered(now: Date, seesAll: boolean): Period[] {
  const last = lastQuarter(now);
  const over = [0, -3, -6, -9].map((months) => quarterFrom(addMonths(last.from, months)));
  return seesAll ? [{ from: addDays(last.to, 1), to: londonDate(now) }, ...over] : over;
}

/** What a period is compared with: the quarter before a quarter, else as many days as it has, just before it. */
export function periodBefore({ from, to }: Period): Period {
  if (isQuarter({ from, to })) return quarterFrom(addMonths(from, -3));
  return { from: addDays(from, -daysBetween(from, to) - 1), to: addDays(from, -1) };
}

/** The period asked for, or the last whole quarter. Refuses half a period. */
export function periodOf({ from, to }: Partial<Period>, now: Date): Period {
  if (from !== undefined && to !== undefined) return { from, to };
  if (from === undefined && to === undefined) return lastQuarter(now);
  throw Refusal.invalidField(from === undefined ? 'from' : 'to', 'Give both a start and an end, or neither');
}

/**
 * What is wrong with a period. Whoever sees only aggregates asks for one calendar quarter that is over: from two periods
 * that differ by a day, the counts of that day could be taken away from each other, however well each hides its own.
 */
export function periodProblems(period: Period, reach: 'scheme' | 'aggregate', now: Date): FieldProblem[] {
  const today = londonDate(now);
  if (period.to < period.from) return [{ field: 'to', message: 'Choose an end on or after the start' }];
  if (period.from > today) return [{ field: 'from', message: 'Choose a start that is not in the future' }];
  if (reach === 'scheme') return [];
  if (isQuarter(period) && period.to < today) return [];
  const { from, to } = lastQuarter(now);
  return [
    { field: 'from', message: `Choose one whole calendar quarter that is over, such as ${from} to ${to}` },
  ];
}

function quarterStart(date: string): string {
  const month = Number(date.slice(5, 7));
  return `${date.slice(0, 5)}${String(month - ((month - 1) % 3)).padStart(2, '0')}-01`;
}

/** The figures as this reach may see them. The median is in days, null when nobody was reached. */
export function overview(
  counts: OverviewCounts,
  median: number | null,
  reach: 'scheme' | 'aggregate',
): Figure[] {
  const hidden = reach === 'scheme' ? new Set<string>() : suppressed(counts, OVERVIEW_SUMS);
  const shown = (key: OverviewCount): Shown =>
    hidden.has(key) ? { value: null, suppressed: true } : { value: counts[key], suppressed: false };
  const shownMedian = (): Shown =>
    hidden.has('reached') || (reach === 'aggregate' && isSmall(counts.reached))
      ? { value: null, suppressed: true }
      : { value: median, suppressed: false };
  return OVERVIEW_FIGURES.map((figure) => ({
    key: figure.key,
    title: figure.title,
    definition: figure.definition,
    unit: figure.unit,
    ...(figure.count === 'medianDaysToFirstContact' ? shownMedian() : shown(figure.count)),
    denominator: { definition: figure.denominator.definition, ...shown(figure.denominator.count) },
    missing: {
      definition: figure.missing.definition,
      ...(figure.missing.count === null ? { value: 0, suppressed: false } : shown(figure.missing.count)),
    },
    parts: figure.parts.map(({ count, title }) => ({ key: count, title, ...shown(count) })),
  }));
}
