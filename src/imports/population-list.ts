import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';
import type { PopulationCount } from './import.types.js';
import type { ListedRow, Made, MadeRow, OwnKind } from './own-kind.js';

/** A value of a row as the columns of `population`. */
const GIVEN: Sql = sql`("area" text, "ageBand" text, "sex" text, "ethnicity" text, "deprivation" smallint, "language" text,
  "from" text, "year" smallint, "people" integer)`;

/** Whose number it is, whatever the case it is written in; equal texts are found by one pass over each side. */
const whose = (
  row: Sql,
  age: Sql,
  source: Sql,
): Sql => sql`lower(jsonb_build_array(${source}, ${row}.year, ${row}.area, ${age},
  ${row}.sex, ${row}.ethnicity, ${row}.deprivation, ${row}.language)::text)`;
const GIVEN_WHOSE = whose(sql`v`, sql`v."ageBand"`, sql`v."from"`);
const KEPT_WHOSE = whose(sql`p`, sql`p.age_band`, sql`p.source`);

/** Numbers of people: a row each of `population`, the same where all but the number is the same. */
export const populationList: OwnKind<PopulationCount> = {
  async compare(tx: Tx, id: string): Promise<void> {
    await tx.run(sql`
      update import_row r set outcome = 'refused', value = null, hash = null, problems = jsonb_build_array(
        jsonb_build_object('column', 'people', 'reason', 'The same people as row ' || twice.first))
      from (
        select g.row, first_value(g.row) over (partition by ${GIVEN_WHOSE} order by g.row) as first
        from import_row g cross join lateral jsonb_to_record(g.value) as v ${GIVEN}
        where g.scheme_id = ${tx.schemeId} and g.batch_id = ${id} and g.outcome = 'added'
      ) twice
      where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.row = twice.row and twice.first < twice.row`);
    await tx.run(sql`
      update import_row r set outcome = case when p.people = v.people then 'same' else 'changed' end
      from import_row g cross join lateral jsonb_to_record(g.value) as v ${GIVEN}
      join population p on p.scheme_id = ${tx.schemeId} and ${KEPT_WHOSE} = ${GIVEN_WHOSE}
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

  /** One list at a time, so that two never add the same number. */
  async write(tx: Tx, rows: readonly ListedRow<PopulationCount>[]): Promise<Made[]> {
    await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`populations ${tx.schemeId}`}, 0))`);
    const given = JSON.stringify(rows.map(({ row, value }) => ({ row, id: newId(), ...value })));
    return tx.rows<Made & Record<string, unknown>>(sql`
      with v as (
        select v.*, p.id as kept, p.people as was
        from jsonb_to_recordset(${given}::jsonb) as v (row integer, id uuid, area text, "ageBand" text, sex text,
          ethnicity text, deprivation smallint, language text, "from" text, year smallint, people integer)
        left join population p on p.scheme_id = ${tx.schemeId} and ${KEPT_WHOSE} = ${GIVEN_WHOSE}
      ), changed as (
        update population p set people = v.people from v where p.scheme_id = ${tx.schemeId} and p.id = v.kept
      ), added as (
        insert into population (scheme_id, id, area, age_band, sex, ethnicity, deprivation, language, people, source, year)
        select ${tx.schemeId}, id, area, "ageBand", sex, ethnicity, deprivation, language, people, "from", year
        from v where kept is null
      )
      select row, coalesce(kept, id) as "madeId", jsonb_build_object('people', was) as before,
        case when was is null then 'added' when was = people then 'same' else 'changed' end as outcome
      from v`);
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
