import { ApiProperty } from '@nestjs/swagger';
import {
  Choice,
  Choices,
  ChoicesInQuery,
  DateOnly,
  Email,
  Text,
  Texts,
  UkPhone,
  Uuid,
  WholeNumber,
  YesNo,
  YesNoInQuery,
} from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import { NEEDS, type Need } from '../platform/words/needs.js';
import { TRADITIONS, type Tradition } from '../platform/words/traditions.js';
import { HubPartnerNamed } from './hub.dto.js';
import { ListingNamed } from './listing.dto.js';
import { CLOSURE_REASONS, type ClosureReason } from './closure.types.js';
import {
  ANSWERS_BY,
  FOOD,
  LEVELS,
  LIMITS,
  PRAYER,
  RELIGIOUS_CONTENT,
  SECTORS,
  WEEKDAYS,
  type AnswersBy,
  type Food,
  type Level,
  type Limit,
  type Prayer,
  type ReligiousContent,
  type Sector,
  type Weekday,
} from './provider.types.js';

const UNTOLD = { optional: true, nullable: true } as const;

/** What a group says of itself: the same questions for every group, faith or not. */
export class ProviderProfile {
  @Choice(TRADITIONS, { ...UNTOLD, description: 'Shown to others only with traditionShown.' })
  tradition?: Tradition | null;

  @YesNo({ optional: true })
  traditionShown?: boolean;

  @YesNo(UNTOLD)
  inPlaceOfWorship?: boolean | null;

  @Choice(PRAYER, UNTOLD)
  prayer?: Prayer | null;

  @Choice(RELIGIOUS_CONTENT, UNTOLD)
  religiousContent?: ReligiousContent | null;

  @Text({ ...UNTOLD, max: 500, example: 'Grace before lunch; hymns at Christmas' })
  religiousContentExamples?: string | null;

  @YesNo({ ...UNTOLD, description: 'Whether somebody who asks for a woman volunteer can have one.' })
  womanVolunteer?: boolean | null;

  @Choices(FOOD, { optional: true })
  food?: Food[];

  @Text({ ...UNTOLD, max: 300, example: 'Shoes off; heads covered in the prayer hall' })
  dress?: string | null;

  @Texts({ optional: true, max: 3, items: 40, description: 'ISO 639 codes.', example: ['en', 'bn'] })
  languages?: string[];

  @Text({ ...UNTOLD, max: 2000, description: 'From the group to link workers.' })
  howToWorkWithUs?: string | null;

  @Choices(NEEDS, { optional: true, description: 'What the group takes on; empty means anything.' })
  remit?: Need[];

  @Text({ ...UNTOLD, max: 1000 })
  remitNote?: string | null;

  @Choices(LIMITS, { optional: true, description: 'What the group does not take.' })
  limits?: Limit[];

  @Text({ ...UNTOLD, max: 1000 })
  limitsNote?: string | null;

  @Choice(ANSWERS_BY, {
    optional: true,
    description: 'How the group is asked and answers. By text: `contactPhone` is a UK mobile number.',
  })
  answersBy?: AnswersBy;

  @Text({ ...UNTOLD, max: 200 })
  contactName?: string | null;

  @Email(UNTOLD)
  contactEmail?: string | null;

  @UkPhone(UNTOLD)
  contactPhone?: string | null;

  @YesNo({
    optional: true,
    description:
      'Whether others read or answer this address or number too: then a code comes before names and numbers. An address or number that is given, or changed, without saying this counts as shared.',
  })
  contactShared?: boolean;

  @WholeNumber({ optional: true, min: 1, max: 60, description: 'Working days in which the group replies.' })
  replyWithinDays?: number;

  @Choices(WEEKDAYS, { optional: true, max: 6, description: 'Days without messages, such as holy days.' })
  quietDays?: Weekday[];

  @DateOnly({ ...UNTOLD, description: 'No new offers from this day.' })
  pausedFrom?: string | null;

  @DateOnly({ ...UNTOLD, description: 'The day the group starts again.' })
  pausedUntil?: string | null;
}

export class CreateProvider extends ProviderProfile {
  @Uuid({ description: 'An organisation of this scheme that provides.' })
  organisationId: string;

  @Choice(SECTORS)
  sector: Sector;
}

export class AmendProvider extends ProviderProfile {
  @Choice(SECTORS, { optional: true })
  sector?: Sector;
}

export const PROVIDER_SORTS = ['name', 'kind', 'checks', 'services'] as const;
export type ProviderSort = (typeof PROVIDER_SORTS)[number];

export class ProviderListQuery extends PageQuery {
  @Text({ optional: true, max: 100, description: 'Part of the name.' })
  text?: string;

  @ChoicesInQuery(SECTORS, { optional: true })
  sector?: Sector[];

  @YesNoInQuery({
    optional: true,
    description: 'Only those somebody answers for, or only those nobody does.',
  })
  answeredFor?: boolean;

  @SortInQuery(PROVIDER_SORTS, 'name')
  sort?: Sort<ProviderSort>;
}

export class ProviderView extends ProviderProfile {
  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ description: 'The kind of organisation.' })
  kind: string;

  @ApiProperty({ description: 'Whether the organisation is still there at all.' })
  active: boolean;

  @ApiProperty({ description: 'Its ETag is "v" and this number.' })
  version: number;

  @ApiProperty({ enum: SECTORS })
  sector: Sector;

  @ApiProperty({ enum: LEVELS, description: 'What its safety checks cover today.' })
  assuredLevel: Level;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    description: 'The last day of that; null for open_door.',
  })
  assuredUntil: string | null;

  @ApiProperty({ description: 'Whether checks have lapsed, which pauses the new offers that need them.' })
  assuranceLapsed: boolean;

  @ApiProperty({ description: 'Whether it has promised that nobody is put under religious pressure.' })
  noPressureAgreed: boolean;

  @ApiProperty({ description: 'Whether the group is paused today.' })
  paused: boolean;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  closedForGoodOn: string | null;

  @ApiProperty({ type: String, enum: CLOSURE_REASONS, nullable: true, description: 'Null while it is open.' })
  closedForGoodBecause: ClosureReason | null;

  @ApiProperty({
    description:
      'Whether a person is named, signs in, or has answered by link, for the group. Else it is unclaimed.',
  })
  answeredFor: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'The form at which somebody of the group says that it is theirs. Null for one that has closed for good or is no longer there.',
  })
  claimAddress: string | null;

  @ApiProperty({ type: [ListingNamed], description: 'Its services that are published or paused, by name.' })
  services: ListingNamed[];

  @ApiProperty({ type: [HubPartnerNamed], description: 'Whom it works with, by name; a hub has some.' })
  partners: HubPartnerNamed[];

  @ApiProperty({ description: 'How many of its services are published.' })
  publishedListings: number;
}

export class ProviderChangeView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({ example: 'listing.amended' })
  action: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null where a name is not for this reader.' })
  by: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { name: { from: 'Lunch club', to: 'Friday lunch club' } },
  })
  changes: Record<string, unknown>;
}
