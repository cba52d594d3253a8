import { daysBetween } from '../platform/clock/calendar.js';
import { type Direction, findMeasure, type Measure } from './measures.catalogue.js';

/** A response of one client as it was scored; `takenOn` is the date in London, YYYY-MM-DD. */
export interface ScoredResponse {
  measureId: string;
  version: string;
  takenOn: string;
  scores: Readonly<Record<string, number | null>>;
}

export interface Change {
  key: string;
  before: number | null;
  after: number | null;
  /** After less before, in points of the score; null when either is missing. */
  difference: number | null;
  /** Whether the person is better off, whichever way the score runs; null when either is missing. */
  direction: 'improved' | 'same' | 'worse' | null;
  /** Whether that is more than chance; null where nothing is published, or a number is missing. */
  reliable: boolean | null;
}

export type PairedChange =
  { ok: true; daysBetween: number; changes: Change[] } | { ok: false; because: string };

/**
 * What changed for one client between two responses to the same version of the same questionnaire, score by score. A
 * score missing on either side gives no difference, so that it is never counted as "same". Refuses different
 * questionnaires or versions and a follow-up that is not dated after its baseline. Any difference counts as improved or
 * worse; it is called reliable only from a published number of points on.
 */
export function pairedChange(
  baseline: ScoredResponse,
  followUp: ScoredResponse,
  measure: Measure | undefined = findMeasure(baseline.measureId, baseline.version),
): PairedChange {
  if (baseline.measureId !== followUp.measureId) {
    return { ok: false, because: 'The two responses are to different questionnaires' };
  }
  if (baseline.version !== followUp.version) {
    return { ok: false, because: 'The two responses are to different versions of the questionnaire' };
  }
  if (!measure) return { ok: false, because: 'There is no such questionnaire' };
  const days = daysBetween(baseline.takenOn, followUp.takenOn);
  if (days < 0) return { ok: false, because: 'The follow-up is dated before the baseline' };
  if (days === 0)
    return {
      ok: false,
      because: 'The follow-up is of the day of the baseline, so nothing lies between them',
    };

  const changes = measure.scores.map(({ key, direction, reliableChange }): Change => {
    const before = baseline.scores[key] ?? null;
    const after = followUp.scores[key] ?? null;
    if (before === null || after === null) {
      return { key, before, after, difference: null, direction: null, reliable: null };
    }
    const difference = after - before;
    const reliable = reliableChange ? Math.abs(difference) >= reliableChange.points : null;
    return { key, before, after, difference, direction: betterOff(difference, direction), reliable };
  });
  return { ok: true, daysBetween: days, changes };
}

function betterOff(difference: number, direction: Direction): 'improved' | 'same' | 'worse' {
  if (difference === 0) return 'same';
  return difference > 0 === (direction === 'higher_better') ? 'improved' : 'worse';
}
