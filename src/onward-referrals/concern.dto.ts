import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, Text, Uuid, YesNoInQuery } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import {
  CONCERN_KINDS,
  CONCERN_OUTCOMES,
  TOLD_BY,
  type ConcernKind,
  type ConcernOutcome,
  type ToldBy,
} from './concern.types.js';

const UNTOLD = { optional: true, nullable: true } as const;

export class RaiseConcern {
  @Uuid({ description: 'The group it is about.' })
  organisationId: string;

  @Choice(CONCERN_KINDS)
  kind: ConcernKind;

  @Choice(TOLD_BY, { description: 'Whose words these are.' })
  toldBy: ToldBy;

  @Text({ max: 4000, description: 'What happened. Read by the scheme only, never by the group.' })
  what: string;

  @DateOnly(UNTOLD)
  happenedOn?: string | null;

  @Uuid({ ...UNTOLD, description: 'The person it happened to, if they want that known to the scheme.' })
  clientId?: string | null;
}

export class ReviewConcern {
  @Choice(CONCERN_OUTCOMES)
  outcome: ConcernOutcome;

  @Text({ max: 4000, description: 'What was found and done.' })
  note: string;
}

export class ConcernsQuery extends PageQuery {
  @Uuid({ optional: true })
  organisationId?: string;

  @YesNoInQuery({ optional: true, description: 'Only those reviewed, or only those not.' })
  reviewed?: boolean;
}

export class ConcernView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  organisationName: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  clientId: string | null;

  @ApiProperty({ enum: CONCERN_KINDS })
  kind: ConcernKind;

  @ApiProperty({ enum: TOLD_BY })
  toldBy: ToldBy;

  @ApiProperty()
  what: string;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  happenedOn: string | null;

  @ApiProperty({ type: String, nullable: true })
  raisedBy: string | null;

  @ApiProperty({ format: 'date-time' })
  raisedAt: Date;

  @ApiProperty({ type: String, enum: CONCERN_OUTCOMES, nullable: true })
  outcome: ConcernOutcome | null;

  @ApiProperty({ type: String, nullable: true })
  reviewNote: string | null;

  @ApiProperty({ type: String, nullable: true })
  reviewedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  reviewedAt: Date | null;
}
