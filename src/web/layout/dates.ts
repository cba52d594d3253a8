import { addDays, daysBetween, londonDate } from '../../platform/clock/calendar.js';
import type { Freshness } from '../../providers/listing.types.js';

const LONG = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** "Mon, 23 November 2026" for 2026-11-23. */
export const longDate = (date: string): string => LONG.format(new Date(`${date}T12:00:00Z`));

/** The same of a day or a moment, by London's calendar; nothing of nothing. */
export const dayInWords = (when: string | Date | null | undefined): string =>
  when === null || when === undefined ? '' : longDate(typeof when === 'string' ? when : londonDate(when));

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/London',
});

/** "Mon, 23 November 2026, 10:42" by London's clock. */
export const momentInWords = (at: Date): string => `${dayInWords(at)}, ${CLOCK.format(at)}`;

/** "4 days late" of a moment that has passed; null of one to come. */
export function lateInWords(at: Date | null, now: Date): string | null {
  if (at === null || at > now) return null;
  const days = daysBetween(londonDate(at), londonDate(now));
  return days === 0 ? 'Due today' : `${daysInWords(days)} late`;
}

export const daysInWords = (days: number): string => (days === 1 ? '1 day' : `${String(days)} days`);

/** "Confirmed 3 days ago" of a service, on `today`. */
export function freshnessInWords(
  { confirmedOn, confirmed }: Pick<Freshness, 'confirmedOn' | 'confirmed'>,
  today: string,
): string {
  if (confirmedOn === null) return 'Never confirmed';
  const days = daysBetween(confirmedOn, today);
  const ago = days <= 0 ? 'today' : `${daysInWords(days)} ago`;
  return confirmed ? `Confirmed ${ago}` : `Not confirmed since ${ago}`;
}

/** The dates that one click can choose for the next contact. */
export const nextDates = (today: string): { value: string; text: string }[] =>
  [
    [1, 'Tomorrow'],
    [7, 'In 1 week'],
    [14, 'In 2 weeks'],
  ].map(([days, text]) => {
    const value = addDays(today, days as number);
    return { value, text: `${text as string}, ${longDate(value)}` };
  });

/** A date as the three boxes of a form have it. */
export function dayBoxes(name: string, date: string | null): Record<string, string> {
  if (date === null) return {};
  const [year = '', month = '', day = ''] = date.split('-');
  return {
    [`${name}.day`]: String(Number(day)),
    [`${name}.month`]: String(Number(month)),
    [`${name}.year`]: year,
  };
}

/** "10:42" of a moment today, with its day before that. */
export const sinceInWords = (at: Date, now: Date): string =>
  londonDate(at) === londonDate(now) ? CLOCK.format(at) : momentInWords(at);
