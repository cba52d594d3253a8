import type { FieldProblem } from '../../platform/errors/refusal.js';
import type { Speech } from '../words/speech.js';
import { type GroupAddress, ukMobile } from '../../providers/group-address.rules.js';

/** What a form sent: texts by name. What came twice, or is no text, was not sent by our forms and counts as nothing. */
export function fields(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export const choice = <Value extends string>(list: Record<Value, unknown>, value = ''): Value | null =>
  Object.hasOwn(list, value) ? (value as Value) : null;

/** An e-mail address or a mobile number, as somebody types where they are written to. Null when it is neither. */
export function addressIn(text: string): GroupAddress | null {
  const to = text.trim();
  if (/^[^@\s]{1,64}@[^@\s]{1,189}$/.test(to)) return { channel: 'email', to };
  const mobile = to.length > 30 ? null : ukMobile(to);
  return mobile === null ? null : { channel: 'text', to: mobile };
}

const NOTE_LENGTH = 500;

/** Line breaks as one kind, no other control characters; null where nothing is said. */
export function note(
  text: string | undefined,
  t: Speech['t'],
): { note: string | null; problem: FieldProblem | null } {
  const tidy = (text ?? '')
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim();
  return {
    note: tidy === '' ? null : tidy,
    problem:
      tidy.length > NOTE_LENGTH
        ? { field: 'note', message: t('common.shorter', { most: NOTE_LENGTH }) }
        : null,
  };
}

/** Digits as keyboards for Arabic, Urdu, Nepali and Bengali type them, read as the ones we know. */
export const plainDigits = (text: string): string =>
  text.replace(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef]/g, (digit) => {
    const low = digit.charCodeAt(0) & 0xf;
    return String(digit.charCodeAt(0) < 0x900 ? low : low - 6);
  });

/** A code as people type it: with spaces, or with other digits of theirs read as they are. Null when it is no code. */
export function sixDigits(text = ''): string | null {
  const digits = plainDigits(text).replace(/[\s-]/g, '');
  return /^\d{6}$/.test(digits) ? digits : null;
}

/** Day, month and year as typed in three boxes, as YYYY-MM-DD; null where that is no date. */
export function typedDate(boxes: Record<string, string>): string | null {
  const [day = '', month = '', year = ''] = [boxes['day'], boxes['month'], boxes['year']].map((box = '') =>
    plainDigits(box),
  );
  if (!/^\d{1,2}$/.test(day.trim()) || !/^\d{1,2}$/.test(month.trim()) || !/^\d{4}$/.test(year.trim()))
    return null;
  const date = `${year.trim()}-${month.trim().padStart(2, '0')}-${day.trim().padStart(2, '0')}`;
  const parsed = new Date(`${date}T12:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date) ? date : null;
}
