import type { FieldProblem } from '../platform/errors/refusal.js';
import { ageOn } from '../platform/pure/names.js';
import {
  CHANNELS,
  OLDEST_AGE,
  SAFE_FIELDS,
  type FaithPreference,
  type NoNhsNumberReason,
  type SafeAnswer,
  type SafeContact,
  type SafeField,
  type UnderAgeBasis,
} from './client.types.js';

export interface PersonFacts {
  dateOfBirth: string;
  nhsNumber: string | null;
  noNhsNumberBecause: NoNhsNumberReason | null;
  underAgeBasis: UnderAgeBasis | null;
  faithPreference: FaithPreference;
  faithTradition: string | null;
}

/**
 * What is wrong with a person's facts taken together; empty when nothing is. `today` is a date in London, YYYY-MM-DD.
 * Below the scheme's minimum age somebody must be recorded as able to decide: the young person, found competent, or a
 * holder of parental responsibility (domain page, section 4).
 */
export function personProblems(person: PersonFacts, today: string, minimumAge: number): FieldProblem[] {
  if (person.dateOfBirth > today) {
    return [{ field: 'dateOfBirth', message: 'The date of birth cannot be in the future' }];
  }
  const age = ageOn(person.dateOfBirth, today);
  const problems: FieldProblem[] = [];
  if (age > OLDEST_AGE) {
    problems.push({ field: 'dateOfBirth', message: 'Check the year of the date of birth' });
  }
  if (age < minimumAge && person.underAgeBasis === null) {
    problems.push({
      field: 'underAgeBasis',
      message: `This person is under ${String(minimumAge)}. Say whether they are competent to decide, or somebody with parental responsibility decides`,
    });
  }
  if (person.nhsNumber !== null && person.noNhsNumberBecause !== null) {
    problems.push({ field: 'noNhsNumberBecause', message: 'Leave this out when there is an NHS number' });
  }
  if (person.faithTradition !== null && person.faithPreference !== 'own_tradition') {
    problems.push({
      field: 'faithTradition',
      message: 'Write a tradition only for somebody who asked for their own',
    });
  }
  return problems;
}

const STRICTNESS: Record<SafeAnswer, number> = { no: 2, not_asked: 1, yes: 0 };

/** The more careful of two answers: "no" above "not asked" above "yes", since not asked means no automatic message. */
export const stricterAnswer = (a: SafeAnswer, b: SafeAnswer): SafeAnswer =>
  STRICTNESS[a] >= STRICTNESS[b] ? a : b;

/** For each channel the more careful of what two records of one person say. */
export function stricterContact(a: SafeContact, b: SafeContact): SafeContact {
  return eachChannel((field) => stricterAnswer(a[field], b[field]));
}

/**
 * What remains of a person's answers when a sender's description turns out to be them: a "no" is news and is kept; a
 * question the sender did not ask takes nothing away, and a "yes" was about the number the sender had.
 */
export function carriedContact(kept: SafeContact, sent: SafeContact): SafeContact {
  return eachChannel((field) => (sent[field] === 'no' ? 'no' : kept[field]));
}

/** What still holds when somebody is described again as before: a "no". A "yes" was a word of its day and is asked again. */
export const askedAgain = <Person extends SafeContact>(before: Person): Person => ({
  ...before,
  ...eachChannel((field) => (before[field] === 'no' ? 'no' : 'not_asked')),
});

function eachChannel(answer: (field: SafeField) => SafeAnswer): SafeContact {
  return Object.fromEntries(
    CHANNELS.map((channel) => [SAFE_FIELDS[channel], answer(SAFE_FIELDS[channel])]),
  ) as SafeContact;
}

export interface ContactDetails {
  phone: string | null;
  email: string | null;
  address: string | null;
  postcode: string | null;
}

const REACHED_BY: Record<keyof ContactDetails, readonly SafeField[]> = {
  phone: ['safeToCall', 'safeToText', 'safeToLeaveMessage'],
  email: ['safeToEmail'],
  address: ['safeToWrite'],
  postcode: ['safeToWrite'],
};

/**
 * The answers that a change of number or address makes stale: a "yes" was about the old one, so it is asked again
 * unless the change answers it too. A "no" stays.
 */
export function answersToAskAgain(
  before: SafeContact & ContactDetails,
  change: Partial<SafeContact & ContactDetails>,
): Partial<SafeContact> {
  const stale: Partial<SafeContact> = {};
  for (const [detail, fields] of Object.entries(REACHED_BY) as [keyof ContactDetails, SafeField[]][]) {
    const after = change[detail];
    if (after === undefined || after === before[detail]) continue;
    for (const field of fields) {
      if (change[field] === undefined && before[field] === 'yes') stale[field] = 'not_asked';
    }
  }
  return stale;
}

/** What is wrong with a recorded date of death; empty when nothing is. An unknown date is an answer. */
export function deathProblems(diedOn: string | null, dateOfBirth: string, today: string): FieldProblem[] {
  if (diedOn === null) return [];
  if (diedOn > today) return [{ field: 'diedOn', message: 'The date cannot be in the future' }];
  return diedOn < dateOfBirth
    ? [{ field: 'diedOn', message: 'The date cannot be before the date of birth' }]
    : [];
}
