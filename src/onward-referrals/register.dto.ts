import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, NestedList, Text, TimeOfDay, Uuid, WholeNumber } from '../platform/http/fields.js';
import { ListingNamed } from '../providers/listing.dto.js';
import { ATTENDANCE, type Attendance } from './onward.types.js';
import { REGISTER_MAX, REGISTER_STATES, WALK_INS_MAX, type RegisterState } from './register.types.js';

const HOW_MANY = { optional: true, min: 0, max: 20, description: 'How many of those offered came.' };

export class OpenRegisterInput {
  @DateOnly({ description: 'The day of the session, today or before.' })
  sessionOn: string;

  @TimeOfDay({ optional: true, description: 'Only where there are several sessions on one day.' })
  sessionAt?: string;
}

export class RegisterMarkInput {
  @Uuid()
  onwardReferralId: string;

  @Choice(ATTENDANCE)
  result: Attendance;

  @WholeNumber(HOW_MANY)
  people?: number;
}

export class MarkRegisterInput {
  @NestedList(() => RegisterMarkInput, {
    max: REGISTER_MAX,
    description: 'Whoever is left out stays as they were.',
  })
  marks: RegisterMarkInput[];

  @WholeNumber({
    optional: true,
    min: 0,
    max: WALK_INS_MAX,
    description: 'Others who came. A number, never names.',
  })
  walkIns?: number;
}

export class CorrectRegisterInput extends RegisterMarkInput {
  @Text({ max: 500, description: 'Why what was final is not right.' })
  reason: string;
}

/** A session of a service, without the people on its register. */
export class RegisterLine {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'date' })
  sessionOn: string;

  @ApiProperty({ type: String, nullable: true, example: '14:30' })
  sessionAt: string | null;

  @ApiProperty({ enum: REGISTER_STATES })
  state: RegisterState;

  @ApiProperty({ type: 'integer', description: 'How many times something in it was put right since.' })
  corrections: number;
}

/** As much as a register needs: what the person is called, and nothing else of them. */
export class RegisterPerson {
  @ApiProperty({ format: 'uuid' })
  onwardReferralId: string;

  @ApiProperty({ description: 'A first name, or initials where the person prefers them.' })
  calledBy: string;

  @ApiProperty({ description: 'How many were offered together.' })
  people: number;

  @ApiProperty({ enum: ATTENDANCE, nullable: true })
  result: Attendance | null;

  @ApiProperty({ type: 'integer', nullable: true })
  came: number | null;
}

export class RegisterCorrectionView {
  @ApiProperty({ format: 'uuid' })
  onwardReferralId: string;

  @ApiProperty({ enum: ATTENDANCE, nullable: true })
  was: Attendance | null;

  @ApiProperty({ enum: ATTENDANCE })
  result: Attendance;

  @ApiProperty()
  reason: string;

  @ApiProperty({ type: String, nullable: true, description: 'Who put it right.' })
  by: string | null;

  @ApiProperty({ format: 'date-time' })
  at: string;
}

export class RegisterView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ type: ListingNamed })
  listing: ListingNamed;

  @ApiProperty({ format: 'date' })
  sessionOn: string;

  @ApiProperty({ type: String, nullable: true, example: '14:30' })
  sessionAt: string | null;

  @ApiProperty({ enum: REGISTER_STATES })
  state: RegisterState;

  @ApiProperty()
  walkIns: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finalAt: Date | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who made it final.' })
  finalBy: string | null;

  @ApiProperty({ type: [RegisterPerson] })
  people: RegisterPerson[];

  @ApiProperty({
    type: [RegisterCorrectionView],
    description: 'What a manager put right since, oldest first.',
  })
  corrections: RegisterCorrectionView[];
}
