import type {
  Attendance,
  ContactRoute,
  DeclineReason,
  HowSoon,
  SafetyInstruction,
} from '../../onward-referrals/onward.types.js';
import type { Cost, Setting } from '../../providers/listing.types.js';
import type { PublicWords } from '../../providers/public-words.rules.js';
import type { AccessNeed } from '../../platform/words/access.js';
import type { Need } from '../../platform/words/needs.js';

/** Words for volunteers, held to the codes by their types. */
export const NEED_WORDS: Record<Need, string> = {
  loneliness: 'company',
  bereavement: 'support after a death',
  debt_and_money: 'money and debt',
  housing: 'housing',
  food: 'food',
  inactivity: 'getting more active',
  low_mood: 'feeling low',
  carer_support: 'support as a carer',
  work_and_learning: 'work or learning',
  digital: 'help with phones and computers',
  long_term_condition: 'living with a long-term condition',
  domestic_difficulty: 'difficulties at home',
  practical_help: 'practical help',
  creativity_and_nature: 'arts, crafts or nature',
  faith_and_belonging: 'faith and belonging',
  other: 'something else',
};

export const ACCESS_WORDS: Record<AccessNeed, string> = {
  step_free: 'a way in without steps',
  accessible_toilet: 'an accessible toilet',
  accessible_parking: 'accessible parking',
  help_with_transport: 'help with getting there',
  home_visit: 'a visit at home',
  quiet_space: 'a quiet space',
  small_group: 'a small group',
  more_time: 'more time',
  carer_or_supporter_present: 'a carer or supporter with them',
  assistance_dog: 'an assistance dog',
  hearing_loop: 'a hearing loop',
  bsl: 'British Sign Language',
  lipspeaker_or_notetaker: 'a lipspeaker or notetaker',
  deafblind_support: 'deafblind support',
  text_instead_of_calls: 'texts instead of calls',
  large_print: 'large print',
  braille: 'braille',
  audio: 'audio',
  easy_read: 'easy read',
  screen_reader_friendly: 'things a screen reader can read',
  makaton_or_symbols: 'Makaton or symbols',
  reminders: 'reminders',
  support_with_reading: 'help with reading',
};

/** Where a service meets, and what it costs, as its group reads it. */
export const SETTING_WORDS: Record<Setting, string> = {
  non_religious: 'Not a religious setting',
  place_of_worship: 'In a place of worship',
  religious: 'A religious setting',
};

/** Where something stands that everybody can read. */
export const FIELD_WORDS: Record<PublicWords, string> = {
  name: 'Name',
  description: 'What it is',
  eligibilityNote: 'Who can come',
  costNote: 'Cost',
  howToJoin: 'How to join',
};

export const COST_WORDS: Record<Cost, string> = {
  free: 'Free',
  donation: 'A donation, if people like',
  paid: 'People pay',
};

export const SOON_WORDS: Record<HowSoon, string> = {
  this_week: 'this week, if you can',
  within_two_weeks: 'within two weeks',
  within_a_month: 'within a month',
  no_hurry: 'no hurry',
};

export const SAFETY_WORDS: Record<SafetyInstruction, string> = {
  meet_in_pairs: 'Meet in pairs',
  ring_worker_first: 'Ring us before you first meet',
  worker_comes_first_time: 'We come with them the first time',
  meet_in_public_place: 'Meet in a public place',
  no_home_visits: 'No visits at home',
  daytime_only: 'In the daytime only',
  not_alone_with_one_person: 'Do not be alone with them',
  leave_no_message: 'Leave no message',
  do_not_say_who_is_calling: 'Do not say who is calling unless they answer themselves',
  no_photographs: 'No photographs',
};

export const ROUTE_WORDS: Record<ContactRoute, string> = {
  phone: 'Phone',
  text: 'Text message',
  email: 'E-mail',
  letter: 'Letter',
  through_worker: 'Through us: please ring',
  at_session: 'When they come to you',
};

/** In the order of how often it is so. "Could not contact" is no reason to a first question. */
export const DECLINE_WORDS: Record<Exclude<DeclineReason, 'could_not_contact'>, string> = {
  full: 'We are full',
  not_suitable: 'It is not right for our group',
  wrong_area: 'It is too far away',
  closed_for_now: 'We are closed for now',
  other: 'Something else',
};

/** One tap each, in the order of how often it is so; `days` says for how long the group is full, or closed. */
export const NO_WORDS = {
  full_14: { text: 'We are full for 2 weeks', reason: 'full', days: 14 },
  full_28: { text: 'We are full for 4 weeks', reason: 'full', days: 28 },
  full_91: { text: 'We are full for 3 months', reason: 'full', days: 91 },
  not_suitable: { text: 'It is not right for our group', reason: 'not_suitable', days: null },
  wrong_area: { text: 'It is too far away', reason: 'wrong_area', days: null },
  closed_14: { text: 'We are closed for 2 weeks', reason: 'closed_for_now', days: 14 },
  closed_28: { text: 'We are closed for 4 weeks', reason: 'closed_for_now', days: 28 },
} as const satisfies Record<string, { text: string; reason: DeclineReason; days: number | null }>;

/** "Full until": calendar days from today. */
export const FULL_FOR = { '14': '2 weeks', '28': '4 weeks', '91': '3 months' } as const;

export const CAME_WORDS = {
  attended: 'They came',
  absent_acceptable: 'They did not come, and let us know',
  absent_not_acceptable: 'They did not come',
  session_did_not_happen: 'It did not take place',
} as const;

/** On the register of a session, where it is one word of many. */
export const REGISTER_WORDS: Record<Attendance, string> = {
  attended: 'Came',
  late: 'Came late',
  absent_acceptable: 'Did not come, and let us know',
  absent_not_acceptable: 'Did not come',
  absent_logistics: 'Could not get here',
  session_did_not_happen: 'It did not take place',
};

export const FINISH_WORDS = {
  still_going: 'They carry on coming by themselves',
  finished_as_planned: 'It came to its end as planned',
  came_once: 'They came once',
  did_not_suit: 'It did not suit them',
  not_known: 'We do not know',
} as const;

const LANGUAGES = new Intl.DisplayNames('en-GB', { type: 'language' });
export const languageWord = (code: string): string =>
  code === 'bfi' ? 'British Sign Language' : (LANGUAGES.of(code) ?? code);
