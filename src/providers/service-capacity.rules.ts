import { atLondon } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import { placesLeft } from './listing.rules.js';
import type { ListingRow } from './listing.types.js';
import type { ServiceCapacity } from './service-capacity.dto.js';

/** Made once for the one unit there is. */
const PLACES = { id: '5e1f9b52-6c0c-4f0e-9d0b-0f6f3b1c7a10', name: 'Places' };

type Counted = Pick<ListingRow, 'id' | 'placesTotal' | 'placesTaken' | 'placesConfirmedOn' | 'fullUntil'>;

/** A service's places in the form of HSDS 3.1; none where they are not counted or nobody ever confirmed the number. */
export function capacityOf(listing: Counted, today: string): ServiceCapacity[] {
  const { id, placesTotal, placesConfirmedOn, fullUntil } = listing;
  if (placesTotal === null || placesConfirmedOn === null) return [];
  const full = fullUntil !== null && fullUntil > today;
  return [
    {
      id,
      service_id: id,
      unit: PLACES,
      available: full ? 0 : (placesLeft(listing) ?? 0),
      maximum: placesTotal,
      description: full ? `Full until ${fullUntil}.` : null,
      updated: atLondon(placesConfirmedOn, '00:00').toISOString(),
    },
  ];
}

/** What is wrong with a number from elsewhere, by field. `updatedOn` is the London date it was counted on. */
export function capacityProblems(
  given: { available: number; maximum: number | null; updatedOn: string; serviceId: string | null },
  listing: Pick<ListingRow, 'id'>,
  today: string,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (given.maximum !== null && given.maximum < given.available) {
    problems.push({ field: 'maximum', message: 'Make it as many as are available, or more' });
  }
  if (given.updatedOn > today) {
    problems.push({ field: 'updated', message: 'Give a moment that is not in the future' });
  }
  if (given.serviceId !== null && given.serviceId !== listing.id) {
    problems.push({ field: 'service_id', message: 'Name the service of the address' });
  }
  return problems;
}

/**
 * All places we count, so that as many are free as were given: those promised here stay taken. Those somebody else
 * filled are not ours to give away, and so are not counted.
 */
export const totalFor = (available: number, listing: Pick<ListingRow, 'placesTaken'>): number =>
  listing.placesTaken + available;
