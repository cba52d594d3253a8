import type { Changes } from './changes.rules.js';
import type { ListingRow } from './listing.types.js';

/** What a group says of a service by link: that it is right, or full until a day. */
export const ANSWER_FIELDS = ['confirmedOn', 'fullUntil', 'placesConfirmedOn'] as const;

export type ListingAnswer = Pick<ListingRow, (typeof ANSWER_FIELDS)[number]>;

/** Something said by link, as history keeps it. `takenBack` is with what was itself a taking back. */
export interface SaidByLink {
  at: Date;
  /** The event: which of the answers it was. */
  action: string;
  /** Empty where it was so already. */
  changes: Changes & { takenBack?: unknown };
}

/** The same as JSON writes it. */
export interface SaidByLinkRow {
  at: string;
  action: string;
  changes: SaidByLink['changes'];
}

export const saidOf = (rows: readonly SaidByLinkRow[]): SaidByLink[] =>
  rows.map(({ at, ...said }) => ({ ...said, at: new Date(at) }));

/**
 * The last that still stands: each taking back takes the one before it with it. The same pressed twice is one; what only says
 * again what holds, after something else was said, is an answer of its own. `said` is newest first.
 */
function standing(said: readonly SaidByLink[]): SaidByLink | null {
  const stands: SaidByLink[] = [];
  for (const one of said.toReversed()) {
    const last = stands.at(-1);
    if (one.changes.takenBack !== undefined) stands.pop();
    else if (Object.keys(one.changes).length > 0 || (last && last.action !== one.action)) stands.push(one);
  }
  return stands.at(-1) ?? null;
}

/**
 * What taking the last answer back would put, and until when it may be; then the one before it, and so on. Null where there
 * is none, it is older than `hours`, or somebody has said something else since.
 */
export function answerBefore(
  said: readonly SaidByLink[],
  listing: ListingAnswer,
  now: Date,
  hours: number,
): { until: Date; before: Partial<ListingAnswer> } | null {
  const last = standing(said);
  if (last === null) return null;
  const { at, changes } = last;
  const until = new Date(at.getTime() + hours * 3_600_000);
  const changed = ANSWER_FIELDS.filter((field) => changes[field]);
  if (now >= until) return null;
  if (changed.some((field) => changes[field]?.to !== listing[field])) return null;
  const before = Object.fromEntries(changed.map((field) => [field, changes[field]?.from ?? null]));
  return { until, before };
}
