import type { Lifecycle } from '../platform/pure/lifecycle.js';
import { ENDED_STATES, LIVE_STATES, type OnwardState } from './onward.types.js';

/**
 * What may be done to an onward referral, from where, leading where. `rang` logs our call and starts the clock again;
 * `pause` and `resume` are the referral's own hold; `follow` moves the clock to when the group is told, and `untold` stands
 * it where nobody could; `resend` and `chase` ask once more by link and by telephone; `lateYes`, `seen` and `noted` record what somebody said without
 * moving anything; `notStarted` follows where nobody came after all; `reOffer` begins a new one with the same words.
 */
export const ONWARD_LIFECYCLE = {
  offer: { from: null, to: 'offered' },
  accept: { from: ['offered', 'waitlisted'], to: 'accepted' },
  waitlist: { from: ['offered'], to: 'waitlisted' },
  talk: { from: ['offered'], to: 'same' },
  undoTalk: { from: ['offered'], to: 'same' },
  // A yes to what the group cannot be kept safe from yet: somebody of ours rings first.
  yesHeld: { from: ['offered', 'waitlisted'], to: 'same' },
  setSafety: { from: LIVE_STATES, to: 'same' },
  // The group has read what changed of that while it was with the person, or was told.
  seenSafety: { from: ['accepted', 'started'], to: 'same' },
  rang: { from: ['offered', 'waitlisted'], to: 'same' },
  resend: { from: LIVE_STATES, to: 'same' },
  chase: { from: LIVE_STATES, to: 'same' },
  pause: { from: ['offered'], to: 'same' },
  resume: { from: ['offered'], to: 'same' },
  follow: { from: ['offered'], to: 'same' },
  untold: { from: ['offered'], to: 'same' },
  decline: { from: ['offered', 'waitlisted'], to: 'declined' },
  expire: { from: ['offered'], to: 'expired' },
  lateYes: { from: ['expired'], to: 'same' },
  revive: { from: ['expired'], to: 'offered' },
  inTouch: { from: ['accepted', 'started'], to: 'same' },
  start: { from: ['accepted'], to: 'started' },
  notStarted: { from: ['started'], to: 'accepted' },
  attend: { from: ['accepted', 'started', 'completed', 'stopped'], to: 'same' },
  complete: { from: ['started'], to: 'completed' },
  stop: { from: ['started'], to: 'stopped' },
  withdraw: { from: ['offered', 'waitlisted', 'accepted'], to: 'withdrawn' },
  undo: { from: ['accepted', 'waitlisted', 'declined', 'completed', 'stopped'], to: 'before' },
  reOffer: { from: ['withdrawn'], to: 'same' },
  seen: { from: ENDED_STATES, to: 'same' },
  noted: { from: ENDED_STATES, to: 'same' },
} as const satisfies Lifecycle<OnwardState, string>;

export type OnwardVerb = keyof typeof ONWARD_LIFECYCLE;

export const onwardLifecycle: Lifecycle<OnwardState, OnwardVerb> = ONWARD_LIFECYCLE;
