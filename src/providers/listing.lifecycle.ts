import type { Lifecycle } from '../platform/pure/lifecycle.js';
import type { ListingState } from './listing.types.js';

/** Nothing is found by a link worker before a manager has looked at it; only published services take offers. */
export const LISTING_LIFECYCLE = {
  draft: { from: null, to: 'draft' },
  propose: { from: null, to: 'in_review' },
  submit: { from: ['draft'], to: 'in_review' },
  return: { from: ['in_review'], to: 'draft' },
  publish: { from: ['draft', 'in_review'], to: 'published' },
  pause: { from: ['published'], to: 'paused' },
  resume: { from: ['paused'], to: 'published' },
  close: { from: ['draft', 'in_review', 'published', 'paused'], to: 'closed' },
  reopen: { from: ['closed'], to: 'draft' },
  amend: { from: ['draft', 'in_review', 'published', 'paused'], to: 'same' },
  setPlaces: { from: ['draft', 'in_review', 'published', 'paused'], to: 'same' },
  confirm: { from: ['published', 'paused'], to: 'same' },
} as const satisfies Lifecycle<ListingState, string>;

export type ListingVerb = keyof typeof LISTING_LIFECYCLE;

export const listingLifecycle: Lifecycle<ListingState, ListingVerb> = LISTING_LIFECYCLE;
