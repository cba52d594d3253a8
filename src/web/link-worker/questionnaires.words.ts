import type { RiskStep } from '../../outcomes/questionnaire.types.js';
import type { Mode, Occasion, UnansweredAtStart } from '../../outcomes/response.types.js';
import type { NoResponseReason } from '../../referrals/referral.types.js';
import { sayAll } from '../words/staff/staff-words.js';

export const OCCASION_WORDS: Record<Occasion, string> = sayAll({
  baseline: 'At the start',
  review: 'In between',
  closing: 'At the end',
  three_months: 'Three months after',
  six_months: 'Six months after',
});

export const MODE_WORDS: Record<Mode, string> = sayAll({
  in_person: 'Face to face',
  phone: 'By phone',
  video: 'By video',
  paper: 'On paper',
  online: 'By themselves, online',
});

/** Why there are no answers: as somebody says it, as the product writes it down, and as it is said when a referral closes. */
export const MISSING_BECAUSE_WORDS: Record<UnansweredAtStart | NoResponseReason, string> = sayAll({
  declined: 'They did not want to',
  not_appropriate: 'It was not the moment',
  could_not_reach: 'We could not reach them',
  not_asked: 'Nobody asked in time',
  no_answer: 'Asked by a link, and not answered',
  died: 'They died',
  moved: 'They moved',
  sent_in_error: 'The referral was sent in error',
});

export const RISK_STEP_WORDS: Record<RiskStep, string> = sayAll({
  stayed_with_them: 'I stayed with them, or on the line',
  made_safety_plan: 'We made a plan to keep safe',
  rang_999: 'I rang 999',
  rang_crisis_line: 'We rang NHS 111, option 2',
  told_gp_same_day: 'I told their GP the same day',
  told_manager: 'I told my manager',
  told_somebody_close: 'I told somebody close to them, as they wanted',
  already_in_care_for_it: 'They are in care for it already',
  other: 'Something else',
});

export const LINK_STATE_WORDS = sayAll({
  open: 'Not answered yet',
  answered: 'Answered',
  revoked: 'Ended',
  expired: 'Ran out',
} as const);

export const DIRECTION_WORDS = sayAll({ improved: 'better', same: 'the same', worse: 'worse' } as const);
