import type { AreaMoveVerb } from '../../caseload/area-move.types.js';
import type { TimelineWhat } from '../../clients/timeline.js';
import type { AppointmentVerb } from '../../caseload/appointment.lifecycle.js';
import type { AppointmentKind, BookingState } from '../../caseload/appointment.types.js';
import type { ContactKind, ContactOutcome, UnreachedChoice } from '../../caseload/contact.types.js';
import type { Agreement, Fact, Likelihood } from '../../clients/matching.rules.js';
import type { OnwardVerb } from '../../onward-referrals/onward.lifecycle.js';
import type { ToAct } from '../../onward-referrals/onward.types.js';
import type { WhichReading } from '../../platform/clock/wall-clock.js';
import type { SendingChannel } from '../../platform/messages/channel.types.js';
import type { Side } from '../../platform/pure/lifecycle.js';
import type { MESSAGE_STATES } from '../../reminders/message.types.js';
import type { ReferralVerb } from '../../referrals/referral.lifecycle.js';
import type {
  EndReason,
  HoldReason,
  Missing,
  NextKind,
  CloseNoResponse,
  NoResponseReason,
  Result,
  Route,
} from '../../referrals/referral.types.js';
import { say, sayAll } from '../words/staff/staff-words.js';

export const CONTACT_KIND_WORDS: Record<ContactKind, string> = sayAll({
  phone: 'Phone',
  text: 'Text',
  email: 'E-mail',
  letter: 'Letter',
  visit: 'Visit',
  video: 'Video',
  meeting: 'Meeting',
  drop_in: 'Drop-in',
});

export const CONTACT_OUTCOME_WORDS: Record<ContactOutcome, string> = sayAll({
  reached: 'Yes, we talked',
  no_answer: 'No answer',
  message_left: 'Message left',
  wrong_number: 'Wrong number or address',
});

export const APPOINTMENT_KIND_WORDS: Record<AppointmentKind, string> = sayAll({
  place: 'Meeting',
  phone: 'Phone call',
  video: 'Video call',
  home_visit: 'Home visit',
});

/** What is due, as Today says it. */
export const WHY_WORDS: Record<string, string> = sayAll({
  first_contact: 'First contact',
  next_contact: 'Next contact',
  resume: 'Back from hold',
});

/** What a group's answer waits for. */
export const TO_ACT_WORDS: Record<ToAct, string> = sayAll({
  ring: 'Ring the group',
  talk: 'They want to talk first',
  yes_held: 'They said yes: ring the group first',
  declined: 'They said not right now: find another',
  expired: 'We did not hear back: find another',
  late_yes: 'They said yes after all: decide',
  not_in_touch: 'They could not reach the person: find another way',
  ended_by_group: 'They ended it: see why',
});

/** What a referral's next date is for. */
export const NEXT_WORDS: Record<NextKind, string> = sayAll({
  triage: 'Look at it',
  return: 'Answer of its sender',
  allocate: 'Find a link worker',
  first_contact: 'First contact',
  next_contact: 'Next contact',
  resume: 'Back from hold',
});

export const LIKELIHOOD_WORDS: Record<Likelihood, string> = sayAll({
  certain: 'Almost certainly the same person',
  likely: 'Likely the same person',
  possible: 'Possibly the same person',
});

export const AGREEMENT_WORDS: Record<Agreement, string> = sayAll({
  same: 'The same',
  alike: 'Alike',
  different: 'Different',
  unknown: 'Not known',
});

export const FACT_WORDS: Record<Fact, string> = sayAll({
  nhsNumber: 'NHS number',
  firstName: 'First name',
  lastName: 'Last name',
  dateOfBirth: 'Date of birth',
  postcode: 'Postcode',
  phone: 'Phone',
});

export const ROUTE_WORDS: Record<Route, string> = sayAll({
  gp: 'GP practice',
  professional: 'Professional',
  community: 'Community',
  self: 'The person, or somebody typing for them',
});

export const MISSING_WORDS: Record<Missing, string> = sayAll({
  agreement: 'Whether the person agrees',
  contact_details: 'How to reach them',
  reasons: 'What would help',
  risks: 'Risks',
  nhs_number: 'NHS number',
  gp_practice: 'GP practice',
  wrong_person: 'It seems to be the wrong person',
  other: 'Something else',
});

/** What a sender is asked to do about each, where nobody has more to say. */
export const RETURN_ASKS: Record<Exclude<Missing, 'other'>, string> = sayAll({
  agreement: 'Please ask the person whether they agree, and send this again once they do.',
  contact_details:
    'What we have does not reach them. Please send another telephone number or address, or say who can pass a message on.',
  reasons: 'Please tell us what the person would like help with.',
  risks: 'Please tell us more of the risks, or that none are known.',
  nhs_number: 'Please add or check the NHS number.',
  gp_practice: 'Please tell us which GP practice they are with.',
  wrong_person:
    'This seems to be about somebody else. Please check the name, the date of birth and the NHS number.',
});

export const END_REASON_WORDS: Record<EndReason, string> = sayAll({
  done: 'Done',
  person_said_no: 'The person said no',
  no_longer_needed: 'No longer needed',
  could_not_reach: 'Could not reach them',
  moved_away: 'Moved away',
  handed_to_another_scheme: 'Handed to another scheme',
  too_unwell: 'Too unwell',
  outside_area: 'Outside our area',
  not_eligible: 'Not eligible',
  needs_another_service: 'Needs another service',
  no_capacity: 'We have no room',
  nothing_suitable: 'Nothing suitable found',
  sent_in_error: 'Sent in error',
  duplicate: 'Here twice',
  other: 'Another reason',
  died: 'Died',
  agreement_withdrawn: 'The person took back their agreement',
});

/** Whose side a reason "other" was on. */
export const SIDE_WORDS: Record<Side, string> = sayAll({
  client: 'The person',
  referrer: 'Whoever referred them',
  scheme: 'Us',
  provider: 'A group',
});

const REFERRAL_VERB_WORDS: Record<ReferralVerb, string> = sayAll({
  draft: 'Referral drafted',
  amendDraft: 'Draft changed',
  discard: 'Draft discarded',
  submit: 'Referral sent',
  send: 'Referral sent',
  return: 'Returned to its sender',
  accept: 'Taken on',
  join: 'Joined to another referral',
  unjoin: 'Taken apart again',
  restore: 'Brought back',
  decline: 'Declined',
  allocate: 'Given to a link worker',
  begin: 'First contact',
  setNext: 'Next date chosen',
  note: 'Note added',
  setRisks: 'Known risks changed',
  setFeedback: 'What its sender hears changed',
  hold: 'Put on hold',
  resume: 'Taken up again',
  close: 'Closed',
  reopen: 'Reopened',
  withdraw: 'Withdrawn',
  void: 'Entered in error',
});

export const OFFER_VERB_WORDS: Record<OnwardVerb, string> = sayAll({
  offer: 'Referred to a group',
  accept: 'The group said yes',
  waitlist: 'On the group’s waiting list',
  yesHeld: 'The group said yes; ring it first about safety',
  setSafety: 'What keeps the group safe changed',
  seenSafety: 'The group knows what changed of what keeps it safe',
  talk: 'The group wants to talk first',
  undoTalk: 'The group needs no call after all',
  rang: 'We rang the group',
  resend: 'The link was sent to the group again',
  chase: 'We rang the group to ask',
  pause: 'The offer is paused',
  resume: 'The offer goes on',
  follow: 'The group is told at another time: the day to answer moved',
  untold: 'The group could not be told: somebody is to ring it',
  decline: 'The group said not right now',
  expire: 'We did not hear back from the group',
  lateYes: 'The group said yes after all',
  revive: 'Offered to the group again',
  inTouch: 'The group is in touch',
  start: 'Started with the group',
  notStarted: 'Nobody had come after all',
  attend: 'Attendance recorded',
  complete: 'Completed with the group',
  stop: 'Stopped with the group',
  withdraw: 'The offer was taken back',
  undo: 'The group’s answer was undone',
  reOffer: 'Offered to the group once more',
  seen: 'The ending was seen',
  noted: 'The ending was noted',
});

export const WHICH_WORDS: Record<WhichReading, string> = sayAll({
  earlier: 'Earlier, before the clocks go back',
  later: 'Later, after the clocks went back',
});

export const BOOKING_WORDS: Record<BookingState, string> = sayAll({
  wanted: 'Wanted',
  asked: 'Asked for',
  booked: 'Booked',
  confirmed: 'Confirmed',
  not_available: 'Not available',
});

export const APPOINTMENT_VERB_WORDS: Record<AppointmentVerb, string> = sayAll({
  make: 'Appointment made',
  move: 'Appointment moved',
  cancel: 'Appointment cancelled',
  interpret: 'Interpreter',
  setOut: 'Set out on a visit',
  back: 'Back from a visit',
});

export const UNREACHED_WORDS: Record<UnreachedChoice, string> = sayAll({
  letter: 'Write a letter',
  text: 'Send a text',
  ask_practice: 'Ask whoever referred them for another way',
  close: 'Close it: we could not reach them',
});

/** What became of something that was written to the person. */
export const MESSAGE_WORDS: Record<(typeof MESSAGE_STATES)[number], string> = sayAll({
  ready: 'Message on its way',
  sending: 'Message on its way',
  sent: 'Message sent',
  failed: 'Message could not be sent',
  unconfirmed: 'Message that may not have arrived',
  cancelled: 'Message not sent after all',
});

export const CHANNEL_WORDS: Record<SendingChannel, string> = sayAll({
  email: 'By e-mail',
  text: 'By text',
  letter: 'By post',
});

/** A kind without words does not compile. */
const HAPPENED: Record<TimelineWhat, Record<string, string>> = sayAll({
  contact: Object.fromEntries(
    Object.entries(CONTACT_OUTCOME_WORDS).map(([outcome, words]) => [
      outcome,
      outcome === 'reached' ? say('Talked') : words,
    ]),
  ),
  referral: REFERRAL_VERB_WORDS,
  offer: OFFER_VERB_WORDS,
  appointment: APPOINTMENT_VERB_WORDS,
  unreached: UNREACHED_WORDS,
  warm_handover: {
    arrange: 'Going along arranged',
    settle: 'Somebody was to go along',
    cancel: 'Going along called off',
  },
  signpost: { record: 'Told about a service' },
  plan: { make: 'Plan made', save: 'Plan changed' },
  message: MESSAGE_WORDS,
  page_message: {
    write: 'They wrote to us',
    wanted: 'They would like a group that they were sent',
    not_wanted: 'A group that they were sent is not for them',
  },
  written_message: { write: 'We wrote to them', take_back: 'A message to them was taken back' },
  safety_message: {
    send: 'Told that there is a worry',
    not_sent: 'The worry could not be sent',
    acknowledge: 'The worry was read',
  },
  practice_move: { record: 'Change of practice', decide: 'Said which practice hears of them' },
  area_move: {
    record: 'Moves out of the area',
    hand_over: 'To be handed to another scheme',
    keep: 'Kept until a day',
    close: 'To be closed as moved',
    cancel: 'Stays after all',
    end: 'Move out of the area ended',
  } satisfies Record<AreaMoveVerb, string>,
  help: { record: 'Help given', amend: 'Help put right', void: 'Help entered in error' },
});

/** What an entry of the timeline was; for kinds that have no words of their own, what it was about. */
export const happened = ({ what, action }: { what: string; action: string }): string =>
  (HAPPENED as Record<string, Record<string, string> | undefined>)[what]?.[action] ??
  what.charAt(0).toUpperCase() + what.slice(1);

/** Why closing has no answers to "how you feel" beside it. */
export const NO_RESPONSE_WORDS: Record<NoResponseReason, string> = sayAll({
  declined: 'They did not want to',
  could_not_reach: 'We could not reach them',
  moved: 'They moved',
  not_appropriate: 'It was not the moment',
  sent_in_error: 'The referral was sent in error',
});

/** At an ordinary closing they may also be asked afterwards. */
export const CLOSE_NO_RESPONSE_WORDS: Record<CloseNoResponse, string> = sayAll({
  ...NO_RESPONSE_WORDS,
  to_be_asked: 'We still ask them: you by telephone, or we by a link where it is safe',
});

export const HOLD_WORDS: Record<HoldReason, string> = sayAll({
  in_hospital: 'In hospital',
  away: 'Away',
  asked_to_wait: 'They asked us to wait',
  too_unwell: 'Too unwell',
  waiting_for_service: 'Waiting for a service to begin',
  waiting_for_information: 'Waiting for whoever referred them',
  waiting_for_worker: 'Waiting for a link worker',
  other: 'Another reason',
});

/** What came of it, as worker and person see it. */
export const CLOSE_RESULT_WORDS: Record<Result, string> = sayAll({
  helped: 'It helped',
  partly_helped: 'It helped in part',
  not_helped: 'It did not help',
  not_known: 'Not known',
  died: 'They died',
});
