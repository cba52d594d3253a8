import type {
  Attendance,
  DeclineReason,
  EndReason,
  Result,
  StopReason,
  WithdrawReason,
} from '../../onward-referrals/onward.types.js';
import type { RiskToOthers } from '../../onward-referrals/risk.rules.js';
import type { GoesElse, WarmHandoverOutcome } from '../../onward-referrals/warm-handover.types.js';
import { FLAG_WORDS } from '../layout/words.js';
import { RISK_WORDS } from '../practice/practice.words.js';
import { sayAll } from '../words/staff/staff-words.js';

export const ATTENDANCE_WORDS: Record<Attendance, string> = sayAll({
  attended: 'They came',
  late: 'They came late',
  absent_acceptable: 'They did not come, for a good reason',
  absent_not_acceptable: 'They did not come',
  absent_logistics: 'They could not get there',
  session_did_not_happen: 'The session did not happen',
});

/** What a group has to be kept safe from, by what a referral states or what is flagged for visitors. */
export const RISK_TO_OTHERS_WORDS: Record<RiskToOthers, string> = {
  violence_or_aggression: RISK_WORDS.violence_or_aggression,
  unsafe_home: RISK_WORDS.unsafe_home,
  ...FLAG_WORDS,
};

/** Why a group said no, or an onward referral ended, as a link worker reads it. */
export const DECLINE_WORDS: Record<DeclineReason, string> = sayAll({
  full: 'They are full',
  not_suitable: 'Not right for their group',
  wrong_area: 'Too far away',
  closed_for_now: 'Closed for now',
  could_not_contact: 'They could not reach the person',
  other: 'Another reason',
});

export const WITHDRAW_WORDS: Record<WithdrawReason, string> = sayAll({
  changed_mind: 'The person changed their mind',
  no_longer_needed: 'No longer needed',
  found_something_else: 'Found something else',
  cannot_get_there: 'Cannot get there',
  health: 'Health',
  moved_away: 'Moved away',
  could_not_reach: 'Could not be reached',
  did_not_hear_back: 'We did not hear back from the group',
  group_cannot: 'The group cannot',
  offered_in_error: 'Sent in error',
  other: 'Another reason',
});

export const STOP_WORDS: Record<StopReason, string> = sayAll({
  did_not_suit: 'It did not suit them',
  no_longer_wanted: 'No longer wanted',
  cannot_get_there: 'Cannot get there',
  health: 'Health',
  moved_away: 'Moved away',
  could_not_reach: 'Could not be reached',
  group_cannot: 'The group cannot',
  service_ended: 'The service ended',
  other: 'Another reason',
});

export const ONWARD_END_WORDS: Record<EndReason, string> = sayAll({
  ...DECLINE_WORDS,
  ...WITHDRAW_WORDS,
  ...STOP_WORDS,
  other: 'Another reason',
  no_reply: 'We did not hear back',
  died: 'The person died',
  agreement_withdrawn: 'The person took back their agreement',
  referral_closed: 'Their referral was closed',
  referral_withdrawn: 'Their referral was withdrawn',
  referral_on_hold: 'Their referral is on hold',
  another_said_yes: 'Another group said yes',
  provider_closed: 'The group closed',
});

export const RESULT_WORDS: Record<Result, string> = sayAll({
  still_going: 'They carry on by themselves',
  finished_as_planned: 'Finished as planned',
  came_once: 'They came once',
  did_not_suit: 'It did not suit them',
  not_known: 'Not known',
});

export const GOES_WORDS: Record<GoesElse, string> = sayAll({
  family_or_friend: 'Family or a friend',
  carer: 'A carer',
  volunteer: 'A volunteer',
  interpreter: 'An interpreter',
  somebody_else: 'Somebody else',
});

export const MET_WORDS: Record<WarmHandoverOutcome, string> = sayAll({
  they_met: 'They met',
  person_did_not_come: 'The person did not come',
  companion_did_not_come: 'Whoever was to go along did not come',
  session_did_not_happen: 'It did not take place',
});
