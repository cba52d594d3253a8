import { daysBetween } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import { milesBetween, type Point } from '../platform/pure/distance.js';
import { NO_DISTRICT, normaliseOutward, normalisePostcode } from '../platform/pure/postcode.js';
import { LANGUAGE_CODE } from '../platform/words/access.js';
import { weekdayOf } from './rhythm.rules.js';
import {
  type Freshness,
  LISTING_CHECK_DAYS,
  type ListingNamedRow,
  type ListingRow,
  MAY_BE_UNKNOWN,
  type MayBeUnknown,
  type PlacesReading,
} from './listing.types.js';

/** Whether something said on a date may still be relied on today. What was never said may not. */
export function isFresh(saidOn: string | null, today: string, days: number): boolean {
  return saidOn !== null && daysBetween(saidOn, today) <= days;
}

/** The one word for it everywhere: in searches, matches, lists, pages and the public feed. */
export function freshnessOf(
  confirmedOn: string | null,
  today: string,
  days: number = LISTING_CHECK_DAYS,
): Freshness {
  const confirmed = isFresh(confirmedOn, today, days);
  return { confirmedOn, confirmed, word: confirmed ? 'fresh' : 'not_confirmed' };
}

/** A service by name, and how fresh it is, wherever it is not shown whole. */
export const listingNamed = ({ id, name, confirmedOn }: ListingNamedRow, today: string) => ({
  id,
  name,
  freshness: freshnessOf(confirmedOn, today),
});

type Places = Pick<
  ListingRow,
  'placesKind' | 'placesTotal' | 'placesTaken' | 'placesConfirmedOn' | 'fullUntil'
>;

/** Counted places nobody holds; null where places are not counted. */
export const placesLeft = (listing: Pick<Places, 'placesTotal' | 'placesTaken'>): number | null =>
  listing.placesTotal === null ? null : Math.max(0, listing.placesTotal - listing.placesTaken);

/** Why so many people cannot be offered to it now, in the only words for it: fewer places are left than they need. */
export function noRoom(left: number, people: number): string {
  const needed = people === 1 ? '' : `, and ${String(people)} are needed`;
  const count =
    left <= 0 ? 'No place is' : left === 1 ? 'Only 1 place is' : `Only ${String(left)} places are`;
  return `${count} left${needed}. The waiting list is open.`;
}

/**
 * How the places of a service read today. Counted places that nobody confirmed for `staleDays` read as "ask first",
 * whatever the numbers say; "full until" holds up to, not including, its date.
 */
export function placesReading(listing: Places, today: string, staleDays: number): PlacesReading {
  if (listing.fullUntil !== null && listing.fullUntil > today) return 'full';
  if (listing.placesKind !== 'counted') return listing.placesKind;
  if (!isFresh(listing.placesConfirmedOn, today, staleDays)) return 'ask_first';
  return placesLeft(listing) === 0 ? 'full' : 'free';
}

export interface Place {
  /** Such as 'CO15'; null where no postcode is known. */
  outward: string | null;
  point: Point | null;
}

export type Coverage = 'everywhere' | 'inside' | 'outside' | 'unknown';

/** Whether anybody has said where a service takes people from. */
export const isAreaKnown = ({ areas, radiusMiles }: Pick<ListingRow, 'areas' | 'radiusMiles'>): boolean =>
  areas !== null || radiusMiles !== null;

/** What nobody has said of a service yet. */
export const notKnown = (
  listing: Pick<ListingRow, 'setting' | 'cost' | 'areas' | 'radiusMiles'>,
): MayBeUnknown[] =>
  MAY_BE_UNKNOWN.filter((what) => (what === 'areas' ? !isAreaKnown(listing) : listing[what] === null));

/**
 * Whether a service reaches a place: anywhere in the scheme when it has no districts and no radius, otherwise inside
 * either. What cannot be known (nobody said where, no point, no postcode) is 'unknown' and must not exclude.
 */
export function coverage(
  listing: Pick<ListingRow, 'areas' | 'radiusMiles' | 'latitude' | 'longitude'>,
  place: Place,
): Coverage {
  if (!isAreaKnown(listing)) return 'unknown';
  const { radiusMiles, latitude, longitude } = listing;
  const areas = listing.areas ?? [];
  if (areas.length === 0 && radiusMiles === null) return 'everywhere';
  if (place.outward !== null && areas.includes(place.outward)) return 'inside';
  let unknown = areas.length > 0 && place.outward === null;
  if (radiusMiles !== null) {
    if (latitude === null || longitude === null || place.point === null) unknown = true;
    else if (milesBetween({ lat: latitude, lon: longitude }, place.point) <= radiusMiles) return 'inside';
  }
  return unknown ? 'unknown' : 'outside';
}

export type Checked = Pick<
  ListingRow,
  | 'areas'
  | 'radiusMiles'
  | 'postcode'
  | 'latitude'
  | 'longitude'
  | 'minimumAge'
  | 'maximumAge'
  | 'schedule'
  | 'languages'
>;

export const languageProblems = (languages: readonly string[]): FieldProblem[] =>
  languages.every((language) => LANGUAGE_CODE.test(language))
    ? []
    : [{ field: 'languages', message: 'Use the code of each language, like en or bn' }];

/** What is wrong with a listing as a whole, by field; what each answer must be alone is the input's own check. */
export function listingProblems(listing: Checked): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const wrongArea = listing.areas?.find((area) => normaliseOutward(area) === null);
  if (wrongArea !== undefined) {
    problems.push({ field: 'areas', message: NO_DISTRICT });
  }
  if (listing.minimumAge !== null && listing.maximumAge !== null && listing.minimumAge > listing.maximumAge) {
    problems.push({ field: 'maximumAge', message: 'Make the highest age the same as the lowest or more' });
  }
  if ((listing.latitude === null) !== (listing.longitude === null)) {
    const field = listing.latitude === null ? 'latitude' : 'longitude';
    problems.push({ field, message: 'Give both latitude and longitude, or neither' });
  }
  if (listing.radiusMiles !== null && listing.postcode === null && listing.latitude === null) {
    problems.push({ field: 'radiusMiles', message: 'Give a postcode too, to measure the miles from' });
  }
  problems.push(...languageProblems(listing.languages));
  listing.schedule.forEach((session, index) => {
    if (session.to <= session.from) {
      problems.push({ field: `schedule.${index}.to`, message: 'Make the end later than the start' });
    }
    if (session.on != null && weekdayOf(session.on) !== session.day) {
      problems.push({ field: `schedule.${index}.on`, message: 'Give a day that falls on this weekday' });
    }
  });
  return problems;
}

/** What a listing still lacks before link workers may find it. */
export function publishProblems(listing: Pick<ListingRow, 'needs'>): FieldProblem[] {
  return listing.needs.length === 0
    ? [{ field: 'needs', message: 'Choose at least one need that this service meets' }]
    : [];
}

/** The words of a search that may be misspelt, in lower case, each once; at most twelve. */
export function wordsIn(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...new Set(words)].filter((word) => word.length >= 3 && word.length <= 40).slice(0, 12);
}

/** The text with words exchanged and everything else, such as quotes and minus signs, left as it was. */
export function respelt(text: string, meant: ReadonlyMap<string, string>): string {
  return text.toLowerCase().replace(/[\p{L}\p{M}\p{N}]+/gu, (word) => meant.get(word) ?? word);
}

/** So many words like one that was typed, and so many texts made of them, are tried. */
export const LIKE_EACH = 4;
const MOST_TEXTS = 24;

/** The words like each word that was typed, best first; itself the first where it is right. */
type Like = ReadonlyMap<string, readonly string[]>;

/**
 * What somebody may have meant, the likest first: the text with words exchanged for words like them. One without any like
 * it stays.
 */
export function likeTexts(text: string, like: Like): string[] {
  const meant = [...like].map(([word, words]) => ({ word, words: words.length === 0 ? [word] : words }));
  let chosen: { words: [string, string][]; cost: number }[] = [{ words: [], cost: 0 }];
  for (const { word, words } of meant) {
    chosen = chosen
      .flatMap((one) =>
        words.map((other, place) => ({
          words: [...one.words, [word, other] as [string, string]],
          cost: one.cost + place,
        })),
      )
      .sort((a, b) => a.cost - b.cost)
      .slice(0, MOST_TEXTS);
  }
  const texts = new Set(chosen.map(({ words }) => respelt(text, new Map(words))));
  texts.delete(text.toLowerCase());
  return [...texts];
}

/**
 * Any of several plain words, each as it was likeliest meant: where nothing has all of them. Not of words in quotes or
 * with a minus or an "or", which say themselves what must be there: "or" would turn them into something else.
 */
export function anyOfWords(text: string, like: Like): string[] {
  if (!/^[\p{L}\p{M}\p{N}\s'’,.&/-]+$/u.test(text) || /(?:^|\s)(?:-|or(?:\s|$))/iu.test(text)) return [];
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const each = [...new Set(words.map((word) => like.get(word)?.[0] ?? word))].slice(0, 12);
  return each.length > 1 ? [each.join(' or ')] : [];
}

/** Whether what was looked for instead is any of the words, where all were typed. */
export const saysAny = (typed: string, spelling: string): boolean =>
  / or /.test(spelling) && !/(?:^|\s)or(?:\s|$)/iu.test(typed);

export type Near = { kind: 'postcode'; postcode: string } | { kind: 'point'; point: Point };

const POINT = /^(-?\d{1,2}(?:\.\d{1,8})?),\s*(-?\d{1,3}(?:\.\d{1,8})?)$/;

/** Where to measure from: a whole postcode, or 'latitude,longitude' in degrees. Null when it is neither. */
export function readNear(text: string): Near | null {
  const postcode = normalisePostcode(text);
  if (postcode !== null) return { kind: 'postcode', postcode };
  const parts = POINT.exec(text.trim());
  if (!parts) return null;
  const point = { lat: Number(parts[1]), lon: Number(parts[2]) };
  return Math.abs(point.lat) <= 90 && Math.abs(point.lon) <= 180 ? { kind: 'point', point } : null;
}
