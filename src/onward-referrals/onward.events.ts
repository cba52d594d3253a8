import { type EventName, registerEvents } from '../platform/outbox/events.js';
import type { OnwardVerb } from './onward.lifecycle.js';

/** What the outbox calls each verb once done. Payloads hold the ids of OnwardMoved, with `from` and `to`. */
export const ONWARD_EVENTS = {
  offer: 'onward.offered',
  accept: 'onward.accepted',
  waitlist: 'onward.waitlisted',
  talk: 'onward.talkAsked',
  undoTalk: 'onward.talkTakenBack',
  yesHeld: 'onward.yesHeld',
  setSafety: 'onward.safetySet',
  seenSafety: 'onward.safetySeen',
  rang: 'onward.rang',
  resend: 'onward.linkSentAgain',
  chase: 'onward.chased',
  pause: 'onward.paused',
  resume: 'onward.resumed',
  follow: 'onward.clockMoved',
  untold: 'onward.untold',
  decline: 'onward.declined',
  expire: 'onward.expired',
  lateYes: 'onward.lateYesSaid',
  revive: 'onward.revived',
  inTouch: 'onward.inTouchSaid',
  start: 'onward.started',
  notStarted: 'onward.startTakenBack',
  attend: 'attendance.recorded',
  complete: 'onward.completed',
  stop: 'onward.stopped',
  withdraw: 'onward.withdrawn',
  undo: 'onward.undone',
  reOffer: 'onward.offeredAgain',
  seen: 'onward.seen',
  noted: 'onward.noted',
} as const satisfies Record<OnwardVerb, EventName>;

/** Holds `signpostId`, `referralId` and `clientId`. */
export const SIGNPOST_RECORDED = 'signpost.recorded';

/** Hold `referralId`, `clientId` and `listingId`. */
export const SHORTLIST_EVENTS = {
  keep: 'shortlist.kept',
  drop: 'shortlist.dropped',
} as const satisfies Record<string, EventName>;

/**
 * Hold the id of what is to be sent: a contact point, with the link that asked (null where an address was typed) or the
 * `onwardReferralId` that a worker sends again, or the code.
 * Tokens and codes are derived where they are sent.
 */
export const REPLY_LINKS_ASKED = 'reply.linksAsked';
export const REPLY_CODE_ASKED = 'reply.codeAsked';

/** Hold `gapId`. */
export const GAP_EVENTS = {
  open: 'gap.opened',
  amend: 'gap.amended',
  close: 'gap.closed',
} as const satisfies Record<string, EventName>;

/** Hold `concernId` alone: whom it is about is nobody's business outside the scheme. */
export const CONCERN_RAISED = 'concern.raised';
export const CONCERN_REVIEWED = 'concern.reviewed';

/** Hold `approvalId`. */
export const APPROVAL_EVENTS = {
  ask: 'approval.asked',
  approve: 'approval.approved',
  refuse: 'approval.refused',
  withdraw: 'approval.withdrawn',
} as const satisfies Record<string, EventName>;

/** Hold `registerId`. */
export const REGISTER_OPENED = 'register.opened';
export const REGISTER_FINALISED = 'register.finalised';
export const REGISTER_REOPENED = 'register.reopened';
export const REGISTER_CORRECTED = 'register.corrected';
/** Holds `linkId`: the token is derived where it is sent. */
export const REGISTER_LINK_ASKED = 'register.linkAsked';

/** Hold `warmHandoverId` and `onwardReferralId`. */
export const WARM_HANDOVER_EVENTS = {
  arrange: 'warmHandover.arranged',
  settle: 'warmHandover.settled',
  cancel: 'warmHandover.cancelled',
} as const satisfies Record<string, EventName>;

registerEvents([
  ...Object.values(WARM_HANDOVER_EVENTS),
  REGISTER_OPENED,
  REGISTER_FINALISED,
  REGISTER_REOPENED,
  REGISTER_CORRECTED,
  REGISTER_LINK_ASKED,
  ...Object.values(ONWARD_EVENTS),
  SIGNPOST_RECORDED,
  ...Object.values(SHORTLIST_EVENTS),
  REPLY_LINKS_ASKED,
  REPLY_CODE_ASKED,
  ...Object.values(GAP_EVENTS),
  CONCERN_RAISED,
  CONCERN_REVIEWED,
  ...Object.values(APPROVAL_EVENTS),
]);
