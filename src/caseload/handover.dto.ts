import { ApiProperty } from '@nestjs/swagger';
import { Choices, DateOnly, NestedList, Text, Uuid } from '../platform/http/fields.js';
import {
  HANDOVER_CHECK_CODES,
  HANDOVER_MAX,
  HANDOVER_OUTCOMES,
  HANDOVER_STATES,
  type HandoverCheck,
  type HandoverOutcome,
  type HandoverState,
} from './handover.types.js';

export class HandoverItemInput {
  @Uuid()
  referralId: string;

  @Uuid({ description: 'The link worker who takes it.' })
  toId: string;
}

export class MakeHandoverInput {
  @Uuid({ description: 'The link worker who gives.' })
  fromId: string;

  @DateOnly({
    description: 'The first day of the new workers: today, which is at once, or later within a year.',
  })
  effectiveOn: string;

  @Uuid({
    optional: true,
    description:
      'Who takes everything that is theirs on that day, also what they are given until then. Or name referrals one by one.',
  })
  toId?: string;

  @NestedList(() => HandoverItemInput, { optional: true, min: 1, max: HANDOVER_MAX })
  referrals?: HandoverItemInput[];

  @Text({ optional: true, nullable: true, max: 1000 })
  note?: string | null;
}

export class CheckHandoverInput {
  @Choices(HANDOVER_CHECK_CODES, { min: 1 })
  done: HandoverCheck[];
}

class HandoverCheckView {
  @ApiProperty({ enum: HANDOVER_CHECK_CODES })
  code: HandoverCheck;

  @ApiProperty()
  words: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  doneAt: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  doneBy: string | null;
}

class HandoverItemView {
  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty()
  reference: string;

  @ApiProperty({ format: 'uuid' })
  toId: string;

  @ApiProperty({ type: String, nullable: true })
  toName: string | null;

  @ApiProperty({ enum: HANDOVER_OUTCOMES })
  outcome: HandoverOutcome;
}

export class HandoverView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  fromId: string;

  @ApiProperty({ type: String, nullable: true })
  fromName: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description:
      'Who takes everything that is theirs on that day; null where referrals were named one by one.',
  })
  allToId: string | null;

  @ApiProperty({ format: 'date' })
  effectiveOn: string;

  @ApiProperty({ enum: HANDOVER_STATES })
  state: HandoverState;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: [HandoverCheckView] })
  checks: HandoverCheckView[];

  @ApiProperty({ type: [HandoverItemView] })
  items: HandoverItemView[];

  @ApiProperty({ format: 'date-time' })
  madeAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt: Date | null;
}
