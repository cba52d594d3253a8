import type { AgreementBasis, AgreedHow } from '../../clients/agreement.types.js';
import type { Interpreter, ReachThrough, SafeAnswer } from '../../clients/client.types.js';
import type { FactorPolicy } from '../../identity/second-factor.rules.js';
import type { StaffRequestKind, StaffRequestState } from '../../identity/staff.dto.js';
import type { FeedbackBy } from '../../identity/organisation.types.js';
import type { Circumstance } from '../../platform/words/circumstances.js';
import type { Side } from '../../platform/pure/lifecycle.js';
import type { Feedback, Result } from '../../referrals/referral.types.js';
import { sayAll } from '../words/staff/staff-words.js';

export const RISK_WORDS: Record<Circumstance, string> = sayAll({
  crisis_mental_health: 'Mental health crisis',
  self_harm_or_suicide: 'Self-harm or thoughts of suicide',
  violence_or_aggression: 'Violence or aggression',
  alcohol_or_drugs: 'Alcohol or drugs',
  domestic_abuse: 'Domestic abuse',
  safeguarding_concern: 'Safeguarding concern',
  not_with_children: 'Must not be with children',
  personal_care: 'Needs personal care',
  medication: 'Needs help with medication',
  moving_and_handling: 'Needs help to move',
  falls: 'Falls',
  confusion_or_memory_loss: 'Confusion or memory loss',
  cannot_be_left_alone: 'Cannot be left alone',
  infection: 'Infection',
  unsafe_home: 'Home is not safe to visit',
  other: 'Something else',
});

export const SAFE_WORDS: Record<SafeAnswer, string> = sayAll({
  yes: 'Yes',
  no: 'No',
  not_asked: 'Not asked',
});

export const REACH_WORDS: Record<ReachThrough, string> = sayAll({
  phone: 'Phone',
  text: 'Text',
  email: 'E-mail',
  letter: 'Letter',
  named_worker: 'Through somebody who works with them',
  practice: 'Through the practice',
  hostel: 'Through a hostel',
  drop_in: 'They drop in',
});

export const INTERPRETER_WORDS: Record<Interpreter, string> = sayAll({
  not_needed: 'Not needed',
  professional: 'A professional interpreter',
  worker: 'A worker who speaks the language',
  own_choice: 'Somebody they choose themselves',
});

export const FEEDBACK_WORDS: Record<Feedback, string> = sayAll({
  progress: 'Whether it was taken on, and when it ended',
  everything: 'That, and what came of it',
  nothing: 'Nothing',
});

export const FEEDBACK_BY_WORDS: Record<FeedbackBy, string> = sayAll({
  email: 'By e-mail, when a referral has ended',
  none: 'Not by e-mail: we read it here',
});

export const STAFF_REQUEST_WORDS: Record<StaffRequestKind, string> = sayAll({
  join: 'To sign in',
  leave: 'To sign in no more',
});

export const STAFF_REQUEST_STATE_WORDS: Record<StaffRequestState, string> = sayAll({
  open: 'Waiting for an answer',
  granted: 'Done',
  refused: 'Not done',
  withdrawn: 'Taken back',
});

/** What a scheme asks of those who refer when they sign in. */
export const FACTOR_POLICY_WORDS = sayAll({
  mail: 'Everybody here shows a second step when they sign in: a code to their work mailbox is enough.',
  app: 'Everybody here shows a second step when they sign in: a code of an app.',
  offered: 'A second step is offered to everybody here, and asked of nobody.',
  none: 'The scheme offers no second step here.',
} as const);

export const policyWord = ({
  offered,
  required,
  mailWillDo,
}: FactorPolicy): keyof typeof FACTOR_POLICY_WORDS =>
  required ? (mailWillDo ? 'mail' : 'app') : offered ? 'offered' : 'none';

export const BASIS_WORDS: Record<AgreementBasis, string> = sayAll({
  agreed: 'They agree',
  attorney_or_deputy: 'Their attorney or deputy agrees',
  best_interests: 'They cannot decide; it is in their best interests',
  parental_responsibility: 'A parent agrees',
});

/** On what grounds somebody else decides. */
export const OTHER_BASIS_WORDS: Record<Exclude<AgreementBasis, 'agreed'>, string> = sayAll({
  attorney_or_deputy: 'Attorney or deputy',
  best_interests: 'They cannot decide this; it is in their best interests',
  parental_responsibility: 'A parent or guardian, of somebody under 18',
});

export const HOW_WORDS: Record<AgreedHow, string> = sayAll({
  in_person: 'Face to face',
  phone: 'By phone',
  video: 'By video',
  writing: 'In writing',
  online: 'Online',
});

/** What came of it, for a sender who may hear everything. */
export const RESULT_TOLD_WORDS: Record<Result, string> = sayAll({
  helped: 'It helped',
  partly_helped: 'It helped in part',
  not_helped: 'It did not help',
  not_known: 'Not known',
  died: 'The person died',
});

/** Whose another reason is, for a sender who takes a referral back. */
export const OWN_SIDES = sayAll({ client: 'The person’s', referrer: 'Ours' } as const satisfies Partial<
  Record<Side, string>
>);
