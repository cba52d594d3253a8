import { createHmac } from 'node:crypto';
import { canonicalJson, equalInTime, sha256 } from '../platform/pure/hash.js';
import type { MarkedSeal } from './seal.rules.js';

/** The action of the entry that says a month was taken out of the record. */
export const DETACH = 'audit.detach';

/** How many entries, and their digest. */
export interface Digest {
  entries: number;
  digest: string;
}

export const NOTHING: Digest = { entries: 0, digest: sha256('') };

/** A month of one scheme that was taken out of the record into the archive. */
export interface Detachment {
  schemeId: string;
  month: string;
  /** What the table in the archive is called. */
  table: string;
  at: string;
  by: string;
  entries: number;
  /** Seals all of whose entries went, from the first number to the last. */
  whole: [from: number, to: number][];
  /** Seals of which some went: those, and what was left in the record. */
  parts: { seal: number; gone: Digest; left: Digest }[];
}

export interface MarkedDetachment extends Detachment {
  mac: string;
}

/** Whoever can write an entry can say that a month was detached; only who holds the key can say it so. */
export function markOf(key: string, detachment: Detachment): string {
  const { schemeId, month, table, at, by, entries, whole, parts } = detachment;
  const said = canonicalJson([DETACH, schemeId, month, table, at, by, entries, whole, parts]);
  return createHmac('sha256', key).update(said).digest('hex');
}

/** Made of what an entry holds, which may be anything. */
export function isGenuine(key: string, schemeId: string, said: MarkedDetachment): boolean {
  try {
    return said.schemeId === schemeId && equalInTime(said.mac, markOf(key, said));
  } catch {
    return false;
  }
}

/** What a detachment took of a seal and what it left; null where it took nothing. */
export function takenOf(
  { whole, parts }: Detachment,
  seal: MarkedSeal,
): { gone: Digest; left: Digest } | null {
  if (whole.some(([from, to]) => from <= seal.number && seal.number <= to))
    return { gone: seal, left: NOTHING };
  return parts.find((part) => part.seal === seal.number) ?? null;
}

/** Numbers in order, as stretches without gaps. */
export function stretches(numbers: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found;
}

/** What is there of a seal's entries: all together, what is still in the record, and each table of the archive. */
export interface Pieces {
  whole: Digest;
  live: Digest;
  archivedIn: (table: string) => Digest;
}

export type Finding =
  /** `found` is what to hold against the seal. */
  | { found: Digest }
  /** As it should be without those tables, which are needed to know the rest. */
  | { away: Detachment[] }
  | { problem: string };

/** Whether a seal's entries are as they were, where some were detached and their tables may be away. */
export function findingOf(
  seal: MarkedSeal,
  { whole, live, archivedIn }: Pieces,
  detachments: readonly Detachment[],
  present: ReadonlySet<string>,
): Finding {
  const taken = detachments.flatMap((detachment) => {
    const took = takenOf(detachment, seal);
    return took ? [{ detachment, ...took }] : [];
  });
  const away = taken.filter(({ detachment }) => !present.has(detachment.table));
  if (same(whole, seal) || away.length === 0) return { found: whole };
  // Each detachment leaves fewer, so the one that left the fewest came last.
  const left = taken.map((one) => one.left).reduce((a, b) => (b.entries < a.entries ? b : a));
  const kept = taken.filter(({ detachment }) => present.has(detachment.table));
  const asLeft =
    same(live, left) && kept.every(({ detachment, gone }) => same(archivedIn(detachment.table), gone));
  return asLeft
    ? { away: away.map(({ detachment }) => detachment) }
    : { problem: 'Beside the entries that were detached, some were removed, inserted or altered.' };
}

export const isAsSealed = (seal: MarkedSeal, found: Digest): boolean => same(found, seal);

const same = (a: Digest, b: Digest): boolean => a.entries === b.entries && a.digest === b.digest;
