import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import {
  Choice,
  Choices,
  DateOnly,
  Email,
  LanguageCode,
  NhsNumber,
  Postcode,
  Text,
  UkPhone,
  Uuid,
  Uuids,
  YesNo,
} from '../platform/http/fields.js';
import { ConflictProblem } from '../platform/http/api.js';
import { PageQuery } from '../platform/http/pagination.js';
import { ACCESS_NEEDS, type AccessNeed } from '../platform/words/access.js';
import {
  CHANNEL_OFF_REASONS,
  CHANNELS,
  ETHNIC_CATEGORIES,
  FAITH_PREFERENCES,
  GENDERS,
  INTERPRETERS,
  MERGE_KINDS,
  NO_NHS_NUMBER_REASONS,
  PLACE_SOURCES,
  REACH_THROUGH,
  SAFE_ANSWERS,
  SEXES,
  STANDINGS,
  UNDER_AGE_BASES,
  type Channel,
  type ChannelOffReason,
  type EthnicCategory,
  type FaithPreference,
  type Gender,
  type Interpreter,
  type MergeKind,
  type NoNhsNumberReason,
  type PlaceSource,
  type ReachThrough,
  type SafeAnswer,
  type Sex,
  type Standing,
  type UnderAgeBasis,
} from './client.types.js';
import { LIKELIHOODS, type Agreement, type Likelihood } from './matching.rules.js';

const maybe = { optional: true, nullable: true } as const;

/** A person, as written down by somebody who knows them. Immigration status is never recorded, so nothing asks for it. */
export class NewClientInput {
  @NhsNumber({ ...maybe, description: 'Ten digits; spaces are fine.' })
  nhsNumber?: string | null;

  @Choice(NO_NHS_NUMBER_REASONS, maybe)
  noNhsNumberBecause?: NoNhsNumberReason | null;

  @Text({ max: 100, example: 'Grace' })
  firstName: string;

  @Text({ max: 100, example: 'Okoro' })
  lastName: string;

  @Text({ ...maybe, max: 100, description: 'The name they like to be called by.' })
  knownAs?: string | null;

  @DateOnly({ example: '1951-03-02' })
  dateOfBirth: string;

  @Choice(UNDER_AGE_BASES, {
    ...maybe,
    description:
      "Needed below the scheme's minimum age: on what footing the young person or a parent decides.",
  })
  underAgeBasis?: UnderAgeBasis | null;

  @Text({
    ...maybe,
    max: 1000,
    description: 'Who found them competent, or who holds parental responsibility.',
  })
  underAgeNote?: string | null;

  @Choice(SEXES, maybe)
  sex?: Sex | null;

  @Choice(GENDERS, maybe)
  gender?: Gender | null;

  @Choice(ETHNIC_CATEGORIES, { ...maybe, description: 'Ethnic category 16+1; 99 for not known.' })
  ethnicity?: EthnicCategory | null;

  @UkPhone(maybe)
  phone?: string | null;

  @Email(maybe)
  email?: string | null;

  @Text({ ...maybe, max: 500 })
  address?: string | null;

  @Postcode(maybe)
  postcode?: string | null;

  @YesNo({ optional: true })
  noFixedAddress?: boolean;

  @Postcode({
    ...maybe,
    description: 'Where somebody without a fixed address spends the day: distances start there.',
  })
  dayPlacePostcode?: string | null;

  @Choice(SAFE_ANSWERS, { optional: true })
  safeToCall?: SafeAnswer;

  @Choice(SAFE_ANSWERS, { optional: true })
  safeToText?: SafeAnswer;

  @Choice(SAFE_ANSWERS, { optional: true })
  safeToEmail?: SafeAnswer;

  @Choice(SAFE_ANSWERS, { optional: true })
  safeToWrite?: SafeAnswer;

  @Choice(SAFE_ANSWERS, { optional: true })
  safeToLeaveMessage?: SafeAnswer;

  @Choice(REACH_THROUGH, maybe)
  reachThrough?: ReachThrough | null;

  @Text({ ...maybe, max: 500, description: 'For instance "I come in on Tuesdays".' })
  reachNote?: string | null;

  @LanguageCode({ optional: true, description: 'ISO 639: en, pl, ur; bfi for British Sign Language.' })
  language?: string;

  @Choice(INTERPRETERS, { optional: true, description: 'Never a child.' })
  interpreter?: Interpreter;

  @Text({ ...maybe, max: 500, description: 'For instance "not from my community".' })
  interpreterNote?: string | null;

  @Choices(ACCESS_NEEDS, { optional: true })
  accessNeeds?: AccessNeed[];

  @Text({ ...maybe, max: 1000 })
  accessNote?: string | null;

  @YesNo({ optional: true, description: 'Groups are told initials instead of the first name.' })
  initialsOnly?: boolean;

  @YesNo({
    optional: true,
    description: 'Somebody may be watching: no client page, no service name in any message.',
  })
  safetyFlag?: boolean;

  @Choice(FAITH_PREFERENCES, {
    optional: true,
    description: 'Asked only if the person wants faith-related support, or wants none.',
  })
  faithPreference?: FaithPreference;

  @Text({ ...maybe, max: 100 })
  faithTradition?: string | null;

  @Uuid({ ...maybe, description: 'The GP practice they are registered with today.' })
  gpPracticeId?: string | null;

  @YesNo({
    optional: true,
    description: 'They have no GP practice that anybody knows of: an answer, not a gap.',
  })
  noKnownGpPractice?: boolean;
}

export class CreateClientInput extends NewClientInput {
  @Uuids({
    optional: true,
    max: 50,
    description: 'Likely duplicates that were looked at and are somebody else.',
  })
  notTheSameAs?: string[];
}

/** What is left out stays; null takes it away. */
export class AmendClientInput extends PartialType(
  OmitType(NewClientInput, ['gpPracticeId', 'noKnownGpPractice'] as const),
  { skipNullProperties: false },
) {}

export class MatchInput {
  @NhsNumber(maybe)
  nhsNumber?: string | null;

  @Text({ max: 100, example: 'Grace' })
  firstName: string;

  @Text({ max: 100, example: 'Okoro' })
  lastName: string;

  @Text({ ...maybe, max: 100 })
  knownAs?: string | null;

  @DateOnly({ example: '1951-03-02' })
  dateOfBirth: string;

  @Postcode(maybe)
  postcode?: string | null;

  @UkPhone(maybe)
  phone?: string | null;
}

export class ClientsQuery extends PageQuery {
  @Choice(['provisional', 'confirmed'], { optional: true })
  standing?: 'provisional' | 'confirmed';
}

/** Sent as a body, because addresses end up in logs and histories and an NHS number must not. */
export class ClientSearchInput extends PageQuery {
  @NhsNumber({ optional: true })
  nhsNumber?: string;

  @Text({ optional: true, max: 100, description: 'The beginning of it is enough.' })
  firstName?: string;

  @Text({ optional: true, max: 100, description: 'The beginning of it is enough.' })
  lastName?: string;

  @YesNo({ optional: true, description: 'Last names that sound alike instead of those that begin alike.' })
  soundsLike?: boolean;

  @DateOnly({ optional: true })
  dateOfBirth?: string;

  @Postcode({ optional: true })
  postcode?: string;

  @UkPhone({ optional: true })
  phone?: string;
}

export class MergeInput {
  @Uuid({ description: 'The record that is joined to this one and stops being used.' })
  mergedId: string;

  @Text({ max: 1000 })
  reason: string;
}

export class ReasonInput {
  @Text({ max: 1000 })
  reason: string;
}

export class RecordDeathInput {
  @DateOnly({ ...maybe, description: 'Leave out when it is not known.' })
  diedOn?: string | null;

  @Text({ max: 500, description: 'Who told us, and how.' })
  toldBy: string;
}

export class SwitchOffChannelInput {
  @Choice(CHANNELS)
  channel: Channel;

  @Choice(CHANNEL_OFF_REASONS)
  because: ChannelOffReason;
}

export class GpRegistrationInput {
  @Uuid({ ...maybe, description: 'The practice; leave out with noKnownPractice.' })
  organisationId?: string | null;

  @YesNo({ optional: true })
  noKnownPractice?: boolean;

  @DateOnly({ optional: true, description: 'Today unless told.' })
  startsOn?: string;
}

const Nullable = (type: typeof String | typeof Number | typeof Boolean, options: object = {}) =>
  ApiProperty({ type, nullable: true, ...options });

export class GpPracticeView {
  @Nullable(String, { format: 'uuid' })
  organisationId: string | null;

  @Nullable(String)
  name: string | null;

  @ApiProperty()
  noKnownPractice: boolean;

  @ApiProperty({ format: 'date' })
  startsOn: string;
}

export class GpRegistrationView extends GpPracticeView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @Nullable(String, { format: 'date' })
  endsOn: string | null;

  @ApiProperty()
  recordedAt: Date;
}

/** What a list shows: enough to know whom one is looking at. */
export class ClientLine {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: STANDINGS })
  standing: Standing;

  @Nullable(String)
  nhsNumber: string | null;

  @ApiProperty()
  firstName: string;

  @ApiProperty()
  lastName: string;

  @Nullable(String)
  knownAs: string | null;

  @ApiProperty({ format: 'date' })
  dateOfBirth: string;

  @Nullable(String)
  postcode: string | null;

  @ApiProperty()
  safetyFlag: boolean;

  @ApiProperty({ enum: ACCESS_NEEDS, isArray: true })
  accessNeeds: AccessNeed[];

  @Nullable(String, { format: 'date-time' })
  deathRecordedAt: Date | null;
}

export class ClientView extends ClientLine {
  @ApiProperty()
  version: number;

  @Nullable(String, { format: 'uuid', description: 'Where the person is now, once two records were joined.' })
  mergedInto: string | null;

  @ApiProperty({ enum: NO_NHS_NUMBER_REASONS, nullable: true })
  noNhsNumberBecause: NoNhsNumberReason | null;

  @ApiProperty({ description: 'In completed years, today in London.' })
  age: number;

  @ApiProperty({ enum: UNDER_AGE_BASES, nullable: true })
  underAgeBasis: UnderAgeBasis | null;

  @Nullable(String)
  underAgeNote: string | null;

  @ApiProperty({ enum: SEXES, nullable: true })
  sex: Sex | null;

  @ApiProperty({ enum: GENDERS, nullable: true })
  gender: Gender | null;

  @ApiProperty({ enum: ETHNIC_CATEGORIES, nullable: true })
  ethnicity: EthnicCategory | null;

  @Nullable(String)
  phone: string | null;

  @Nullable(String)
  email: string | null;

  @Nullable(String)
  address: string | null;

  @ApiProperty()
  noFixedAddress: boolean;

  @Nullable(String)
  dayPlacePostcode: string | null;

  @ApiProperty({ enum: SAFE_ANSWERS })
  safeToCall: SafeAnswer;

  @ApiProperty({ enum: SAFE_ANSWERS })
  safeToText: SafeAnswer;

  @ApiProperty({ enum: SAFE_ANSWERS })
  safeToEmail: SafeAnswer;

  @ApiProperty({ enum: SAFE_ANSWERS })
  safeToWrite: SafeAnswer;

  @ApiProperty({ enum: SAFE_ANSWERS })
  safeToLeaveMessage: SafeAnswer;

  @ApiProperty({ enum: REACH_THROUGH, nullable: true })
  reachThrough: ReachThrough | null;

  @Nullable(String)
  reachNote: string | null;

  @ApiProperty()
  language: string;

  @ApiProperty({ enum: INTERPRETERS })
  interpreter: Interpreter;

  @Nullable(String)
  interpreterNote: string | null;

  @Nullable(String)
  accessNote: string | null;

  @ApiProperty()
  initialsOnly: boolean;

  @ApiProperty({ enum: FAITH_PREFERENCES })
  faithPreference: FaithPreference;

  @Nullable(String)
  faithTradition: string | null;

  @Nullable(String)
  lsoa: string | null;

  @Nullable(Number, { description: '1 is the most deprived tenth of England.' })
  deprivationDecile: number | null;

  @Nullable(String)
  deprivationEdition: string | null;

  @Nullable(String)
  placeEdition: string | null;

  @ApiProperty({ enum: PLACE_SOURCES, nullable: true })
  placeFoundBy: PlaceSource | null;

  @Nullable(String, { format: 'date-time', description: 'No automatic message until a worker confirms.' })
  messagesPausedAt: Date | null;

  @Nullable(String, { format: 'date' })
  diedOn: string | null;

  @ApiProperty({ type: GpPracticeView, nullable: true })
  gpPractice: GpPracticeView | null;

  @ApiProperty()
  createdAt: Date;

  @ApiProperty()
  updatedAt: Date;
}

const AGREEMENTS: readonly Agreement[] = ['same', 'alike', 'different', 'unknown'];

class FactsView {
  @ApiProperty({ enum: AGREEMENTS })
  nhsNumber: Agreement;

  @ApiProperty({ enum: AGREEMENTS })
  firstName: Agreement;

  @ApiProperty({ enum: AGREEMENTS })
  lastName: Agreement;

  @ApiProperty({ enum: AGREEMENTS })
  dateOfBirth: Agreement;

  @ApiProperty({ enum: AGREEMENTS })
  postcode: Agreement;

  @ApiProperty({ enum: AGREEMENTS })
  phone: Agreement;
}

export class CandidateView {
  @ApiProperty({ enum: LIKELIHOODS })
  likelihood: Likelihood;

  @ApiProperty({ type: FactsView, description: 'Which facts agree.' })
  facts: FactsView;

  @ApiProperty({ type: ClientLine })
  client: ClientLine;

  @Nullable(String)
  phone: string | null;
}

/** What a refusal because of how things stand may say beside its reason. */
export class ClientConflict extends ConflictProblem {
  @ApiPropertyOptional({
    type: [CandidateView],
    description: 'On writing somebody down: who they may be. Rule them out with `notTheSameAs`.',
  })
  candidates?: CandidateView[];
}

/** For @ApiConflictResponse on every route that writes. */
export const CONFLICT = { type: ClientConflict, description: 'Not possible as things stand, and why' };

export class MatchesView {
  @ApiProperty({ type: [CandidateView] })
  candidates: CandidateView[];
}

export class HistoryView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  at: Date;

  @ApiProperty({ example: 'client.amend' })
  action: string;

  @Nullable(String, { format: 'uuid', description: 'The membership that did it.' })
  actorId: string | null;

  @Nullable(String)
  actorName: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Each changed answer, before and after.',
  })
  changes: Record<string, unknown>;
}

export class NeverOfferView {
  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  name: string;

  @ApiProperty()
  recordedAt: Date;
}

class DisclosureView {
  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  organisationName: string;

  @ApiProperty({ type: [String] })
  scope: string[];

  @ApiProperty({ format: 'date' })
  agreedOn: string;

  @Nullable(String, { format: 'date-time' })
  withdrawnAt: Date | null;
}

export class MergeView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  keptId: string;

  @ApiProperty({ format: 'uuid' })
  mergedId: string;

  @ApiProperty({ enum: MERGE_KINDS })
  kind: MergeKind;

  @ApiProperty()
  reason: string;

  @ApiProperty()
  mergedAt: Date;

  @ApiProperty({ description: 'After this it can no longer be undone.' })
  undoUntil: Date;

  @Nullable(String, { format: 'date-time' })
  undoneAt: Date | null;

  @ApiProperty({
    type: [DisclosureView],
    description:
      'With whom either record was agreed to be shared: they may hold details of the wrong person.',
  })
  earlierDisclosures: DisclosureView[];
}
