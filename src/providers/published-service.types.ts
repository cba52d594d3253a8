import type { AccessNeed } from '../platform/words/access.js';
import type { Need } from '../platform/words/needs.js';
import type { HubPartnerNamed } from './hub.dto.js';
import type { Cost, ForWhom, PlacesReading, Session, Setting } from './listing.types.js';
import type { Sector, Weekday } from './provider.types.js';

/** An organisation as anybody may know it: no person's name, address, phone or e-mail. */
export interface PublishedOrganisation {
  id: string;
  name: string;
  sector: Sector;
  /** As the Charity Commission numbers it, where it came from that register. */
  charityNumber: string | null;
  /** Whom a hub works with: those that are public themselves, and names of organisations that are not here. */
  partners: HubPartnerNamed[];
}

/** A service as anybody may know it. Where its place is withheld, address, postcode and point are null. */
export interface PublishedService {
  id: string;
  organisation: PublishedOrganisation;
  name: string;
  description: string;
  volunteerRole: boolean;
  temporarilyClosed: boolean;
  /** It was published and has closed: told for a while to whoever asks what changed, so that copies of it end too. */
  ended: boolean;
  needs: Need[];
  areas: string[] | null;
  radiusMiles: number | null;
  minimumAge: number | null;
  maximumAge: number | null;
  eligibilityNote: string | null;
  forWhom: ForWhom;
  setting: Setting | null;
  schedule: Session[];
  languages: string[];
  access: AccessNeed[];
  cost: Cost | null;
  costNote: string | null;
  howToJoin: string | null;
  address: string | null;
  postcode: string | null;
  latitude: number | null;
  longitude: number | null;
  placesTotal: number | null;
  placesLeft: number | null;
  /** How places read on the day: nothing of numbers that nobody confirmed lately. */
  placesReading: PlacesReading;
  placesConfirmedOn: string | null;
  /** Counted places that somebody confirmed lately, so that the numbers may be told. */
  placesKnown: boolean;
  fullUntil: string | null;
  /** The day all of this is said of: YYYY-MM-DD. */
  today: string;
  /** The last day somebody said it is right, and whether that is recent enough to rely on. */
  confirmedOn: string | null;
  confirmed: boolean;
  modifiedAt: Date;
}

export interface PublishedFilter {
  text?: string | null;
  /** Meets any of these. */
  needs?: readonly Need[] | null;
  /** Gives any of these. */
  access?: readonly AccessNeed[] | null;
  /** Meets on this day of the week. */
  day?: Weekday | null;
  cost?: Cost | null;
  forWhom?: ForWhom | null;
  setting?: Setting | null;
  /** Spoken there; English where nobody has said another. */
  language?: string | null;
  /** Only what takes people in today. */
  hasPlaces?: boolean;
  /** Only roles of volunteers, or none. */
  volunteerRoles?: boolean | null;
  organisationIds?: readonly string[] | null;
  /** Also what has ended since. */
  modifiedFrom?: Date | null;
  /** Only what meets somewhere that may be told. */
  located?: boolean;
  /** Only what covers this postcode; unknown cover excludes nothing. */
  covering?: { outward: string; point: { lat: number; lon: number } | null } | null;
  /** Only what meets within so many metres of a point. */
  near?: { lat: number; lon: number; metres: number } | null;
}
