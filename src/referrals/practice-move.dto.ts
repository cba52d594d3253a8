import { ApiProperty } from '@nestjs/swagger';
import { Choice, Nested, Text } from '../platform/http/fields.js';
import { FORMER_HEARS, type FormerHears } from './practice-move.types.js';
import { SendAgreementInput } from './referral.dto.js';
import { FEEDBACK, type Feedback } from './referral.types.js';

export class DecidePracticeMoveInput {
  @Choice(FORMER_HEARS, {
    description: 'Whether the practice they left still hears what was agreed with it, or nothing more.',
  })
  formerHears: FormerHears;

  @Choice(FEEDBACK, { description: 'How much the practice they are with now may hear.' })
  presentHears: Feedback;

  @Nested(() => SendAgreementInput, {
    optional: true,
    description:
      'How they agreed; needed where the present practice is to hear what is not agreed with it yet.',
  })
  agreement?: SendAgreementInput;

  @Text({ optional: true, nullable: true, max: 1000 })
  note?: string | null;
}

class MovedPracticeView {
  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  name: string;
}

export class PracticeMoveView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty({ type: MovedPracticeView })
  from: MovedPracticeView;

  @ApiProperty({ type: MovedPracticeView, nullable: true, description: 'Null: none that we know of.' })
  to: MovedPracticeView | null;

  @ApiProperty({ format: 'date' })
  movedOn: string;

  @ApiProperty({ type: String, nullable: true })
  recordedBy: string | null;

  @ApiProperty({ format: 'date-time' })
  recordedAt: Date;

  @ApiProperty({
    description:
      'A referral that the practice they left sent is still going on, and nobody has said yet who hears of it.',
  })
  toDecide: boolean;

  @ApiProperty({ enum: FORMER_HEARS, nullable: true })
  formerHears: FormerHears | null;

  @ApiProperty({ enum: FEEDBACK, nullable: true })
  presentHears: Feedback | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, nullable: true })
  decidedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  decidedAt: Date | null;
}
