import type { Came, ListingCheck, ReplyView } from '../../onward-referrals/reply.queries.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { freshnessOf, isAreaKnown } from '../../providers/listing.rules.js';
import {
  ACCESS_WORDS,
  CAME_WORDS,
  COST_WORDS,
  FIELD_WORDS,
  languageWord,
  NEED_WORDS,
  REGISTER_WORDS,
  ROUTE_WORDS,
  SAFETY_WORDS,
  SETTING_WORDS,
  SOON_WORDS,
} from './reply.words.js';

interface Row {
  key: { text: string };
  value: { text: string };
}

const row = (key: string, value: string | null | undefined): Row[] =>
  value ? [{ key: { text: key }, value: { text: value } }] : [];

const DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
});
const HOUR = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  weekday: 'long',
  hour: 'numeric',
  minute: '2-digit',
  hourCycle: 'h12',
});

const HOUR_DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: 'numeric',
  minute: '2-digit',
  hourCycle: 'h12',
});

/** "Tuesday 24 November", as read in London. */
export const sayDay = (at: Date | string): string =>
  DAY.format(typeof at === 'string' ? new Date(`${at}T12:00:00Z`) : at).replace(',', '');

/** "Tuesday at 10:42 am", within the week. */
const sayHour = (at: Date): string => HOUR.format(at);

const upper = (text: string): string => text.charAt(0).toLocaleUpperCase('en-GB') + text.slice(1);

/** A list as people say it, with a capital: "Company, food". */
const said = (words: readonly string[] | undefined): string => upper((words ?? []).join(', '));

/** Which page belongs to where things stand. */
export function templateFor({ onward }: ReplyView): string {
  if (onward.step === 'past') return 'past';
  if (onward.ending === 'carries_on') return 'carries-on';
  if (onward.pleaseDoNotContact && onward.state !== 'expired' && onward.state !== 'declined') return 'ended';
  switch (onward.state) {
    case 'offered':
      return 'asked';
    case 'accepted':
    case 'started':
      return 'yes';
    case 'waitlisted':
      return 'waiting';
    case 'declined':
      return 'no-said';
    case 'expired':
      return 'expired';
    default:
      // Asked again since: this one is over, and the new one has a link of its own.
      return onward.pleaseDoNotContact ? 'ended' : 'past';
  }
}

/** What the templates of an onward referral put in. Names stand on the page, never in its title or address. */
export function replyPage(view: ReplyView, now: Date) {
  const { onward, details } = view;
  const { person } = onward;
  const name = person.calledBy ?? 'them';
  return {
    ...ring(view),
    name,
    service: onward.listing.name,
    why: onward.endingWords,
    state: onward.state,
    details,
    may: Object.fromEntries(onward.actions.map((verb) => [verb, true])),
    about: aboutRows(onward),
    comesAlong:
      onward.comesAlong &&
      `${onward.comesAlong.who ?? 'Somebody'} comes along on ${HOUR_DAY.format(onward.comesAlong.at)}`,
    safety: (person.safetyInstructions ?? []).map((code) => SAFETY_WORDS[code]),
    fullName: person.fullName,
    contact: person.contact && contactWords(person.contact),
    answerBy: onward.answerBy && sayDay(onward.answerBy),
    waitingForOurCall: onward.waitingForOurCall,
    inTouchBy: onward.inTouchBy && sayDay(onward.inTouchBy),
    inTouch: onward.inTouchAt !== null,
    reviewOn: onward.reviewOn && sayDay(onward.reviewOn),
    waiting: waitingRows(onward),
    undoUntil: onward.undoUntil !== null && now < onward.undoUntil ? sayHour(onward.undoUntil) : null,
    today: londonDate(now),
  };
}

/** As many as somebody still remembers. */
const MOST_CAME = 6;

/** What was said of who came, and the day that the form begins with: the one asked for, else today. */
export function camePage(facts: readonly Came[], today: string) {
  const now = facts.find(({ sessionOn }) => sessionOn === today);
  return {
    today,
    result: now && now.result in CAME_WORDS ? now.result : null,
    came: facts.slice(0, MOST_CAME).map(({ sessionOn, sessionAt, result }) => ({
      day: `${sayDay(sessionOn)}${sessionAt === null ? '' : `, ${sessionAt}`}`,
      word: REGISTER_WORDS[result],
    })),
  };
}

/** A number or an address can be tapped. */
const contactWords = (contact: NonNullable<ReplyView['onward']['person']['contact']>) => ({
  route: contact.route,
  words: ROUTE_WORDS[contact.route],
  value: isNumber(contact.route) && contact.value !== null ? spokenPhone(contact.value) : contact.value,
  href: contactLink(contact),
  leaveMessage: contact.leaveMessage,
  note: contact.note,
});

const isNumber = (route: string): boolean => route === 'phone' || route === 'text';

function contactLink({ route, value }: { route: string; value: string | null }): string | null {
  if (value === null) return null;
  if (route === 'phone') return `tel:${value}`;
  if (route === 'text') return `sms:${value}`;
  return route === 'email' ? `mailto:${value}` : null;
}

function aboutRows({ person, people, listing, period }: ReplyView['onward']): Row[] {
  const language =
    person.language === null || person.language === 'en' ? null : languageWord(person.language);
  const interpreter = person.interpreter !== null && person.interpreter !== 'not_needed';
  return [
    ...row('For', period ? `${listing.name}, ${period.name}` : listing.name),
    ...row('Wants help with', said(person.needs?.map((need) => NEED_WORDS[need]))),
    ...row('A little more', person.helpNote),
    ...row('Age', person.ageBand),
    ...row('How many', people > 1 ? `${String(people)} people` : null),
    ...row('How soon', person.howSoon && upper(SOON_WORDS[person.howSoon])),
    ...row('Needs', said(person.accessNeeds?.map((need) => ACCESS_WORDS[need]))),
    ...row('Language', language && (interpreter ? `${language}, with an interpreter` : language)),
    ...row('Your rule', (person.confirmed ?? []).map((who) => `Meets “${who} only”: confirmed`).join(', ')),
  ];
}

function waitingRows({ position, expectedWeeks, offeredAt }: ReplyView['onward']): Row[] {
  const weeks =
    expectedWeeks === null
      ? null
      : expectedWeeks === 1
        ? 'About a week'
        : `About ${String(expectedWeeks)} weeks`;
  return [
    ...row('On your list', position === null ? null : position === 1 ? 'Next' : `Number ${String(position)}`),
    ...row('Expected wait', expectedWeeks === 0 ? 'Any day now' : weeks),
    ...row('Asked on', sayDay(offeredAt)),
  ];
}

/** The word of every list for it, as a group reads it. */
function confirmedWords(confirmedOn: string | null, today: string): string {
  if (confirmedOn === null) return 'Not yet';
  const { word } = freshnessOf(confirmedOn, today);
  return word === 'fresh' ? sayDay(confirmedOn) : `${sayDay(confirmedOn)}, which is long ago`;
}

const PLEASE_SAY = 'We do not know yet: please tell us';

function areaWords(check: ListingCheck): string {
  if (!isAreaKnown(check)) return PLEASE_SAY;
  const { areas, radiusMiles } = check;
  const said = [
    (areas ?? []).join(', '),
    radiusMiles === null ? '' : `within ${String(radiusMiles)} miles of where you meet`,
  ].filter(Boolean);
  return said.length === 0 ? 'Anywhere here' : upper(said.join(', or '));
}

function costWords({ cost, costNote }: ListingCheck): string {
  const words = cost === null ? PLEASE_SAY : COST_WORDS[cost];
  return costNote === null ? words : `${words} (${costNote})`;
}

export function listingPage(check: ListingCheck, now: Date) {
  const { name, description, placesKind, placesTotal, placesTaken, fullUntil, confirmedOn } = check;
  const full = fullUntil !== null && fullUntil > londonDate(now);
  const kinds = {
    counted: `${String((placesTotal ?? 0) - placesTaken)} free of ${String(placesTotal ?? 0)}`,
    drop_in: 'No need to book',
    ask_first: 'Ask first',
  };
  return {
    ...ring(check),
    counted: placesKind === 'counted',
    full,
    undoUntil: check.undoUntil && sayHour(check.undoUntil),
    signsIn: check.signsIn,
    warnings: check.warnings.map(({ field, message }) => `${FIELD_WORDS[field]}: ${message}`),
    rows: [
      ...row('Name', name),
      ...row('What it is', description),
      ...row('Places', full ? `Full until ${sayDay(fullUntil)}` : kinds[placesKind]),
      ...row('After that', full ? kinds[placesKind] : null),
      ...row('Where people come from', areaWords(check)),
      ...row('Cost', costWords(check)),
      ...row('Setting', check.setting === null ? PLEASE_SAY : SETTING_WORDS[check.setting]),
      ...row('Last confirmed', confirmedWords(confirmedOn, londonDate(now))),
    ],
  };
}

const ring = ({ scheme, group, worker, phone }: ReplyView | ListingCheck) => ({
  scheme,
  group,
  worker: worker ?? 'We',
  workerKnown: worker !== null,
  phone,
});
