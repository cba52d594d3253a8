import { registerEvents } from '../platform/outbox/events.js';

export const CASELOAD_EVENTS = [
  'contact.logged',
  'contact.amended',
  'contact.thirdUnreached',
  'appointment.made',
  'appointment.moved',
  'appointment.cancelled',
] as const;

registerEvents(CASELOAD_EVENTS);
