import { ApiProperty } from '@nestjs/swagger';

export class TimelineItem {
  @ApiProperty({ format: 'date-time' })
  at: Date;

  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({
    example: 'contact',
    description:
      'contact, referral, offer, signpost, appointment, plan, unreached, message, help, and what is added later.',
  })
  what: string;

  @ApiProperty({ example: 'reached', description: 'The outcome of a contact, the verb of everything else.' })
  action: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  referralId: string | null;

  @ApiProperty({ format: 'uuid', description: 'The contact, offer, plan or whatever it is about.' })
  subjectId: string;

  @ApiProperty({ type: String, nullable: true })
  by: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What was written. Restricted words are never here.',
  })
  words: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'What belongs to it. A `service` is named as everywhere, with how fresh what is said of it is.',
  })
  details: Record<string, unknown>;
}
