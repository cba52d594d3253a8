import { ApiProperty } from '@nestjs/swagger';
import { WHICH_READING, type WhichReading } from '../platform/clock/wall-clock.js';
import { Choice, DateOnly, Text, TimeOfDay, WholeNumber } from '../platform/http/fields.js';
import { SIDES, type Side } from '../platform/pure/lifecycle.js';
import {
  APPOINTMENT_KINDS,
  APPOINTMENT_NOTE_MAX,
  APPOINTMENT_REASONS,
  APPOINTMENT_STATES,
  LONGEST_MINUTES,
  PLACE_MAX,
  SHORTEST_MINUTES,
  type AppointmentKind,
  type AppointmentState,
} from './appointment.types.js';

const WHICH_MEANS = 'Only for a time that the clock shows twice, on the night it goes back.';

export class MakeAppointmentInput {
  @Choice(APPOINTMENT_KINDS)
  kind: AppointmentKind;

  @DateOnly({ description: 'The date in London.' })
  on: string;

  @TimeOfDay({ description: 'The time in London.' })
  time: string;

  @Choice(WHICH_READING, { optional: true, description: WHICH_MEANS })
  which?: WhichReading;

  @WholeNumber({ min: SHORTEST_MINUTES, max: LONGEST_MINUTES })
  minutes: number;

  @Text({ optional: true, max: PLACE_MAX, description: 'Where; needed when the kind is place.' })
  place?: string;

  @Text({ optional: true, max: APPOINTMENT_NOTE_MAX })
  note?: string;
}

export class CancelAppointmentInput {
  @Choice(SIDES, { description: 'Whose doing it was.' })
  side: Side;

  @Choice(APPOINTMENT_REASONS)
  reason: (typeof APPOINTMENT_REASONS)[number];

  @Text({ optional: true, max: 500 })
  reasonNote?: string;
}

export class MoveAppointmentInput extends CancelAppointmentInput {
  @DateOnly({ description: 'The new date in London.' })
  on: string;

  @TimeOfDay({ description: 'The new time in London.' })
  time: string;

  @Choice(WHICH_READING, { optional: true, description: WHICH_MEANS })
  which?: WhichReading;

  @Choice(APPOINTMENT_KINDS, { optional: true, description: 'Unless it stays as it was.' })
  kind?: AppointmentKind;

  @WholeNumber({ optional: true, min: SHORTEST_MINUTES, max: LONGEST_MINUTES })
  minutes?: number;

  @Text({ optional: true, max: PLACE_MAX })
  place?: string;
}

export class AppointmentView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ enum: APPOINTMENT_KINDS })
  kind: AppointmentKind;

  @ApiProperty({ enum: APPOINTMENT_STATES })
  state: AppointmentState;

  @ApiProperty({ format: 'date-time' })
  startsAt: Date;

  @ApiProperty({ format: 'date', description: 'The date in London.' })
  on: string;

  @ApiProperty({ example: '14:30', description: 'The time on a clock in London.' })
  time: string;

  @ApiProperty()
  minutes: number;

  @ApiProperty({ type: String, nullable: true })
  place: string | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, nullable: true })
  madeBy: string | null;
}

export class AppointmentHistoryView {
  @ApiProperty({ format: 'date-time' })
  at: Date;

  @ApiProperty({ enum: ['make', 'move', 'cancel'] })
  action: string;

  @ApiProperty({ type: String, nullable: true })
  by: string | null;

  @ApiProperty({ enum: SIDES, nullable: true })
  side: Side | null;

  @ApiProperty({ type: String, nullable: true })
  reason: string | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ format: 'date-time' })
  startsAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  startsBefore: Date | null;
}
