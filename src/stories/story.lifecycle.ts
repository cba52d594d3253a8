import type { Lifecycle } from '../platform/pure/lifecycle.js';
import type { StoryState } from './story.types.js';

export type StoryVerb = 'write' | 'amend' | 'offer' | 'approve' | 'sendBack' | 'withdraw';

/** A story may be used while it is approved. Whatever is changed about it is read again; withdrawn is the end of it. */
// prettier-ignore
export const STORY_LIFECYCLE: Lifecycle<StoryState, StoryVerb> = {
  write:    { from: null,                           to: 'draft' },
  amend:    { from: ['draft', 'waiting', 'approved'], to: 'draft' },
  offer:    { from: ['draft'],                      to: 'waiting' },
  approve:  { from: ['waiting'],                    to: 'approved' },
  sendBack: { from: ['waiting'],                    to: 'draft' },
  withdraw: { from: ['draft', 'waiting', 'approved'], to: 'withdrawn' },
};
