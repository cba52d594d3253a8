import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, NestedList, Text, TimeOfDay } from '../platform/http/fields.js';
import { WEEKDAYS, type Weekday } from './provider.types.js';
import { MOST_QUIET_TIMES, PERIOD_KINDS, type PeriodKind } from './rhythm.types.js';

const UNTOLD = { optional: true, nullable: true } as const;

export class PeriodInput {
  @Choice(PERIOD_KINDS, {
    description:
      'closed: no new offers, and the clock stands. quiet: no messages, such as a holy day. shorter and extra are told.',
  })
  kind: PeriodKind;

  @Text({ max: 100, example: 'Ramadan 2027' })
  name: string;

  @DateOnly({ description: 'Dates move from year to year: enter them for each.' })
  from: string;

  @DateOnly({ description: 'The last day.' })
  until: string;

  @Text({ ...UNTOLD, max: 300 })
  note?: string | null;
}

export class QuietTimeInput {
  @Choice(WEEKDAYS)
  day: Weekday;

  @TimeOfDay()
  from: string;

  @TimeOfDay()
  to: string;

  @Text({ ...UNTOLD, max: 100, example: 'Friday prayers' })
  name?: string | null;
}

export class QuietTimesInput {
  @NestedList(() => QuietTimeInput, {
    max: MOST_QUIET_TIMES,
    description: 'All of them: what is left out is no more.',
  })
  times: QuietTimeInput[];
}

export class PeriodView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: PERIOD_KINDS })
  kind: PeriodKind;

  @ApiProperty()
  name: string;

  @ApiProperty({ format: 'date' })
  from: string;

  @ApiProperty({ format: 'date' })
  until: string;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;
}

export class QuietTimeView {
  @ApiProperty({ enum: WEEKDAYS })
  day: Weekday;

  @ApiProperty({ example: '12:30' })
  from: string;

  @ApiProperty({ example: '14:00' })
  to: string;

  @ApiProperty({ type: String, nullable: true })
  name: string | null;
}

export class RhythmView {
  @ApiProperty({ description: 'Working days in which the group replies; its closed days are none.' })
  replyWithinDays: number;

  @ApiProperty({ enum: WEEKDAYS, isArray: true, description: 'Days without messages.' })
  quietDays: Weekday[];

  @ApiProperty({ type: [QuietTimeView], description: 'Hours of every week without messages.' })
  quietTimes: QuietTimeView[];

  @ApiProperty({ type: [PeriodView], description: 'Times it changes, now and to come, soonest first.' })
  periods: PeriodView[];

  @ApiProperty({ format: 'date-time', description: 'When it may next be written to.' })
  mayBeWrittenTo: Date;
}
