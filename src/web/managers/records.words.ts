import type { RetentionReviewView } from '../../records/record.dto.js';
import type { KeptBecause, RetentionDecision } from '../../records/record.types.js';

export const DECISION_WORDS: Record<RetentionDecision, string> = {
  destroy: 'Destroy it, two weeks from now',
  keep: 'Keep it longer',
};

export const KEPT_WORDS: Record<KeptBecause, string> = {
  research: 'For research',
  legal: 'For a legal matter',
  still_needed: 'It is still needed',
  inquiry: 'For an inquiry',
};

/** Where a decision stands, and whether it may still be taken back. */
export function standingOf(review: RetentionReviewView): { text: string; colour: string; open?: true } {
  if (review.destroyedAt !== null) return { text: 'Destroyed', colour: 'grey' };
  if (review.cancelledAt !== null) return { text: 'Taken back', colour: 'grey' };
  if (review.overtakenAt !== null) return { text: 'Kept: something happened in between', colour: 'blue' };
  return review.decision === 'keep'
    ? { text: 'Kept longer', colour: 'blue' }
    : { text: 'To be destroyed', colour: 'red', open: true };
}
