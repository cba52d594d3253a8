import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { lockListing } from './listing-row.js';
import { placesLeft } from './listing.rules.js';
import { MOST_PLACES } from './listing.types.js';

export type HoldAnswer = 'held' | 'not_counted' | 'full';

/**
 * Takes places for so many people, all or none, under the lock of the listing's row, so that two who want the last one
 * cannot both have it. Only 'held' took any: whoever holds remembers how many, and gives that many back.
 */
export async function holdPlace(tx: Tx, listingId: string, people: number): Promise<HoldAnswer> {
  checkPeople(people);
  const listing = await lockListing(tx, listingId);
  const left = placesLeft(listing);
  if (left === null) return 'not_counted';
  if (left < people) return 'full';
  await take(tx, listingId, people);
  return 'held';
}

/** Gives back places that were held, whatever became of the listing since. More than are taken is a fault. */
export async function releasePlace(tx: Tx, listingId: string, people: number): Promise<void> {
  checkPeople(people);
  const listing = await lockListing(tx, listingId);
  if (listing.placesTaken < people) throw new Error('More places given back than were taken.');
  await take(tx, listingId, -people);
}

/**
 * Says that a service is full until a date (null: no longer), as part of somebody's answer. Gives what was said before,
 * so that an answer taken back can take this back too.
 */
export async function declareFull(
  tx: Tx,
  listingId: string,
  until: string | null,
): Promise<{ before: string | null }> {
  const listing = await lockListing(tx, listingId);
  await tx.run(sql`
    update listing set full_until = ${until}, version = version + 1, updated_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and id = ${listingId}`);
  return { before: listing.fullUntil };
}

// The version stays: somebody who is editing the words of a listing must not lose them to a booking.
const take = (tx: Tx, listingId: string, people: number) =>
  tx.run(sql`
    update listing set places_taken = places_taken + ${people}
    where scheme_id = ${tx.schemeId} and id = ${listingId}`);

function checkPeople(people: number): void {
  if (!Number.isSafeInteger(people) || people < 1 || people > MOST_PLACES) {
    throw Refusal.invalidField('people', 'Enter a whole number of people, 1 or more');
  }
}
