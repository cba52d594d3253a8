import { REFERENCE_ALPHABET } from '../referrals/referral.rules.js';

const RANDOM_DIGITS = 12;
const LETTERS = 8;

/**
 * What an offer is called in letters to its group and on the telephone, such as G-7KM2-9PQX: made of the last 48 bits
 * of its id, which are random. It is not the referral's, or two groups could find out that they help the same person.
 */
export function onwardReference(id: string): string {
  const base = BigInt(REFERENCE_ALPHABET.length);
  let left = BigInt(`0x${id.slice(-RANDOM_DIGITS)}`);
  const letters = Array.from({ length: LETTERS }, () => {
    const letter = REFERENCE_ALPHABET[Number(left % base)];
    left /= base;
    return letter;
  }).join('');
  return `G-${letters.slice(0, 4)}-${letters.slice(4)}`;
}
