import { registerEvents } from '../platform/outbox/events.js';

/** Payload: `subjectAccessId`. */
export const COPY_ASKED_FOR = 'subjectAccess.asked';

registerEvents([COPY_ASKED_FOR]);
