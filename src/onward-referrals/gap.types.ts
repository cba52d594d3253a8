import type { Need } from '../platform/words/needs.js';

/** Why a need could not be met. The first two are also what the product itself finds. */
export const GAP_REASONS = [
  'nobody_eligible',
  'no_capacity',
  'nothing_like_it',
  'too_far',
  'wrong_time',
  'not_accessible',
  'language',
  'cost',
  'setting',
  'other',
] as const;
export type GapReason = (typeof GAP_REASONS)[number];

export const GAP_ENDINGS = ['service_started', 'helped', 'no_longer_needed', 'recorded_in_error'] as const;
export type GapEnding = (typeof GAP_ENDINGS)[number];

/** What a service must meet to close a gap that is nobody's in particular. */
export interface GapWish {
  need: Need;
  /** The district of a postcode, such as 'CO15'. */
  area: string | null;
  /** ISO 639. */
  language: string | null;
}
