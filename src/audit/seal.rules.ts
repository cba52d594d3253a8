import { createHmac } from 'node:crypto';
import { canonicalJson, equalInTime } from '../platform/pure/hash.js';

/** What a seal says: which transactions it covers, how many entries they left, and the digest of those. */
export interface Seal {
  schemeId: string;
  /** From 1, without gaps. */
  number: number;
  /** Transaction numbers as text, since they outgrow a double: the first covered, and the first no longer covered. */
  fromXid: string;
  toXid: string;
  entries: number;
  digest: string;
  /** The mac of the seal before; `GENESIS` for the first. */
  previous: string;
  /** ISO 8601 in UTC with six decimals. */
  sealedAt: string;
}

export interface MarkedSeal extends Seal {
  mac: string;
}

export const GENESIS = '0'.repeat(64);

/** HMAC-SHA256 over all that a seal says, 64 hexadecimal digits. The key is kept outside the database. */
export function macOf(key: string, seal: Seal): string {
  const { schemeId, number, fromXid, toXid, entries, digest, previous, sealedAt } = seal;
  const said = canonicalJson([schemeId, number, fromXid, toXid, entries, digest, previous, sealedAt]);
  return createHmac('sha256', key).update(said).digest('hex');
}

/** What is wrong with a seal, given the one before it (null for the first) and what is found of its entries today. */
export function sealProblems(
  key: string,
  seal: MarkedSeal,
  before: MarkedSeal | null,
  found: { entries: number; digest: string },
): string[] {
  const problems: string[] = [];
  if (!equalInTime(seal.mac, macOf(key, seal)))
    problems.push('The seal was altered, or made with another key.');
  if (seal.number !== (before?.number ?? 0) + 1) problems.push('A seal before this one was removed.');
  else if (seal.previous !== (before?.mac ?? GENESIS) || seal.fromXid !== (before?.toXid ?? '0')) {
    problems.push('The seal does not follow the one before it.');
  }
  if (seal.entries !== found.entries) {
    const change = found.entries < seal.entries ? 'removed' : 'inserted';
    problems.push(`Entries were ${change}: ${seal.entries} were sealed, ${found.entries} are there.`);
  } else if (seal.digest !== found.digest) {
    problems.push('Entries were altered.');
  }
  return problems;
}
