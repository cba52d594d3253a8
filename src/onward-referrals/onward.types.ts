/** Where an onward referral stands. Live ones hold the client and the group to each other. */
export const ONWARD_STATES = [
  'offered',
  'waitlisted',
  'accepted',
  'started',
  'declined',
  'expired',
  'completed',
  'stopped',
  'withdrawn',
] as const;
export type OnwardState = (typeof ONWARD_STATES)[number];

export const LIVE_STATES = [
  'offered',
  'waitlisted',
  'accepted',
  'started',
] as const satisfies readonly OnwardState[];
export type LiveState = (typeof LIVE_STATES)[number];

export const ENDED_STATES = [
  'declined',
  'expired',
  'completed',
  'stopped',
  'withdrawn',
] as const satisfies readonly OnwardState[];

export const isLive = (state: OnwardState): state is LiveState =>
  (LIVE_STATES as readonly OnwardState[]).includes(state);

/** The group has said yes, and knows who the person is. */
export const isWithGroup = (state: OnwardState): boolean => state === 'accepted' || state === 'started';

/** How the group is told who it is about before it says yes: what the client prefers. */
export const CALLED_BY = ['first_name', 'initials'] as const;
export type CalledBy = (typeof CALLED_BY)[number];

/** What a person says to a group they were sent to think about. */
export const SHORTLIST_ANSWERS = ['wanted', 'not_wanted'] as const;
export type ShortlistAnswer = (typeof SHORTLIST_ANSWERS)[number];

/** How the client chose to be reached after a yes. `through_worker` and `at_session` share no number or address. */
export const CONTACT_ROUTES = ['phone', 'text', 'email', 'letter', 'through_worker', 'at_session'] as const;
export type ContactRoute = (typeof CONTACT_ROUTES)[number];

export const HOW_SOON = ['this_week', 'within_two_weeks', 'within_a_month', 'no_hurry'] as const;
export type HowSoon = (typeof HOW_SOON)[number];

/** All that ever travels to a group about safety: codes it can act on, never the story behind them. */
export const SAFETY_INSTRUCTIONS = [
  'meet_in_pairs',
  'ring_worker_first',
  'worker_comes_first_time',
  'meet_in_public_place',
  'no_home_visits',
  'daytime_only',
  'not_alone_with_one_person',
  'leave_no_message',
  'do_not_say_who_is_calling',
  'no_photographs',
] as const;
export type SafetyInstruction = (typeof SAFETY_INSTRUCTIONS)[number];

/** Rules of a service that somebody has confirmed the person meets: the group learns that, and never a sex. */
export const ONLY_FOR = ['women', 'men'] as const;
export type OnlyFor = (typeof ONLY_FOR)[number];

/** Why a group's clock stands still. */
export const CLOCK_STOPS = ['talk', 'ring', 'hold'] as const;
export type ClockStop = (typeof CLOCK_STOPS)[number];

export const TALK_BY = ['message', 'call_back'] as const;
export type TalkBy = (typeof TALK_BY)[number];

export const ANSWERS = ['accept', 'waitlist', 'decline'] as const;
export type Answer = (typeof ANSWERS)[number];

export const ANSWERED_THROUGH = ['sign_in', 'phone', 'link'] as const;
export type AnsweredThrough = (typeof ANSWERED_THROUGH)[number];

export const DECLINE_REASONS = [
  'full',
  'not_suitable',
  'wrong_area',
  'closed_for_now',
  'could_not_contact',
  'other',
] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

export const WITHDRAW_REASONS = [
  'changed_mind',
  'no_longer_needed',
  'found_something_else',
  'cannot_get_there',
  'health',
  'moved_away',
  'could_not_reach',
  'did_not_hear_back',
  'group_cannot',
  'offered_in_error',
  'other',
] as const;
export type WithdrawReason = (typeof WITHDRAW_REASONS)[number];

export const STOP_REASONS = [
  'did_not_suit',
  'no_longer_wanted',
  'cannot_get_there',
  'health',
  'moved_away',
  'could_not_reach',
  'group_cannot',
  'service_ended',
  'other',
] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** Reasons the product itself gives when something else ends an onward referral. */
export const SETTLED_REASONS = [
  'died',
  'agreement_withdrawn',
  'referral_closed',
  'referral_withdrawn',
  'referral_on_hold',
  'another_said_yes',
  'provider_closed',
] as const;
export type SettledReason = (typeof SETTLED_REASONS)[number];

export const END_REASONS = [
  ...new Set([
    ...DECLINE_REASONS,
    ...WITHDRAW_REASONS,
    ...STOP_REASONS,
    ...SETTLED_REASONS,
    'no_reply',
  ] as const),
];
export type EndReason = DeclineReason | WithdrawReason | StopReason | SettledReason | 'no_reply';

export const RESULTS = [
  'finished_as_planned',
  'still_going',
  'came_once',
  'did_not_suit',
  'not_known',
] as const;
export type Result = (typeof RESULTS)[number];

export const STARTED_BY = ['attendance', 'help_given'] as const;
export type StartedBy = (typeof STARTED_BY)[number];

/** One fact per person and session. */
export const ATTENDANCE = [
  'attended',
  'late',
  'absent_acceptable',
  'absent_not_acceptable',
  'absent_logistics',
  'session_did_not_happen',
] as const;
export type Attendance = (typeof ATTENDANCE)[number];

export const CAME = ['attended', 'late'] as const satisfies readonly Attendance[];

/** What waits for the referral's owner to do something about. */
export const TO_ACT = [
  'ring',
  'talk',
  'yes_held',
  'declined',
  'expired',
  'late_yes',
  'not_in_touch',
  'ended_by_group',
] as const;
export type ToAct = (typeof TO_ACT)[number];

export const SIGNPOST_HOW = ['in_person', 'phone', 'video', 'text', 'email', 'letter'] as const;
export type SignpostHow = (typeof SIGNPOST_HOW)[number];

export const MOST_PEOPLE = 20;

/** What an answer, or a word that it has come to an end, can be taken back to. Dates as ISO texts, since it is kept as JSON on the row. */
export interface Before {
  state: 'offered' | 'waitlisted' | 'started';
  placesHeld: number;
  /** Absent from answers that were given before it was kept. */
  periodId?: string | null;
  clockStartedAt: string | null;
  answerBy: string | null;
  clockStopped: ClockStop | null;
  daysLeft: number | null;
  expectedWeeks: number | null;
  reviewOn: string | null;
  answer: Answer | null;
  answeredAt: string | null;
  answeredThrough: AnsweredThrough | null;
  /** Set when the same step declared the service full, so that taking the answer back takes that back too. */
  full: { before: string | null; set: string } | null;
  /** The time entered when the same step said that the group is closed. Absent from answers of before it was kept. */
  closed?: string | null;
}
