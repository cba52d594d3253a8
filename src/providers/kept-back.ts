import sql from 'sql-template-tag';
import type { Point } from '../platform/pure/distance.js';
import type { ListingRow } from './listing.types.js';

/** A `listing l` whose place is on no map, whoever looks: kept back, or a refuge whatever its flag says. */
export const KEPT_BACK = sql`
  (l.withhold_location or l.needs @> array['housing', 'domestic_difficulty'])`;

/** Where a map may show it; null where that is not known, or kept back as above. */
export function pointOf({
  latitude: lat,
  longitude: lon,
  withholdLocation,
  needs,
}: Pick<ListingRow, 'latitude' | 'longitude' | 'withholdLocation' | 'needs'>): Point | null {
  const refuge = needs.includes('housing') && needs.includes('domestic_difficulty');
  return withholdLocation || refuge || lat === null || lon === null ? null : { lat, lon };
}
