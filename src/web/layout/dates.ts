import { addDays, daysBetween, londonDate } from '../../platform/clock/calendar.js';
import { say, sayCount, staffLocale } from '../words/staff/staff-words.js';
import type { Freshness } from '../../providers/listing.types.js';

function inEach(options: Intl.DateTimeFormatOptions): () => Intl.DateTimeFormat {
  const made = new Map<string, Intl.DateTimeFormat>();
  return () => {
    const locale = staffLocale();
    const known = made.get(locale) ?? new Intl.DateTimeFormat(locale, options);
    made.set(locale, known);
    return known;
  };
}

/** In the language of whoever asks, made once for each. */
const LONG = inEach({ weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** "Mon, 23 November 2026" for 2026-11-23. */
export const longDate = (date: string): string => LONG().format(new Date(`${date}T12:00:00Z`));

const MONTH = inEach({ month: 'long', timeZone: 'UTC' });

/** "November" for 2026-11-23. */
export const monthInWords = (date: string): string => MONTH().format(new Date(`${date}T12:00:00Z`));

/** The same of a day or a moment, by London's calendar; nothing of nothing. */
export const dayInWords = (when: string | Date | null | undefined): string =>
  when === null || when === undefined
    ? ''
    : longDate(typeof when === 'string' ? dayIn(when) : londonDate(when));

/** The day in London of a text that JSON has: a day already, or a moment. */
const dayIn = (text: string): string => (/^\d{4}-\d\d-\d\dT/.test(text) ? londonDate(new Date(text)) : text);

const CLOCK = inEach({ hour: '2-digit', minute: '2-digit', timeZone: 'Europe/London' });

/** "Mon, 23 November 2026, 10:42" by London's clock. */
export const momentInWords = (at: Date): string => `${dayInWords(at)}, ${CLOCK().format(at)}`;

/** "4 days late" of a moment that has passed; null of one to come. */
export function lateInWords(at: Date | null, now: Date): string | null {
  if (at === null || at > now) return null;
  const days = daysBetween(londonDate(at), londonDate(now));
  return days === 0 ? say('Due today') : sayCount(days, '1 day late', '{{count}} days late');
}

export const daysInWords = (days: number): string => sayCount(days, '1 day', '{{count}} days');

/** "Confirmed 3 days ago" of a service, on `today`. */
export function freshnessInWords(
  { confirmedOn, confirmed }: Pick<Freshness, 'confirmedOn' | 'confirmed'>,
  today: string,
): string {
  if (confirmedOn === null) return say('Never confirmed');
  const days = daysBetween(confirmedOn, today);
  if (days <= 0) return confirmed ? say('Confirmed today') : say('Not confirmed since today');
  return confirmed
    ? sayCount(days, 'Confirmed 1 day ago', 'Confirmed {{count}} days ago')
    : sayCount(days, 'Not confirmed since 1 day ago', 'Not confirmed since {{count}} days ago');
}

/** The dates that one click can choose for the next contact. */
export const nextDates = (today: string): { value: string; text: string }[] =>
  [
    [1, say('Tomorrow')],
    [7, say('In 1 week')],
    [14, say('In 2 weeks')],
  ].map(([days, text]) => {
    const value = addDays(today, days as number);
    return { value, text: `${text as string}, ${longDate(value)}` };
  });

/** Days after which the day itself says more than how long ago it was. */
const LONG_AGO = 60;

/** "2 hours ago" of a moment that has passed, "3 days ago" of a day; the day itself of what is long ago or still to come. */
export function agoInWords(when: Date | string, now: Date): string {
  const minutes = typeof when === 'string' ? null : Math.floor((now.getTime() - when.getTime()) / 60_000);
  const days = daysBetween(typeof when === 'string' ? when : londonDate(when), londonDate(now));
  if (minutes !== null && minutes < 0) return dayInWords(when);
  if (days < 0 || days > LONG_AGO) return dayInWords(when);
  if (days > 1) return sayCount(days, '1 day ago', '{{count}} days ago');
  if (days === 1) return say('Yesterday');
  if (minutes === null) return say('Today');
  if (minutes < 1) return say('Just now');
  return minutes < 60
    ? sayCount(minutes, '1 minute ago', '{{count}} minutes ago')
    : sayCount(Math.floor(minutes / 60), '1 hour ago', '{{count}} hours ago');
}

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
  londonDate(at) === londonDate(now) ? CLOCK().format(at) : momentInWords(at);
