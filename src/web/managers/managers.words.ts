import type { OnwardState } from '../../onward-referrals/onward.types.js';

/** Where an offer to a group stands, for those who work for the scheme. */
export const OFFER_STATE_WORDS: Record<OnwardState, string> = {
  offered: 'Waiting for the group’s answer',
  waitlisted: 'On the group’s waiting list',
  accepted: 'The group said yes',
  started: 'Started',
  declined: 'The group said not right now',
  expired: 'We did not hear back',
  completed: 'Completed',
  stopped: 'Stopped',
  withdrawn: 'Taken back',
};
