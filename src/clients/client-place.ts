import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import type { PlaceSource } from './client.types.js';

export interface Whereabouts {
  postcode: string | null;
  noFixedAddress: boolean;
  dayPlacePostcode: string | null;
}

export interface Place {
  lsoa: string | null;
  latitude: number | null;
  longitude: number | null;
  deprivationDecile: number | null;
  deprivationEdition: string | null;
  placeEdition: string | null;
  placeFoundBy: PlaceSource | null;
}

export const NOWHERE: Place = {
  lsoa: null,
  latitude: null,
  longitude: null,
  deprivationDecile: null,
  deprivationEdition: null,
  placeEdition: null,
  placeFoundBy: null,
};

/**
 * Where a person is, from the files the scheme loaded (ONS postcode directory, indices of deprivation), never from a
 * live call. Somebody without a fixed address is where they spend the day.
 */
export async function placeOf(tx: Tx, person: Whereabouts): Promise<Place> {
  const { postcode, dayPlacePostcode, noFixedAddress } = person;
  if (postcode === null && dayPlacePostcode === null) return NOWHERE;
  const first = noFixedAddress ? (dayPlacePostcode ?? postcode) : (postcode ?? dayPlacePostcode);
  const found = await tx.maybe<Place>(sql`
    select p.lsoa, p.latitude, p.longitude, d.decile as "deprivationDecile", d.edition as "deprivationEdition",
      p.edition as "placeEdition",
      case when p.postcode = ${postcode}::text then 'postcode' else 'day_place' end as "placeFoundBy"
    from postcode_place p left join lsoa_deprivation d on d.lsoa = p.lsoa
    where p.postcode = any(${[postcode, dayPlacePostcode].filter((one) => one !== null)}::text[])
    order by p.postcode = ${first} desc
    limit 1`);
  return found ?? NOWHERE;
}
