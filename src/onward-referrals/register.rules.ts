import { addDays, atLondon, londonDate } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import type { Session } from '../providers/listing.types.js';
import { WEEKDAYS } from '../providers/provider.types.js';
import { periodOn } from '../providers/rhythm.rules.js';
import type { Period } from '../providers/rhythm.types.js';
import type { Attendance } from './onward.types.js';

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

/**
 * The sessions that ended within the day before `now`. Only of those that meet every week: of the others nobody knows from
 * the schedule which week it is. None on a day the group is closed.
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
    const weekday = WEEKDAYS[(new Date(`${sessionOn}T12:00:00Z`).getUTCDay() + 6) % 7];
    return schedule
      .filter(({ day, every, to }) => {
        const end = atLondon(sessionOn, to);
        return day === weekday && every === 'week' && end <= now && end > since;
      })
      .map(({ from }) => ({ sessionOn, sessionAt: from }));
  });
}
