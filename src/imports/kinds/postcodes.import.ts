import sql from 'sql-template-tag';
import { normalisePostcode } from '../../platform/pure/postcode.js';
import type { ImportKind } from '../import.types.js';
import { upsertCounts } from './upsert-counts.js';

interface PostcodePlace {
  postcode: string;
  lsoa: string | null;
  latitude: number;
  longitude: number;
}

/** ONS writes this latitude where a postcode has no place (BFPO, PO boxes). */
const NO_PLACE = 99.999999;

/** The columns of ONS's postcode directory, under the names of its editions before and since 2025. */
export const postcodes: ImportKind<PostcodePlace> = {
  name: 'postcodes',
  describes: "postcodes with LSOA and coordinates (the columns of ONS's postcode directory, CSV)",
  scoped: false,
  format: 'csv',
  columns: [
    ['pcds', 'PCDS'],
    ['lsoa21', 'LSOA21CD', 'lsoa21cd'],
    ['lat', 'LAT'],
    ['long', 'LONG'],
  ],
  check({ cells }) {
    const postcode = normalisePostcode(cells['pcds'] ?? '');
    if (!postcode) return { ok: false, column: 'pcds', reason: 'Not a postcode' };
    const latitude = Number(cells['lat'] || NaN);
    const longitude = Number(cells['long'] || NaN);
    if (latitude === NO_PLACE) return 'ignore';
    if (!(latitude >= 49 && latitude <= 61))
      return { ok: false, column: 'lat', reason: 'Not a latitude in the United Kingdom' };
    if (!(longitude >= -9 && longitude <= 2))
      return { ok: false, column: 'long', reason: 'Not a longitude in the United Kingdom' };
    const lsoa = cells['lsoa21'] ?? '';
    return {
      ok: true,
      value: { postcode, lsoa: /^[EW]01\d{6}$/.test(lsoa) ? lsoa : null, latitude, longitude },
    };
  },
  key: ({ postcode }) => postcode,
  apply: (tx, values, edition) =>
    upsertCounts(
      tx,
      values.length,
      sql`
      insert into postcode_place as old (postcode, lsoa, latitude, longitude, edition)
      select given.postcode, given.lsoa, given.latitude, given.longitude, ${edition}
      from unnest(${values.map((v) => v.postcode)}::text[], ${values.map((v) => v.lsoa)}::text[],
        ${values.map((v) => v.latitude)}::float8[], ${values.map((v) => v.longitude)}::float8[])
        as given (postcode, lsoa, latitude, longitude)
      on conflict (postcode) do update set lsoa = excluded.lsoa, latitude = excluded.latitude,
          longitude = excluded.longitude, edition = excluded.edition
        where (old.lsoa, old.latitude, old.longitude, old.edition)
          is distinct from (excluded.lsoa, excluded.latitude, excluded.longitude, excluded.edition)
      returning (xmax = 0) as added`,
    ),
};
