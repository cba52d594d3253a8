import { registerEvents } from '../platform/outbox/events.js';

export const VOLUNTEERING_EVENTS = {
  record: 'volunteering.recorded',
  void: 'volunteering.voided',
} as const;

registerEvents(Object.values(VOLUNTEERING_EVENTS));
