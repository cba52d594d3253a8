import type { AccessNeed } from '../platform/words/access.js';
import type { Presence } from '../platform/words/circumstances.js';
import type { Need } from '../platform/words/needs.js';
import type { Level, Limit, Weekday } from './provider.types.js';

export const LISTING_STATES = ['draft', 'in_review', 'published', 'paused', 'closed'] as const;
export type ListingState = (typeof LISTING_STATES)[number];

export const PLACES_KINDS = ['counted', 'drop_in', 'ask_first'] as const;
export type PlacesKind = (typeof PLACES_KINDS)[number];

export const FOR_WHOM = ['everyone', 'women', 'men'] as const;
export type ForWhom = (typeof FOR_WHOM)[number];

export const SETTINGS = ['non_religious', 'place_of_worship', 'religious'] as const;
export type Setting = (typeof SETTINGS)[number];

export const COSTS = ['free', 'donation', 'paid'] as const;
export type Cost = (typeof COSTS)[number];

/** In a search: those of which nobody has said it. */
export const NOT_KNOWN = 'not_known';

/** What a service may be published without, and somebody should say. */
export const MAY_BE_UNKNOWN = ['setting', 'cost', 'areas'] as const;
export type MayBeUnknown = (typeof MAY_BE_UNKNOWN)[number];

export const EVERY = ['week', 'fortnight', 'month'] as const;
export type Every = (typeof EVERY)[number];

/** When it meets, by London's clock. */
export interface Session {
  day: Weekday;
  from: string;
  to: string;
  every: Every;
  /** One of the days on which it meets (YYYY-MM-DD): which week it is, where that is not every week. */
  on?: string | null;
  note?: string | null;
}

/** How places read on the day, once the age of what was said is weighed. */
export const PLACES_READINGS = ['free', 'drop_in', 'ask_first', 'full'] as const;
export type PlacesReading = (typeof PLACES_READINGS)[number];

/** A listing is worth another look this many days after somebody last said it is right. */
export const LISTING_CHECK_DAYS = 90;

/** How what is said of a service reads: somebody said lately that it is right, or not. */
export const FRESHNESS = ['fresh', 'not_confirmed'] as const;
export type FreshnessWord = (typeof FRESHNESS)[number];

/** Shown wherever a service is. */
export interface Freshness {
  /** The last day somebody said that it is right. */
  confirmedOn: string | null;
  confirmed: boolean;
  word: FreshnessWord;
}

export interface ListingNamedRow {
  id: string;
  name: string;
  confirmedOn: string | null;
}

/** The most places a service may count, and the most people one hold may be for. */
export const MOST_PLACES = 10_000;

/** A service as its row says. Dates are 'YYYY-MM-DD', miles and degrees are numbers. */
export interface ListingRow {
  id: string;
  version: number;
  organisationId: string;
  name: string;
  description: string;
  state: ListingState;
  needs: Need[];
  /** Null is not known; none, without a radius, is the whole scheme. */
  areas: string[] | null;
  radiusMiles: number | null;
  minimumAge: number | null;
  maximumAge: number | null;
  eligibilityNote: string | null;
  forWhom: ForWhom;
  excludes: Limit[];
  present: Presence[];
  level: Level;
  /** Null is not known. */
  setting: Setting | null;
  schedule: Session[];
  languages: string[];
  access: AccessNeed[];
  /** Null is not known. */
  cost: Cost | null;
  costNote: string | null;
  howToJoin: string | null;
  volunteerRole: boolean;
  address: string | null;
  postcode: string | null;
  latitude: number | null;
  longitude: number | null;
  withholdLocation: boolean;
  publishable: boolean;
  placesKind: PlacesKind;
  placesTotal: number | null;
  placesTaken: number;
  /** Whether sessions or parts of the year say how many there are; what was said before counts again after them. */
  placesByPeriod: boolean;
  placesOtherwise: number | null;
  placesConfirmedOn: string | null;
  /** The day it has room again. */
  fullUntil: string | null;
  /** The last day somebody said that it is right. */
  confirmedOn: string | null;
  /** The day it was last published, which says nothing of whether it is right. */
  publishedOn: string | null;
}
