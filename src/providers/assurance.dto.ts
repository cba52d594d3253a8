import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, Text } from '../platform/http/fields.js';
import { CHECKED_LEVELS, REQUIREMENTS, type CheckedLevel, type Requirement } from './assurance.types.js';
import { LEVELS, type Level } from './provider.types.js';

const UNTOLD = { optional: true, nullable: true } as const;

export class RecordAssurance {
  @Choice(REQUIREMENTS)
  requirement: Requirement;

  @Choice(CHECKED_LEVELS, { description: 'The highest level of service this is good enough for.' })
  level: CheckedLevel;

  @DateOnly({ description: 'The day somebody looked.' })
  checkedOn: string;

  @DateOnly({ description: 'The last day on which it counts; of an exemption, its end.' })
  lapsesOn: string;

  @Text({ ...UNTOLD, max: 1000, description: 'Given: an exemption, and why the group need not have it.' })
  exemptBecause?: string | null;

  @Text({ ...UNTOLD, max: 200, description: 'Who looked, if somebody else than you.' })
  checkedBy?: string | null;

  @Text({ ...UNTOLD, max: 200, description: 'Of a safeguarding policy.' })
  leadName?: string | null;

  @Text({ ...UNTOLD, max: 200, description: 'Of a safeguarding policy.' })
  deputyName?: string | null;

  @Text({ ...UNTOLD, max: 1000, description: 'What was seen. No certificates, no identity documents.' })
  note?: string | null;
}

export class EndAssurance {
  @Text({ max: 1000 })
  reason: string;
}

export class AssuranceRecordView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: REQUIREMENTS })
  requirement: Requirement;

  @ApiProperty({ enum: CHECKED_LEVELS })
  level: CheckedLevel;

  @ApiProperty({ type: String, nullable: true })
  exemptBecause: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null where a name is not for this reader.' })
  checkedBy: string | null;

  @ApiProperty({ format: 'date' })
  checkedOn: string;

  @ApiProperty({ format: 'date' })
  lapsesOn: string;

  @ApiProperty()
  lapsed: boolean;

  @ApiProperty({ type: String, nullable: true })
  leadName: string | null;

  @ApiProperty({ type: String, nullable: true })
  deputyName: string | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;
}

export class LevelView {
  @ApiProperty({ enum: CHECKED_LEVELS })
  level: CheckedLevel;

  @ApiProperty({
    enum: REQUIREMENTS,
    isArray: true,
    description: 'Everything this level needs of this group.',
  })
  needs: Requirement[];

  @ApiProperty({ enum: REQUIREMENTS, isArray: true, description: 'Of those, what was never shown.' })
  missing: Requirement[];

  @ApiProperty({ type: String, format: 'date', nullable: true, description: 'The last day of cover.' })
  until: string | null;

  @ApiProperty()
  lapsed: boolean;
}

/** Pages call it "safety checks". */
export class AssuranceView {
  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty({ enum: LEVELS, description: 'What the checks cover today.' })
  assuredLevel: Level;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  assuredUntil: string | null;

  @ApiProperty()
  assuranceLapsed: boolean;

  @ApiProperty({ type: LevelView, isArray: true })
  levels: LevelView[];

  @ApiProperty({
    type: AssuranceRecordView,
    isArray: true,
    description: 'One for each requirement that was shown.',
  })
  records: AssuranceRecordView[];
}
