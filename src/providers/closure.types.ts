import type { ListingState } from './listing.types.js';

/** Why a group closes for good. */
export const CLOSURE_REASONS = [
  'nobody_to_run_it',
  'no_money',
  'no_place',
  'joined_another',
  'work_is_done',
  'not_safe',
  'other',
] as const;
export type ClosureReason = (typeof CLOSURE_REASONS)[number];

/** A service as it was when its group closed. */
export interface ClosedListing {
  id: string;
  state: ListingState;
}
