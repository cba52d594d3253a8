import type { ProgramRole } from '../identity/program.types.js';
import { LISTING_EVENTS } from '../providers/listing.events.js';
import { ONWARD_EVENTS } from '../onward-referrals/onward.events.js';
import type { ToldStatus } from '../referrals/referral.types.js';

/** What a sender may be told of its referrals: what it would read there, and nothing that moves behind it. */
const TOLD_OF = [
  'sent',
  'returned',
  'taken_on',
  'in_touch',
  'not_taken_on',
  'closed',
  'withdrawn',
  'entered_in_error',
] as const satisfies readonly ToldStatus[];
export const REFERRAL_TOLD = TOLD_OF.map((status) => `referral.${status}` as const);

/** What a group may be told of those it is asked about. */
export const ONWARD_TOLD = [
  ONWARD_EVENTS.offer,
  ONWARD_EVENTS.reOffer,
  ONWARD_EVENTS.accept,
  ONWARD_EVENTS.waitlist,
  ONWARD_EVENTS.decline,
  ONWARD_EVENTS.expire,
  ONWARD_EVENTS.setSafety,
  ONWARD_EVENTS.start,
  ONWARD_EVENTS.complete,
  ONWARD_EVENTS.stop,
  ONWARD_EVENTS.withdraw,
  ONWARD_EVENTS.undo,
] as const;

/** And of its services. */
export const LISTING_TOLD = [
  LISTING_EVENTS.publish,
  LISTING_EVENTS.return,
  LISTING_EVENTS.pause,
  LISTING_EVENTS.resume,
  LISTING_EVENTS.close,
  LISTING_EVENTS.amend,
  LISTING_EVENTS.setPlaces,
] as const;

/** What somebody asks for to see whether it arrives. */
export const TEST_EVENT = 'webhook.test';

/** Which events a program of each role may be told. Figures do not happen: who reads them asks. */
export const TOLD_TO: Record<ProgramRole, readonly string[]> = {
  referrer: REFERRAL_TOLD,
  provider_member: [...ONWARD_TOLD, ...LISTING_TOLD],
  commissioner: [],
};
export const WEBHOOK_EVENTS: readonly string[] = [...new Set(Object.values(TOLD_TO).flat())];

export const OFF_BECAUSE = ['by_hand', 'failing', 'gone'] as const;
export type OffBecause = (typeof OFF_BECAUSE)[number];

export const DELIVERY_STATES = ['waiting', 'taken', 'failed', 'kept_back'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Of one program. */
export const MOST_WEBHOOKS = 10;
export const ANSWER_KEPT = 500;
export const LOG_DAYS = 14;
