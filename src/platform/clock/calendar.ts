import { Temporal } from 'temporal-polyfill';

/*
 * Dates are 'YYYY-MM-DD' and times 'HH:MM' as read on a clock in London; instants are Date. Everything here refuses
 * other forms with a RangeError. Holidays are the days besides weekends on which nobody works.
 */

const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LONDON = 'Europe/London';
const SATURDAY = 6;
const QUIET_FROM_HOUR = 20;
const QUIET_UNTIL_HOUR = 8;
const QUIET_UNTIL = '08:00';

/** The date in London at an instant. */
export function londonDate(at: Date): string {
  const text = londonClock(at);
  return text.slice(0, text.indexOf('T'));
}

const SPOKEN = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** "24 November 2026" for 2026-11-24, as it stands in a sentence. */
export const spokenDate = (date: string): string => SPOKEN.format(new Date(`${date}T12:00:00Z`));

/**
 * The instant at which a clock in London shows the time. In spring 01:00 to 01:59 does not occur on the last Sunday of
 * March: the answer is an hour later by the clock (01:30 becomes 02:30). In autumn 01:00 to 01:59 occurs twice on the
 * last Sunday of October: the answer is the earlier, in summer time.
 */
export function atLondon(date: string, time: string): Date {
  if (!/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/.test(time)) throw new RangeError('Not a time');
  const asUtc = dayOf(date) * DAY_MS + Number(time.slice(0, 2)) * HOUR_MS + Number(time.slice(3)) * MINUTE_MS;
  const ahead = londonAhead(asUtc - DAY_MS);
  if (ahead === londonAhead(asUtc + DAY_MS)) return new Date(asUtc - ahead);
  const wall = plainDate(date).toPlainDateTime(Temporal.PlainTime.from(time));
  return new Date(wall.toZonedDateTime(LONDON, { disambiguation: 'compatible' }).epochMilliseconds);
}

/** The instant of an ISO text: with a zone as it says, a date as its start in London, a time without a zone as London's. */
export function momentIn(text: string): Date {
  if (/(?:Z|[+-]\d{2}:\d{2})$/.test(text.slice('YYYY-MM-DD'.length))) return new Date(text);
  const [date = '', time = '00:00'] = text.split('T');
  const minute = atLondon(date, time.slice(0, 'HH:MM'.length));
  const seconds = Number(time.slice('HH:MM:'.length));
  return new Date(minute.getTime() + Math.round(seconds * 1000));
}

/** Monday to Friday, save the holidays. */
export function isWorkingDay(date: string, holidays: ReadonlySet<string>): boolean {
  return isWorking(plainDate(date), holidays);
}

/**
 * The nth working day after the date, which need not be one itself; before it when n is negative. Nought gives the
 * date, or the next working day when it is not one.
 */
export function addWorkingDays(date: string, n: number, holidays: ReadonlySet<string>): string {
  if (!Number.isSafeInteger(n)) throw new RangeError('Not a number of days');
  if (n === 0) return nextOnOrAfterWorkingDay(date, holidays);
  const step = Math.sign(n);
  let day = plainDate(date);
  for (let left = Math.abs(n); left > 0;) {
    day = day.add({ days: step });
    if (isWorking(day, holidays)) left -= 1;
  }
  return day.toString();
}

/** The working days after `a`, up to and including `b`; negative when `b` is before `a`. */
export function workingDaysBetween(a: string, b: string, holidays: ReadonlySet<string>): number {
  if (a > b) return 0 - workingDaysBetween(b, a, holidays);
  const days = daysBetween(a, b);
  const weeks = Math.floor(days / 7);
  let count = weeks * 5;
  for (let day = plainDate(a).add({ days: weeks * 7 }), left = days % 7; left > 0; left -= 1) {
    day = day.add({ days: 1 });
    if (day.dayOfWeek < SATURDAY) count += 1;
  }
  for (const holiday of holidays) {
    if (holiday > a && holiday <= b && plainDate(holiday).dayOfWeek < SATURDAY) count -= 1;
  }
  return count;
}

/**
 * The end, at `time` in London, of the nth working day after the day on which the instant falls there. The hour of the
 * instant does not matter: at 23:00 on Friday, one day means Monday.
 */
export function workingDeadline(at: Date, days: number, holidays: ReadonlySet<string>, time = '17:00'): Date {
  return atLondon(addWorkingDays(londonDate(at), days, holidays), time);
}

/** The same instant when somebody may be disturbed, otherwise the next 08:00 in London. Quiet is 20:00 to 07:59. */
export function outOfQuietHours(at: Date): Date {
  const wall = inLondon(at);
  if (wall.hour >= QUIET_FROM_HOUR)
    return atLondon(wall.toPlainDate().add({ days: 1 }).toString(), QUIET_UNTIL);
  if (wall.hour < QUIET_UNTIL_HOUR) return atLondon(wall.toPlainDate().toString(), QUIET_UNTIL);
  return at;
}

export function addDays(date: string, n: number): string {
  if (!Number.isSafeInteger(n)) throw new RangeError('Not a number of days');
  const text = new Date((dayOf(date) + n) * DAY_MS).toISOString();
  return text.slice(0, text.indexOf('T'));
}

/** The same day of the month n months on, or the last of that month where it is shorter: 31 January gives 28 February. */
export function addMonths(date: string, n: number): string {
  return plainDate(date).add({ months: n }).toString();
}

/** Days from `a` to `b`; negative when `b` is before `a`. */
export function daysBetween(a: string, b: string): number {
  return dayOf(b) - dayOf(a);
}

/** The date itself when it is a working day, otherwise the next one. */
export function nextOnOrAfterWorkingDay(date: string, holidays: ReadonlySet<string>): string {
  let day = plainDate(date);
  while (!isWorking(day, holidays)) day = day.add({ days: 1 });
  return day.toString();
}

function inLondon(at: Date): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(LONDON);
}

/** What a clock in London shows, as ISO 8601 with the Z of a clock on UTC. */
export const londonClock = (at: Date): string =>
  new Date(at.getTime() + londonAhead(at.getTime())).toISOString();

/** Some years of hours; a page asks for the same few again and again, and the calendar's objects cost more than all else. */
const MOST_HOURS = 50_000;
const aheadIn = new Map<number, number>();

/** How far London is ahead of UTC at an instant, in ms. It has changed on the hour alone, so each hour is asked for once. */
function londonAhead(at: number): number {
  const hour = Math.floor(at / HOUR_MS);
  const known = aheadIn.get(hour);
  if (known !== undefined) return known;
  const ahead = inLondon(new Date(hour * HOUR_MS)).offsetNanoseconds / 1e6;
  if (aheadIn.size >= MOST_HOURS) aheadIn.clear();
  aheadIn.set(hour, ahead);
  return ahead;
}

/** Counted from 1970. Asked thousands of times by one search, so without the calendar's objects: 20 times as fast. */
function dayOf(date: string): number {
  const at = DATE.test(date) ? Date.parse(date) : NaN;
  // The parser reads 30 February as a day in March.
  if (Number.isNaN(at) || new Date(at).getUTCDate() !== Number(date.slice(8)))
    throw new RangeError('Not a date');
  return at / DAY_MS;
}

function plainDate(date: string): Temporal.PlainDate {
  if (!DATE.test(date)) throw new RangeError('Not a date');
  return Temporal.PlainDate.from(date);
}

function isWorking(day: Temporal.PlainDate, holidays: ReadonlySet<string>): boolean {
  return day.dayOfWeek < SATURDAY && !holidays.has(day.toString());
}
