import type { LoneWorkerFlag } from '../../clients/lone-worker-flag.types.js';
import type { OnwardState } from '../../onward-referrals/onward.types.js';
import type { Role } from '../../platform/actor/actor.types.js';
import type { ReferralStage, ToldStatus } from '../../referrals/referral.types.js';
import { say, sayAll, staffLocale } from '../words/staff/staff-words.js';
import { LANGUAGE_CODE } from '../../platform/words/access.js';
import type { Need } from '../../platform/words/needs.js';

/** What people read where the product has codes. Held to the lists, so that none is without words. */
export const ROLE_WORDS: Record<Role, string> = sayAll({
  referrer: 'Referrer',
  link_worker: 'Link worker',
  scheme_manager: 'Scheme manager',
  provider_member: 'Group member',
  commissioner: 'Commissioner',
  administrator: 'Administrator',
});

export const NEED_WORDS: Record<Need, string> = sayAll({
  loneliness: 'Feeling lonely or cut off',
  bereavement: 'Bereavement',
  debt_and_money: 'Debt and money',
  housing: 'Housing',
  food: 'Food',
  inactivity: 'Being more active',
  low_mood: 'Low mood or worry',
  carer_support: 'Looking after somebody',
  work_and_learning: 'Work and learning',
  digital: 'Getting online',
  long_term_condition: 'Living with a long-term condition',
  domestic_difficulty: 'Trouble at home',
  practical_help: 'Practical help',
  creativity_and_nature: 'Being creative or outdoors',
  faith_and_belonging: 'Faith and belonging',
  other: 'Something else',
});

/** One vocabulary for where a referral stands, on every list, record, print and file. */
export const STAGE_WORDS: Record<ReferralStage, string> = sayAll({
  draft: 'Draft',
  new: 'New',
  returned: 'Returned to its sender',
  taken_on: 'Waiting for a link worker',
  waiting: 'Waiting for first contact',
  in_conversation: 'In conversation',
  plan_agreed: 'Plan agreed',
  with_a_group: 'With a group',
  on_hold: 'On hold',
  joined: 'Joined to another referral',
  declined: 'Declined',
  closed_done: 'Closed: done',
  closed_could_not_reach: 'Closed: could not reach',
  closed_said_no: 'Closed: person said no',
  closed_moved: 'Closed: moved',
  closed_died: 'Closed: died',
  closed_could_not_help: 'Closed: could not help',
  closed_otherwise: 'Closed: another reason',
  withdrawn: 'Withdrawn',
  entered_in_error: 'Entered in error',
});

/** Waiting, going on, and at rest or over: beside the words, never instead of them. */
const STAGE_COLOURS: Record<ReferralStage, 'yellow' | 'blue' | 'aqua-green' | 'purple' | 'grey'> = {
  draft: 'grey',
  new: 'yellow',
  returned: 'yellow',
  taken_on: 'yellow',
  waiting: 'yellow',
  in_conversation: 'blue',
  plan_agreed: 'aqua-green',
  with_a_group: 'purple',
  on_hold: 'grey',
  joined: 'grey',
  declined: 'grey',
  closed_done: 'grey',
  closed_could_not_reach: 'grey',
  closed_said_no: 'grey',
  closed_moved: 'grey',
  closed_died: 'grey',
  closed_could_not_help: 'grey',
  closed_otherwise: 'grey',
  withdrawn: 'grey',
  entered_in_error: 'grey',
};

/** A stage as a tag has it. */
export const stageTag = (stage: ReferralStage): { text: string; classes: string } => ({
  text: STAGE_WORDS[stage],
  classes: `nhsuk-tag--${STAGE_COLOURS[stage]}`,
});

/** A sender is told less, in words of its own; the colours are the same. */
const TOLD_AS: Record<ToldStatus, ReferralStage> = {
  draft: 'draft',
  sent: 'new',
  returned: 'returned',
  taken_on: 'waiting',
  in_touch: 'in_conversation',
  not_taken_on: 'declined',
  closed: 'closed_done',
  withdrawn: 'withdrawn',
  entered_in_error: 'entered_in_error',
};
export const toldTag = (status: ToldStatus, text: string): { text: string; classes: string } => ({
  text,
  classes: stageTag(TOLD_AS[status]).classes,
});

/** What is spoken most in the United Kingdom, and signed. */
const SPOKEN =
  'cy ak am ar bfi bg bn ckb cs da de el es et fa fi fr ga gd gu ha he hi hr hu hy ig it ja kn ko ku lg ln lt lv ml mr ne nl om pa pl ps pt ro ru sd si sk sn so sq sr sv sw ta te th ti tl tr uk ur vi yi yo yue zh zu'.split(
    ' ',
  );

const LANGUAGES = new Map<string, Intl.DisplayNames>();
function languages(): Intl.DisplayNames {
  const locale = staffLocale();
  const known = LANGUAGES.get(locale) ?? new Intl.DisplayNames(locale, { type: 'language' });
  LANGUAGES.set(locale, known);
  return known;
}

/** Of those above, in each language of the desk: to ask for a name takes longer than to show it. */
const NAMES = new Map<string, string>();

/** "Polish" for pl. British Sign Language is a language here, and none to the list of them. */
export function languageInWords(code: string): string {
  if (code === 'bfi') return say('British Sign Language');
  // What somebody typed into an address need not be one.
  if (!LANGUAGE_CODE.test(code)) return code;
  const key = `${staffLocale()} ${code}`;
  const known = NAMES.get(key);
  if (known !== undefined) return known;
  const name = languages().of(code) ?? code;
  if (code === 'en' || SPOKEN.includes(code)) NAMES.set(key, name);
  return name;
}

interface LanguageChoice {
  value: string;
  text: string;
}

const named = (value: string): LanguageChoice => ({ value, text: languageInWords(value) });
const inOrder = (codes: string[]): LanguageChoice[] =>
  codes.map(named).sort((one, other) => one.text.localeCompare(other.text, staffLocale()));

/** By the language of the page, so that seventy are not named and put in order again for each. */
const SPOKEN_IN = new Map<string, LanguageChoice[]>();
function spokenInOrder(): LanguageChoice[] {
  const locale = staffLocale();
  const known = SPOKEN_IN.get(locale) ?? inOrder(SPOKEN);
  SPOKEN_IN.set(locale, known);
  return known;
}

/** To choose from: English first, and what is kept or was sent stays, whichever it is. */
export function languageChoices(...kept: (string | string[] | undefined)[]): LanguageChoice[] {
  const others = new Set(
    kept.flatMap((one) => one ?? []).filter((code) => !['', 'en', ...SPOKEN].includes(code)),
  );
  return [named('en'), ...(others.size === 0 ? spokenInOrder() : inOrder([...SPOKEN, ...others]))];
}

/** "999 123 4567", as people read it out. */
export const spokenNhsNumber = (digits: string | null): string =>
  digits === null ? say('not known') : digits.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3');

/** Codes with words as the parts of forms take them, in the order of the words. */
export const choicesOf = (words: Record<string, string>): { value: string; text: string }[] =>
  Object.entries(words).map(([value, text]) => ({ value, text }));

/** What keeps whoever goes there safe, as it is read at a glance. */
export const FLAG_WORDS: Record<LoneWorkerFlag, string> = sayAll({
  visit_in_pairs: 'Visit in pairs',
  no_home_visits: 'No home visits',
  meet_in_public_place: 'Meet in a public place',
  daytime_only: 'In daytime only',
  ring_before_visit: 'Ring before you visit',
  dangerous_animal: 'Dangerous animal',
  others_at_address: 'Others at the address',
  hazard_at_address: 'Hazard at the address',
  infection_risk: 'Risk of infection',
  do_not_be_followed: 'Make sure you are not followed',
});

/** How a referral to a group stands, for those who work for the scheme. */
export const ONWARD_STATE_WORDS: Record<OnwardState, string> = sayAll({
  offered: 'Waiting for their answer',
  waitlisted: 'On their waiting list',
  accepted: 'They said yes',
  started: 'Taking part',
  declined: 'They said not right now',
  expired: 'We did not hear back',
  completed: 'Finished',
  stopped: 'Stopped',
  withdrawn: 'Taken back',
});
