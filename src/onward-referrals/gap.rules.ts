import { coverage } from '../providers/listing.rules.js';
import type { ListingRow } from '../providers/listing.types.js';
import type { Standing } from '../providers/matching.rules.js';
import type { Need } from '../platform/words/needs.js';
import type { GapWish } from './gap.types.js';
import { isLive, type EndReason, type OnwardState } from './onward.types.js';

const FOR_CAPACITY: readonly EndReason[] = ['full', 'closed_for_now'];

/**
 * Whether everybody asked under a referral had no room: at least one said so, and nobody said anything else. Silence
 * beside it counts the same; what we took back ourselves says nothing; a live or a used offer means there was room.
 */
export function failedForCapacity(
  offers: readonly { state: OnwardState; endReason: EndReason | null }[],
): boolean {
  const answered = offers.filter(({ state }) => state !== 'withdrawn');
  const hadNoRoom = ({ state, endReason }: (typeof offers)[number]): boolean =>
    state === 'declined' && endReason !== null && FOR_CAPACITY.includes(endReason);
  return (
    answered.some(hadNoRoom) &&
    answered.every((offer) => !isLive(offer.state) && (hadNoRoom(offer) || offer.state === 'expired'))
  );
}

/** "Other" says nothing that a service could be found or started for. */
const tellsNothing = (need: Need): boolean => need === 'other';

/** The needs for which no service suits, not even to wait for: of those weighed for all the needs together. */
export function unmet(
  needs: readonly Need[],
  weighed: readonly { standing: Standing; needs: readonly Need[] }[],
): Need[] {
  return needs.filter(
    (need) =>
      !tellsNothing(need) &&
      !weighed.some(({ standing, needs }) => standing !== 'not_suitable' && needs.includes(need)),
  );
}

/**
 * Whether a service that starts meets a gap that is nobody's in particular: the need, the place and the language. What
 * cannot be known, such as a radius around a district, does not close a gap by itself.
 */
export function meets(
  listing: Pick<ListingRow, 'needs' | 'areas' | 'radiusMiles' | 'latitude' | 'longitude' | 'languages'>,
  wish: GapWish,
): boolean {
  const covers = coverage(listing, { outward: wish.area, point: null });
  return (
    listing.needs.includes(wish.need) &&
    (covers === 'everywhere' || covers === 'inside') &&
    (wish.language === null || listing.languages.includes(wish.language))
  );
}
