import type { Shown } from './overview.rules.js';
import { suppressed, type Sum } from './suppression.rules.js';

/** One count of a table that is laid out by place: how many of `item` there are there. Place null: not known where. */
export interface PlaceCount {
  place: string | null;
  item: string;
  count: number;
}

/** The same of help: how often it was given, by whether somebody is named, and how much of it there was. */
export interface HelpCount {
  place: string | null;
  item: string;
  named: boolean;
  times: number;
  quantity: number;
}

/** Item by place, with the scheme's whole beside it; `hidden` are the keys of counts that must not be shown. */
export interface Laid {
  counts: Readonly<Record<string, number>>;
  hidden: ReadonlySet<string>;
}

const ALL = 'all';
export const keyOf = (item: string, place: string | null): string => `${item}|${place ?? 'unknown'}`;
export const allOf = (item: string): string => `${item}|${ALL}`;
export const namedOf = (item: string, named: boolean): string => `${item}|${named ? 'named' : 'tally'}`;

/**
 * Lays counts out by place and says which must not be shown: those of 1 to 4, and what would tell them. Every place is
 * weighed at once, whichever is asked for, so that nothing can be taken from the views of two places. Each item is a sum of
 * its own, since somebody may be counted under several.
 */
export function laidOut(rows: readonly PlaceCount[], aggregate: boolean): Laid {
  const { counts, sums } = table(rows);
  return { counts, hidden: aggregate ? suppressed(counts, sums) : new Set() };
}

/**
 * The same for help, by place and by whether somebody is named, which have the whole in common. How much was given is left
 * out where how often is, and the other way round: of one parcel each the two are the same number.
 */
export function laidOutHelp(rows: readonly HelpCount[], aggregate: boolean): { times: Laid; quantity: Laid } {
  const [times, quantity] = (['times', 'quantity'] as const).map((of) => helpTable(rows, of)) as [
    Table,
    Table,
  ];
  const hidden = aggregate
    ? new Set([...suppressed(times.counts, times.sums), ...suppressed(quantity.counts, quantity.sums)])
    : new Set<string>();
  return { times: { counts: times.counts, hidden }, quantity: { counts: quantity.counts, hidden } };
}

interface Table {
  counts: Record<string, number>;
  sums: Sum[];
}

function table(rows: readonly PlaceCount[]): Table {
  const counts: Record<string, number> = {};
  const parts = new Map<string, Set<string>>();
  for (const { place, item, count } of rows) {
    const key = keyOf(item, place);
    counts[key] = (counts[key] ?? 0) + count;
    counts[allOf(item)] = (counts[allOf(item)] ?? 0) + count;
    parts.set(item, (parts.get(item) ?? new Set()).add(key));
  }
  const sums = [...parts].map(([item, keys]) => ({ total: allOf(item), parts: [...keys] }));
  return { counts, sums };
}

function helpTable(rows: readonly HelpCount[], of: 'times' | 'quantity'): Table {
  const { counts, sums } = table(rows.map((row) => ({ place: row.place, item: row.item, count: row[of] })));
  const items = [...new Set(rows.map(({ item }) => item))];
  for (const item of items) {
    const [named, tally] = [namedOf(item, true), namedOf(item, false)];
    counts[named] = 0;
    counts[tally] = 0;
    for (const row of rows) {
      if (row.item === item)
        counts[namedOf(item, row.named)] = (counts[namedOf(item, row.named)] ?? 0) + row[of];
    }
    sums.push({ total: allOf(item), parts: [named, tally] });
  }
  return { counts, sums };
}

/** One count as it may be shown. What was never counted is nought. */
export const shownOf = ({ counts, hidden }: Laid, key: string): Shown =>
  hidden.has(key) ? { value: null, suppressed: true } : { value: counts[key] ?? 0, suppressed: false };

export interface HelperCounts {
  /** Supported in the period, or became a volunteer in it. */
  people: number;
  helpers: number;
  /** Accepted for a volunteer role and not started yet. */
  waiting: number;
}

/** From helped to helper, as this reach may see it. */
export function helpersShown(
  { people, helpers, waiting }: HelperCounts,
  aggregate: boolean,
): Record<keyof HelperCounts, Shown> {
  const counts = { people, helpers, others: people - helpers, waiting };
  const hidden = aggregate
    ? suppressed(counts, [{ total: 'people', parts: ['helpers', 'others'] }])
    : new Set<string>();
  const laid = { counts, hidden };
  return {
    people: shownOf(laid, 'people'),
    helpers: shownOf(laid, 'helpers'),
    waiting: shownOf(laid, 'waiting'),
  };
}
