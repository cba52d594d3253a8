import { addMonths, daysBetween, londonDate } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import { KEEP_WITHIN_MONTHS, type AreaMoveChoice } from './area-move.types.js';

/** What somebody who is kept, or closed, needs to have said of them; nothing that belongs to another choice. */
export interface ChoiceAnswers {
  choice: AreaMoveChoice;
  keepUntil?: string | null | undefined;
  result?: string | null | undefined;
  mayAskAgain?: boolean | null | undefined;
  noResponseBecause?: string | null | undefined;
}

/** Problems by field; none when the answers fit the choice. Dates are YYYY-MM-DD, judged in London. */
export function choiceProblems(answers: ChoiceAnswers, now: Date): FieldProblem[] {
  const { choice, keepUntil = null, result = null, mayAskAgain = null, noResponseBecause = null } = answers;
  const problems: FieldProblem[] = [];
  const say = (field: string, message: string) => problems.push({ field, message });
  if (choice === 'keep') {
    const today = londonDate(now);
    if (keepUntil === null) say('keepUntil', 'Say until when');
    else if (daysBetween(today, keepUntil) < 1) say('keepUntil', 'Choose a date after today');
    else if (keepUntil > addMonths(today, KEEP_WITHIN_MONTHS)) {
      say('keepUntil', `Choose a date within ${KEEP_WITHIN_MONTHS} months, so that it is decided anew`);
    }
  } else if (keepUntil !== null) say('keepUntil', 'Leave this out unless they are kept');
  if (choice === 'close') {
    if (result === null) say('result', 'Say what came of it');
    if (mayAskAgain === null) say('mayAskAgain', 'Say whether we may ask again how they are');
  } else {
    if (result !== null) say('result', 'Leave this out unless the referral is closed');
    if (mayAskAgain !== null) say('mayAskAgain', 'Leave this out unless the referral is closed');
    if (noResponseBecause !== null) say('noResponseBecause', 'Leave this out unless the referral is closed');
  }
  return problems;
}

/** When they move may be known beforehand, and told long after. */
export function movedOnProblem(movedOn: string, now: Date): string | null {
  const today = londonDate(now);
  if (movedOn > addMonths(today, 12)) return 'Choose a date within 12 months';
  return movedOn < addMonths(today, -60) ? 'Choose a date within the last five years' : null;
}
