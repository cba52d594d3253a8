import { registerEvents } from '../platform/outbox/events.js';

/** Holds `codeId`. */
export const PAGE_CODE_ASKED = 'page.codeAsked';
/** Holds `changeId`. */
export const PAGE_CHANGE_ASKED = 'page.changeAsked';

registerEvents([PAGE_CODE_ASKED, PAGE_CHANGE_ASKED]);
