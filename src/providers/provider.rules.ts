import type { FieldProblem } from '../platform/errors/refusal.js';
import { ukMobile } from './group-address.rules.js';
import { languageProblems } from './listing.rules.js';
import type { ProviderRow } from './provider.types.js';

/** Paused from its first day up to, not including, the day it starts again; without that day, until somebody says. */
export const isPaused = (provider: Pick<ProviderRow, 'pausedFrom' | 'pausedUntil'>, today: string): boolean =>
  provider.pausedFrom !== null &&
  provider.pausedFrom <= today &&
  (provider.pausedUntil === null || today < provider.pausedUntil);

type Checked = Pick<
  ProviderRow,
  | 'pausedFrom'
  | 'pausedUntil'
  | 'answersBy'
  | 'contactEmail'
  | 'contactPhone'
  | 'tradition'
  | 'traditionShown'
  | 'languages'
>;

interface Rule {
  /** The answers it is about: it is asked when one of them changes. */
  about: readonly (keyof Checked)[];
  problems: (provider: Checked) => FieldProblem[];
}

const unless = (right: boolean, field: keyof Checked, message: string): FieldProblem[] =>
  right ? [] : [{ field, message }];

const RULES: readonly Rule[] = [
  {
    about: ['pausedFrom', 'pausedUntil'],
    problems: ({ pausedFrom, pausedUntil }) => {
      if (pausedUntil === null) return [];
      return pausedFrom === null
        ? [{ field: 'pausedFrom', message: 'Say from when' }]
        : unless(pausedUntil > pausedFrom, 'pausedUntil', 'Make it later than the first day of the pause');
    },
  },
  {
    about: ['answersBy', 'contactEmail'],
    problems: ({ answersBy, contactEmail }) =>
      unless(
        answersBy !== 'email' || contactEmail !== null,
        'contactEmail',
        'Give the address that offers are sent to',
      ),
  },
  {
    about: ['answersBy', 'contactPhone'],
    problems: ({ answersBy, contactPhone }) => [
      ...unless(
        answersBy !== 'phone' || contactPhone !== null,
        'contactPhone',
        'Give the number that link workers ring',
      ),
      ...unless(
        answersBy !== 'text' || (contactPhone !== null && ukMobile(contactPhone) !== null),
        'contactPhone',
        'Give the mobile number that texts are sent to, like 07700 900 982',
      ),
    ],
  },
  {
    about: ['traditionShown', 'tradition'],
    problems: ({ traditionShown, tradition }) =>
      unless(!traditionShown || tradition !== null, 'tradition', 'Say which tradition to show'),
  },
  { about: ['languages'], problems: ({ languages }) => languageProblems(languages) },
];

/**
 * What is wrong with a provider's profile as a whole, by field. `changed` names the answers that an amendment gives anew:
 * what was wrong before and has nothing to do with them, such as the address of whoever left, does not stand in its way.
 */
export const providerProblems = (provider: Checked, changed?: readonly string[]): FieldProblem[] =>
  RULES.filter(({ about }) => !changed || about.some((field) => changed.includes(field))).flatMap(
    ({ problems }) => problems(provider),
  );
