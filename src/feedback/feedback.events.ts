import { registerEvents } from '../platform/outbox/events.js';

/** Payloads hold `feedbackId` alone: not even whom it is from. */
export const FEEDBACK_EVENTS = {
  give: 'clientFeedback.given',
  look: 'clientFeedback.lookedAt',
  answer: 'clientFeedback.answered',
  release: 'clientFeedback.released',
} as const;

registerEvents(Object.values(FEEDBACK_EVENTS));
