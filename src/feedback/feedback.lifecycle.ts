import type { Lifecycle } from '../platform/pure/lifecycle.js';
import type { FeedbackState } from './feedback.types.js';

export type FeedbackVerb = 'give' | 'look' | 'answer';

/** Whoever answers has looked; what wants no answer may end with having been looked at. */
// prettier-ignore
export const FEEDBACK_LIFECYCLE: Lifecycle<FeedbackState, FeedbackVerb> = {
  give:   { from: null,                  to: 'open' },
  look:   { from: ['open'],              to: 'looked_at' },
  answer: { from: ['open', 'looked_at'], to: 'answered' },
};
