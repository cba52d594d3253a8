import { addDays, atLondon, daysBetween, londonDate } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import type { Session } from '../providers/listing.types.js';
import { periodOn, weekdayOf } from '../providers/rhythm.rules.js';
import type { Period } from '../providers/rhythm.types.js';
import type { Attendance } from './onward.types.js';
import type { RegisterState } from './register.types.js';

const DAY_MS = 86_400_000;

export interface Mark {
  onwardReferralId: string;
  result: Attendance;
}

/**
 * What is wrong with marks taken together with those kept already (of people not marked now): the same person twice, a
 * session that both happened and did not, or walk-ins at one that did not.
 */
export function markProblems(
  marks: readonly Mark[],
  kept: readonly Attendance[],
  walkIns: number,
): FieldProblem[] {
  const ids = marks.map(({ onwardReferralId }) => onwardReferralId);
  const problems: FieldProblem[] = [];
  if (new Set(ids).size < ids.length) {
    problems.push({ field: 'marks', message: 'Mark each person once' });
  }
  const results = [...marks.map(({ result }) => result), ...kept];
  const off = results.filter((result) => result === 'session_did_not_happen').length;
  if (off > 0 && off < results.length) {
    problems.push({
      field: 'marks',
      message: 'The session either happened or did not: mark everybody alike',
    });
  }
  if (off > 0 && walkIns > 0) {
    problems.push({ field: 'walkIns', message: 'Nobody can have come to a session that did not happen' });
  }
  return problems;
}

/** A session of a service's week that is over. Day and time are London's. */
export interface PastSession {
  sessionOn: string;
  sessionAt: string;
}

/** Which of its weekdays in the month a day is, from nought; the fifth counts as the last. */
const ordinalOf = (day: string): number => Math.ceil(Number(day.slice(8)) / 7) - 1;

const isLastOfMonth = (day: string): boolean => addDays(day, 7).slice(0, 7) !== day.slice(0, 7);

/**
 * Whether a session meets on a day of its weekday. One that does not meet every week says by a day of its own which week
 * it is: every second from there, or the same weekday of the month. Where that was not said nobody knows.
 */
export function meetsOn({ every, on }: Pick<Session, 'every' | 'on'>, day: string): boolean {
  switch (every) {
    case 'week':
      return true;
    case 'fortnight':
      return on != null && daysBetween(on, day) % 14 === 0;
    case 'month':
      if (on == null) return false;
      return ordinalOf(on) === 4 ? isLastOfMonth(day) : ordinalOf(on) === ordinalOf(day);
  }
}

/** Every service that says when it meets does so within this time. */
const LONGEST_GAP_DAYS = 35;

/**
 * The last day on which a service met, as its week has it: none before `since`, none on which the group was closed, and none
 * that is still to begin. Null where nobody knows.
 */
export function lastMetOn(
  schedule: readonly Session[],
  periods: readonly Period[],
  since: string,
  now: Date,
): string | null {
  const today = londonDate(now);
  for (let back = 0; back <= LONGEST_GAP_DAYS; back++) {
    const day = addDays(today, -back);
    if (day < since) return null;
    if (periodOn(periods, 'closed', day) !== null) continue;
    const met = schedule.some(
      (session) =>
        session.day === weekdayOf(day) && meetsOn(session, day) && atLondon(day, session.from) <= now,
    );
    if (met) return day;
  }
  return null;
}

/**
 * The sessions that ended within the day before `now`, none on a day the group is closed.
 */
export function sessionsJustOver(
  schedule: readonly Session[],
  periods: readonly Period[],
  now: Date,
): PastSession[] {
  const today = londonDate(now);
  const since = new Date(now.getTime() - DAY_MS);
  return [addDays(today, -1), today].flatMap((sessionOn) => {
    if (periodOn(periods, 'closed', sessionOn) !== null) return [];
    const weekday = weekdayOf(sessionOn);
    return schedule
      .filter((session) => {
        const end = atLondon(sessionOn, session.to);
        return session.day === weekday && meetsOn(session, sessionOn) && end <= now && end > since;
      })
      .map(({ from }) => ({ sessionOn, sessionAt: from }));
  });
}

/**
 * The time of a session of which only the day was said: the one that something is known of on that day already, else the
 * only one that the service may have on that day; null where that is no one in particular. So that what is said by
 * a link about one person and by the register of the session is one fact.
 */
export function sessionAtOf(
  sessionOn: string,
  known: readonly (string | null)[],
  schedule: readonly Session[],
): string | null {
  const times = [...new Set(known)];
  if (times.length > 0) return times.length === 1 ? (times[0] ?? null) : null;
  const [only, another] = schedule.filter((session) => mayMeetOn(session, sessionOn));
  return only && !another ? only.from : null;
}

/** Whether a session may be on a day: also where nobody said which week it meets in. */
const mayMeetOn = (session: Session, day: string): boolean =>
  session.day === weekdayOf(day) && (session.on == null || meetsOn(session, day));

/** Whether the week of a service has a session on that day at that time. A session at no time in particular is none of it. */
export const isScheduled = (schedule: readonly Session[], day: string, at: string | null): boolean =>
  schedule.some((session) => session.from === at && mayMeetOn(session, day));

/** Why nobody can say yet who came to a session, or null: it has not begun. Day and time are London's. */
export const notBegun = (sessionOn: string, sessionAt: string | null, now: Date): string | null =>
  sessionAt !== null && atLondon(sessionOn, sessionAt) > now
    ? `Enter a session that has begun: it is not ${sessionAt} yet`
    : null;

/**
 * Whether a session is none that is known of, on a day of which a register is final: to say of it who came would step
 * around what was finished. `registers` are those of the day.
 */
export function aroundFinal(
  { sessionOn, sessionAt }: { sessionOn: string; sessionAt: string | null },
  registers: readonly { at: string | null; state: RegisterState }[],
  schedule: readonly Session[],
): boolean {
  return (
    registers.some(({ state }) => state === 'final') &&
    !registers.some(({ at }) => at === sessionAt) &&
    !isScheduled(schedule, sessionOn, sessionAt)
  );
}
