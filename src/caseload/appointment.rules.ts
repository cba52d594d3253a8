import { addMonths, londonDate } from '../platform/clock/calendar.js';
import { readLondon, type WhichReading } from '../platform/clock/wall-clock.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import { AHEAD_MONTHS, type AppointmentKind } from './appointment.types.js';

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
