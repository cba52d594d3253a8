import { daysBetween } from '../platform/clock/calendar.js';

/** What is known of one live case, without who it is. Dates are YYYY-MM-DD in London. */
export interface CaseFacts {
  onHold: boolean;
  nextOn: string;
  takenOn: string;
  lastContactOn: string | null;
  lastReachedOn: string | null;
  unreachedInARow: number;
  reasons: number;
  needsInterpreter: boolean;
  safetyFlag: boolean;
  liveOffers: number;
  hasPlan: boolean;
  reviewOn: string | null;
  /** The lowest confidence of an action that is still to be done; null where there is none. */
  leastConfidence: number | null;
  /** What was chosen after three tries, where it still waits. */
  chosen: boolean;
}

export const WEIGHT_MEANS =
  'A case weighs 1, or a half on hold. Add 1 when its next date is within 7 days or past; a half for each of: an ' +
  'interpreter, a safety flag, three reasons or more, two live offers or more, two tries in a row without an answer; ' +
  'and a half when nobody was in touch for 21 days. A caseload is the sum of its cases.';

const DUE_SOON_DAYS = 7;
const QUIET_DAYS = 21;

/** How much of a worker's time a case takes, as `WEIGHT_MEANS` says it. `today` is the date in London. */
export function caseWeight(facts: CaseFacts, today: string): number {
  if (facts.onHold) return 0.5;
  const due = daysBetween(today, facts.nextOn) <= DUE_SOON_DAYS ? 1 : 0;
  const quiet = daysBetween(facts.lastContactOn ?? facts.takenOn, today) > QUIET_DAYS ? 0.5 : 0;
  return 1 + due + complexity(facts) * 0.5 + quiet;
}

/** 0 to 5: how many of the things that take more care it has. */
export const complexity = (facts: CaseFacts): number =>
  [
    facts.needsInterpreter,
    facts.safetyFlag,
    facts.reasons >= 3,
    facts.liveOffers >= 2,
    facts.unreachedInARow >= 2,
  ].filter(Boolean).length;

export const caseloadWeight = (cases: readonly CaseFacts[], today: string): number =>
  cases.reduce((sum, one) => sum + caseWeight(one, today), 0);

/** Cases of ordinary weight that a limit stands for: held, and due about every other week. */
const ORDINARY_CASE = 1.5;

/** How full a caseload is by weight: 1 is a limit's worth of ordinary cases. A limit of nought is always full. */
export const fullness = (weight: number, limit: number): number =>
  limit === 0 ? Infinity : weight / (limit * ORDINARY_CASE);

/** Those there today with room for one more: the least full by weight first, then who has most room by number. */
export const withRoom = <Worker extends { absent: boolean; room: number; fullness: number | null }>(
  team: readonly Worker[],
): Worker[] =>
  team
    .filter(({ absent, room }) => !absent && room > 0)
    .sort((a, b) => (a.fullness ?? Infinity) - (b.fullness ?? Infinity) || b.room - a.room);

/** What to talk over with a manager, and when each is said. */
export const SUPERVISION_PROMPTS = {
  late: 'The next date is more than 7 days past',
  silent: 'Nobody has been reached for 28 days',
  unreached: 'Three tries or more without an answer, and nothing chosen yet',
  safety: 'There is a safety flag, and nobody was in touch for 14 days',
  no_plan: 'Taken on more than 42 days ago, and there is no plan',
  review_late: 'The plan should have been looked at again more than 7 days ago',
  low_confidence: 'Somebody is not sure of a step they are to take: 3 or less of 10',
  long: 'Taken on more than 180 days ago',
} as const;
export type SupervisionPrompt = keyof typeof SUPERVISION_PROMPTS;

/** What a case gives reason to talk over; nothing for one on hold but that it is late or long. `today` is in London. */
export function supervisionPrompts(facts: CaseFacts, today: string): SupervisionPrompt[] {
  const since = (date: string | null): number => daysBetween(date ?? facts.takenOn, today);
  const going = !facts.onHold;
  const asked: Record<SupervisionPrompt, boolean> = {
    late: daysBetween(facts.nextOn, today) > 7,
    silent: going && since(facts.lastReachedOn) > 28,
    unreached: going && facts.unreachedInARow >= 3 && !facts.chosen,
    safety: going && facts.safetyFlag && since(facts.lastContactOn) > 14,
    no_plan: going && !facts.hasPlan && since(facts.takenOn) > 42,
    review_late: going && facts.reviewOn !== null && daysBetween(facts.reviewOn, today) > 7,
    low_confidence: going && facts.leastConfidence !== null && facts.leastConfidence <= 3,
    long: since(facts.takenOn) > 180,
  };
  return (Object.keys(asked) as SupervisionPrompt[]).filter((prompt) => asked[prompt]);
}
