import { addDays, addWorkingDays, londonDate } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import { FOLLOW_UP_DAYS, NOT_AN_EMERGENCY, type SafeguardingTold } from './safeguarding.types.js';

export interface StepSaid {
  told: SafeguardingTold;
  whom: string | null;
  /** The moment somebody was told. */
  at: Date;
}

/** The day it is looked at again unless somebody chooses another (YYYY-MM-DD): the next working day. */
export const nextFollowUp = (now: Date, holidays: ReadonlySet<string>): string =>
  addWorkingDays(londonDate(now), 1, holidays);

/** A follow-up is today or later in London, and within four weeks: what is open is never out of sight for longer. */
export function followUpProblem(on: string, now: Date): FieldProblem | null {
  const today = londonDate(now);
  const field = 'followUpOn';
  if (on < today) return { field, message: 'Choose today or a later day' };
  if (on > addDays(today, FOLLOW_UP_DAYS)) {
    return { field, message: `Choose a day within ${String(FOLLOW_UP_DAYS)} days` };
  }
  return null;
}

/** What is wrong with a new concern: not understood, or a day that has not come (YYYY-MM-DD). */
export function safeguardingProblems(
  said: { understood: boolean; happenedOn: string | null },
  now: Date,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!said.understood) problems.push({ field: 'understood', message: NOT_AN_EMERGENCY });
  if (said.happenedOn !== null && said.happenedOn > londonDate(now)) {
    problems.push({ field: 'happenedOn', message: 'Enter a date that is not in the future' });
  }
  return problems;
}

/** Somebody told is somebody, at a time that has come and not before what they were told of was written down by a month. */
export function stepProblems(step: StepSaid, now: Date, field = ''): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (step.at > now) {
    problems.push({ field: `${field}at`, message: 'Enter when it was: this is in the future' });
  }
  if (londonDate(step.at) < addDays(londonDate(now), -FOLLOW_UP_DAYS)) {
    problems.push({
      field: `${field}at`,
      message: `Enter a time within the last ${String(FOLLOW_UP_DAYS)} days`,
    });
  }
  if (step.told === 'nobody_yet' && step.whom !== null) {
    problems.push({ field: `${field}whom`, message: 'Leave this out when nobody was told yet' });
  }
  return problems;
}
