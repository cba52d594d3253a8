import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';
import type { PopulationCount } from './import.types.js';
import type { ListedRow, Made, MadeRow, OwnKind } from './own-kind.js';

/** A value of a row as the columns of `population`. */
const GIVEN: Sql = sql`("area" text, "ageBand" text, "sex" text, "ethnicity" text, "deprivation" smallint, "language" text,
  "from" text, "year" smallint, "people" integer)`;

const SAME_PEOPLE: Sql = sql`
  p.source = v."from" and p.year = v.year and p.area is not distinct from v.area
  and p.age_band is not distinct from v."ageBand" and p.sex is not distinct from v.sex
  and p.ethnicity is not distinct from v.ethnicity and p.deprivation is not distinct from v.deprivation
  and p.language is not distinct from v.language`;

/** Numbers of people: a row each of `population`, the same where all but the number is the same. */
export const populationList: OwnKind<PopulationCount> = {
  async compare(tx: Tx, id: string): Promise<void> {
    await tx.run(sql`
      update import_row r set outcome = case when p.people = v.people then 'same' else 'changed' end
      from import_row g cross join lateral jsonb_to_record(g.value) as v ${GIVEN}
      join population p on p.scheme_id = ${tx.schemeId} and ${SAME_PEOPLE}
      where g.scheme_id = ${tx.schemeId} and g.batch_id = ${id} and g.outcome = 'added'
        and r.scheme_id = g.scheme_id and r.batch_id = g.batch_id and r.row = g.row`);
    // Kept all the same: areas may be given to neighbourhoods later.
    await tx.run(sql`
      update import_row r set warnings = r.warnings || ${UNKNOWN_AREA}::jsonb
      where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.outcome in ('added', 'changed')
        and r.value ->> 'area' is not null
        and not exists (
          select 1 from neighbourhood n
          where n.scheme_id = r.scheme_id and lower(n.name) = lower(r.value ->> 'area'))
        and not exists (
          select 1 from neighbourhood_area a
          where a.scheme_id = r.scheme_id and a.code = upper(r.value ->> 'area'))`);
  },

  async write(tx: Tx, rows: readonly ListedRow<PopulationCount>[]): Promise<Made[]> {
    const given = JSON.stringify(rows.map(({ row, value }) => ({ row, id: newId(), ...value })));
    return tx.rows<Made & Record<string, unknown>>(sql`
      with v as (
        select v.*, p.people as was
        from jsonb_to_recordset(${given}::jsonb) as v (row integer, id uuid, area text, "ageBand" text, sex text,
          ethnicity text, deprivation smallint, language text, "from" text, year smallint, people integer)
        left join population p on p.scheme_id = ${tx.schemeId} and ${SAME_PEOPLE}
      ), written as (
        insert into population (scheme_id, id, area, age_band, sex, ethnicity, deprivation, language, people, source, year)
        select ${tx.schemeId}, id, area, "ageBand", sex, ethnicity, deprivation, language, people, "from", year from v
        on conflict (scheme_id, source, year, area, age_band, sex, ethnicity, deprivation, language)
          do update set people = excluded.people
        returning *
      )
      select v.row, p.id as "madeId", jsonb_build_object('people', v.was) as before,
        case when v.was is null then 'added' when v.was = v.people then 'same' else 'changed' end as outcome
      from v join written p on ${SAME_PEOPLE}`);
  },

  /** Nothing else points at a number: what was added goes, what was replaced is as it was. */
  async takeBack(tx: Tx, rows: readonly MadeRow[]): Promise<Map<number, string>> {
    const given = JSON.stringify(
      rows.map(({ madeId, before }) => ({ id: madeId, was: before.people ?? null })),
    );
    await tx.run(sql`
      delete from population p using jsonb_to_recordset(${given}::jsonb) as b (id uuid, was integer)
      where p.scheme_id = ${tx.schemeId} and p.id = b.id and b.was is null`);
    await tx.run(sql`
      update population p set people = b.was from jsonb_to_recordset(${given}::jsonb) as b (id uuid, was integer)
      where p.scheme_id = ${tx.schemeId} and p.id = b.id and b.was is not null`);
    return new Map();
  },
};

const UNKNOWN_AREA = JSON.stringify([
  {
    column: 'area',
    reason: 'None of your neighbourhoods has this area. It is kept, and counts for none of them',
  },
]);
