import type { FieldProblem } from '../platform/errors/refusal.js';
import { canonicalJson } from '../platform/pure/hash.js';
import type { Changes } from './changes.rules.js';
import type { ListingRow } from './listing.types.js';

/** What a group may change by link: what it is asked about every three months, and nobody else's safety hangs on. */
export const AMENDED_BY_LINK = [
  'schedule',
  'address',
  'postcode',
  'access',
  'cost',
  'costNote',
  'howToJoin',
] as const;

/** A point follows from its postcode. */
const FOLLOWS = ['latitude', 'longitude'] as const;

/** What a group says of a service by link: that it is right, how many places there are, what has changed. */
const ANSWER_FIELDS = [
  'confirmedOn',
  'fullUntil',
  'placesConfirmedOn',
  'placesKind',
  'placesTotal',
  ...AMENDED_BY_LINK,
  ...FOLLOWS,
] as const;

export type ListingAnswer = Pick<ListingRow, (typeof ANSWER_FIELDS)[number]>;

/** What a link cannot change: a place that is kept back is not shown behind one either. */
export function beyondLink(asked: object, { withholdLocation }: ListingRow): FieldProblem[] {
  const open: readonly string[] = AMENDED_BY_LINK.filter(
    (field) => !withholdLocation || (field !== 'address' && field !== 'postcode'),
  );
  return Object.keys(asked)
    .filter((field) => !open.includes(field) && !FOLLOWS.some((one) => one === field))
    .map((field) => ({ field, message: 'Sign in, or ring the scheme, to change this' }));
}

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
  listing: ListingAnswer & Pick<ListingRow, 'placesTaken'>,
  now: Date,
  hours: number,
): { until: Date; action: string; before: Partial<ListingAnswer> } | null {
  const last = standing(said);
  if (last === null) return null;
  const { at, action, changes } = last;
  const until = new Date(at.getTime() + hours * 3_600_000);
  const changed = ANSWER_FIELDS.filter((field) => changes[field]);
  if (now >= until) return null;
  if (changed.some((field) => canonicalJson(changes[field]?.to ?? null) !== canonicalJson(listing[field]))) {
    return null;
  }
  const before = Object.fromEntries(changed.map((field) => [field, changes[field]?.from ?? null]));
  // Promised meanwhile, so that there cannot be fewer again.
  if (typeof before['placesTotal'] === 'number' && before['placesTotal'] < listing.placesTaken) return null;
  return { until, action, before };
}
