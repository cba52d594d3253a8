import { registerEvents } from '../platform/outbox/events.js';
import type { StoryVerb } from './story.lifecycle.js';

/** Payloads hold `storyId` alone. */
export const STORY_EVENTS = {
  write: 'story.written',
  amend: 'story.amended',
  offer: 'story.offered',
  approve: 'story.approved',
  sendBack: 'story.sentBack',
  withdraw: 'story.withdrawn',
  consent: 'story.consented',
  withdrawUse: 'story.useWithdrawn',
  print: 'story.printed',
  settle: 'story.printingSettled',
} as const satisfies Record<StoryVerb | 'consent' | 'withdrawUse' | 'print' | 'settle', string>;

registerEvents(Object.values(STORY_EVENTS));
