import { registerEvents } from '../platform/outbox/events.js';

/** Holds `membershipId`, `template` and `language`: where it goes is read when it is sent. */
export const TEMPLATE_TEST_ASKED = 'template.testAsked';

registerEvents([TEMPLATE_TEST_ASKED]);
