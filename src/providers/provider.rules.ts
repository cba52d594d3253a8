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

/** What is wrong with a provider's profile as a whole, by field. */
export function providerProblems(provider: Checked): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (provider.pausedUntil !== null && provider.pausedFrom === null) {
    problems.push({ field: 'pausedFrom', message: 'Say from when' });
  } else if (
    provider.pausedFrom !== null &&
    provider.pausedUntil !== null &&
    provider.pausedUntil <= provider.pausedFrom
  ) {
    problems.push({ field: 'pausedUntil', message: 'Make it later than the first day of the pause' });
  }
  if (provider.answersBy === 'email' && provider.contactEmail === null) {
    problems.push({ field: 'contactEmail', message: 'Give the address that offers are sent to' });
  }
  if (provider.answersBy === 'phone' && provider.contactPhone === null) {
    problems.push({ field: 'contactPhone', message: 'Give the number that link workers ring' });
  }
  if (provider.answersBy === 'text' && (provider.contactPhone === null || !ukMobile(provider.contactPhone))) {
    const message = 'Give the mobile number that texts are sent to, like 07700 900 982';
    problems.push({ field: 'contactPhone', message });
  }
  if (provider.traditionShown && provider.tradition === null) {
    problems.push({ field: 'tradition', message: 'Say which tradition to show' });
  }
  problems.push(...languageProblems(provider.languages));
  return problems;
}
