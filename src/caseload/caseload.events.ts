import { registerEvents } from '../platform/outbox/events.js';

/** Payloads hold `contactId` and `referralId`. */
export const CONTACT_EVENTS = {
  log: 'contact.logged',
  amend: 'contact.amended',
  thirdUnreached: 'contact.thirdUnreached',
  chosen: 'contact.nextChosen',
  restrictedRead: 'contact.restrictedRead',
} as const;

/** Payloads hold `appointmentId` and `referralId`. */
export const APPOINTMENT_EVENTS = {
  make: 'appointment.made',
  move: 'appointment.moved',
  cancel: 'appointment.cancelled',
  interpret: 'appointment.interpreterChanged',
  setOut: 'appointment.setOut',
  back: 'appointment.cameBack',
} as const;

/** Payloads hold `planId` and `referralId`. */
export const PLAN_EVENTS = {
  make: 'plan.made',
  save: 'plan.saved',
  agree: 'plan.agreed',
  share: 'plan.shared',
} as const;

/** Payloads hold `handoverId`; of one referral handed over, the referral tells. */
export const HANDOVER_EVENTS = {
  make: 'handover.made',
  cancel: 'handover.cancelled',
  finish: 'handover.finished',
} as const;

/** Payloads hold `escalationId`. */
export const ESCALATION_EVENTS = {
  raise: 'escalation.raised',
  acknowledge: 'escalation.acknowledged',
} as const;

/** Payloads hold `transferId`. The last three are told to the other of the two schemes. */
export const TRANSFER_EVENTS = {
  offer: 'transfer.offered',
  end: 'transfer.ended',
  cancel: 'transfer.cancelled',
  arrive: 'transfer.arrived',
  takeBack: 'transfer.takenBack',
  answer: 'transfer.answered',
} as const;

/** Payloads hold `areaMoveId` and `referralId`. */
export const AREA_MOVE_EVENTS = {
  record: 'areaMove.recorded',
  hand_over: 'areaMove.toHandOver',
  keep: 'areaMove.kept',
  close: 'areaMove.closed',
  cancel: 'areaMove.cancelled',
  end: 'areaMove.ended',
} as const;

registerEvents([
  ...Object.values(AREA_MOVE_EVENTS),
  ...Object.values(TRANSFER_EVENTS),
  ...Object.values(HANDOVER_EVENTS),
  ...Object.values(ESCALATION_EVENTS),
  ...Object.values(CONTACT_EVENTS),
  ...Object.values(APPOINTMENT_EVENTS),
  ...Object.values(PLAN_EVENTS),
]);
