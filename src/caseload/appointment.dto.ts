import { ApiProperty } from '@nestjs/swagger';
import { WHICH_READING, type WhichReading } from '../platform/clock/wall-clock.js';
import {
  Choice,
  Choices,
  DateOnly,
  LanguageCode,
  Nested,
  Text,
  TimeOfDay,
  Uuid,
  WholeNumber,
  YesNo,
} from '../platform/http/fields.js';
import { SIDES, type Side } from '../platform/pure/lifecycle.js';
import { INTERPRETERS, type Interpreter } from '../clients/client.types.js';
import { LONE_WORKER_FLAGS, type LoneWorkerFlag } from '../clients/lone-worker-flag.types.js';
import { APPOINTMENT_VERBS, type AppointmentVerb } from './appointment.lifecycle.js';
import {
  APPOINTMENT_INTERPRETERS,
  APPOINTMENT_KINDS,
  APPOINTMENT_NOTE_MAX,
  APPOINTMENT_REASONS,
  APPOINTMENT_STATES,
  BACK_MINUTES,
  BOOKING_STATES,
  LONGEST_MINUTES,
  PLACE_MAX,
  SHORTEST_MINUTES,
  WARNINGS,
  type AppointmentInterpreter,
  type AppointmentKind,
  type AppointmentState,
  type BookingState,
  type Warning,
} from './appointment.types.js';

const WHICH_MEANS = 'Only for a time that the clock shows twice, on the night it goes back.';

const EVEN_SO =
  'Go ahead although this was said: the worker has something else then, or nobody is to visit at home.';

export class InterpreterInput {
  @Choice(INTERPRETERS)
  kind: Interpreter;

  @LanguageCode({ optional: true, description: 'The person’s own unless said.' })
  language?: string;

  @YesNo({ optional: true, description: 'Needed for own_choice: a child must never interpret.' })
  isAdult?: boolean;

  @Choice(BOOKING_STATES, { optional: true, description: 'wanted unless said; of a worker, confirmed.' })
  booking?: BookingState;

  @YesNo({ optional: true, description: 'Nobody from the person’s own community.' })
  notFromMyCommunity?: boolean;
}

export class HomeVisitInput {
  @Uuid({ optional: true, description: 'Who goes; you, or the owner of the referral, unless said.' })
  workerId?: string;

  @Uuid({ optional: true, nullable: true, description: 'Who asks after them; the managers unless said.' })
  buddyId?: string | null;

  @TimeOfDay({
    optional: true,
    description: `When they are expected back, that day in London; ${String(BACK_MINUTES)} minutes after the end unless said.`,
  })
  backBy?: string;

  @Text({ optional: true, nullable: true, max: APPOINTMENT_NOTE_MAX })
  note?: string | null;
}

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

  @Nested(() => InterpreterInput, { optional: true, description: 'As the person’s record says unless said.' })
  interpreter?: InterpreterInput;

  @Nested(() => HomeVisitInput, { optional: true, description: 'For a home visit only.' })
  visit?: HomeVisitInput;

  @Choices(WARNINGS, { optional: true, description: EVEN_SO })
  evenSo?: Warning[];
}

export class CancelAppointmentInput {
  @Choice(SIDES, { description: 'Whose doing it was.' })
  side: Side;

  @Choice(APPOINTMENT_REASONS)
  reason: (typeof APPOINTMENT_REASONS)[number];

  @Text({ optional: true, max: 500, description: 'Needed for the reason `other`.' })
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

  @Nested(() => HomeVisitInput, {
    optional: true,
    description: 'For a home visit only; as it was unless said.',
  })
  visit?: HomeVisitInput;

  @Choices(WARNINGS, { optional: true, description: EVEN_SO })
  evenSo?: Warning[];
}

export class SetOutInput {
  @Choices(WARNINGS, {
    optional: true,
    description: 'Go although nobody is to visit at home, which may have been said since the visit was made.',
  })
  evenSo?: Warning[];
}

export class AppointmentInterpreterView {
  @ApiProperty({ enum: APPOINTMENT_INTERPRETERS })
  kind: AppointmentInterpreter;

  @ApiProperty({ example: 'pl' })
  language: string;

  @ApiProperty({ enum: BOOKING_STATES })
  booking: BookingState;

  @ApiProperty()
  notFromMyCommunity: boolean;
}

export class HomeVisitView {
  @ApiProperty({ format: 'uuid' })
  workerId: string;

  @ApiProperty({ type: String, nullable: true })
  worker: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  buddyId: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who asks after them; null: the managers.' })
  buddy: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'From the person’s record, as it is now.' })
  address: string | null;

  @ApiProperty({ format: 'date-time' })
  backBy: string;

  @ApiProperty({ example: '15:45', description: 'The same on a clock in London.' })
  backByTime: string;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  setOutAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  backAt: string | null;
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

  @ApiProperty({ type: AppointmentInterpreterView, nullable: true })
  interpreter: AppointmentInterpreterView | null;

  @ApiProperty({ type: HomeVisitView, nullable: true })
  visit: HomeVisitView | null;

  @ApiProperty({ enum: LONE_WORKER_FLAGS, isArray: true, description: 'What keeps whoever meets them safe.' })
  flags: LoneWorkerFlag[];
}

export class AppointmentHistoryView {
  @ApiProperty({ format: 'date-time' })
  at: Date;

  @ApiProperty({ enum: APPOINTMENT_VERBS })
  action: AppointmentVerb;

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
