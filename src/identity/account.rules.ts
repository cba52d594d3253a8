import { sha256 } from '../platform/pure/hash.js';

/** One spelling of an e-mail address: NFC, no space around it, lower case, as people type it in either. */
export function normaliseEmail(email: string): string {
  return email.normalize('NFC').trim().toLowerCase();
}

/** What an account keeps instead of the address: 64 hexadecimal digits, equal for equal addresses. */
export function emailHash(email: string): string {
  return sha256(`email:${normaliseEmail(email)}`);
}
