import type { FieldProblem } from '../platform/errors/refusal.js';
import type { ClaimForm } from './claim.types.js';

/** How long the link to an address works. */
export const CLAIM_LINK_DAYS = 7;
/** Anybody may ask in somebody's name: their mailbox must not fill up, and no group be buried. */
export const CLAIMS_AN_HOUR_BY_ADDRESS = 3;
export const CLAIMS_A_DAY_OF_GROUP = 10;

const ADDRESS = /^[^@\s]{1,64}@[^@\s]{1,189}$/;

/** What is wrong with the form, by field, in the words of its page. */
export function claimProblems({ name, email, why }: Omit<ClaimForm, 'wantsSignIn'>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (name === '') problems.push({ field: 'name', message: 'Enter your name' });
  if (name.length > 200) problems.push({ field: 'name', message: 'Use 200 letters or fewer' });
  if (!ADDRESS.test(email)) {
    problems.push({ field: 'email', message: 'Enter an e-mail address, like name@example.org' });
  }
  if (why === '') problems.push({ field: 'why', message: 'Tell us what you do in the group' });
  if (why.length > 1000) problems.push({ field: 'why', message: 'Use 1,000 letters or fewer' });
  return problems;
}
