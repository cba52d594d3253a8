import { registerEvents } from '../platform/outbox/events.js';

/** An import waits for a worker: to be fetched, written or taken back. */
export const IMPORT_WAITING = 'import.waiting';

registerEvents([IMPORT_WAITING]);
