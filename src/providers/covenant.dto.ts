import { ApiProperty } from '@nestjs/swagger';
import { DateOnly, NestedList, Text, Texts, Uuid } from '../platform/http/fields.js';
import { NO_PRESSURE, type Commitment } from './covenant.types.js';

export class CommitmentInput implements Commitment {
  @Text({ max: 60, example: NO_PRESSURE, description: `A short name; ${NO_PRESSURE} can be required.` })
  code: string;

  @Text({ max: 500, example: 'Nobody is put under pressure to take part in religious activity' })
  words: string;
}

export class PublishCovenant {
  @Text({ max: 20_000, description: 'The agreement, word for word.' })
  words: string;

  @NestedList(() => CommitmentInput, { min: 1, max: 30 })
  commitments: CommitmentInput[];
}

export class SignCovenant {
  @Uuid({ description: 'The version that was signed.' })
  covenantId: string;

  @Text({ max: 200, description: 'Who signed for the group.' })
  signedBy: string;

  @DateOnly()
  signedOn: string;

  @Texts({ min: 1, max: 60, items: 30, description: 'The codes of the commitments the group makes.' })
  commitments: string[];
}

export class EndSignature {
  @Text({ max: 1000 })
  reason: string;
}

export class CovenantView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ description: 'The version.' })
  number: number;

  @ApiProperty()
  words: string;

  @ApiProperty({ type: CommitmentInput, isArray: true })
  commitments: Commitment[];

  @ApiProperty({ format: 'date-time' })
  publishedAt: Date;

  @ApiProperty({ description: 'Whether this is the version to sign now.' })
  current: boolean;
}

export class SignatureView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  covenantId: string;

  @ApiProperty({ description: 'The version that was signed.' })
  number: number;

  @ApiProperty({ type: String, nullable: true, description: 'Null once the person has left the group.' })
  signedBy: string | null;

  @ApiProperty({ format: 'date' })
  signedOn: string;

  @ApiProperty({ type: String, isArray: true })
  commitments: string[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  endReason: string | null;
}

export class GroupCovenantView {
  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty({ description: 'Whether the version to sign now is signed.' })
  upToDate: boolean;

  @ApiProperty({ description: 'Whether the group has promised that nobody is put under religious pressure.' })
  noPressureAgreed: boolean;

  @ApiProperty({
    type: SignatureView,
    isArray: true,
    description: 'Newest first; at most one has not ended.',
  })
  signatures: SignatureView[];
}
