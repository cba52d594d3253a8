import { ApiProperty } from '@nestjs/swagger';
import {
  Choice,
  Choices,
  ChoicesInQuery,
  DateOnly,
  Decimal,
  LanguageCode,
  NestedList,
  NumberInQuery,
  Postcode,
  Text,
  Texts,
  TimeOfDay,
  Uuid,
  WholeNumber,
  YesNo,
  YesNoInQuery,
} from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import { ACCESS_NEEDS, type AccessNeed } from '../platform/words/access.js';
import { PRESENCES, type Presence } from '../platform/words/circumstances.js';
import { NEEDS, type Need } from '../platform/words/needs.js';
import { HubPartnerNamed } from './hub.dto.js';
import {
  COSTS,
  EVERY,
  FOR_WHOM,
  FRESHNESS,
  LISTING_STATES,
  MAY_BE_UNKNOWN,
  MOST_PLACES,
  NOT_KNOWN,
  PLACES_KINDS,
  PLACES_READINGS,
  SETTINGS,
  type Cost,
  type Every,
  type ForWhom,
  type Freshness,
  type FreshnessWord,
  type ListingState,
  type MayBeUnknown,
  type PlacesKind,
  type PlacesReading,
  type Session,
  type Setting,
} from './listing.types.js';
import {
  PUBLIC_WORDS,
  WARNED_OF,
  type PublicWords,
  type WarnedOf,
  type WordsWarning,
} from './public-words.rules.js';
import { LEVELS, LIMITS, WEEKDAYS, type Level, type Limit, type Weekday } from './provider.types.js';

const UNTOLD = { optional: true, nullable: true } as const;

export class SessionInput implements Session {
  @Choice(WEEKDAYS)
  day: Weekday;

  @TimeOfDay()
  from: string;

  @TimeOfDay()
  to: string;

  @Choice(EVERY)
  every: Every;

  @DateOnly({
    ...UNTOLD,
    description:
      'One of the days on which it meets, past or to come. Where it is not every week this says which: every second week from there, or that weekday of the month (the fifth counts as the last). Without it nobody is asked who came.',
  })
  on?: string | null;

  @Text({ ...UNTOLD, max: 200, example: 'Term time only' })
  note?: string | null;
}

/** What a service is, all but its name, its words and its places. */
export class ListingDetails {
  @Choices(NEEDS, { optional: true })
  needs?: Need[];

  @Texts({
    ...UNTOLD,
    max: 5,
    items: 200,
    description: 'Districts it covers; an empty list, with no radius: the whole scheme. Null: not known.',
    example: ['CO15', 'CO16'],
  })
  areas?: string[] | null;

  @Decimal({ ...UNTOLD, min: 0.1, max: 200, description: 'It covers this many miles around where it meets.' })
  radiusMiles?: number | null;

  @WholeNumber({ ...UNTOLD, min: 0, max: 120 })
  minimumAge?: number | null;

  @WholeNumber({ ...UNTOLD, min: 0, max: 120 })
  maximumAge?: number | null;

  @Text({ ...UNTOLD, max: 1000 })
  eligibilityNote?: string | null;

  @Choice(FOR_WHOM, { optional: true })
  forWhom?: ForWhom;

  @Choices(LIMITS, {
    optional: true,
    description: 'What this service does not take, beside the group’s limits.',
  })
  excludes?: Limit[];

  @Choices(PRESENCES, { optional: true, description: 'What some people must or want to stay away from.' })
  present?: Presence[];

  @Choice(LEVELS, {
    optional: true,
    description: 'How close it comes to a person, which decides the checks.',
  })
  level?: Level;

  @Choice(SETTINGS, { ...UNTOLD, description: 'Null: not known.' })
  setting?: Setting | null;

  @NestedList(() => SessionInput, { optional: true, max: 50 })
  schedule?: SessionInput[];

  @Texts({ optional: true, max: 3, items: 40, description: 'ISO 639 codes.', example: ['en', 'bn'] })
  languages?: string[];

  @Choices(ACCESS_NEEDS, { optional: true })
  access?: AccessNeed[];

  @Choice(COSTS, { ...UNTOLD, description: 'Null: not known.' })
  cost?: Cost | null;

  @Text({ ...UNTOLD, max: 300, example: '£3 for lunch' })
  costNote?: string | null;

  @Text({ ...UNTOLD, max: 1000 })
  howToJoin?: string | null;

  @YesNo({ optional: true, description: 'People join as volunteers.' })
  volunteerRole?: boolean;

  @Text({ ...UNTOLD, max: 300 })
  address?: string | null;

  @Postcode(UNTOLD)
  postcode?: string | null;

  @Decimal({ ...UNTOLD, min: -90, max: 90, description: 'Found from the postcode where it is left out.' })
  latitude?: number | null;

  @Decimal({ ...UNTOLD, min: -180, max: 180 })
  longitude?: number | null;

  @YesNo({ optional: true, description: 'Keep where it meets out of the public feed.' })
  withholdLocation?: boolean;

  @YesNo({ optional: true, description: 'Whether it may appear in the public feed.' })
  publishable?: boolean;
}

export class CreateListing extends ListingDetails {
  @Uuid()
  organisationId: string;

  @Text({ max: 200 })
  name: string;

  @Text({ max: 4000 })
  description: string;

  @Choice(PLACES_KINDS, { optional: true, description: 'ask_first unless told.' })
  placesKind?: PlacesKind;

  @WholeNumber({ optional: true, min: 0, max: MOST_PLACES, description: 'For counted places.' })
  placesTotal?: number;

  @YesNo({ optional: true, description: 'Ready for a manager to look at; otherwise it stays a draft.' })
  forReview?: boolean;
}

export class AmendListing extends ListingDetails {
  @Text({ optional: true, max: 200 })
  name?: string;

  @Text({ optional: true, max: 4000 })
  description?: string;
}

export class MoveListing {
  @Text({ ...UNTOLD, max: 500, description: 'Why; the group can read it.' })
  reason?: string | null;
}

export class ReturnListing {
  @Text({ max: 500, description: 'What to put right; the group can read it.' })
  reason: string;
}

export class SetPlaces {
  @Choice(PLACES_KINDS)
  kind: PlacesKind;

  @WholeNumber({ optional: true, min: 0, max: MOST_PLACES, description: 'All places, taken ones too.' })
  total?: number;

  @DateOnly({ ...UNTOLD, description: 'The day it has room again. Null: not full. Left out: as it was.' })
  fullUntil?: string | null;
}

export class DeclareFull {
  @DateOnly({
    ...UNTOLD,
    description: 'The day it has room again; four weeks ahead unless told. Null: it has room.',
  })
  until?: string | null;
}

export const LISTING_SORTS = ['made', 'name', 'organisation', 'state', 'confirmed'] as const;
export type ListingSort = (typeof LISTING_SORTS)[number];

export class ListingListQuery extends PageQuery {
  @Uuid({ optional: true })
  organisationId?: string;

  @ChoicesInQuery(LISTING_STATES, { optional: true })
  state?: ListingState[];

  @Text({ optional: true, max: 100, description: 'Part of its name, or of who offers it.' })
  text?: string;

  @SortInQuery(LISTING_SORTS, 'made')
  sort?: Sort<ListingSort>;
}

export class SearchQuery extends PageQuery {
  @Text({ optional: true, max: 200, description: 'Words, "a phrase", or -not; misspellings are forgiven.' })
  text?: string;

  @ChoicesInQuery(NEEDS, { optional: true, description: 'Any of these.' })
  need?: Need[];

  @Text({ optional: true, max: 40, description: 'A postcode, or latitude,longitude.', example: 'CO15 1AB' })
  near?: string;

  @NumberInQuery({ optional: true, min: 0.1, max: 200, whole: false, description: 'Only with near.' })
  withinMiles?: number;

  @ChoicesInQuery(WEEKDAYS, { optional: true, description: 'Meets on any of these.' })
  day?: Weekday[];

  @ChoicesInQuery([...COSTS, NOT_KNOWN], { optional: true, description: 'Any of these.' })
  cost?: (Cost | typeof NOT_KNOWN)[];

  @LanguageCode({ optional: true, example: 'bn' })
  language?: string;

  @ChoicesInQuery(ACCESS_NEEDS, { optional: true, description: 'All of these.' })
  access?: AccessNeed[];

  @ChoicesInQuery([...SETTINGS, NOT_KNOWN], { optional: true, description: 'Any of these.' })
  setting?: (Setting | typeof NOT_KNOWN)[];

  @YesNoInQuery({ optional: true, description: 'True leaves out what is known to be full.' })
  hasPlaces?: boolean;

  @YesNoInQuery({ optional: true, description: 'Only volunteer roles, or none.' })
  volunteerRole?: boolean;
}

export class PlacesView {
  @ApiProperty({ enum: PLACES_KINDS })
  kind: PlacesKind;

  @ApiProperty({ enum: PLACES_READINGS, description: 'How it reads today; old counts read as ask_first.' })
  reading: PlacesReading;

  @ApiProperty({ type: Number, nullable: true })
  total: number | null;

  @ApiProperty({ type: Number, nullable: true })
  left: number | null;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  fullUntil: string | null;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  confirmedOn: string | null;
}

export class FreshnessView implements Freshness {
  @ApiProperty({ type: String, format: 'date', nullable: true })
  confirmedOn: string | null;

  @ApiProperty({ description: 'Whether that was in the last 90 days.' })
  confirmed: boolean;

  @ApiProperty({ enum: FRESHNESS })
  word: FreshnessWord;
}

/** A service by name, wherever it is not shown whole. */
export class ListingNamed {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ type: FreshnessView })
  freshness: FreshnessView;
}

export class PointView {
  @ApiProperty({ example: 51.8 })
  lat: number;

  @ApiProperty({ example: 1.16 })
  lon: number;
}

export class ListingShown {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  organisationName: string;

  @ApiProperty({ type: [HubPartnerNamed], description: 'Whom its group works with, where that is a hub.' })
  partners: HubPartnerNamed[];

  @ApiProperty()
  name: string;

  @ApiProperty()
  description: string;

  @ApiProperty({ enum: NEEDS, isArray: true })
  needs: Need[];

  @ApiProperty({ enum: FOR_WHOM })
  forWhom: ForWhom;

  @ApiProperty({ enum: LEVELS })
  level: Level;

  @ApiProperty({ type: String, enum: SETTINGS, nullable: true, description: 'Null: not known.' })
  setting: Setting | null;

  @ApiProperty({ type: [SessionInput] })
  schedule: Session[];

  @ApiProperty({ type: [String] })
  languages: string[];

  @ApiProperty({ enum: ACCESS_NEEDS, isArray: true })
  access: AccessNeed[];

  @ApiProperty({ type: String, enum: COSTS, nullable: true, description: 'Null: not known.' })
  cost: Cost | null;

  @ApiProperty({ type: String, nullable: true })
  costNote: string | null;

  @ApiProperty({
    type: PointView,
    nullable: true,
    description: 'Where a map may show it; null where that is not known, or kept back.',
  })
  point: PointView | null;

  @ApiProperty({ type: String, nullable: true })
  address: string | null;

  @ApiProperty({ type: String, nullable: true })
  postcode: string | null;

  @ApiProperty({ type: String, nullable: true })
  howToJoin: string | null;

  @ApiProperty()
  volunteerRole: boolean;

  @ApiProperty({
    enum: MAY_BE_UNKNOWN,
    isArray: true,
    description: 'What nobody has said yet. Ask the group, and say it.',
  })
  notKnown: MayBeUnknown[];

  @ApiProperty()
  places: PlacesView;

  @ApiProperty()
  freshness: FreshnessView;

  @ApiProperty({ description: 'Whether the whole group is paused today.' })
  providerPaused: boolean;
}

export class WordsWarningView implements WordsWarning {
  @ApiProperty({ enum: PUBLIC_WORDS })
  field: PublicWords;

  @ApiProperty({ enum: WARNED_OF })
  of: WarnedOf;

  @ApiProperty()
  message: string;
}

export class ListingView extends ListingShown {
  @ApiProperty({
    type: [WordsWarningView],
    description:
      'What to look at in words that everybody may read: telephone numbers, e-mail addresses, a place that is kept back. Nothing is stopped.',
  })
  warnings: WordsWarningView[];

  @ApiProperty({ description: 'Its ETag is "v" and this number.' })
  version: number;

  @ApiProperty({ enum: LISTING_STATES })
  state: ListingState;

  @ApiProperty({ type: [String], nullable: true, description: 'Null: not known, unless there is a radius.' })
  areas: string[] | null;

  @ApiProperty({ type: Number, nullable: true })
  radiusMiles: number | null;

  @ApiProperty({ type: Number, nullable: true })
  minimumAge: number | null;

  @ApiProperty({ type: Number, nullable: true })
  maximumAge: number | null;

  @ApiProperty({ type: String, nullable: true })
  eligibilityNote: string | null;

  @ApiProperty({ enum: LIMITS, isArray: true })
  excludes: Limit[];

  @ApiProperty({ enum: PRESENCES, isArray: true })
  present: Presence[];

  @ApiProperty({ type: Number, nullable: true })
  latitude: number | null;

  @ApiProperty({ type: Number, nullable: true })
  longitude: number | null;

  @ApiProperty()
  withholdLocation: boolean;

  @ApiProperty()
  publishable: boolean;
}

export class FoundListing extends ListingShown {
  @ApiProperty({ type: Number, nullable: true, description: 'As the crow flies; null where unknown.' })
  miles: number | null;

  @ApiProperty({
    enum: ['everywhere', 'inside', 'outside', 'unknown'],
    nullable: true,
    description: 'Whether it covers the place given as near; null without one.',
  })
  coversPlace: 'everywhere' | 'inside' | 'outside' | 'unknown' | null;
}

export class PlaceView {
  @ApiProperty({ description: 'False: we do not know where that postcode is, so no distances.' })
  known: boolean;

  @ApiProperty({ type: Number, nullable: true })
  latitude: number | null;

  @ApiProperty({ type: Number, nullable: true })
  longitude: number | null;
}

export class SearchPage {
  @ApiProperty({ type: [FoundListing] })
  items: FoundListing[];

  @ApiProperty({ type: String, nullable: true, description: 'Give it back as `after` to read on.' })
  next: string | null;

  @ApiProperty({ type: PlaceView, nullable: true })
  near: PlaceView | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What was looked for instead, where the words as typed found nothing.',
    example: 'bereavement',
  })
  spelling: string | null;

  @ApiProperty({ description: 'Nothing has the words as typed: what is shown has words like them.' })
  nearMatch: boolean;

  @ApiProperty({ description: 'Nothing has all of the words: what is shown has at least one of them.' })
  anyWord: boolean;
}
