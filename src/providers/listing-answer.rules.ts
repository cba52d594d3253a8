import type { Changes } from './changes.rules.js';
import type { ListingRow } from './listing.types.js';

/** What a group says of a service by link: that it is right, or full until a day. */
export const ANSWER_FIELDS = ['confirmedOn', 'fullUntil', 'placesConfirmedOn'] as const;

export type ListingAnswer = Pick<ListingRow, (typeof ANSWER_FIELDS)[number]>;

/** Something said by link, as history keeps it. `takenBack` is with what was itself a taking back. */
export interface SaidByLink {
  at: Date;
  changes: Changes & { takenBack?: unknown };
}

/** The same as JSON writes it. */
export interface SaidByLinkRow {
  at: string;
  changes: SaidByLink['changes'];
}

export const saidOf = (rows: readonly SaidByLinkRow[]): SaidByLink[] =>
  rows.map(({ at, changes }) => ({ at: new Date(at), changes }));

/** The last that still stands: each taking back takes the one before it with it. `said` is newest first. */
function standing(said: readonly SaidByLink[]): SaidByLink | null {
  let takenBack = 0;
  for (const one of said) {
    if (one.changes.takenBack !== undefined) takenBack += 1;
    else if (takenBack > 0) takenBack -= 1;
    else return one;
  }
  return null;
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
  if (now >= until || changed.length === 0) return null;
  if (changed.some((field) => changes[field]?.to !== listing[field])) return null;
  const before = Object.fromEntries(changed.map((field) => [field, changes[field]?.from ?? null]));
  return { until, before };
}
