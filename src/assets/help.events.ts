import { registerEvents } from '../platform/outbox/events.js';

export const HELP_EVENTS = {
  record: 'help.recorded',
  amend: 'help.amended',
  void: 'help.voided',
} as const;

registerEvents(Object.values(HELP_EVENTS));
