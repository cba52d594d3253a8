import { registerEvents } from '../platform/outbox/events.js';

export const OUTCOME_EVENTS = ['response.recorded', 'response.corrected', 'response.voided'] as const;

registerEvents(OUTCOME_EVENTS);
