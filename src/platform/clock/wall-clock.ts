import { Temporal } from 'temporal-polyfill';
import { londonClock } from './calendar.js';

const LONDON = 'Europe/London';

/** Which of two readings is meant, when a clock shows the same time twice on the night it goes back. */
export const WHICH_READING = ['earlier', 'later'] as const;
export type WhichReading = (typeof WHICH_READING)[number];

export type WallClockAnswer =
  { ok: true; at: Date } | { ok: false; because: 'does_not_exist' | 'happens_twice' };

/**
 * The instant somebody means who says a date (YYYY-MM-DD) and a time (HH:MM) as read in London. Unlike `atLondon` it
 * never guesses: 01:00 to 01:59 is refused on the spring night that skips it, and on the autumn night that has it twice
 * unless `which` says which. Other nights ignore `which`. Refuses what is not a date or a time with a RangeError.
 */
export function readLondon(date: string, time: string, which?: WhichReading): WallClockAnswer {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new RangeError('Not a date');
  if (!/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time)) throw new RangeError('Not a time');
  const wall = Temporal.PlainDate.from(date).toPlainDateTime(Temporal.PlainTime.from(time));
  const earlier = wall.toZonedDateTime(LONDON, { disambiguation: 'earlier' });
  const later = wall.toZonedDateTime(LONDON, { disambiguation: 'later' });
  if (!earlier.toPlainDateTime().equals(wall)) return { ok: false, because: 'does_not_exist' };
  const once = earlier.epochMilliseconds === later.epochMilliseconds;
  if (!once && !which) return { ok: false, because: 'happens_twice' };
  const meant = which === 'later' ? later : earlier;
  return { ok: true, at: new Date(meant.epochMilliseconds) };
}

/** The time a clock in London shows at an instant, HH:MM. */
export function londonTime(at: Date): string {
  const text = londonClock(at);
  const from = text.indexOf('T') + 1;
  return text.slice(from, from + 'HH:MM'.length);
}
