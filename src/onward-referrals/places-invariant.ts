import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';

export interface PlacesFault {
  listingId: string;
  taken: number;
  held: number;
}

/**
 * P3: the places taken of every listing, and of every session or time of one, are those its onward referrals hold. Names
 * each listing of which that is not true.
 */
export const placesInvariant = (tx: Tx): Promise<PlacesFault[]> =>
  tx.rows<PlacesFault>(sql`
    select l.id as "listingId", l.places_taken as taken, coalesce(sum(o.places_held), 0)::int as held
    from listing l
    left join onward_referral o on o.scheme_id = l.scheme_id and o.listing_id = l.id
    where l.scheme_id = ${tx.schemeId}
    group by l.scheme_id, l.id, l.places_taken
    having l.places_taken <> coalesce(sum(o.places_held), 0)
    union all
    select q.listing_id, q.places_taken, coalesce(sum(o.places_held), 0)::int
    from place_period q
    left join onward_referral o on o.scheme_id = q.scheme_id and o.period_id = q.id
    where q.scheme_id = ${tx.schemeId}
    group by q.scheme_id, q.id, q.listing_id, q.places_taken
    having q.places_taken <> coalesce(sum(o.places_held), 0)
    order by 1`);
