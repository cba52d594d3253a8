import { registerEvents } from '../platform/outbox/events.js';

/** Holds `codeId`. */
export const PAGE_CODE_ASKED = 'page.codeAsked';

registerEvents([PAGE_CODE_ASKED]);
