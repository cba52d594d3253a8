/** When in an episode a measure is filled in. Three and six months are counted from closing. */
export const OCCASIONS = ['baseline', 'review', 'closing', 'three_months', 'six_months'] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** How the answers were given: they are not compared across modes without saying so. */
export const MODES = ['in_person', 'phone', 'video', 'paper', 'online'] as const;
export type Mode = (typeof MODES)[number];

/** Why somebody has no answers from the start. The last comes by itself, once a link was asked with in vain. */
export const UNANSWERED_BECAUSE = ['declined', 'not_appropriate', 'could_not_reach', 'not_asked'] as const;
export type UnansweredBecause = (typeof UNANSWERED_BECAUSE)[number];
export const UNANSWERED_AT_START = [...UNANSWERED_BECAUSE, 'no_answer'] as const;
export type UnansweredAtStart = (typeof UNANSWERED_AT_START)[number];

/** ONS4 and UCLA-3 are asked of adults, and of nobody under this age. */
export const ADULT_MEASURE_AGE = 16;

/** A measure asked at the start, and whether its answers for closing are there. */
export interface AskedAtStart {
  measure: string;
  hasClosing: boolean;
}
