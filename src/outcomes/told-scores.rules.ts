import type { ToldOutcome } from '../referrals/referral.types.js';
import { type Catalogued, findIn } from './catalogue.rules.js';
import { pairedChange, type ScoredResponse } from './paired-change.rules.js';
import type { Occasion } from './response.types.js';

export type StartOrEnd = ScoredResponse & { occasion: Occasion };

/** Each score that was known at the start, on a day or later, and at the end: for whoever sent the person and may hear everything. */
export const toldScores = (
  catalogue: readonly Catalogued[],
  responses: readonly StartOrEnd[],
  since: string,
): ToldOutcome['scores'] =>
  responses
    .filter(({ occasion, takenOn }) => occasion === 'baseline' && takenOn >= since)
    .flatMap((start) => {
      const end = responses.findLast(
        ({ occasion, measureId }) => occasion === 'closing' && measureId === start.measureId,
      );
      const measure = findIn(catalogue, start.measureId, start.version)?.measure;
      const paired = end && pairedChange(start, end, measure);
      if (!paired?.ok) return [];
      return paired.changes.flatMap(({ key, before, after, direction: change }) => {
        const score = measure?.scores.find((one) => one.key === key);
        if (!score || before === null || after === null || change === null) return [];
        return [{ title: score.title, max: score.max, before, after, change }];
      });
    });
