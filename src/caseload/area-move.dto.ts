import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, Text, YesNo } from '../platform/http/fields.js';
import {
  CLOSE_RESULTS,
  NO_RESPONSE_REASONS,
  type NoResponseReason,
  type Result,
} from '../referrals/referral.types.js';
import {
  AREA_MOVE_CHOICES,
  AREA_MOVE_OUTCOMES,
  AREA_MOVE_STATES,
  AREA_MOVE_VERBS,
  type AreaMoveChoice,
  type AreaMoveOutcome,
  type AreaMoveState,
  type AreaMoveVerb,
} from './area-move.types.js';

const maybe = { optional: true, nullable: true } as const;

export class RecordAreaMoveInput {
  @DateOnly({ description: 'When they move or moved; it may be known beforehand.' })
  movedOn: string;

  @Text({ max: 200, description: 'Where to, as far as they say: a town or the first part of a postcode.' })
  whereTo: string;
}

export class DecideAreaMoveInput {
  @Choice(AREA_MOVE_CHOICES, {
    description:
      '`hand_over` to another scheme, which is then offered under transfers; `keep` until a day; `close` the referral as moved away.',
  })
  choice: AreaMoveChoice;

  @Text({ max: 1000, description: 'Why, as talked about with the person.' })
  reason: string;

  @DateOnly({ ...maybe, description: 'Only to keep them: until when, within six months.' })
  keepUntil?: string | null;

  @Choice(CLOSE_RESULTS, { ...maybe, description: 'Only to close: what came of it.' })
  result?: Exclude<Result, 'died'> | null;

  @YesNo({ ...maybe, description: 'Only to close: may we ask again how they are at 3 and 6 months?' })
  mayAskAgain?: boolean | null;

  @Choice(NO_RESPONSE_REASONS, { ...maybe, description: 'Only to close: why there are no closing answers.' })
  noResponseBecause?: NoResponseReason | null;
}

export class CancelAreaMoveInput {
  @Text({ max: 1000, description: 'Why: they stay, or it was somebody else.' })
  reason: string;
}

class AreaMoveStepView {
  @ApiProperty()
  at: Date;

  @ApiProperty({ enum: AREA_MOVE_VERBS })
  action: AreaMoveVerb;

  @ApiProperty({ type: String, nullable: true })
  by: string | null;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  keepUntil: string | null;

  @ApiProperty({ type: String, nullable: true })
  reason: string | null;
}

export class AreaMoveView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ format: 'date' })
  movedOn: string;

  @ApiProperty()
  whereTo: string;

  @ApiProperty({ enum: AREA_MOVE_STATES })
  state: AreaMoveState;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  keepUntil: string | null;

  @ApiProperty({ enum: AREA_MOVE_OUTCOMES, nullable: true })
  outcome: AreaMoveOutcome | null;

  @ApiProperty({
    type: [AreaMoveStepView],
    description: 'What was recorded and decided, and by whom, oldest first.',
  })
  steps: AreaMoveStepView[];
}
