import { londonDate } from '../platform/clock/calendar.js';
import { londonTime } from '../platform/clock/wall-clock.js';
import type { Attachment } from '../platform/mail/mail.types.js';
import type { SendingChannel } from '../platform/messages/channel.types.js';
import { ENGLISH, type Template, templatesIn, type Words } from '../platform/messages/templates.js';
import { MOST_SEGMENTS, textSize } from '../platform/messages/text-size.rules.js';
import { STATUS_WORDS } from '../referrals/referral.rules.js';
import type { ToldStatus } from '../referrals/referral.types.js';
import { LOCALES } from '../platform/words/locales.js';
import { privateWords } from '../platform/words/private-words.js';

export interface Letter extends Template {
  documents?: readonly Attachment[];
}

export type { Words };
export { ENGLISH };

const OWN = templatesIn(new URL('templates', import.meta.url));

export const LANGUAGES = OWN.languages;
export const TEMPLATES = OWN.of;
export const { render, draftNote } = OWN;

export type Frame = 'client' | 'group' | 'referrer';

export interface Part {
  template: string;
  words: Words;
}

const ending = (channel: SendingChannel): string => (channel === 'email' ? '' : `.${channel}`);

/** A letter says what an e-mail says; a text has words of its own. */
const nameOf = (frame: Frame, template: string, channel: SendingChannel): string =>
  `${frame}.${template}${channel === 'text' ? '.text' : ''}`;

/** The language somebody is written to in: their own where all that is to be said has been put into it, else English. */
export function languageFor(
  wanted: string,
  frame: Frame,
  parts: readonly Part[],
  channel: SendingChannel,
): string {
  const templates = TEMPLATES.get(wanted);
  const needed = [
    `${frame}.frame${ending(channel)}`,
    ...parts.map((part) => nameOf(frame, part.template, channel)),
  ];
  return templates && needed.every((name) => templates.has(name)) ? wanted : ENGLISH;
}

/** One message to one recipient: one thing under its own subject, several as one digest. */
export function compose(
  frame: Frame,
  items: readonly Part[],
  words: Words,
  { channel = 'email', language = ENGLISH }: { channel?: SendingChannel; language?: string } = {},
): Letter {
  const parts = items.map((item) => render(nameOf(frame, item.template, channel), item.words, language));
  const paragraphs = [...new Set(parts.map((part) => part.text))];
  const whole = render(
    `${frame}.frame${ending(channel)}`,
    {
      ...words,
      paragraphs: paragraphs.join(channel === 'text' ? ' ' : '\n\n'),
      count: String(paragraphs.length),
    },
    language,
  );
  const [only] = parts;
  return paragraphs.length === 1 && only && channel !== 'text' ? { ...whole, subject: only.subject } : whole;
}

/** Behind the link that a text to a group holds: a second address would not fit. */
export const LEAVE_BY_TEXT = 'No longer help here? Say so there.';

/** Whether a text message of these things is short enough to be sent. */
export function fitsText(frame: Frame, items: readonly Part[], words: Words, language: string): boolean {
  const { text } = compose(frame, items, words, { channel: 'text', language });
  return textSize(text).segments <= MOST_SEGMENTS;
}

/** What chance puts together, or we do, and nobody can read anything from: never looked at for private words. */
const MEANINGLESS = new Set(['reference', 'reply', 'link', 'leave', 'privacy']);

export const withoutMeaningless = (words: Words): Words =>
  Object.fromEntries(
    Object.entries(words).map(([name, value]) => [name, MEANINGLESS.has(name) ? '-' : value]),
  );

/** P7, once more as a message is written: what its words tell that nobody else may read. */
export function tellsTooMuch(letter: Letter, language: string): string[] {
  return privateWords(`${letter.subject} ${letter.text}`, language);
}

const localeOf = (language: string): string =>
  Object.hasOwn(LOCALES, language) ? LOCALES[language as keyof typeof LOCALES] : language;

const dayIn = (language: string) =>
  new Intl.DateTimeFormat(localeOf(language), {
    timeZone: 'Europe/London',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
const DAYS = new Map(LANGUAGES.map((language) => [language, dayIn(language)]));

/** "Tuesday 24 November", as read in London. */
export const sayDay = (at: Date, language = ENGLISH): string => {
  const day = DAYS.get(language)?.format(at) ?? sayDay(at);
  return language === ENGLISH ? day.replace(',', '') : day;
};

const DATE = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/** "24 November 2026" of 2026-11-24: far enough ahead that the year matters. */
export const sayDate = (date: string): string => DATE.format(new Date(`${date}T00:00:00Z`));

/** "9:30am", "2pm", "midday", as read in London; by the 24-hour clock in other languages. */
export function sayTime(at: Date, language = ENGLISH): string {
  if (language !== ENGLISH) return londonTime(at);
  const [hours = 0, minutes = 0] = londonTime(at).split(':').map(Number);
  if (minutes === 0 && hours === 12) return 'midday';
  if (minutes === 0 && hours === 0) return 'midnight';
  const half = hours < 12 ? 'am' : 'pm';
  const past = minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`;
  return `${String(hours % 12 || 12)}${past}${half}`;
}

/** "Sent on 3 November, spoken to since 9 November, ended on 20 November 2026." Days of another year say so. */
export function sayCourse(sentAt: Date | null, begunAt: Date | null, endedAt: Date): string {
  const end = sayDate(londonDate(endedAt));
  const year = end.slice(-5);
  const on = (at: Date): string => {
    const day = sayDate(londonDate(at));
    return day.endsWith(year) ? day.slice(0, -5) : day;
  };
  const parts = [
    ...(sentAt === null ? [] : [`sent on ${on(sentAt)}`]),
    begunAt === null ? 'not spoken to' : `spoken to since ${on(begunAt)}`,
    `ended on ${end}`,
  ].join(', ');
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)}.`;
}

const STATUS: Record<string, string> = {
  closed: 'Closed',
  not_taken_on: 'Not taken on',
  withdrawn: 'Withdrawn',
};
const WHY: Record<string, string> = {
  person_said_no: 'Person said no',
  could_not_take: 'We could not take it',
  sent_in_error: 'Sent in error',
  moved: 'Moved',
  could_not_reach: 'Could not reach',
  done: 'Done',
};

/** "Closed: Done". A death, and whatever else is nobody's business in a message, is left to the page behind sign-in. */
export function sayEnding(status: string, why: string | null): string {
  const ending = STATUS[status] ?? 'Changed';
  const reason = why === null ? undefined : WHY[why];
  return reason === undefined ? ending : `${ending}: ${reason}`;
}

/** The same of a referral that goes on, for whoever sent it. */
export const sayStatus = (status: ToldStatus, why: string | null): string =>
  status in STATUS ? sayEnding(status, why) : STATUS_WORDS[status];

const NEXT: Record<string, string> = {
  could_not_reach: 'If you know another way to reach them, please send a new referral that says so.',
  could_not_take: 'They are not with us: please think with them about where else to turn.',
  person_said_no: 'Nothing is asked of you. They can come back at any time, by themselves or through you.',
  done: 'Nothing is asked of you. A new referral can be sent at any time.',
};

/** What whoever referred has to do now, which is read first of all. Where it could hurt to say more, no more is said. */
export const sayNext = (why: string | null): string => NEXT[why ?? ''] ?? 'Nothing is asked of you.';

/** A practice's week: what is asked of it, and how the subject says so. */
export function sayAsked(returned: number): { asked: string; subject: string } {
  const subject = 'Your week of referrals';
  if (returned === 0) return { asked: 'Nothing is asked of you.', subject };
  const one = returned === 1;
  return {
    asked: `${String(returned)} ${one ? 'referral has' : 'referrals have'} come back to you and ${one ? 'waits' : 'wait'} for your answer.`,
    subject: `${subject}: ${String(returned)} ${one ? 'waits' : 'wait'} for your answer`,
  };
}
