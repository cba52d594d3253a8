import { atLondon, spokenDate } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import type { ListingRow } from './listing.types.js';
import type { ServiceCapacity } from './service-capacity.dto.js';

export interface CapacityFacts {
  serviceId: string;
  /** Places nobody holds, and all of them; null where they are not counted, or nobody knows any more. */
  left: number | null;
  total: number | null;
  /** YYYY-MM-DD, both. */
  confirmedOn: string | null;
  fullUntil: string | null;
}

/**
 * A service's places in the form of HSDS 3.1, under the ids of whoever publishes it; null where there is no number that
 * somebody confirmed and it is not full until a day after `today`.
 */
export function capacityOf(
  facts: CapacityFacts,
  today: string,
  ids: { capacity: string; unit: string },
): Pick<ServiceCapacity, keyof ServiceCapacity> | null {
  const { serviceId, left, total, confirmedOn, fullUntil } = facts;
  const full = fullUntil !== null && fullUntil > today;
  if (!full && (left === null || total === null || confirmedOn === null)) return null;
  return {
    id: ids.capacity,
    service_id: serviceId,
    unit: { id: ids.unit, name: 'Places' },
    available: full ? 0 : (left ?? 0),
    maximum: total,
    description: full ? `Full until ${spokenDate(fullUntil)}.` : null,
    updated: confirmedOn === null ? null : atLondon(confirmedOn, '00:00').toISOString(),
  };
}

/** What is wrong with a number from elsewhere, by field. `updatedOn` is the London date it was counted on. */
export function capacityProblems(
  given: { available: number; maximum: number | null; updatedOn: string; serviceId: string | null },
  listing: Pick<ListingRow, 'id' | 'placesTaken'>,
  today: string,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { placesTaken: taken } = listing;
  if (given.maximum !== null && given.maximum < given.available) {
    problems.push({ field: 'maximum', message: 'Make it as many as are available, or more' });
  } else if (given.maximum !== null && given.maximum < taken) {
    const are = taken === 1 ? '1 place is' : `${String(taken)} places are`;
    problems.push({
      field: 'maximum',
      message: `${are} taken here, so there cannot be ${String(given.maximum)} in all`,
    });
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
 * All places we count, for every number from elsewhere. As many are free as it says: those promised here stay taken, and
 * those somebody else filled are not ours to give away, and so are not counted. Never more in all than its maximum. Null
 * where it says neither.
 */
export function totalFor(
  given: { available: number | null; maximum: number | null },
  taken: number,
): number | null {
  const { available, maximum } = given;
  if (available === null) return maximum;
  return Math.min(taken + available, maximum ?? Infinity);
}

/** The number is our own "full until", come back: it takes neither the day nor the places after it away. */
export const isOwnFull = (
  given: { available: number; maximum: number | null },
  listing: Pick<ListingRow, 'fullUntil' | 'placesTotal'>,
  today: string,
): boolean =>
  given.available === 0 &&
  given.maximum === listing.placesTotal &&
  listing.fullUntil !== null &&
  listing.fullUntil > today;
