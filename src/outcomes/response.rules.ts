import { addMonths, londonDate, spokenDate } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import { ageOn } from '../platform/pure/names.js';
import type { Measure } from './measures.catalogue.js';
import type { RiskStep } from './questionnaire.types.js';
import { ADULT_MEASURE_AGE, type Mode, OCCASIONS, type Occasion } from './response.types.js';

/** What is known of the referral and the person when a response is recorded. Dates are YYYY-MM-DD in London. */
export interface Episode {
  state: string;
  /** May we ask again after closing? null until it was asked. */
  mayAskAgain: boolean | null;
  receivedOn: string;
  endedOn: string | null;
  bornOn: string;
  hasDied: boolean;
  /** They asked for no questionnaires. */
  asksNothing: boolean;
}

const WITH_A_WORKER = ['allocated', 'active', 'on_hold'];

/** In which states of the referral each occasion can be recorded. A closing paper may arrive after closing. */
const STATES: Record<Occasion, readonly string[]> = {
  baseline: WITH_A_WORKER,
  review: WITH_A_WORKER,
  closing: [...WITH_A_WORKER, 'closed'],
  three_months: ['closed'],
  six_months: ['closed'],
};

/** Why this occasion cannot be recorded as things stand, in words; null when it can. */
export function occasionRefusal(occasion: Occasion, episode: Episode): string | null {
  if (!STATES[occasion].includes(episode.state)) {
    return STATES[occasion].length === 1
      ? 'Answers after three and six months belong to a closed referral.'
      : 'Answers can be recorded only while a link worker has the referral.';
  }
  if (episode.hasDied) return 'This person has died: no more answers are asked for.';
  if (episode.asksNothing) return 'They asked for no questionnaires.';
  if (afterClosing(occasion) && episode.mayAskAgain === false) {
    return 'They said we may not ask again after closing.';
  }
  return null;
}

export const afterClosing = (occasion: Occasion): boolean =>
  occasion === 'three_months' || occasion === 'six_months';

/** How many months after closing these answers count: asked at three and six, and taken a month before, not sooner. */
const FROM_MONTHS: Partial<Record<Occasion, number>> = { three_months: 2, six_months: 5 };

/** The first day on which the answers of an occasion can be given, YYYY-MM-DD; null where it does not hang on the ending. */
function firstDayOf(occasion: Occasion, endedOn: string | null): string | null {
  const months = FROM_MONTHS[occasion];
  return months === undefined || endedOn === null ? null : addMonths(endedOn, months);
}

/** Why it is too early on a day for the answers of this occasion, in words; null when it is not. */
export function earlyProblem(occasion: Occasion, endedOn: string | null, on: string): string | null {
  const first = firstDayOf(occasion, endedOn);
  return first !== null && on < first
    ? `Answers ${occasion === 'three_months' ? 'three' : 'six'} months after closing count from ${spokenDate(first)}, a month before`
    : null;
}

/**
 * What can be recorded today of a referral: what its state allows, and after closing only what it is time for and they did
 * not say no to.
 */
export const occasionsToday = (
  { state, endedOn, mayAskAgain }: Pick<Episode, 'state' | 'endedOn' | 'mayAskAgain'>,
  today: string,
): Occasion[] =>
  OCCASIONS.filter(
    (one) =>
      STATES[one].includes(state) &&
      !(afterClosing(one) && mayAskAgain === false) &&
      earlyProblem(one, endedOn, today) === null,
  );

/**
 * What is wrong with the date of a response: not in the future, not before the referral, three and six months not sooner
 * than a month before their time, no follow-up before its baseline, nobody under sixteen. `baselineOn` and `firstFollowUpOn` are the dates of
 * the same measure's other responses in the episode, null where there are none.
 */
export function dateProblems(
  response: { occasion: Occasion; answeredOn: string },
  episode: Episode,
  others: { baselineOn: string | null; firstFollowUpOn: string | null },
  now: Date,
): FieldProblem[] {
  const { occasion, answeredOn } = response;
  const problem = (message: string): FieldProblem[] => [{ field: 'answeredOn', message }];
  if (answeredOn > londonDate(now)) return problem('Enter when it was answered: this is in the future');
  if (answeredOn < episode.receivedOn) {
    return problem('Enter when it was answered: this is before the referral was received');
  }
  const early = earlyProblem(occasion, episode.endedOn, answeredOn);
  if (early !== null) return problem(early);
  if (occasion === 'baseline' && others.firstFollowUpOn !== null && answeredOn > others.firstFollowUpOn) {
    return problem('Check the date: a later set of answers is dated before this baseline');
  }
  if (occasion !== 'baseline' && others.baselineOn !== null && answeredOn < others.baselineOn) {
    return problem('Check the date: this is before the baseline');
  }
  const tooYoung = ageProblem(episode.bornOn, answeredOn);
  return tooYoung === null ? [] : problem(tooYoung);
}

/** Why adults' questions are not asked of somebody born then, on that day; null when they are. */
export const ageProblem = (bornOn: string, on: string): string | null =>
  on < bornOn || ageOn(bornOn, on) < ADULT_MEASURE_AGE
    ? `These questions are for people aged ${ADULT_MEASURE_AGE} and over`
    : null;

const TOGETHER: readonly Mode[] = ['in_person', 'phone', 'video'];

/** What is wrong with the way it was asked: some questions are asked only where somebody hears the answer at once. */
export function modeProblems({ withWorker, withoutWording }: Measure, mode: Mode): FieldProblem[] {
  if (withWorker && !TOGETHER.includes(mode)) {
    return [
      { field: 'mode', message: 'Ask this only while you are with them, in person, by phone or video' },
    ];
  }
  if (withoutWording && mode === 'online') {
    return [{ field: 'mode', message: 'This is asked from your own licensed copy, not online' }];
  }
  return [];
}

/** Whether there is an answer at all: "rather not say" to every question is none. */
export const saysNothing = (answers: Readonly<Record<string, unknown>>): boolean =>
  Object.values(answers).every((answer) => answer === null);

/** The answer that must not wait, if it was given; null otherwise. */
export function riskIn({ risk }: Measure, answers: Readonly<Record<string, unknown>>): number | null {
  if (!risk) return null;
  const answer = answers[risk.item];
  return typeof answer === 'number' && answer > risk.above ? answer : null;
}

/** An answer that must not wait is kept together with what was done about it, and without one there is nothing to say. */
export function riskProblems(
  measure: Measure,
  answers: Readonly<Record<string, unknown>>,
  given: { seen: boolean; steps: readonly RiskStep[]; note?: string | null | undefined } | undefined,
): FieldProblem[] {
  if (riskIn(measure, answers) === null) {
    return given ? [{ field: 'risk', message: 'Leave this out: no answer asks for it' }] : [];
  }
  if (!given) return [{ field: 'risk', message: measure.risk?.prompt ?? '' }];
  if (!given.seen) return [{ field: 'risk.seen', message: 'Confirm that you have read what to do now' }];
  return given.steps.includes('other') && !given.note
    ? [{ field: 'risk.note', message: 'Say what else you did' }]
    : [];
}
