import { addDays, addWorkingDays, atLondon, nextOnOrAfterWorkingDay } from '../platform/clock/calendar.js';

const DIGEST_AT = '08:00';

export const digestFrom = (day: string): Date => atLondon(day, DIGEST_AT);

/** Monday, or the first day after it on which people work. */
export function startsWeek(day: string, holidays: ReadonlySet<string>): boolean {
  return isoWeek(addWorkingDays(day, -1, holidays)) !== isoWeek(day);
}

/** The first day of a day's week on which people work; in a week that has none, the first after it. */
export const weekStart = (day: string, holidays: ReadonlySet<string>): string =>
  nextOnOrAfterWorkingDay(isoWeek(day), holidays);

/** The Monday of the week a day is in. */
function isoWeek(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}

export const weekBefore = (day: string): Date => atLondon(addDays(day, -7), '00:00');
