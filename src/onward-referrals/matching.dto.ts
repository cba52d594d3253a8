import { ApiProperty } from '@nestjs/swagger';
import {
  ChoicesInQuery,
  LanguageCode,
  NumberInQuery,
  Text,
  Uuid,
  YesNoInQuery,
} from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { ACCESS_NEEDS, type AccessNeed } from '../platform/words/access.js';
import { PRESENCES, type Presence } from '../platform/words/circumstances.js';
import { NEEDS, type Need } from '../platform/words/needs.js';
import { ListingShown, PlaceView } from '../providers/listing.dto.js';
import { COSTS, SETTINGS, type Cost, type Setting } from '../providers/listing.types.js';
import { PART_NAMES, STANDINGS, type PartName, type Standing } from '../providers/matching.rules.js';
import { WEEKDAYS, type Weekday } from '../providers/provider.types.js';
import { GateView } from './onward.dto.js';
import {
  MOST_PEOPLE,
  ONLY_FOR,
  ONWARD_STATES,
  SHORTLIST_ANSWERS,
  type OnlyFor,
  type OnwardState,
  type ShortlistAnswer,
} from './onward.types.js';

/** What is asked of the gates and the order; what is left out is the referral's own reasons, nothing, and one person. */
export class MatchQuery extends PageQuery {
  @ChoicesInQuery(NEEDS, { optional: true, description: "Unless told, the referral's own reasons." })
  needs?: Need[];

  @ChoicesInQuery(ONLY_FOR, { optional: true, description: 'Rules you have confirmed this person meets.' })
  confirmed?: OnlyFor[];

  @ChoicesInQuery(PRESENCES, { optional: true, description: 'What they must stay away from.' })
  mustAvoid?: Presence[];

  @NumberInQuery({ optional: true, min: 1, max: MOST_PEOPLE, description: 'With companions; 1 unless told.' })
  people?: number;

  @Text({
    optional: true,
    max: 200,
    description: 'Only services with these words; misspellings are forgiven.',
  })
  text?: string;

  @Text({
    optional: true,
    max: 40,
    description: 'A postcode, or latitude,longitude, to measure miles from. Unless told, where they live.',
    example: 'CO15 1AB',
  })
  near?: string;

  @NumberInQuery({
    optional: true,
    min: 0.1,
    max: 200,
    whole: false,
    description: 'Leaves out what is farther.',
  })
  withinMiles?: number;

  @ChoicesInQuery(WEEKDAYS, { optional: true, description: 'Meets on any of these.' })
  day?: Weekday[];

  @ChoicesInQuery(COSTS, { optional: true, description: 'Any of these.' })
  cost?: Cost[];

  @LanguageCode({ optional: true, example: 'bn' })
  language?: string;

  @ChoicesInQuery(ACCESS_NEEDS, { optional: true, description: 'All of these.' })
  access?: AccessNeed[];

  @ChoicesInQuery(SETTINGS, { optional: true, description: 'Any of these.' })
  setting?: Setting[];

  @YesNoInQuery({ optional: true, description: 'Only volunteer roles, or none.' })
  volunteerRole?: boolean;

  @YesNoInQuery({ optional: true, description: 'True leaves out what is known to be full.' })
  hasPlaces?: boolean;

  @YesNoInQuery({
    optional: true,
    description: 'True shows those that do not suit too, each with its reasons.',
  })
  unsuitable?: boolean;
}

/** The same questions about one service. */
export class WhyQuery {
  @ChoicesInQuery(NEEDS, { optional: true, description: "Unless told, the referral's own reasons." })
  needs?: Need[];

  @ChoicesInQuery(ONLY_FOR, { optional: true })
  confirmed?: OnlyFor[];

  @ChoicesInQuery(PRESENCES, { optional: true })
  mustAvoid?: Presence[];

  @NumberInQuery({ optional: true, min: 1, max: MOST_PEOPLE })
  people?: number;
}

export class PartView {
  @ApiProperty({ enum: PART_NAMES })
  part: PartName;

  @ApiProperty({ description: 'What it adds to the order, or takes away.' })
  points: number;

  @ApiProperty({ description: 'The most it can add.' })
  of: number;

  @ApiProperty({ example: 'It is 1.2 miles away.' })
  because: string;
}

export class MatchView {
  @ApiProperty({ type: ListingShown })
  listing: ListingShown;

  @ApiProperty({ enum: STANDINGS, description: 'waiting_list: everything suits but there is no place.' })
  standing: Standing;

  @ApiProperty({
    enum: ONWARD_STATES,
    nullable: true,
    type: String,
    description: 'How the last offer of this referral to it stands; null where there was none.',
  })
  offered: OnwardState | null;

  @ApiProperty({ description: 'Whether it is kept in mind for this referral.' })
  kept: boolean;

  @ApiProperty({ description: 'The sum of the parts. Most come first.' })
  points: number;

  @ApiProperty({ type: Number, nullable: true, description: 'As the crow flies; null where unknown.' })
  miles: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'What those on its waiting list were told, in weeks; null where nobody was.',
  })
  expectedWeeks: number | null;

  @ApiProperty({ type: [GateView], description: 'Whether it may be offered, and why or why not.' })
  gates: GateView[];

  @ApiProperty({ type: [PartView], description: 'Why it stands where it stands.' })
  parts: PartView[];
}

export class WhyView extends MatchView {
  @ApiProperty({ type: Number, nullable: true, description: 'Its place among those that may be offered.' })
  position: number | null;

  @ApiProperty({ description: 'How many may be offered.' })
  mayBeOffered: number;
}

export class MatchesPage {
  @ApiProperty({ type: [MatchView] })
  items: MatchView[];

  @ApiProperty({ type: String, nullable: true, description: 'Give it back as `after` to read on.' })
  next: string | null;

  @ApiProperty({ description: 'How many services were weighed: the nearest that help with any of it.' })
  weighed: number;

  @ApiProperty({ description: 'How many of them may be offered.' })
  mayBeOffered: number;

  @ApiProperty({ description: 'False: we do not know where to measure from, so no distances.' })
  distanceKnown: boolean;

  @ApiProperty({ type: PlaceView, nullable: true, description: 'The place that was given as near.' })
  near: PlaceView | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What was looked for instead, where the words as typed found nothing.',
    example: 'bereavement',
  })
  spelling: string | null;

  @ApiProperty({ description: 'Nothing has the words as typed: what was weighed has words like them.' })
  nearMatch: boolean;

  @ApiProperty({ description: 'Nothing has all of the words: what was weighed has at least one of them.' })
  anyWord: boolean;
}

export class KeepInput {
  @Uuid()
  listingId: string;

  @Text({ optional: true, nullable: true, max: 500, description: 'Why it is kept in mind.' })
  note?: string | null;
}

export class ShortlistedView extends MatchView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ format: 'date-time' })
  keptAt: Date;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was last written to the person to think about; null where it was not.',
  })
  sentAt: Date | null;

  @ApiProperty({
    description: 'That message is still to go: nothing stands on their page, and it can be taken back.',
  })
  waits: boolean;

  @ApiProperty({
    enum: SHORTLIST_ANSWERS,
    nullable: true,
    type: String,
    description: 'What they said to that on their own page; null while they have said nothing.',
  })
  answer: ShortlistAnswer | null;
}
