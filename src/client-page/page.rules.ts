import { ageOn } from '../platform/pure/names.js';
import { isUkMobile, normaliseUkPhone } from '../platform/pure/phone.js';
import type { CodeChannel, EnteredBy, VisitorFacts } from './page.types.js';

export const CODE_MINUTES = 10;
export const CODE_TRIES = 5;
/** To one address: enough for somebody who mistypes, too few to guess or to be a plague. */
export const CODES_AN_HOUR = 3;
export const CODES_A_DAY = 8;
/** New numbers and addresses that a person may give in a day. */
export const CHANGES_A_DAY = 5;
export const LINK_DAYS = 90;
export const LINK_TRIES = 5;
/** Without a touch, and at the longest. */
export const IDLE_MINUTES = 20;
export const SESSION_MINUTES = 120;

const ADULT = 18;
const EMAIL = /^[^\s@<>"',;:\\()[\]]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$/;

export interface TypedAddress {
  channel: CodeChannel;
  /** A mobile number in E.164, or an e-mail address in lower case. */
  address: string;
}

/** What somebody typed to be sent a code; null when it is neither an e-mail address nor a mobile number of the UK. */
export function typedAddress(text: string): TypedAddress | null {
  const tidy = text.normalize('NFKC').trim();
  if (tidy.length > 254) return null;
  if (tidy.includes('@')) {
    return EMAIL.test(tidy) ? { channel: 'email', address: tidy.toLowerCase() } : null;
  }
  const phone = normaliseUkPhone(tidy);
  return phone !== null && isUkMobile(phone) ? { channel: 'text', address: phone } : null;
}

/**
 * Whether somebody may be on a page at all; `today` is a date in London. Nobody after a death, a merge or a closing; not
 * a child for whom parents decide. With a safety flag only where the person asked for a page, and only by a code,
 * since a date of birth is known to whom they may be afraid of: a supporter has no page of somebody who has none.
 */
export function mayVisit(facts: VisitorFacts, by: EnteredBy, today: string): boolean {
  if (!facts.present || facts.died || facts.closed) return false;
  if (facts.parentsDecide && ageOn(facts.bornOn, today) < ADULT) return false;
  if (facts.safetyFlag && (by === 'link' || facts.askedChannel === null)) return false;
  return facts.supporter === null || (!facts.supporter.ended && facts.supporter.items.length > 0);
}

/**
 * Whether a code may go to them by a channel. To the person it is a message like any other: only where that channel was
 * said to be safe, and with a safety flag only the one that was tried with them. A supporter is written to when the
 * person is glad of it.
 */
export function mayHaveCode(facts: VisitorFacts, channel: CodeChannel, today: string): boolean {
  if (!mayVisit(facts, 'code', today)) return false;
  if (facts.supporter) return facts.supporter.mayContact;
  if (facts.messagesPaused) return false;
  if (facts.safetyFlag && facts.askedChannel !== channel) return false;
  return channel === 'text' ? facts.safeToText : facts.safeToEmail;
}

const MINUTE_MS = 60_000;
const minutesOn = (from: Date, minutes: number): Date => new Date(from.getTime() + minutes * MINUTE_MS);

export const codeUntil = (now: Date): Date => minutesOn(now, CODE_MINUTES);
export const linkUntil = (now: Date): Date => minutesOn(now, LINK_DAYS * 24 * 60);
export const sessionUntil = (now: Date): Date => minutesOn(now, SESSION_MINUTES);
/** Until when a session lasts that was touched at `seen`. */
export function idleUntil(seen: Date, expires: Date): Date {
  const idle = minutesOn(seen, IDLE_MINUTES);
  return idle < expires ? idle : expires;
}

/** How many seconds to wait before another code, given when those of the last day were asked for, newest first; nought: none. */
export function secondsToWait(earlier: readonly Date[], now: Date): number {
  const waitFor = (most: number, minutes: number): number => {
    const oldest = earlier[most - 1];
    return oldest === undefined ? 0 : minutesOn(oldest, minutes).getTime() - now.getTime();
  };
  const wait = Math.max(waitFor(CODES_AN_HOUR, 60), waitFor(CODES_A_DAY, 24 * 60), 0);
  return Math.ceil(wait / 1000);
}

export const looksLikeToken = (token: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(token);
