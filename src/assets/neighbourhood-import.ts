import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';

/** One LSOA or postcode district, and the neighbourhood it belongs to. */
export interface NeighbourhoodArea {
  neighbourhood: string;
  pcnCode: string | null;
  code: string;
}

/** Writes a part of a file of neighbourhoods and may be repeated. An area that comes again moves to where it comes. */
export async function importNeighbourhoods(
  tx: Tx,
  areas: readonly NeighbourhoodArea[],
  edition: string,
): Promise<{ added: number; changed: number }> {
  const named = new Map(areas.map(({ neighbourhood, pcnCode }) => [neighbourhood, pcnCode]));
  const names = [...named.keys()];
  await tx.run(sql`
    insert into neighbourhood as old (scheme_id, id, name, pcn_code, edition, created_at, updated_at)
    select ${tx.schemeId}, given.id, given.name, given.pcn_code, ${edition}, ${tx.now}, ${tx.now}
    from unnest(${names.map(() => newId())}::uuid[], ${names}::text[], ${[...named.values()]}::text[])
      as given (id, name, pcn_code)
    on conflict (scheme_id, name) do update set
      pcn_code = coalesce(excluded.pcn_code, old.pcn_code), edition = excluded.edition, updated_at = excluded.updated_at
      where (old.pcn_code, old.edition) is distinct from (coalesce(excluded.pcn_code, old.pcn_code), excluded.edition)`);
  const written = await tx.rows<{ added: boolean }>(sql`
    insert into neighbourhood_area as old (scheme_id, code, neighbourhood_id, edition)
    select ${tx.schemeId}, given.code, n.id, ${edition}
    from unnest(${areas.map(({ code }) => code)}::text[], ${areas.map((area) => area.neighbourhood)}::text[])
      as given (code, name)
    join neighbourhood n on n.scheme_id = ${tx.schemeId} and n.name = given.name
    on conflict (scheme_id, code) do update set neighbourhood_id = excluded.neighbourhood_id, edition = excluded.edition
      where (old.neighbourhood_id, old.edition) is distinct from (excluded.neighbourhood_id, excluded.edition)
    returning (xmax = 0) as added`);
  const added = written.filter((row) => row.added).length;
  return { added, changed: written.length - added };
}
