import { registerEvents } from '../platform/outbox/events.js';

/** Payloads hold `responseId` and `referralId`. */
export const RESPONSE_EVENTS = {
  record: 'response.recorded',
  correct: 'response.corrected',
  strikeOut: 'response.voided',
} as const;

registerEvents(Object.values(RESPONSE_EVENTS));
