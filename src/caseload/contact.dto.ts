import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, Moment, Text, WholeNumber } from '../platform/http/fields.js';
import {
  CONTACT_KINDS,
  CONTACT_OUTCOMES,
  MINUTES_MAX,
  NOTE_MAX,
  type ContactKind,
  type ContactOutcome,
} from './contact.types.js';

const OUTCOME_MEANS =
  'Reached, or how not. A wrong number or address switches that way of reaching the person off at once.';

export class LogContactInput {
  @Choice(CONTACT_KINDS)
  kind: ContactKind;

  @Choice(CONTACT_OUTCOMES, { description: OUTCOME_MEANS })
  outcome: ContactOutcome;

  @Moment({ optional: true, description: 'When it happened; now unless told.' })
  at?: string;

  @WholeNumber({ optional: true, min: 0, max: MINUTES_MAX })
  minutes?: number;

  @Text({ optional: true, max: NOTE_MAX })
  note?: string;

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
