import { createHash, createHmac } from 'node:crypto';

/** What a derived secret is for. Each purpose is a separate line of secrets under the one key of the installation. */
export type TokenPurpose =
  | 'access-key'
  | 'refresh'
  | 'program_key'
  | 'webhook'
  | 'invitation'
  | 'password_reset'
  | 'claim'
  | 'safety_message'
  | 'reply'
  | 'sign_in_code'
  | 'code_entry'
  | 'code_entry_asker'
  | 'recovery_code'
  | 'reply_code'
  | 'reply_pass'
  | 'group_link'
  | 'calendar'
  | 'questions'
  | 'page_link'
  | 'page_code'
  | 'page_address'
  | 'page_form';

/**
 * A secret of 256 bits that the installation's key and an id give again whenever it is needed, as 43 characters that
 * need no escaping in a URL. So a job carries the id alone, and a message repeated after a crash holds the same link.
 * Without the key, kept outside the database, neither the id nor the stored hash leads to it.
 */
export function derivedToken(key: string, purpose: TokenPurpose, id: string): string {
  return createHmac('sha256', key).update(`${purpose}\n${id}`).digest('base64url');
}

/** Six digits by the same means, for somebody to type. Few tries and minutes guard them, not their length. */
export function derivedCode(key: string, purpose: TokenPurpose, id: string): string {
  const hash = createHash('sha256')
    .update(derivedToken(key, purpose, id))
    .digest();
  return String(hash.readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
}
