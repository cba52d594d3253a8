import type { TransferItem, TransferState } from '../../caseload/transfer.types.js';
import type {
  AreaMoveChoice,
  AreaMoveOutcome,
  AreaMoveState,
  AreaMoveVerb,
} from '../../caseload/area-move.types.js';
import type {
  FeedbackAbout,
  FeedbackFrom,
  FeedbackKind,
  FeedbackState,
} from '../../feedback/feedback.types.js';
import type { ApprovalState, OwnService } from '../../onward-referrals/offer-approval.types.js';
import type { WarmHandoverState } from '../../onward-referrals/warm-handover.types.js';
import type { FormerHears } from '../../referrals/practice-move.types.js';
import type { SAFETY_RECIPIENTS } from '../../reminders/safety-message.dto.js';
import type {
  PrintingEnd,
  StoryBasis,
  StoryDecision,
  StoryState,
  StoryUse,
} from '../../stories/story.types.js';
import { BASIS_WORDS } from '../practice/practice.words.js';
import { sayAll } from '../words/staff/staff-words.js';

export const APPROVAL_STATE_WORDS: Record<ApprovalState, string> = sayAll({
  waiting: 'Waits for a second person',
  approved: 'Agreed',
  refused: 'Not agreed',
  withdrawn: 'Taken back',
  lapsed: 'The referral ended before',
});

export const OWN_SERVICE_WORDS: Record<OwnService, string> = sayAll({
  worker: 'Whoever asks works for this group',
  referrer: 'This group referred the person',
});

export const WARM_STATE_WORDS: Record<WarmHandoverState, string> = sayAll({
  arranged: 'Arranged',
  settled: 'Over',
  cancelled: 'Called off',
});

export const SAFETY_RECIPIENT_WORDS: Record<(typeof SAFETY_RECIPIENTS)[number], string> = sayAll({
  sender: 'Whoever sent the referral',
  practice: 'The practice they are registered with today',
});

export const FORMER_HEARS_WORDS: Record<FormerHears, string> = sayAll({
  as_agreed: 'What was agreed with it, as before',
  nothing: 'Nothing more',
});

export const AREA_MOVE_STATE_WORDS: Record<AreaMoveState, string> = sayAll({
  open: 'To be decided',
  handing_over: 'To be handed to another scheme',
  kept: 'Kept for now',
  ended: 'Over',
});

export const AREA_MOVE_CHOICE_WORDS: Record<AreaMoveChoice, string> = sayAll({
  hand_over: 'Hand them to another scheme',
  keep: 'Keep them until a day',
  close: 'Close it: they moved away',
});

export const AREA_MOVE_OUTCOME_WORDS: Record<AreaMoveOutcome, string> = sayAll({
  closed: 'Closed: they moved away',
  handed_over: 'Another scheme has them',
  stays: 'They stay after all',
  referral_ended: 'Their referral ended',
});

export const AREA_MOVE_VERB_WORDS: Record<AreaMoveVerb, string> = sayAll({
  record: 'Written down',
  ...AREA_MOVE_CHOICE_WORDS,
  cancel: 'They stay after all',
  end: 'Over',
});

export const SAID_KIND_WORDS: Record<FeedbackKind, string> = sayAll({
  feedback: 'What they think of it',
  concern: 'Something went wrong or worries them',
});

export const SAID_ABOUT_WORDS: Record<FeedbackAbout, string> = sayAll({
  service: 'Our service',
  worker: 'Somebody who works here',
  group: 'A group',
  something_else: 'Something else',
});

export const SAID_STATE_WORDS: Record<FeedbackState, string> = sayAll({
  open: 'New',
  looked_at: 'Looked at',
  answered: 'Answered',
});

export const SAID_BY_WORDS: Record<FeedbackFrom, string> = sayAll({
  client: 'The person',
  supporter: 'Somebody who supports them',
});

export const TRANSFER_ITEM_WORDS: Record<TransferItem, string> = sayAll({
  about_them: 'Sex, gender, ethnicity and faith, as they told us',
  reasons: 'What was written about why they were referred',
  risks: 'Risks',
  plan: 'Their plan',
  contacts: 'When we were in contact, without notes',
});

export const TRANSFER_STATE_WORDS: Record<TransferState, string> = sayAll({
  offered: 'Waits for the other scheme',
  received: 'The other scheme has them',
  refused: 'The other scheme did not take them on',
  expired: 'The other scheme did not answer',
  cancelled: 'Taken back',
});

export const STORY_STATE_WORDS: Record<StoryState, string> = sayAll({
  draft: 'Being written',
  waiting: 'Waits for a second reader',
  approved: 'Read and approved',
  withdrawn: 'Taken back',
});

export const STORY_USE_WORDS: Record<StoryUse, string> = sayAll({
  report: 'A report of ours',
  web_page: 'A web page',
  training: 'When we train people',
  press: 'A newspaper, radio or television',
});

export const STORY_BASIS_WORDS: Record<StoryBasis, string> = {
  agreed: BASIS_WORDS.agreed,
  attorney_or_deputy: BASIS_WORDS.attorney_or_deputy,
  parental_responsibility: BASIS_WORDS.parental_responsibility,
};

export const STORY_DECISION_WORDS: Record<StoryDecision, string> = sayAll({
  approved: 'Approved',
  sent_back: 'Sent back',
});

export const PRINTING_END_WORDS: Record<PrintingEnd, string> = sayAll({
  taken_down: 'It was taken down',
  cannot_be_taken_back: 'It cannot be taken back, such as what is on paper',
});
