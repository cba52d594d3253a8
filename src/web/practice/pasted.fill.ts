import { normaliseUkPhone } from '../../platform/pure/phone.js';
import { dayBoxes } from '../layout/dates.js';
import type { Form } from '../layout/forms.js';
import { say } from '../words/staff/staff-words.js';
import { FIELD_WORDS, type Pasted, PASTED_FIELDS, type PastedField, readPasted } from './pasted.rules.js';

/** The box on the page. It is read once: what is no answer is neither kept nor sent on. */
export const PASTED = '_pasted';

export interface Filled {
  /** Answers to boxes that were empty, by their names. */
  put: Record<string, string>;
  /** What was found, what was not, and what to look at, in words. */
  lines: string[];
}

/** Puts what a text says of somebody into boxes that are empty. What was typed stays, and the page says what differs. */
export function filledIn(typed: Form['values'], text: string, today: string): Filled {
  if (text.trim() === '') return { put: {}, lines: [say('There is nothing in the box to fill in from.')] };
  const { found, doubts } = readPasted(text, today);
  const read = fieldsOf(found);
  const put = read.filter((field) => said(typed, field) === '');
  const differing = read.filter((field) => !put.includes(field) && !same(typed, field, found[field] ?? ''));
  const missing = PASTED_FIELDS.filter((field) => field !== 'noFixedAddress' && !read.includes(field));
  return {
    put: Object.fromEntries(put.flatMap((field) => boxesOf(field, found[field] ?? ''))),
    lines: [
      put.length > 0 ? say('Filled in: {{fields}}.', { fields: listed(put) }) : say('Nothing was filled in.'),
      ...(missing.length > 0 ? [say('Not taken from it: {{fields}}.', { fields: listed(missing) })] : []),
      ...differing.map((field) =>
        say('{{field}} is left as you typed it. In the text it is {{other}}.', {
          field: FIELD_WORDS[field],
          other: shown(field, found[field] ?? ''),
        }),
      ),
      ...doubts,
    ],
  };
}

const fieldsOf = (found: Pasted['found']): PastedField[] =>
  PASTED_FIELDS.filter((field) => found[field] !== undefined);
const listed = (fields: readonly PastedField[]): string =>
  fields.map((field) => FIELD_WORDS[field]).join(', ');

const boxesOf = (field: PastedField, value: string): [string, string][] =>
  field === 'dateOfBirth'
    ? Object.entries(dayBoxes('client.dateOfBirth', value))
    : [[`client.${field}`, value]];

const said = (typed: Form['values'], field: PastedField): string =>
  field === 'dateOfBirth'
    ? boxesOf(field, '2000-01-01')
        .map(([name]) => String(typed[name] ?? '').trim())
        .filter(Boolean)
        .join('/')
    : String(typed[`client.${field}`] ?? '').trim();

const shown = (field: PastedField, value: string): string =>
  (field === 'dateOfBirth'
    ? boxesOf(field, value)
        .map(([, part]) => part)
        .join('/')
    : value
  ).replaceAll('\n', ', ');

/** Whether two answers say the same, however they are spelt. */
function same(typed: Form['values'], field: PastedField, value: string): boolean {
  const [one, other] = [said(typed, field), shown(field, value)].map((text) => text.toLowerCase());
  if (field === 'phone') return normaliseUkPhone(one ?? '') === normaliseUkPhone(value);
  if (field === 'dateOfBirth') return one?.replaceAll(/\b0/g, '') === other?.replaceAll(/\b0/g, '');
  return one?.replaceAll(/[\s,-]/g, '') === other?.replaceAll(/[\s,-]/g, '');
}
