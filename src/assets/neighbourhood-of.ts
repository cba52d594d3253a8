import sql, { type Sql } from 'sql-template-tag';

/**
 * The id of the neighbourhood that an LSOA or, where that is in none, the district of a postcode belongs to; null where
 * neither is. Both are expressions of the statement this stands in, and may be null.
 */
export const neighbourhoodOf = (schemeId: string, lsoa: Sql, postcode: Sql): Sql => sql`(
  select a.neighbourhood_id from neighbourhood_area a
  where a.scheme_id = ${schemeId} and a.code in (${lsoa}, split_part(${postcode}, ' ', 1))
  order by a.code = ${lsoa} desc nulls last limit 1)`;

/** The same from a postcode alone: its LSOA is looked up in the directory that was loaded. */
export const neighbourhoodOfPostcode = (schemeId: string, postcode: Sql): Sql =>
  neighbourhoodOf(
    schemeId,
    sql`(select place.lsoa from postcode_place place where place.postcode = ${postcode})`,
    postcode,
  );

/** Where `client c` lives or spends the day. */
export const neighbourhoodOfClient = (schemeId: string): Sql =>
  neighbourhoodOf(
    schemeId,
    sql`c.lsoa`,
    sql`case when c.no_fixed_address then coalesce(c.day_place_postcode, c.postcode)
      else coalesce(c.postcode, c.day_place_postcode) end`,
  );
