import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, Text } from '../platform/http/fields.js';
import { LONE_WORKER_FLAGS, REVIEW_MONTHS, type LoneWorkerFlag } from './lone-worker-flag.types.js';

const REVIEW = `When it is looked at again; at the latest, and unless said, in ${String(REVIEW_MONTHS)} months.`;

export class RaiseLoneWorkerFlagInput {
  @Choice(LONE_WORKER_FLAGS)
  code: LoneWorkerFlag;

  @DateOnly({ optional: true, description: REVIEW })
  reviewOn?: string;
}

export class EndLoneWorkerFlagInput {
  @Text({ max: 500, description: 'Why it is no longer needed.' })
  reason: string;
}

export class LoneWorkerFlagView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: LONE_WORKER_FLAGS })
  code: LoneWorkerFlag;

  @ApiProperty({ format: 'date' })
  reviewOn: string;

  @ApiProperty({ type: String, nullable: true })
  recordedBy: string | null;

  @ApiProperty({ format: 'date-time' })
  recordedAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  endReason: string | null;
}
