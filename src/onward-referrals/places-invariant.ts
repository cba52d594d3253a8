import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';

export interface PlacesFault {
  listingId: string;
  taken: number;
  held: number;
}

/** P3: the places taken of every listing are those its onward referrals hold. Names each listing of which that is not true. */
export const placesInvariant = (tx: Tx): Promise<PlacesFault[]> =>
  tx.rows<PlacesFault>(sql`
    select l.id as "listingId", l.places_taken as taken, coalesce(sum(o.places_held), 0)::int as held
    from listing l
    left join onward_referral o on o.scheme_id = l.scheme_id and o.listing_id = l.id
    where l.scheme_id = ${tx.schemeId}
    group by l.scheme_id, l.id, l.places_taken
    having l.places_taken <> coalesce(sum(o.places_held), 0)
    order by l.id`);
