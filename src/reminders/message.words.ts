import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { londonTime } from '../platform/clock/wall-clock.js';

export interface Letter {
  subject: string;
  text: string;
}

export type Words = Readonly<Record<string, string>>;

const FOLDER = fileURLToPath(new URL('templates', import.meta.url));

/** Every template by name: `client.appointment` is templates/client.appointment.txt. */
export const TEMPLATES: ReadonlyMap<string, Letter> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => [file.slice(0, -'.txt'.length), readTemplate(join(FOLDER, file))]),
);

function readTemplate(path: string): Letter {
  const match = /^Subject: (.+)\n\n([^]+?)\s*$/.exec(readFileSync(path, 'utf8').replaceAll('\r\n', '\n'));
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new Error(`${path} does not begin with a line "Subject: ..." and an empty one`);
  }
  return { subject: match[1], text: match[2] };
}

/** Puts words into a template. A word nobody gave is a fault, never a gap in what somebody reads. */
export function render(name: string, words: Words): Letter {
  const template = TEMPLATES.get(name);
  if (!template) throw new Error(`There is no template ${name}`);
  const fill = (text: string): string =>
    text.replace(/\{\{(\w+)\}\}/g, (_whole, word: string) => {
      const value = words[word];
      if (value === undefined) throw new Error(`The template ${name} wants the word ${word}`);
      return value;
    });
  return { subject: fill(template.subject).replace(/\s+/g, ' '), text: fill(template.text) };
}

/** One message to one recipient: one thing under its own subject, several as one digest. */
export function compose(
  frame: 'client' | 'group' | 'referrer',
  items: readonly { template: string; words: Words }[],
  words: Words,
): Letter {
  const parts = items.map((item) => render(`${frame}.${item.template}`, item.words));
  const paragraphs = [...new Set(parts.map((part) => part.text))];
  const whole = render(`${frame}.frame`, {
    ...words,
    paragraphs: paragraphs.join('\n\n'),
    count: String(paragraphs.length),
  });
  const [only] = parts;
  return paragraphs.length === 1 && only ? { ...whole, subject: only.subject } : whole;
}

const DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
});

/** "Tuesday 24 November", as read in London. */
export const sayDay = (at: Date): string => DAY.format(at).replace(',', '');

const DATE = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/** "24 November 2026" of 2026-11-24: far enough ahead that the year matters. */
export const sayDate = (date: string): string => DATE.format(new Date(`${date}T00:00:00Z`));

/** "9:30am", "2pm", "midday", as read in London. */
export function sayTime(at: Date): string {
  const [hours = 0, minutes = 0] = londonTime(at).split(':').map(Number);
  if (minutes === 0 && hours === 12) return 'midday';
  if (minutes === 0 && hours === 0) return 'midnight';
  const half = hours < 12 ? 'am' : 'pm';
  const past = minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`;
  return `${String(hours % 12 || 12)}${past}${half}`;
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
