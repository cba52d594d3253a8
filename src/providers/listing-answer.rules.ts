import type { Changes } from './changes.rules.js';
import type { ListingRow } from './listing.types.js';

/** What a group says of a service by link: that it is right, or full until a day. */
export const ANSWER_FIELDS = ['confirmedOn', 'fullUntil', 'placesConfirmedOn'] as const;

export type ListingAnswer = Pick<ListingRow, (typeof ANSWER_FIELDS)[number]>;

/** The last thing said by link, as history keeps it. `takenBack` is with what was itself a taking back. */
export interface SaidByLink {
  at: Date;
  changes: Changes & { takenBack?: unknown };
}

/**
 * What taking the last answer back would put, and until when it may be; null where there is none, it is older than
 * `hours`, or somebody has said something else since.
 */
export function answerBefore(
  said: SaidByLink | null,
  listing: ListingAnswer,
  now: Date,
  hours: number,
): { until: Date; before: Partial<ListingAnswer> } | null {
  if (said === null || said.changes.takenBack !== undefined) return null;
  const until = new Date(said.at.getTime() + hours * 3_600_000);
  const changed = ANSWER_FIELDS.filter((field) => said.changes[field]);
  if (now >= until || changed.length === 0) return null;
  if (changed.some((field) => said.changes[field]?.to !== listing[field])) return null;
  const before = Object.fromEntries(changed.map((field) => [field, said.changes[field]?.from ?? null]));
  return { until, before };
}
