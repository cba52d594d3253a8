import type { MatchFacts } from './matching.rules.js';

/**
 * Somebody in reach is likely the person being written down. Thrown inside the transaction, so that nothing is
 * written; who they are is then shown by an audited read of its own.
 */
export class LikelyDuplicates extends Error {
  constructor(readonly person: MatchFacts) {
    super('Likely duplicates');
    this.name = 'LikelyDuplicates';
  }
}
