import { registerEvents, type EventName } from '../platform/outbox/events.js';
import type { ListingVerb } from './listing.lifecycle.js';

/** What the outbox calls each verb once done. */
export const LISTING_EVENTS = {
  draft: 'listing.drafted',
  propose: 'listing.proposed',
  submit: 'listing.submitted',
  return: 'listing.returned',
  publish: 'listing.published',
  pause: 'listing.paused',
  resume: 'listing.resumed',
  close: 'listing.closed',
  reopen: 'listing.reopened',
  amend: 'listing.amended',
  setPlaces: 'listing.placesSet',
  confirm: 'listing.confirmed',
} as const satisfies Record<ListingVerb, EventName>;

registerEvents(Object.values(LISTING_EVENTS));
