import { derivedCode, derivedToken } from '../identity/token.rules.js';
import {
  addressHash,
  groupAddress,
  type GroupAddress,
  type GroupFacts,
} from '../providers/group-address.rules.js';
import type { LinkPurpose } from './reply-link.types.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Where the clock of an offer stands, nobody knows how long it will: this is long enough to be rung and to answer. */
const STANDING_DAYS = 30;
/** After the last day to answer, a late yes is still heard. */
const LATE_DAYS = 14;
const DAYS: Record<Exclude<LinkPurpose, 'answer'>, number> = {
  in_touch: 14,
  how_did_it_go: 14,
  safety: 14,
  ended: 14,
  again: 14,
  listing_check: 30,
  register: 14,
};

/** Until when a link made now works. `answerBy` is the offer's own date, null where its clock stands. */
export function linkExpiry(purpose: LinkPurpose, now: Date, answerBy: Date | null = null): Date {
  if (purpose !== 'answer') return new Date(now.getTime() + DAYS[purpose] * DAY_MS);
  const last = answerBy?.getTime() ?? now.getTime() + STANDING_DAYS * DAY_MS;
  return new Date(Math.max(last, now.getTime()) + LATE_DAYS * DAY_MS);
}

/** 43 characters of base64url: 256 bits. Anything else was never one of ours, and is not looked up. */
export const looksLikeToken = (token: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(token);

export const replyToken = (key: string, linkId: string): string => derivedToken(key, 'reply', linkId);

export const CODE_MINUTES = 10;
export const CODE_TRIES = 5;
/** Sent to one address: enough for somebody who mistypes, too few to guess or to fill a mailbox. */
export const CODES_AN_HOUR = 5;
export const PASS_MINUTES = 30;
/** Letters with fresh links: for one link, or for all who type the address; and to one address, whoever asks. */
export const MAILS_AN_HOUR = 3;
export const MAILS_AN_HOUR_TO_ONE = 10;
export const HOUR_MS = 60 * MINUTE_MS;
export const minutesFrom = (now: Date, minutes: number): Date =>
  new Date(now.getTime() + minutes * MINUTE_MS);

/** Six digits that the installation's key and the code's id give: neither table nor job holds them. */
export const codeOf = (key: string, codeId: string): string => derivedCode(key, 'reply_code', codeId);

/** What the browser that entered the code keeps, so that a reload does not ask again. */
export const passOf = (key: string, codeId: string): string => derivedToken(key, 'reply_pass', codeId);

export interface AddressFacts extends GroupFacts {
  /** One of the two; neither for a number that somebody left. */
  emailHash: string | null;
  phoneHash: string | null;
  contactShared: boolean;
  closedForGoodOn: string | null;
}

/**
 * Whether links sent to an address or a number still count, and whether others read it: it must be where the group is
 * written to today. Null when it is not. Nobody knows who reads what an organisation itself gave.
 */
export function addressNow(facts: AddressFacts): { address: GroupAddress; shared: boolean } | null {
  const address = facts.closedForGoodOn === null ? groupAddress(facts) : null;
  if (address === null || addressHash(address) !== (facts.emailHash ?? facts.phoneHash)) return null;
  const ofOrganisation = address.channel === 'email' && facts.contactEmail === null;
  return { address, shared: ofOrganisation || facts.contactShared };
}

/** How the page stands towards the person's name and number. */
export type Details = 'none' | 'shown' | 'code' | 'by_new_link';

/**
 * After a yes the link of the offer shows them for the scheme's days, then only a fresh link does. A shared address, and
 * a person with a safety flag, need the code first.
 */
export function detailsFor(
  facts: {
    step: string;
    purpose: LinkPurpose;
    answeredAt: Date | null;
    shared: boolean;
    safetyFlag: boolean;
    passed: boolean;
    days: number;
  },
  now: Date,
): Details {
  if (facts.step !== 'taking_part') return 'none';
  const until = (facts.answeredAt?.getTime() ?? 0) + facts.days * DAY_MS;
  if (facts.purpose === 'answer' && now.getTime() >= until) return 'by_new_link';
  return (facts.shared || facts.safetyFlag) && !facts.passed ? 'code' : 'shown';
}
