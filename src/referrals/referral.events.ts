import { registerEvents } from '../platform/outbox/events.js';
import type { ReferralVerb } from './referral.lifecycle.js';

/** What the outbox calls each verb once done. */
export const REFERRAL_EVENTS = {
  draft: 'referral.drafted',
  amendDraft: 'referral.draftAmended',
  submit: 'referral.submitted',
  discard: 'referral.discarded',
  send: 'referral.sent',
  return: 'referral.returned',
  accept: 'referral.accepted',
  join: 'referral.joined',
  unjoin: 'referral.unjoined',
  restore: 'referral.restored',
  decline: 'referral.declined',
  allocate: 'referral.allocated',
  begin: 'referral.begun',
  setNext: 'referral.nextSet',
  note: 'referral.noted',
  setRisks: 'referral.risksSet',
  setFeedback: 'referral.feedbackSet',
  hold: 'referral.held',
  resume: 'referral.resumed',
  close: 'referral.closed',
  reopen: 'referral.reopened',
  withdraw: 'referral.withdrawn',
  void: 'referral.voided',
} as const satisfies Record<ReferralVerb, string>;

/** What the daily check tells of a referral that nobody would come back to. */
export const OWNERLESS = 'referral.ownerless';

registerEvents([...Object.values(REFERRAL_EVENTS), OWNERLESS]);
