import { OmitType } from '@nestjs/swagger';
import { Choice, Text } from '../../platform/http/fields.js';
import { SendAgainInput, SendInput } from '../../referrals/referral.dto.js';
import { FEEDBACK, type Feedback } from '../../referrals/referral.types.js';

/** Room for what matters, and little enough that it is read. */
const NOTE = { optional: true, nullable: true, max: 500 } as const;

/** What the page asks more strictly than the API: what may be told back is somebody's answer, and a note is a note. */
export class ReferInput extends OmitType(SendInput, ['feedback', 'note'] as const) {
  @Choice(FEEDBACK)
  feedback: Feedback;

  @Text(NOTE)
  note?: string | null;
}

/** The same of a draft that is sent at last. */
export class SendDraftInput extends OmitType(SendAgainInput, ['feedback', 'note'] as const) {
  @Choice(FEEDBACK)
  feedback: Feedback;

  @Text(NOTE)
  note?: string | null;
}
