import { answersToAskAgain, carriedContact, stricterContact } from './client.rules.js';
import type { Answers } from './person.rules.js';
import type { MergeKind } from './client.types.js';

/** What a gap in the kept record takes from the other. */
const FILLED_IN = [
  'nhsNumber',
  'knownAs',
  'underAgeBasis',
  'underAgeNote',
  'sex',
  'gender',
  'ethnicity',
  'phone',
  'email',
  'address',
  'postcode',
  'dayPlacePostcode',
  'reachThrough',
  'reachNote',
  'interpreterNote',
  'accessNote',
] as const satisfies readonly (keyof Answers)[];

export type Joinable = Answers & { deathRecordedAt: Date | null };

/** Why two records may not be joined, or null. Neither number nor death is decided by the order of joining. */
export function cannotJoin(kept: Joinable, other: Joinable): { code: string; because: string } | null {
  if (kept.nhsNumber !== null && other.nhsNumber !== null && kept.nhsNumber !== other.nhsNumber) {
    return {
      code: 'different-nhs-numbers',
      because: 'They have different NHS numbers. If one is wrong, correct it first.',
    };
  }
  if ((kept.deathRecordedAt === null) !== (other.deathRecordedAt === null)) {
    return {
      code: 'death-differs',
      because: 'One of them is recorded as having died. Record it for the other, or reverse it, first.',
    };
  }
  return null;
}

/**
 * What the kept record says once the other is joined to it: its own answers, gaps filled, needs and cautions of both.
 * Merging two records keeps the stricter contact rule; absorbing what a sender wrote takes over only a "no".
 */
export function joinedAnswers(kept: Answers, other: Answers, kind: MergeKind): Answers {
  const filled: Partial<Answers> = {};
  for (const field of FILLED_IN) {
    if (kept[field] === null && other[field] !== null) Object.assign(filled, { [field]: other[field] });
  }
  const contact =
    kind === 'merged'
      ? stricterContact(kept, other)
      : { ...carriedContact(kept, other), ...askAgain(kept, other, filled) };
  const faith = kept.faithPreference === 'not_asked' ? other : kept;
  return {
    ...kept,
    ...filled,
    ...contact,
    noNhsNumberBecause: (filled.nhsNumber ?? kept.nhsNumber) === null ? kept.noNhsNumberBecause : null,
    language: kept.language === 'en' ? other.language : kept.language,
    interpreter: kept.interpreter === 'not_needed' ? other.interpreter : kept.interpreter,
    accessNeeds: [...new Set([...kept.accessNeeds, ...other.accessNeeds])],
    initialsOnly: kept.initialsOnly || other.initialsOnly,
    safetyFlag: kept.safetyFlag || other.safetyFlag,
    faithPreference: faith.faithPreference,
    faithTradition: faith.faithTradition,
  };
}

/** A number taken over from the sender is not the one a "yes" was about; a "no" of either stays. */
function askAgain(kept: Answers, other: Answers, filled: Partial<Answers>): Partial<Answers> {
  const stale = answersToAskAgain(kept, filled);
  return Object.fromEntries(
    Object.entries(stale).filter(([field]) => other[field as keyof Answers] !== 'no'),
  );
}
