import type { FieldProblem } from '../platform/errors/refusal.js';
import type { Attendance } from './onward.types.js';

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
