import type { Lifecycle } from '../platform/pure/lifecycle.js';
import { ENDED_STATES, type OnwardState } from './onward.types.js';

/**
 * What may be done to an onward referral, from where, leading where. `rang` logs our call and starts the clock again;
 * `lateYes`, `seen` and `noted` record what somebody said without moving anything.
 */
export const ONWARD_LIFECYCLE = {
  offer: { from: null, to: 'offered' },
  accept: { from: ['offered', 'waitlisted'], to: 'accepted' },
  waitlist: { from: ['offered'], to: 'waitlisted' },
  talk: { from: ['offered'], to: 'same' },
  rang: { from: ['offered'], to: 'same' },
  decline: { from: ['offered', 'waitlisted'], to: 'declined' },
  expire: { from: ['offered'], to: 'expired' },
  lateYes: { from: ['expired'], to: 'same' },
  revive: { from: ['expired'], to: 'offered' },
  start: { from: ['accepted'], to: 'started' },
  attend: { from: ['accepted', 'started', 'completed', 'stopped'], to: 'same' },
  complete: { from: ['started'], to: 'completed' },
  stop: { from: ['started'], to: 'stopped' },
  withdraw: { from: ['offered', 'waitlisted', 'accepted'], to: 'withdrawn' },
  undo: { from: ['accepted', 'waitlisted', 'declined'], to: 'before' },
  seen: { from: ENDED_STATES, to: 'same' },
  noted: { from: ENDED_STATES, to: 'same' },
} as const satisfies Lifecycle<OnwardState, string>;

export type OnwardVerb = keyof typeof ONWARD_LIFECYCLE;

export const onwardLifecycle: Lifecycle<OnwardState, OnwardVerb> = ONWARD_LIFECYCLE;

/** What the outbox calls each verb once done. */
export const ONWARD_EVENTS = {
  offer: 'onward.offered',
  accept: 'onward.accepted',
  waitlist: 'onward.waitlisted',
  talk: 'onward.talkAsked',
  rang: 'onward.rang',
  decline: 'onward.declined',
  expire: 'onward.expired',
  lateYes: 'onward.lateYesSaid',
  revive: 'onward.revived',
  start: 'onward.started',
  attend: 'attendance.recorded',
  complete: 'onward.completed',
  stop: 'onward.stopped',
  withdraw: 'onward.withdrawn',
  undo: 'onward.undone',
  seen: 'onward.seen',
  noted: 'onward.noted',
} as const satisfies Record<OnwardVerb, string>;
