import type { ApprovalState, OwnService } from '../../onward-referrals/offer-approval.types.js';
import type { WarmHandoverState } from '../../onward-referrals/warm-handover.types.js';
import type { SAFETY_RECIPIENTS } from '../../reminders/safety-message.dto.js';

export const APPROVAL_STATE_WORDS: Record<ApprovalState, string> = {
  waiting: 'Waits for a second person',
  approved: 'Agreed',
  refused: 'Not agreed',
  withdrawn: 'Taken back',
  lapsed: 'The referral ended before',
};

export const OWN_SERVICE_WORDS: Record<OwnService, string> = {
  worker: 'Whoever asks works for this group',
  referrer: 'This group referred the person',
};

export const WARM_STATE_WORDS: Record<WarmHandoverState, string> = {
  arranged: 'Arranged',
  settled: 'Over',
  cancelled: 'Called off',
};

export const SAFETY_RECIPIENT_WORDS: Record<(typeof SAFETY_RECIPIENTS)[number], string> = {
  sender: 'Whoever sent the referral',
  practice: 'The practice they are registered with today',
};
