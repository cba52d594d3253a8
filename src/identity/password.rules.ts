import { emailHash } from './account.rules.js';

/** In characters. The longest keeps the work of hashing bounded; no other rule of composition, as NIST SP 800-63B advises. */
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 200;

/** The form that is hashed: two keyboards may type the same letter in different ways (NFKC). Nothing is trimmed. */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC');
}

/** Why a new password will not do, or null. Accounts keep only the hash of their address, so that is what is compared. */
export function passwordProblem(password: string, ownEmailHash: string): string | null {
  const length = Array.from(normalisePassword(password)).length;
  if (length < PASSWORD_MIN) return `Use at least ${PASSWORD_MIN} characters. Three random words are good`;
  if (length > PASSWORD_MAX) return `Use ${PASSWORD_MAX} characters or fewer`;
  if (emailHash(password) === ownEmailHash) return 'Choose something other than your e-mail address';
  return null;
}
