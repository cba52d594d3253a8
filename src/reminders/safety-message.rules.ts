import { addWorkingDays, atLondon, isWorkingDay, londonDate } from '../platform/clock/calendar.js';

const HOUR_MS = 60 * 60_000;

/**
 * By when a practice must have said that it read it: the end of this working day, at the least an hour from now. What is
 * sent when nobody is there is looked for at 10:00 on the next working day, not at its end.
 */
export function safetyAnswerBy(now: Date, holidays: ReadonlySet<string>): Date {
  const today = londonDate(now);
  const end = atLondon(today, '17:00');
  if (!isWorkingDay(today, holidays) || now >= end) {
    return atLondon(addWorkingDays(today, 1, holidays), '10:00');
  }
  return new Date(Math.max(end.getTime(), now.getTime() + HOUR_MS));
}
