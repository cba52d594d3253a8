import type { FieldProblem } from '../../platform/errors/refusal.js';
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
export function note(text = ''): { note: string | null; problem: FieldProblem | null } {
  const tidy = text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim();
  return {
    note: tidy === '' ? null : tidy,
    problem:
      tidy.length > NOTE_LENGTH
        ? { field: 'note', message: `Use ${String(NOTE_LENGTH)} letters or fewer` }
        : null,
  };
}

/** A code as people type it: with spaces, or with other digits of theirs read as they are. Null when it is no code. */
export function sixDigits(text = ''): string | null {
  const digits = text.replace(/[\s-]/g, '');
  return /^\d{6}$/.test(digits) ? digits : null;
}

/** Day, month and year as typed in three boxes, as YYYY-MM-DD; null where that is no date. */
export function typedDate({ day = '', month = '', year = '' }: Record<string, string>): string | null {
  if (!/^\d{1,2}$/.test(day.trim()) || !/^\d{1,2}$/.test(month.trim()) || !/^\d{4}$/.test(year.trim()))
    return null;
  const date = `${year.trim()}-${month.trim().padStart(2, '0')}-${day.trim().padStart(2, '0')}`;
  const parsed = new Date(`${date}T12:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date) ? date : null;
}
