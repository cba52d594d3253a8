import sql, { join, raw, type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { PERSON_DATA, type PersonTable } from './person-data.catalogue.js';
import type { HeldRow, Look } from './record-document.types.js';

/** A person and every record that was joined to theirs. */
async function recordsOf(tx: Tx, clientId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select id from client
    where scheme_id = ${tx.schemeId} and (id = ${clientId} or merged_into = ${clientId}) order by id for update`);
  return rows.map(({ id }) => id);
}

/** Words that are otherwise their writer's alone: the person may ask for them, and they go with the record. */
const openPrivateWords = (tx: Tx, clientIds: readonly string[]): Promise<unknown> =>
  tx.run(sql`
    select set_config('app.record_of', coalesce(string_agg(id::text, ','), ''), true) from referral
    where scheme_id = ${tx.schemeId} and client_id = any(${clientIds}::uuid[])`);

/** The rows of a table that belong to these people, whichever tables lead to them. */
function belongs(line: PersonTable, schemeId: string, clientIds: readonly string[]): Sql {
  const owner =
    line.of === 'client'
      ? sql`(select unnest(${clientIds}::uuid[]))`
      : sql`(select id from ${raw(line.of)} where ${join(
          PERSON_DATA.filter(({ table }) => table === line.of).map(
            (parent) => sql`(${belongs(parent, schemeId, clientIds)})`,
          ),
          ' or ',
        )})`;
  const either = join(
    line.by.map((column) => sql`${raw(column)} in ${owner}`),
    ' or ',
  );
  // The keys to pages are looked up before a scheme is known.
  return sql`scheme_id = ${schemeId} and (${either})`;
}

/** Everything held about a person, row by row, by the lines that have something to tell. */
export async function everythingAbout(tx: Tx, clientId: string): Promise<HeldRow[]> {
  const clientIds = await recordsOf(tx, clientId);
  await openPrivateWords(tx, clientIds);
  const held: HeldRow[] = [];
  for (const line of PERSON_DATA) {
    if (line.section === null) continue;
    const rows = await tx.rows<{ row: Record<string, unknown> }>(sql`
      select to_jsonb(t) as row from ${raw(line.table)} t where ${belongs(line, tx.schemeId, clientIds)}`);
    held.push(...rows.map(({ row }) => ({ line, row })));
  }
  return held;
}

/** Days on which somebody looked at the record or wrote in it, with what they did and how often. */
export async function whoLooked(tx: Tx, clientId: string): Promise<Look[]> {
  const clientIds = await recordsOf(tx, clientId);
  return tx.rows<Look>(sql`
    select to_char(e.at at time zone 'Europe/London', 'YYYY-MM-DD') as "on", e.actor_id as "actorId",
      case e.actor_kind when 'system' then 'Betony' when 'link' then 'A group, by its link'
        when 'client' then case when e.actor_id = any(${clientIds}::uuid[]) then 'You, on your own page'
          else 'Somebody you named, on your page' end
      end as name,
      e.action, count(*)::int as times
    from audit_entry e
    where e.scheme_id = ${tx.schemeId} and e.client_ids && ${clientIds}::uuid[]
    group by 1, 2, 3, 4
    order by 1, 2, 4`);
}

/** The names behind ids in a record: staff, organisations and services. Never another person's. */
export async function namesOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ id: string; name: string }>(sql`
    select m.id, p.name from membership m
    join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
    where m.scheme_id = ${tx.schemeId} and m.id = any(${ids}::uuid[])
    union all
    select id, name from organisation where scheme_id = ${tx.schemeId} and id = any(${ids}::uuid[])
    union all
    select id, name from listing where scheme_id = ${tx.schemeId} and id = any(${ids}::uuid[])`);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Destroys all of it, and says how many rows of each table went or forgot whom they were about. */
export async function destroyAll(tx: Tx, clientId: string): Promise<Record<string, number>> {
  const clientIds = await recordsOf(tx, clientId);
  await openPrivateWords(tx, clientIds);
  const counts: Record<string, number> = {};
  for (const line of PERSON_DATA) {
    const where = belongs(line, tx.schemeId, clientIds);
    const done = await tx.run(
      line.detach
        ? sql`update ${raw(line.table)} set ${join(line.by.map((column) => sql`${raw(column)} = null`))} where ${where}`
        : sql`delete from ${raw(line.table)} where ${where}`,
    );
    counts[line.table] = (counts[line.table] ?? 0) + (done.rowCount ?? 0);
  }
  return counts;
}
