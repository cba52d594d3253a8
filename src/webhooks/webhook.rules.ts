import type { OffBecause } from './webhook.types.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long is waited after the first try in vain, the second and so on: three days in all, as Standard Webhooks has it. */
export const WAITS_MS = [
  30 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  18 * HOUR,
  22 * HOUR,
] as const;

/** After so long in which nothing was taken, a webhook is switched off, and a single thing is given up. */
export const PATIENCE_MS = 72 * HOUR;

/** For so long the secret before a new one signs as well. */
export const OLD_SECRET_MS = 24 * HOUR;

/** Whoever tells somebody something has this long, and dies unnoticed otherwise. Longer than the telling may take. */
export const TELLING_MS = 60 * SECOND;
export const TELLING_LIMITS = { bytes: 2000, milliseconds: 15 * SECOND } as const;

/** "No longer here", in HTTP: whoever says so wants no more. */
const GONE = 410;

export interface Told {
  now: Date;
  /** Null where there was no answer. */
  status: number | null;
  /** This time included. */
  tries: number;
  giveUpAt: Date;
  failingSince: Date | null;
}

export interface Outcome {
  state: 'taken' | 'waiting' | 'failed';
  /** When it is tried again; null where it is not. */
  dueAt: Date | null;
  failingSince: Date | null;
  off: Exclude<OffBecause, 'by_hand'> | null;
}

/** What becomes of a thing told, and of the webhook it was told to. Anything but 2xx means it was not taken. */
export function outcomeOf({ now, status, tries, giveUpAt, failingSince }: Told): Outcome {
  if (status !== null && status >= 200 && status < 300) {
    return { state: 'taken', dueAt: null, failingSince: null, off: null };
  }
  const since = failingSince ?? now;
  if (status === GONE) return { state: 'failed', dueAt: null, failingSince: since, off: 'gone' };
  const wait = WAITS_MS[tries - 1];
  const dueAt = wait === undefined ? null : new Date(now.getTime() + wait);
  const over = dueAt === null || now >= giveUpAt;
  const off = now.getTime() - since.getTime() >= PATIENCE_MS - HOUR ? 'failing' : null;
  return { state: over ? 'failed' : 'waiting', dueAt: over ? null : dueAt, failingSince: since, off };
}

/** The secret as whoever verifies signatures is given it. */
export const secretOf = (token: string): string =>
  `whsec_${Buffer.from(token, 'base64url').toString('base64')}`;
