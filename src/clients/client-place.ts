import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { recordHistories } from './client-history.js';
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

/** The one place that somebody's own postcode, or that of where they spend the day, leads to; no row when neither is loaded. */
const placeFor = (postcode: Sql, dayPlacePostcode: Sql, noFixedAddress: Sql): Sql => sql`
  select p.lsoa, p.latitude, p.longitude, d.decile, d.edition as decile_edition, p.edition,
    case when p.postcode = ${postcode} then 'postcode' else 'day_place' end as found_by
  from postcode_place p left join lsoa_deprivation d on d.lsoa = p.lsoa
  where p.postcode in (${postcode}, ${dayPlacePostcode})
  order by (p.postcode = ${postcode}) = ${noFixedAddress}, p.postcode
  limit 1`;

/**
 * Where a person is, from the files the scheme loaded (ONS postcode directory, indices of deprivation), never from a
 * live call. Somebody without a fixed address is where they spend the day.
 */
export async function placeOf(tx: Tx, person: Whereabouts): Promise<Place> {
  const { postcode, dayPlacePostcode, noFixedAddress } = person;
  if (postcode === null && dayPlacePostcode === null) return NOWHERE;
  const found = await tx.maybe<Place>(sql`
    select lsoa, latitude, longitude, decile as "deprivationDecile", decile_edition as "deprivationEdition",
      edition as "placeEdition", found_by as "placeFoundBy"
    from (${placeFor(sql`${postcode}::text`, sql`${dayPlacePostcode}::text`, sql`${noFixedAddress}::boolean`)}) place`);
  return found ?? NOWHERE;
}

/**
 * Looks everybody's place up again after files were loaded, and answers with how many it changed. Versions stay: what
 * follows from a postcode is nobody's edit, and an open form need not be read again for it.
 */
export async function placeEverybody(tx: Tx): Promise<number> {
  const changed = await tx.rows<{ id: string; changes: object }>(sql`
    with placed as (
      select c.id, c.lsoa as lsoa_before, c.deprivation_decile as decile_before, place.*
      from client c
      left join lateral (
        ${placeFor(sql`c.postcode`, sql`c.day_place_postcode`, sql`c.no_fixed_address`)}) place on true
      where c.scheme_id = ${tx.schemeId} and c.standing <> 'merged'
        and (c.lsoa, c.latitude, c.longitude, c.deprivation_decile, c.deprivation_edition, c.place_edition, c.place_found_by)
          is distinct from (place.lsoa, place.latitude, place.longitude, place.decile, place.decile_edition,
            place.edition, place.found_by))
    update client c set lsoa = p.lsoa, latitude = p.latitude, longitude = p.longitude, deprivation_decile = p.decile,
      deprivation_edition = p.decile_edition, place_edition = p.edition, place_found_by = p.found_by
    from placed p where c.scheme_id = ${tx.schemeId} and c.id = p.id
    returning c.id, jsonb_build_object(
      'lsoa', jsonb_build_object('from', p.lsoa_before, 'to', p.lsoa),
      'deprivationDecile', jsonb_build_object('from', p.decile_before, 'to', p.decile)) as changes`);
  await recordHistories(
    tx,
    'client.place',
    changed.map(({ id, changes }) => ({ clientId: id, changes })),
  );
  return changed.length;
}
