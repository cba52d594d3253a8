import { addMonths, londonDate } from '../platform/clock/calendar.js';
import { readLondon, type WhichReading } from '../platform/clock/wall-clock.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import {
  AHEAD_MONTHS,
  BACK_MINUTES,
  OUT_MINUTES,
  type AppointmentInterpreter,
  type AppointmentKind,
  type BookingState,
} from './appointment.types.js';

/** When, as people say it: a date (YYYY-MM-DD) and a time (HH:MM) on London's clock. */
export interface Said {
  on: string;
  time: string;
  which?: WhichReading;
}

export type StartsAt = { ok: true; at: Date } | { ok: false; problem: FieldProblem };

/**
 * The instant an appointment starts: later than now and within twelve months. A time the clocks skip is refused; one they
 * show twice asks which is meant.
 */
export function startsAt(said: Said, now: Date): StartsAt {
  const refuse = (field: string, message: string): StartsAt => ({ ok: false, problem: { field, message } });
  if (said.on > addMonths(londonDate(now), AHEAD_MONTHS)) {
    return refuse('on', `Choose a date within ${AHEAD_MONTHS} months`);
  }
  const read = readLondon(said.on, said.time, said.which);
  if (!read.ok && read.because === 'does_not_exist') {
    return refuse('time', 'Choose another time: the clocks go forward that night and skip this one');
  }
  if (!read.ok) {
    return refuse(
      'which',
      'The clocks go back that night and this time comes twice. Choose earlier or later',
    );
  }
  if (read.at <= now)
    return refuse(said.on < londonDate(now) ? 'on' : 'time', 'Choose a time that is still to come');
  return { ok: true, at: read.at };
}

/** A place has to be named where the client must find it; at home and on the telephone it need not be. */
export function placeProblem(kind: AppointmentKind, place: string | null | undefined): FieldProblem | null {
  return kind === 'place' && !place ? { field: 'place', message: 'Say where you will meet' } : null;
}

/** "Other" tells nothing of why it was moved or called off: that is said in words. */
export const saysWhy = ({ reason, note }: { reason: string; note?: string | null | undefined }): boolean =>
  reason !== 'other' || Boolean(note);

const MINUTE_MS = 60_000;

export const endOf = ({ startsAt: at, minutes }: { startsAt: Date; minutes: number }): Date =>
  new Date(at.getTime() + minutes * MINUTE_MS);

/**
 * When whoever visits is expected back: the time (HH:MM) on London's clock that they say, on the day of the visit, or
 * half an hour after it ends. Refused before it ends, and on a night of the clocks where the time is not one moment.
 */
export function backBy(visit: { startsAt: Date; minutes: number }, time: string | undefined): StartsAt {
  const end = endOf(visit);
  if (time === undefined) return { ok: true, at: new Date(end.getTime() + BACK_MINUTES * MINUTE_MS) };
  const refuse = (message: string): StartsAt => ({ ok: false, problem: { field: 'backBy', message } });
  const read = readLondon(londonDate(visit.startsAt), time);
  if (!read.ok) return refuse('Choose another time: the clocks change that night');
  if (read.at < end) return refuse('Choose a time after the visit ends');
  if (read.at.getTime() - visit.startsAt.getTime() > OUT_MINUTES * MINUTE_MS) {
    return refuse(`Choose a time within ${String(OUT_MINUTES / 60)} hours`);
  }
  return { ok: true, at: read.at };
}

/** A child never interprets; whether somebody of the person's own choice is an adult is asked each time. */
export function interpreterProblems(given: {
  kind: AppointmentInterpreter;
  isAdult?: boolean;
}): FieldProblem[] {
  if (given.kind !== 'own_choice' || given.isAdult === true) return [];
  return [{ field: 'isAdult', message: 'A child must never interpret. Choose an adult' }];
}

/** At another time, everybody but a colleague who speaks the language has to be asked again. */
export const movedBooking = (kind: AppointmentInterpreter, booking: BookingState): BookingState =>
  kind === 'worker' ? booking : 'wanted';
