import { addDays, atLondon, daysBetween, londonDate, outOfQuietHours } from '../platform/clock/calendar.js';
import { londonTime } from '../platform/clock/wall-clock.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import { WEEKDAYS, type Weekday } from './provider.types.js';
import {
  LONGEST_PERIOD_DAYS,
  type Period,
  type PeriodKind,
  type QuietTime,
  type Rhythm,
} from './rhythm.types.js';

const MID_MORNING = '10:00';
const ROUTINE_EVERY_DAYS = 7;
/** Further than any group is quiet or closed on end: past it, it is written to all the same. */
const LONGEST_SILENCE_DAYS = 400;

const weekday = (day: string): number => new Date(`${day}T12:00:00Z`).getUTCDay() || 7;

/** The weekday of a date in London (YYYY-MM-DD). */
export const weekdayOf = (day: string): Weekday | undefined => WEEKDAYS[weekday(day) - 1];

/** The period of a kind that a day lies in; the one that ends last, where several do. */
export function periodOn(periods: readonly Period[], kind: PeriodKind, day: string): Period | null {
  const there = periods.filter((one) => one.kind === kind && one.from <= day && day <= one.until);
  return there.reduce<Period | null>((last, one) => (last && last.until >= one.until ? last : one), null);
}

/** The day a group opens again, with what it is closed for; null when it is not closed on the day. */
export function closedUntil(periods: readonly Period[], day: string): { until: string; name: string } | null {
  const first = periodOn(periods, 'closed', day);
  if (first === null) return null;
  let until = addDays(first.until, 1);
  for (let next = periodOn(periods, 'closed', until); next; next = periodOn(periods, 'closed', until)) {
    until = addDays(next.until, 1);
  }
  return { until, name: first.name };
}

/** The days besides weekends on which a group does not work: the scheme's holidays and its own closed days. */
export function daysOff(holidays: ReadonlySet<string>, periods: readonly Period[]): ReadonlySet<string> {
  const closed = periods.filter(({ kind }) => kind === 'closed');
  if (closed.length === 0) return holidays;
  const off = new Set(holidays);
  for (const { from, until } of closed) {
    for (let day = from; day <= until; day = addDays(day, 1)) off.add(day);
  }
  return off;
}

/** A day without messages: every week's, a holy day, or a day it is closed. */
export const isQuietDay = (day: string, { quietDays, periods }: Omit<Rhythm, 'quietTimes'>): boolean =>
  quietDays.includes(weekday(day)) ||
  periodOn(periods, 'quiet', day) !== null ||
  periodOn(periods, 'closed', day) !== null;

/** The first day from `day` on that is not without messages; the day itself where there is none for more than a year. */
export function silentUntil(day: string, rhythm: Omit<Rhythm, 'quietTimes'>): string {
  for (let ahead = 0; ahead <= LONGEST_SILENCE_DAYS; ahead += 1) {
    const next = addDays(day, ahead);
    if (!isQuietDay(next, rhythm)) return next;
  }
  return day;
}

/**
 * The first moment from `at` on when a group may be written to: not at night, not on a day it keeps free, not in the
 * hours of a service. By London's clock on both sides of its changes.
 */
export const mayBeWrittenTo = (at: Date, rhythm: Rhythm): Date =>
  freeMoment(at, rhythm) ?? outOfQuietHours(at);

/** Null where there is none for more than a year. */
function freeMoment(at: Date, rhythm: Rhythm): Date | null {
  const last = addDays(londonDate(at), LONGEST_SILENCE_DAYS);
  let moment = outOfQuietHours(at);
  while (londonDate(moment) <= last) {
    const day = londonDate(moment);
    if (isQuietDay(day, rhythm)) {
      moment = outOfQuietHours(atLondon(addDays(day, 1), '00:00'));
      continue;
    }
    const service = inService(day, londonTime(moment), rhythm.quietTimes);
    if (service === null) return moment;
    moment = outOfQuietHours(atLondon(day, service.to));
  }
  return null;
}

const inService = (day: string, time: string, times: readonly QuietTime[]): QuietTime | null =>
  times.find((one) => one.day === weekday(day) && one.from <= time && time < one.to) ?? null;

/**
 * When a routine message goes to a group: at most one in seven days, and on the day before it meets where that is known.
 * `meetsOn` are ISO weekdays; `lastAt` is when the last one went. Gives `now` or later.
 */
export function routineAt(now: Date, lastAt: Date | null, meetsOn: readonly number[], rhythm: Rhythm): Date {
  const rested =
    lastAt === null
      ? now
      : later(now, atLondon(addDays(londonDate(lastAt), ROUTINE_EVERY_DAYS), londonTime(lastAt)));
  const soonest = mayBeWrittenTo(rested, rhythm);
  for (let ahead = 0; ahead < ROUTINE_EVERY_DAYS && meetsOn.length > 0; ahead += 1) {
    const day = addDays(londonDate(soonest), ahead);
    if (!meetsOn.includes(weekday(addDays(day, 1))) || isQuietDay(day, rhythm)) continue;
    const moment = mayBeWrittenTo(later(soonest, atLondon(day, MID_MORNING)), rhythm);
    if (londonDate(moment) === day) return moment;
  }
  return soonest;
}

const later = (a: Date, b: Date): Date => (a > b ? a : b);

/** Whether the days and hours of every week that a group keeps free leave none in which it may be written to. */
export const isNeverFree = (week: Omit<Rhythm, 'periods'>): boolean =>
  freeMoment(ANY_MONDAY, { ...week, periods: [] }) === null;

const ANY_MONDAY = atLondon('2026-11-23', '08:00');

/** Whether on some day, today or to come, nothing would be left for more than a year in which it may be written to. */
const isSilencedBy = (periods: readonly Period[], week: Omit<Rhythm, 'periods'>, today: string): boolean =>
  [today, ...periods.map(({ from }) => from)].some(
    (day) => day >= today && freeMoment(atLondon(day, '08:00'), { ...week, periods }) === null,
  );

/**
 * What is wrong with a time that a group enters, by field. Two that say opposite things of one day are refused, and so
 * is one that, with all the others, leaves no time to write to it.
 */
export function periodProblems(
  period: Period,
  others: readonly Period[],
  today: string,
  week: Omit<Rhythm, 'periods'> = EVERY_DAY,
): FieldProblem[] {
  const { kind, from, until } = period;
  if (until < from) return [{ field: 'until', message: 'Give a day on or after the first day' }];
  if (until < today) return [{ field: 'until', message: 'Give a day that is not past' }];
  if (daysBetween(from, until) >= LONGEST_PERIOD_DAYS) {
    return [{ field: 'until', message: 'Make it a year at most' }];
  }
  const shared = others.find((one) => one.from <= until && from <= one.until && clash(kind, one.kind));
  if (shared) {
    return [{ field: 'from', message: `It shares days with "${shared.name}". Change that one, or the days` }];
  }
  return isSilencedBy([...others, period], week, today)
    ? [{ field: 'until', message: 'With its other times, it could not be written to for more than a year' }]
    : [];
}

const EVERY_DAY: Omit<Rhythm, 'periods'> = { quietDays: [], quietTimes: [] };

/** A quiet day may lie in any time; the others say how much the group does, and only one of them can be true. */
const clash = (a: PeriodKind, b: PeriodKind): boolean => (a === 'quiet') === (b === 'quiet');

/** What is wrong with the weekly hours without messages, by field. `quietDays` are the days it keeps free as a whole. */
export function quietTimeProblems(
  times: readonly QuietTime[],
  quietDays: readonly number[] = [],
): FieldProblem[] {
  const problems = times.flatMap((time, index): FieldProblem[] => {
    if (time.to <= time.from) {
      return [{ field: `times.${index}.to`, message: 'Make the end later than the start' }];
    }
    const twice = times.some(
      (other, at) => at < index && other.day === time.day && other.from < time.to && time.from < other.to,
    );
    return twice ? [{ field: `times.${index}.from`, message: 'Two times of one day overlap' }] : [];
  });
  return problems.length === 0 && isNeverFree({ quietDays, quietTimes: times })
    ? [{ field: 'times', message: NEVER_FREE }]
    : problems;
}

/** What is wrong with the days of every week that a group keeps free, by field. */
export const quietDayProblems = (week: Omit<Rhythm, 'periods'>): FieldProblem[] =>
  isNeverFree(week) ? [{ field: 'quietDays', message: NEVER_FREE }] : [];

const NEVER_FREE = 'Leave some time in the week, between 08:00 and 20:00, in which they may be written to';
