import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, Moment, NestedList, Text, WholeNumber, YesNo } from '../platform/http/fields.js';
import { NO_RESPONSE_REASONS, type NoResponseReason } from '../referrals/referral.types.js';
import {
  CAN_ASK,
  CONTACT_KINDS,
  CONTACT_OUTCOMES,
  MINUTES_MAX,
  NOTE_MAX,
  SECTION_KINDS,
  SECTIONS_MAX,
  UNREACHED_CHOICES,
  type ContactKind,
  type ContactOutcome,
  type SectionKind,
  type UnreachedChoice,
} from './contact.types.js';

const OUTCOME_MEANS =
  'Reached, or how not. A wrong number or address switches that way of reaching the person off at once.';

export class SectionInput {
  @Choice(SECTION_KINDS, {
    description:
      'restricted: you read it, and a manager who says why. safety: whoever has the person in hand reads it.',
  })
  kind: SectionKind;

  @Text({ max: NOTE_MAX })
  words: string;
}

export class AmendSectionInput {
  @Text({
    optional: true,
    nullable: true,
    max: NOTE_MAX,
    description: 'The words instead; null takes it away.',
  })
  words?: string | null;

  @Text({ max: 500, description: 'Why. Kept with the words there were.' })
  reason: string;
}

export class ReadRestrictedInput {
  @Text({ max: 500, min: 10, description: 'Why you need to read it. Kept for whoever asks.' })
  reason: string;
}

export class UnreachedChoiceInput {
  @Choice(UNREACHED_CHOICES)
  choice: UnreachedChoice;

  @Text({ optional: true, nullable: true, max: 1000 })
  note?: string | null;

  @Choice(NO_RESPONSE_REASONS, {
    optional: true,
    nullable: true,
    description: 'Only for close: why there are no closing answers, where there was a start.',
  })
  noResponseBecause?: NoResponseReason | null;

  @YesNo({ optional: true, description: 'Only for close: may we ask again? No, unless told.' })
  mayAskAgain?: boolean;
}

export class LogContactInput {
  @Choice(CONTACT_KINDS)
  kind: ContactKind;

  @Choice(CONTACT_OUTCOMES, { description: OUTCOME_MEANS })
  outcome: ContactOutcome;

  @Moment({ optional: true, description: 'When it happened; now unless told.' })
  at?: string;

  @DateOnly({ optional: true, description: 'The day it happened, in London, where nobody knows the time.' })
  on?: string;

  @WholeNumber({ optional: true, min: 0, max: MINUTES_MAX })
  minutes?: number;

  @Text({ optional: true, max: NOTE_MAX })
  note?: string;

  @NestedList(() => SectionInput, { optional: true, max: SECTIONS_MAX })
  sections?: SectionInput[];

  @DateOnly({ description: 'The next contact: today or later, in London. Every open referral has one.' })
  nextOn: string;
}

export class AmendContactInput {
  @Choice(CONTACT_KINDS, { optional: true })
  kind?: ContactKind;

  @Choice(CONTACT_OUTCOMES, { optional: true, description: OUTCOME_MEANS })
  outcome?: ContactOutcome;

  @Moment({ optional: true })
  at?: string;

  @WholeNumber({ optional: true, nullable: true, min: 0, max: MINUTES_MAX })
  minutes?: number | null;

  @Text({ optional: true, nullable: true, max: NOTE_MAX })
  note?: string | null;

  @Text({ max: 500, description: 'Why it is changed. Kept with what it said before.' })
  reason: string;
}

export class SectionView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: SECTION_KINDS })
  kind: SectionKind;

  @ApiProperty({ type: String, nullable: true, description: 'Null when it is not yours to read.' })
  words: string | null;

  @ApiProperty({ type: String, nullable: true, example: CAN_ASK, description: 'Of restricted words.' })
  notice: string | null;

  @ApiProperty({ type: String, nullable: true })
  writtenBy: string | null;

  @ApiProperty({ format: 'date-time' })
  writtenAt: Date;
}

export class RestrictedSectionView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: SECTION_KINDS })
  kind: SectionKind;

  @ApiProperty()
  words: string;

  @ApiProperty({ example: CAN_ASK })
  notice: string;

  @ApiProperty({ type: String, nullable: true })
  writtenBy: string | null;

  @ApiProperty({ format: 'date-time' })
  writtenAt: Date;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When other words took its place.',
  })
  endedAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  endedBecause: string | null;
}

export class UnreachedChoiceView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ enum: UNREACHED_CHOICES })
  choice: UnreachedChoice;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, nullable: true })
  by: string | null;

  @ApiProperty({ format: 'date-time' })
  at: Date;

  @ApiProperty({ description: 'What follows from it, in words.' })
  follows: string;
}

export class ContactView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ enum: CONTACT_KINDS })
  kind: ContactKind;

  @ApiProperty({ enum: CONTACT_OUTCOMES })
  outcome: ContactOutcome;

  @ApiProperty()
  reached: boolean;

  @ApiProperty({ format: 'date-time' })
  at: Date;

  @ApiProperty({ type: 'integer', nullable: true })
  minutes: number | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: [SectionView] })
  sections: SectionView[];

  @ApiProperty({ format: 'date', description: 'The next date chosen with this contact.' })
  nextOn: string;

  @ApiProperty({
    description:
      'Unreached in a row up to this contact. At three the owner chooses: letter, text, practice, close.',
  })
  unreachedInARow: number;

  @ApiProperty({ type: String, nullable: true })
  loggedBy: string | null;

  @ApiProperty({ format: 'date-time' })
  loggedAt: Date;

  @ApiProperty({ description: 'Whether it was changed since it was logged; the history says how and why.' })
  amended: boolean;
}

export class ContactHistoryView {
  @ApiProperty({ format: 'date-time' })
  at: Date;

  @ApiProperty({ enum: ['log', 'amend'] })
  action: string;

  @ApiProperty({ type: String, nullable: true })
  by: string | null;

  @ApiProperty({ type: String, nullable: true })
  reason: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Each field that changed, from what to what.',
    example: { minutes: { from: 10, to: 20 } },
  })
  changes: Record<string, { from: unknown; to: unknown }>;
}
