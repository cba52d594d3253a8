import { registerEvents } from '../platform/outbox/events.js';

/** Hold `safetyMessageId`: who it is about and where it goes is read when it is sent. */
export const SAFETY_MESSAGE_SENT = 'safetyMessage.sent';
export const SAFETY_MESSAGE_READ = 'safetyMessage.read';

registerEvents([SAFETY_MESSAGE_SENT, SAFETY_MESSAGE_READ]);
