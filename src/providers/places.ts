import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { lockListing } from './listing-row.js';
import { placesLeft } from './listing.rules.js';
import { MOST_PLACES, type ListingRow } from './listing.types.js';
import { periodAfter, periodFor, placesOf, type PlacePeriod } from './place-period.rules.js';

export type HoldAnswer = 'held' | 'not_counted' | 'full';

/**
 * Takes places for so many people, all or none, under the lock of the listing's row, so that two who want the last one
 * cannot both have it: of the period named, else of the service itself. Only 'held' took any: whoever holds remembers
 * how many and of which period, and gives those back.
 */
export async function holdPlace(
  tx: Tx,
  listingId: string,
  people: number,
  periodId: string | null = null,
): Promise<HoldAnswer> {
  checkPeople(people);
  const listing = await lockListing(tx, listingId);
  if (periodId !== null) {
    const period = (await periodsOf(tx, listingId)).find(({ id }) => id === periodId);
    if (period?.state !== 'running' || period.total - period.taken < people) return 'full';
    await take(tx, listing, people, periodId);
    return 'held';
  }
  const left = placesLeft(listing);
  if (left === null) return 'not_counted';
  // What runs by session or time is held there, and by nobody beside it.
  if (left < people || listing.placesByPeriod) return 'full';
  await take(tx, listing, people, null);
  return 'held';
}

/** Gives back places that were held, whatever became of the listing since. More than are taken is a fault. */
export async function releasePlace(
  tx: Tx,
  listingId: string,
  people: number,
  periodId: string | null = null,
): Promise<void> {
  checkPeople(people);
  const listing = await lockListing(tx, listingId);
  if (listing.placesTaken < people) throw new Error('More places given back than were taken.');
  await take(tx, listing, -people, periodId);
}

/** Which period an offer is for. Read before anything is held: holding asks again under the lock. */
export async function choosePeriod(tx: Tx, listingId: string, asked: string | null): Promise<string | null> {
  const chosen = periodFor(await periodsOf(tx, listingId), asked);
  if (!chosen.ok) throw Refusal.invalid([chosen.problem]);
  return chosen.id;
}

/**
 * For somebody who waited, now that the group says yes: the one they waited for unless it has ended, else the first to begin
 * of those that run and have room for them, else the first that runs; null where there is none.
 */
export async function periodNow(
  tx: Tx,
  listingId: string,
  waitedFor: string | null,
  people: number,
): Promise<string | null> {
  return periodAfter(await periodsOf(tx, listingId), waitedFor, people);
}

/** So many places are left of the period named, else of the service itself; null where they are not counted. */
export async function leftOf(tx: Tx, listingId: string, periodId: string | null): Promise<number | null> {
  const listing = await lockListing(tx, listingId);
  const periods = listing.placesByPeriod || periodId !== null ? await periodsOf(tx, listingId) : [];
  const period = periods.find(({ id }) => id === periodId);
  if (period) return period.state === 'running' ? period.total - period.taken : 0;
  return listing.placesByPeriod ? 0 : placesLeft(listing);
}

export const periodsOf = (tx: Tx, listingId: string): Promise<PlacePeriod[]> =>
  tx.rows<PlacePeriod & Record<string, unknown>>(sql`
    select id, name, from_on::text as "fromOn", until_on::text as "untilOn", state, places_total as total,
      places_taken as taken
    from place_period where scheme_id = ${tx.schemeId} and listing_id = ${listingId} order by id`);

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

async function take(tx: Tx, listing: ListingRow, people: number, periodId: string | null): Promise<void> {
  if (periodId !== null) {
    await tx.run(sql`
      update place_period set places_taken = places_taken + ${people}
      where scheme_id = ${tx.schemeId} and id = ${periodId} and listing_id = ${listing.id}`);
  }
  if (periodId !== null || listing.placesByPeriod) {
    await refreshPlaces(tx, listing, people);
    return;
  }
  // The version stays: somebody who is editing the words of a listing must not lose them to a booking.
  await tx.run(sql`
    update listing set places_taken = places_taken + ${people}
    where scheme_id = ${tx.schemeId} and id = ${listing.id}`);
}

/** The service's own number again, from its periods as they are now. The caller holds the lock that `listing` was read under. */
export async function refreshPlaces(tx: Tx, listing: ListingRow, people: number): Promise<void> {
  const { placesKind, placesTotal, placesTaken, placesByPeriod, placesOtherwise } = placesOf(
    { ...listing, placesTaken: listing.placesTaken + people },
    await periodsOf(tx, listing.id),
  );
  await tx.run(sql`
    update listing set places_kind = ${placesKind}, places_total = ${placesTotal}, places_taken = ${placesTaken},
      places_by_period = ${placesByPeriod}, places_otherwise = ${placesOtherwise}
    where scheme_id = ${tx.schemeId} and id = ${listing.id}`);
}

function checkPeople(people: number): void {
  if (!Number.isSafeInteger(people) || people < 1 || people > MOST_PLACES) {
    throw Refusal.invalidField('people', 'Enter a whole number of people, 1 or more');
  }
}
