import { registerEvents } from '../platform/outbox/events.js';

/** An import waits for a worker: to be fetched, written or taken back. */
export const IMPORT_WAITING = 'import.waiting';

/** What an import waited for is done, or failed. */
export const IMPORT_OVER = 'import.over';

registerEvents([IMPORT_WAITING, IMPORT_OVER]);
