import sql from 'sql-template-tag';
import type { ImportKind } from '../import.types.js';
import { upsertCounts } from './upsert-counts.js';

interface Deprivation {
  lsoa: string;
  rank: number;
  decile: number;
}

/** English Indices of Deprivation by 2021 LSOA (MHCLG, Open Government Licence v3.0). Decile 1 is the most deprived. */
export const deprivation: ImportKind<Deprivation> = {
  name: 'deprivation',
  describes: 'deprivation rank and decile by LSOA (English Indices of Deprivation, CSV)',
  scoped: false,
  format: 'csv',
  columns: [
    ['lsoa_code', 'LSOA code (2021)'],
    ['imd_rank', 'Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)'],
    ['imd_decile', 'Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)'],
  ],
  check({ cells }) {
    const lsoa = cells['lsoa_code'] ?? '';
    const rank = Number(cells['imd_rank']?.replaceAll(',', ''));
    const decile = Number(cells['imd_decile']);
    if (!/^E01\d{6}$/.test(lsoa))
      return { ok: false, column: 'lsoa_code', reason: 'Not an English LSOA code, like E01021988' };
    if (!Number.isInteger(rank) || rank < 1 || rank > 50_000) {
      return { ok: false, column: 'imd_rank', reason: 'Not a rank: a whole number from 1' };
    }
    if (!Number.isInteger(decile) || decile < 1 || decile > 10) {
      return { ok: false, column: 'imd_decile', reason: 'Not a decile: a whole number from 1 to 10' };
    }
    return { ok: true, value: { lsoa, rank, decile } };
  },
  key: ({ lsoa }) => lsoa,
  apply: (tx, values, edition) =>
    upsertCounts(
      tx,
      values.length,
      sql`
      insert into lsoa_deprivation as old (lsoa, rank, decile, edition)
      select given.lsoa, given.rank, given.decile, ${edition}
      from unnest(${values.map((v) => v.lsoa)}::text[], ${values.map((v) => v.rank)}::int[],
        ${values.map((v) => v.decile)}::int[]) as given (lsoa, rank, decile)
      on conflict (lsoa) do update set rank = excluded.rank, decile = excluded.decile, edition = excluded.edition
        where (old.rank, old.decile, old.edition) is distinct from (excluded.rank, excluded.decile, excluded.edition)
      returning (xmax = 0) as added`,
    ),
};
