import { ApiProperty } from '@nestjs/swagger';
import { LanguageCode, Text, Uuid } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { SUPERVISION_PROMPTS, WEIGHT_MEANS, type SupervisionPrompt } from './workload.rules.js';

export class RoomQuery {
  @LanguageCode({ optional: true, description: 'Only workers who speak it.' })
  language?: string;
}

export class SupervisionQuery {
  @Uuid({ optional: true, description: 'Whose cases; your own unless told. A manager says whose.' })
  workerId?: string;
}

export class WeightsQuery extends PageQuery {}

export class CaseloadWeight {
  @ApiProperty({ format: 'uuid' })
  workerId: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ description: WEIGHT_MEANS })
  weight: number;

  @ApiProperty()
  cases: number;

  @ApiProperty({ description: 'Next date within 7 days, or past.' })
  due: number;

  @ApiProperty({ description: 'Cases with something that takes more care.' })
  complex: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The longest that anybody waits since the last contact.',
  })
  longestSilenceDays: number | null;

  @ApiProperty()
  limit: number;

  @ApiProperty({ description: 'How many more fit by number.' })
  room: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: '1 is a limit’s worth of ordinary cases; null where the limit is nought.',
  })
  fullness: number | null;

  @ApiProperty()
  absent: boolean;
}

export class RoomSuggestion extends CaseloadWeight {
  @ApiProperty({ description: 'Why they are suggested, in words.' })
  because: string;
}

export class SupervisionCase {
  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty()
  reference: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ format: 'date' })
  nextOn: string;

  @ApiProperty({ enum: Object.keys(SUPERVISION_PROMPTS), isArray: true })
  prompts: SupervisionPrompt[];

  @ApiProperty({ type: [String], description: 'The same in words.' })
  words: string[];
}

export class RaiseEscalationInput {
  @Uuid({ optional: true, nullable: true, description: 'The referral it is about, if any.' })
  referralId?: string | null;

  @Text({ max: 4000 })
  words: string;
}

export class AcknowledgeEscalationInput {
  @Text({ max: 4000, description: 'What you say to it.' })
  answer: string;
}

export class EscalationView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  referralId: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Of the referral.' })
  reference: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Whom the referral is about.' })
  clientId: string | null;

  @ApiProperty()
  words: string;

  @ApiProperty({ type: String, nullable: true })
  raisedBy: string | null;

  @ApiProperty({ format: 'date-time' })
  raisedAt: Date;

  @ApiProperty({ type: String, nullable: true })
  acknowledgedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  acknowledgedAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  answer: string | null;
}
