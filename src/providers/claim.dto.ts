import { ApiProperty } from '@nestjs/swagger';
import { ChoicesInQuery, Text } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { CLAIM_STATES, type ClaimState } from './claim.types.js';

export class RefuseClaim {
  @Text({ max: 500, description: 'For the scheme; whoever asked reads only that it could not be confirmed.' })
  reason: string;
}

export class ClaimsQuery extends PageQuery {
  @ChoicesInQuery(CLAIM_STATES, { optional: true, description: 'Proved ones unless told.' })
  state?: ClaimState[];
}

export class ClaimView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  organisationName: string;

  @ApiProperty({ description: 'Whether somebody answers for the group today. A yes puts them aside.' })
  answeredFor: boolean;

  @ApiProperty({ enum: CLAIM_STATES })
  state: ClaimState;

  @ApiProperty({ type: String, nullable: true, description: 'Forgotten 30 days after it was decided.' })
  name: string | null;

  @ApiProperty({ type: String, nullable: true })
  email: string | null;

  @ApiProperty({ type: String, nullable: true })
  why: string | null;

  @ApiProperty({ description: 'They want to sign in, too.' })
  wantsSignIn: boolean;

  @ApiProperty({ format: 'date-time' })
  askedAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  provedAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  decidedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  decidedAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  decidedBecause: string | null;
}
