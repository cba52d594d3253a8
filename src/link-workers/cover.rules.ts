import { addDays } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import type { CoverReason } from './cover.types.js';

const FURTHEST_AHEAD_DAYS = 366;

export interface ProposedCover {
  workerId: string;
  coverId: string | null;
  reason: CoverReason;
  /** Dates are 'YYYY-MM-DD', both included; an end of null is open. */
  startsOn: string;
  endsOn: string | null;
}

/** What is wrong with an arrangement proposed today, by field; nothing when it can be made. */
export function coverProblems(proposed: ProposedCover, today: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (proposed.startsOn < today) {
    problems.push({
      field: 'startsOn',
      message: 'Give today or a later date: what is past cannot be covered',
    });
  }
  if (proposed.startsOn > addDays(today, FURTHEST_AHEAD_DAYS)) {
    problems.push({ field: 'startsOn', message: 'Give a date within a year' });
  }
  if (proposed.endsOn !== null && proposed.endsOn < proposed.startsOn) {
    problems.push({ field: 'endsOn', message: 'The last day cannot be before the first' });
  }
  if (proposed.coverId === proposed.workerId) {
    problems.push({ field: 'coverId', message: 'Choose somebody else: nobody can cover for themselves' });
  }
  if (proposed.reason === 'part_time' && proposed.coverId === null) {
    problems.push({ field: 'coverId', message: 'Say who shares the work' });
  }
  return problems;
}
