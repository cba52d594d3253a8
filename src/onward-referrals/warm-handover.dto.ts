import { ApiProperty } from '@nestjs/swagger';
import { WHICH_READING, type WhichReading } from '../platform/clock/wall-clock.js';
import { Choice, ChoicesInQuery, DateOnly, Text, TimeOfDay, Uuid } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import {
  GOES_ELSE,
  HANDOVER_STATES,
  WARM_HANDOVER_OUTCOMES,
  type GoesElse,
  type WarmHandoverOutcome,
  type WarmHandoverState,
} from './warm-handover.types.js';

export class ArrangeWarmHandover {
  @DateOnly({ description: 'The date in London.' })
  on: string;

  @TimeOfDay({ description: 'The time in London.' })
  time: string;

  @Choice(WHICH_READING, {
    optional: true,
    description: 'Only for a time that the clock shows twice, on the night it goes back.',
  })
  which?: WhichReading;

  @Uuid({ optional: true, description: 'The colleague who goes along; you unless said.' })
  goesId?: string;

  @Choice(GOES_ELSE, { optional: true, description: 'Who goes along, where it is no colleague.' })
  goesElse?: GoesElse;

  @Text({
    optional: true,
    max: 200,
    description: 'Where they meet, if not at the group. The group does not read it.',
  })
  place?: string;
}

export class SettleWarmHandover {
  @Choice(WARM_HANDOVER_OUTCOMES)
  outcome: WarmHandoverOutcome;

  @Text({ optional: true, max: 1000, description: 'What happened. Read by those who support the person.' })
  note?: string;
}

export class CancelWarmHandover {
  @Text({ max: 1000, description: 'Why nobody goes along.' })
  reason: string;
}

export class WarmHandoversQuery extends PageQuery {
  @ChoicesInQuery(HANDOVER_STATES, { optional: true })
  state?: WarmHandoverState[];
}

export class WarmHandoverView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ format: 'uuid' })
  onwardReferralId: string;

  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty({ description: 'A first name, or initials where the person prefers them.' })
  calledBy: string;

  @ApiProperty()
  service: string;

  @ApiProperty()
  group: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  goesId: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The name of the colleague.' })
  goes: string | null;

  @ApiProperty({ enum: GOES_ELSE, nullable: true })
  goesElse: GoesElse | null;

  @ApiProperty()
  meetAt: Date;

  @ApiProperty({ type: String, nullable: true })
  place: string | null;

  @ApiProperty({ enum: HANDOVER_STATES })
  state: WarmHandoverState;

  @ApiProperty({ enum: WARM_HANDOVER_OUTCOMES, nullable: true })
  outcome: WarmHandoverOutcome | null;

  @ApiProperty({ type: String, nullable: true, description: 'What happened, or why nobody goes.' })
  note: string | null;

  @ApiProperty({ type: String, nullable: true })
  arrangedBy: string | null;

  @ApiProperty()
  arrangedAt: Date;

  @ApiProperty({ type: String, nullable: true })
  endedBy: string | null;

  @ApiProperty({ type: Date, nullable: true })
  endedAt: Date | null;
}
