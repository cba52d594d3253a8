import { outOfQuietHours } from '../platform/clock/calendar.js';
import type { SendingChannel } from '../platform/messages/channel.types.js';
import type { Attempt, RecipientKind } from './message.types.js';

const MINUTE = 60_000;

/** How long after each attempt that certainly came to nothing the next one is made. */
const BACKOFF_MINUTES = [1, 5, 15, 60, 180, 360, 720];
/** After about two days of trying, a person is asked instead. */
export const MOST_ATTEMPTS = 12;
/**
 * How long a claim is believed. Far longer than a mail server may take (platform/mail gives up sooner), so that only a
 * killed or frozen process leaves one behind.
 */
export const CLAIM_MS = 10 * MINUTE;

export function retryAt(attempts: number, now: Date): Date {
  const minutes = BACKOFF_MINUTES[Math.min(attempts, BACKOFF_MINUTES.length) - 1] ?? 1;
  return new Date(now.getTime() + minutes * MINUTE);
}

/** Refused for what it is or whom it comes from (RFC 3463, 5.7.x), or as too long: no fault of the address. */
const NOT_THE_ADDRESS = /\b5\.7\.\d|ETOOLONG/;

export type Settlement =
  | { state: 'sent' }
  | { state: 'ready'; nextAttemptAt: Date; because: string }
  | { state: 'failed'; because: string; switchOff: boolean }
  | { state: 'unconfirmed'; because: string };

/**
 * P6 as a table. `attempts` counts this one. To a client, at most once: what may have arrived is never repeated, and a
 * person is asked; so with every text, since no telephone can tell a repeat. To everybody else, at least once: it is
 * repeated with the same Message-ID. `code` says what the carrier answered and carries no address.
 */
export function settle(
  { recipient, channel }: { recipient: RecipientKind; channel: SendingChannel },
  attempt: Attempt,
  code: string | null,
  attempts: number,
  now: Date,
): Settlement {
  const because = code ?? attempt;
  switch (attempt) {
    case 'sent':
      return { state: 'sent' };
    case 'refused':
      return {
        state: 'failed',
        because,
        switchOff: recipient === 'client' && !NOT_THE_ADDRESS.test(because),
      };
    case 'unknown':
      if (recipient === 'client' || channel !== 'email') return { state: 'unconfirmed', because };
      return again(because, attempts, now);
    case 'failed':
      return again(because, attempts, now);
  }
}

/** What a person needs at least to do in another way what was to be said. */
const LEAST_NOTICE_MS = 4 * 60 * MINUTE;

/**
 * Another try that would come when the message is of no use any more, or leave nobody the time to ring instead, is not
 * waited for: a person is asked now. `until` are the ends of what the message says, null for none; it may
 * go at `mayGoAt`, by the hours of whoever gets it.
 */
export function whileOfUse(
  next: Settlement & { state: 'ready' },
  until: readonly (Date | null)[],
  mayGoAt: Date = outOfQuietHours(next.nextAttemptAt),
): Settlement {
  const last = Math.max(...until.map((end) => end?.getTime() ?? Infinity));
  if (until.length === 0 || mayGoAt.getTime() + LEAST_NOTICE_MS <= last) return next;
  return { state: 'failed', because: next.because, switchOff: false };
}

function again(because: string, attempts: number, now: Date): Settlement {
  if (attempts >= MOST_ATTEMPTS) return { state: 'failed', because, switchOff: false };
  return { state: 'ready', nextAttemptAt: retryAt(attempts, now), because };
}

/** Without angle brackets. Fixed when the message is made: a repeat carries the same, and readers show it once. */
export function messageIdOf(id: string, publicUrl: string): string {
  return `${id}@${new URL(publicUrl).hostname}`;
}

/** What a carrier knows one attempt by. Each has its own: an earlier one it knows says nothing of a later. */
export const carrierReference = (id: string, attempt: number): string => `${id}.${String(attempt)}`;
