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
} as const;

/** Payloads hold `planId` and `referralId`. */
export const PLAN_EVENTS = {
  make: 'plan.made',
  save: 'plan.saved',
  agree: 'plan.agreed',
  share: 'plan.shared',
} as const;

registerEvents([
  ...Object.values(CONTACT_EVENTS),
  ...Object.values(APPOINTMENT_EVENTS),
  ...Object.values(PLAN_EVENTS),
]);
