import { ApiProperty } from '@nestjs/swagger';
import { Choice, Text } from '../platform/http/fields.js';

/** Who sent the referral, or the practice the person is registered with today. */
export const SAFETY_RECIPIENTS = ['sender', 'practice'] as const;
export const READ_THROUGH = ['link', 'phone'] as const;

export class SendSafetyMessageInput {
  @Choice(SAFETY_RECIPIENTS, {
    description: 'Who sent the referral, or the practice the person is registered with.',
  })
  to: (typeof SAFETY_RECIPIENTS)[number];
}

export class HeardSafetyMessageInput {
  @Text({ max: 200, description: 'Who said on the telephone that they know: a name or a role.' })
  by: string;
}

export class SafetyMessageView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  organisation: string;

  @ApiProperty({ type: String, nullable: true })
  sentBy: string | null;

  @ApiProperty()
  sentAt: Date;

  @ApiProperty({
    description: 'Not acknowledged by then, whoever has the referral rings; an hour later the managers.',
  })
  answerBy: Date;

  @ApiProperty({
    type: Date,
    nullable: true,
    description: 'When it turned out that it could not be sent: nobody was written to. Ring them now.',
  })
  notSentAt: Date | null;

  @ApiProperty({ type: Date, nullable: true })
  readAt: Date | null;

  @ApiProperty({ enum: READ_THROUGH, nullable: true })
  readThrough: (typeof READ_THROUGH)[number] | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who said so on the telephone.' })
  readBy: string | null;
}
