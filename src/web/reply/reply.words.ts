import {
  ATTENDANCE,
  CONTACT_ROUTES,
  type DeclineReason,
  HOW_SOON,
  SAFETY_INSTRUCTIONS,
} from '../../onward-referrals/onward.types.js';
import { PLACES_KINDS } from '../../providers/listing.types.js';
import { ACCESS_NEEDS } from '../../platform/words/access.js';
import { NEEDS } from '../../platform/words/needs.js';
import { type Speech, speechIn } from '../words/speech.js';
import { sayAll } from '../words/staff/staff-words.js';

type Say = Speech['t'];

export const inWords = <Code extends string>(codes: readonly Code[], word: (code: Code) => string) =>
  Object.fromEntries(codes.map((code) => [code, word(code)])) as Record<Code, string>;

/** As a group reads them, for those who are shown beforehand what a group will see: in the language of whoever is shown it. */
const { t: english } = speechIn('en');
export const NEED_WORDS = sayAll(inWords(NEEDS, (code) => english(`reply.need.${code}`)));
export const ACCESS_WORDS = sayAll(inWords(ACCESS_NEEDS, (code) => english(`reply.access.${code}`)));
export const SOON_WORDS = sayAll(inWords(HOW_SOON, (code) => english(`reply.soon.${code}`)));
export const SAFETY_WORDS = sayAll(inWords(SAFETY_INSTRUCTIONS, (code) => english(`reply.safety.${code}`)));
export const ROUTE_WORDS = sayAll(inWords(CONTACT_ROUTES, (code) => english(`reply.route.${code}`)));

/** In the order of how often it is so. "Could not contact" is no reason to a first question. */
const DECLINED = ['full', 'not_suitable', 'wrong_area', 'closed_for_now', 'other'] as const;
export const declineWords = (t: Say) => inWords(DECLINED, (code) => t(`reply.decline.${code}`));

/** One tap each, in the order of how often it is so; `days` says for how long the group is full, or closed. */
export const NO = {
  full_14: { reason: 'full', days: 14 },
  full_28: { reason: 'full', days: 28 },
  full_91: { reason: 'full', days: 91 },
  not_suitable: { reason: 'not_suitable', days: null },
  wrong_area: { reason: 'wrong_area', days: null },
  closed_14: { reason: 'closed_for_now', days: 14 },
  closed_28: { reason: 'closed_for_now', days: 28 },
} as const satisfies Record<string, { reason: DeclineReason; days: number | null }>;
const noWords = (t: Say) =>
  inWords(Object.keys(NO) as (keyof typeof NO)[], (code) => t(`reply.noWords.${code}`));

/** "Full until": calendar days from today. */
const FULL_DAYS = ['14', '28', '91'] as const;
export const fullFor = (t: Say) => inWords(FULL_DAYS, (days) => t(`reply.fullFor.${days}`));

const PLACES = {
  counted: 'ours.places.counted',
  drop_in: 'reply.row.noBooking',
  ask_first: 'reply.row.askFirst',
} as const;
export const placesWords = (t: Say) => inWords(PLACES_KINDS, (kind) => t(PLACES[kind]));

const CAME = ['attended', 'absent_acceptable', 'absent_not_acceptable', 'session_did_not_happen'] as const;
export const cameWords = (t: Say) => inWords(CAME, (code) => t(`reply.cameWords.${code}`));

/** On the register of a session, where it is one word of many. */
export const registerWords = (t: Say) => inWords(ATTENDANCE, (code) => t(`reply.registerWords.${code}`));

/** The same in one tap: how it ended where there is no more to say. */
const ENDED = ['came_once', 'still_going'] as const;
const endedWords = (t: Say) => inWords(ENDED, (code) => t(`reply.finishWords.${code}`));

const FINISHED = ['still_going', 'finished_as_planned', 'came_once', 'did_not_suit', 'not_known'] as const;
export const finishWords = (t: Say) => inWords(FINISHED, (code) => t(`reply.finishWords.${code}`));

/** What a page offers to be said by one button. */
export const onePress = (t: Say) => ({ no: noWords(t), came: cameWords(t), ended: endedWords(t) });
