import { ApiProperty } from '@nestjs/swagger';
import { PERMISSIONS, type Action, type Reach } from '../permissions/permission.table.js';
import { Choice, DateOnly, Text, Texts, Uuid, WholeNumber } from '../platform/http/fields.js';
import {
  KEY_STATES,
  type KeyState,
  LONGEST_OLD_KEY_DAYS,
  MOST_ADDRESSES,
  MOST_PER_MINUTE,
  OLD_KEY_DAYS,
  PER_MINUTE,
  PROGRAM_ROLES,
  type ProgramRole,
} from './program.types.js';

const ADDRESSES = {
  optional: true,
  max: 50,
  items: MOST_ADDRESSES,
  description: 'Addresses or networks it may come from; none: from anywhere.',
  example: ['192.0.2.0/24'],
} as const;

const RATE = {
  optional: true,
  min: 1,
  max: MOST_PER_MINUTE,
  description: `Requests a minute, counted for all its keys together; ${String(PER_MINUTE)} unless told.`,
} as const;

const ENDS = {
  optional: true,
  description: 'The key’s last day, a year from today at most, which it is unless told.',
};

export class MakeProgramInput {
  @Text({
    max: 100,
    example: 'Records system of Mill Lane',
    description: 'As histories and the audit record call it.',
  })
  name: string;

  @Uuid({ description: 'Whose reach it has.' })
  organisationId: string;

  @Choice(PROGRAM_ROLES)
  role: ProgramRole;

  @Texts(ADDRESSES)
  addresses?: string[];

  @WholeNumber(RATE)
  perMinute?: number;

  @DateOnly(ENDS)
  endsOn?: string;
}

export class AmendProgramInput {
  @Texts(ADDRESSES)
  addresses?: string[];

  @WholeNumber({ ...RATE, description: 'Requests a minute.' })
  perMinute?: number;
}

export class MakeProgramKeyInput {
  @DateOnly(ENDS)
  endsOn?: string;

  @WholeNumber({
    optional: true,
    min: 0,
    max: LONGEST_OLD_KEY_DAYS,
    description: `Days for which the key before it goes on; ${String(OLD_KEY_DAYS)} unless told.`,
  })
  oldKeyDays?: number;
}

export class ProgramKeyView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'x7Qa', description: 'Its last four characters. The rest is kept nowhere.' })
  ending: string;

  @ApiProperty({ enum: KEY_STATES })
  state: KeyState;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ format: 'date-time' })
  endsAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revokedAt: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'To the minute.' })
  lastUsedAt: Date | null;
}

export class ProgramView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ example: 'Program Records system of Mill Lane' })
  name: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty({ example: 'Mill Lane Surgery' })
  organisationName: string;

  @ApiProperty({ enum: PROGRAM_ROLES })
  role: ProgramRole;

  @ApiProperty({ type: String, isArray: true, example: ['192.0.2.0/24'] })
  addresses: string[];

  @ApiProperty({ example: PER_MINUTE })
  perMinute: number;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ type: String, nullable: true, example: 'Sam Reed' })
  createdBy: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was switched off for good.',
  })
  endedAt: Date | null;

  @ApiProperty({ type: [ProgramKeyView], description: 'The newest first.' })
  keys: ProgramKeyView[];
}

export class ProgramKeyMade {
  @ApiProperty({ type: ProgramView })
  program: ProgramView;

  @ApiProperty({
    example: 'betony_key_…',
    description: 'Shown here and never again. Send it as `Authorization: Bearer …`.',
  })
  key: string;
}

const ACTIONS = Object.keys(PERMISSIONS) as Action[];

export class OwnProgramView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'Program Records system of Mill Lane' })
  name: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty({ example: 'Mill Lane Surgery' })
  organisationName: string;

  @ApiProperty({ enum: PROGRAM_ROLES })
  role: ProgramRole;

  @ApiProperty({ example: PER_MINUTE })
  perMinute: number;

  @ApiProperty({ format: 'date-time', description: 'When the key that asks stops working.' })
  keyEndsAt: Date;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'What it may do, and how far that reaches.',
    example: { [ACTIONS[0] ?? '']: 'own' },
  })
  may: Partial<Record<Action, Reach>>;
}
