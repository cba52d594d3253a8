import type { DeliveryState, OffBecause } from '../../webhooks/webhook.types.js';
import { sayAll } from '../words/staff/staff-words.js';

/** What a program is told, by the name of the event. */
export const EVENT_WORDS: Record<string, string> = sayAll({
  'referral.sent': 'A referral was sent',
  'referral.returned': 'A referral was sent back',
  'referral.taken_on': 'The scheme took somebody on',
  'referral.in_touch': 'Somebody is in touch with the person',
  'referral.not_taken_on': 'The scheme could not take somebody on',
  'referral.closed': 'A referral ended',
  'referral.withdrawn': 'A referral was withdrawn',
  'referral.entered_in_error': 'A referral was sent in error',
  'onward.offered': 'The group is asked to help somebody',
  'onward.offeredAgain': 'The group is asked once more',
  'onward.accepted': 'The group said yes',
  'onward.waitlisted': 'Somebody is on the waiting list',
  'onward.declined': 'The group said not right now',
  'onward.expired': 'We did not hear back',
  'onward.safetySet': 'What keeps the group safe has changed',
  'onward.started': 'Somebody has started',
  'onward.completed': 'Somebody has finished',
  'onward.stopped': 'Somebody has stopped',
  'onward.withdrawn': 'It is over: the group is needed no more',
  'onward.undone': 'An answer was taken back',
  'listing.published': 'A service is found by link workers',
  'listing.returned': 'A service was sent back to be changed',
  'listing.paused': 'A service is paused',
  'listing.resumed': 'A service goes on',
  'listing.closed': 'A service closed',
  'listing.amended': 'A service was changed',
  'listing.placesSet': 'The places of a service were changed',
  'webhook.test': 'A test',
});

export const DELIVERY_STATE_WORDS: Record<DeliveryState, string> = sayAll({
  waiting: 'Waits',
  taken: 'Taken',
  failed: 'Given up',
  kept_back: 'Kept back: no longer agreed to, or out of reach',
});

export const OFF_WORDS: Record<OffBecause, string> = sayAll({
  by_hand: 'Switched off by an administrator',
  failing: 'Switched off: for three days nothing was taken',
  gone: 'Switched off: the address said that it wants no more',
});

/** Why there was no answer, by the name of the fault. */
export const FAULT_WORDS: Record<string, string> = sayAll({
  not_public: 'The address is not on the public internet',
  not_secure: 'The address does not begin with https://',
  unreachable: 'No answer',
  too_slow: 'It took longer than 15 seconds',
  unreadable: 'The answer could not be read',
  fault: 'A fault of ours',
});
