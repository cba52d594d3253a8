import type { FieldProblem } from '../platform/errors/refusal.js';
import type { SharedItem } from './people-close.types.js';

export interface Sharing {
  shares: readonly SharedItem[];
  agreedOn: string | null;
}

/**
 * Why these things may not be shared with a supporter, by field; `today` is a date in London. Sharing needs the day the
 * person agreed. With a safety flag it needs that day to be no older than the flag's own rule: today, asked for anew,
 * since whoever is named may be whom they are afraid of.
 */
export function sharingProblems(
  { shares, agreedOn }: Sharing,
  person: { safetyFlag: boolean },
  today: string,
): FieldProblem[] {
  if (agreedOn !== null && agreedOn > today) {
    return [{ field: 'agreedOn', message: 'The date cannot be in the future' }];
  }
  if (shares.length === 0) return [];
  if (agreedOn === null) {
    return [{ field: 'agreedOn', message: 'Say when the person agreed to share this' }];
  }
  if (person.safetyFlag && agreedOn !== today) {
    return [
      {
        field: 'agreedOn',
        message: 'This person has a safety flag: share only what they ask for today, alone with you',
      },
    ];
  }
  return [];
}
