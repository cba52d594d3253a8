import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, NhsNumber, Text, YesNoInQuery } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { GLASS_FOUND_BY, GLASS_OUTCOMES, type GlassFoundBy, type GlassOutcome } from './client.types.js';

/** Either an exact NHS number, or the exact names and date of birth: nobody is found by browsing. */
export class BreakGlassInput {
  @NhsNumber({ optional: true })
  nhsNumber?: string;

  @Text({ optional: true, max: 100 })
  firstName?: string;

  @Text({ optional: true, max: 100 })
  lastName?: string;

  @DateOnly({ optional: true, example: '1951-03-02' })
  dateOfBirth?: string;

  @Text({ min: 10, max: 1000, description: 'Why this cannot wait. A manager reads it.' })
  reason: string;
}

export class ReviewGlassInput {
  @Choice(GLASS_OUTCOMES)
  outcome: GlassOutcome;

  @Text({ optional: true, nullable: true, max: 1000 })
  note?: string | null;
}

export class GlassQuery extends PageQuery {
  @YesNoInQuery({ optional: true, description: 'Those reviewed already; those waiting unless told.' })
  reviewed?: boolean;
}

export class OpenedGlassView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty()
  openedAt: Date;

  @ApiProperty({ description: 'Until then the record can be read.' })
  until: Date;
}

export class GlassReviewView extends OpenedGlassView {
  @ApiProperty({ format: 'uuid' })
  membershipId: string;

  @ApiProperty()
  workerName: string;

  @ApiProperty({ enum: GLASS_FOUND_BY })
  foundBy: GlassFoundBy;

  @ApiProperty()
  reason: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  reviewedAt: Date | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  reviewedBy: string | null;

  @ApiProperty({ enum: GLASS_OUTCOMES, nullable: true })
  outcome: GlassOutcome | null;

  @ApiProperty({ type: String, nullable: true })
  reviewNote: string | null;
}
