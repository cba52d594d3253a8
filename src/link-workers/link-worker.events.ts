import { registerEvents } from '../platform/outbox/events.js';

export const COVER_ARRANGED = 'cover.arranged';
export const COVER_ENDED = 'cover.ended';

registerEvents([COVER_ARRANGED, COVER_ENDED]);
