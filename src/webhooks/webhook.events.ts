import { registerEvents } from '../platform/outbox/events.js';

/** Holds `webhookId` and, of the administrator to be told, `accountId`. */
export const WEBHOOK_OFF = 'webhook.switchedOff';

registerEvents([WEBHOOK_OFF]);
