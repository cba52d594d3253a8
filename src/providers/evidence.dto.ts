import { ApiProperty } from '@nestjs/swagger';
import { CONTENT_TYPES, type ContentType } from '../platform/files/content.rules.js';
import { Text } from '../platform/http/fields.js';
import { EVIDENCE_KINDS, type EvidenceKind } from './evidence.types.js';

/** The list is checked by the service, which has words for those who ask to send a certificate. */
export class UploadQuery {
  @Text({ max: 60, example: 'safeguarding_policy', description: `One of: ${EVIDENCE_KINDS.join(', ')}.` })
  kind: string;
}

export class EvidenceView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty({ enum: EVIDENCE_KINDS })
  kind: EvidenceKind;

  @ApiProperty({ example: 'Safeguarding policy 2026.pdf' })
  name: string;

  @ApiProperty({ enum: CONTENT_TYPES, description: 'By content, whatever the file was called.' })
  contentType: ContentType;

  @ApiProperty({ description: 'As kept: pictures are drawn again, without where and when they were taken.' })
  bytes: number;

  @ApiProperty({ format: 'date-time' })
  uploadedAt: Date;
}
