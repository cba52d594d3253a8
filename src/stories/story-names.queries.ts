import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';

/** Everybody the record knows around a person: themselves, whom they are linked with, whom they named. One array. */
export const namesOf = (schemeId: Sql, clientId: Sql): Sql => sql`array(
  select distinct named.name from (
    select unnest(array[p.first_name, p.last_name, p.known_as]) as name from client p
    where p.scheme_id = ${schemeId} and (p.id = ${clientId} or p.merged_into = ${clientId})
    union all
    select unnest(array[p.first_name, p.last_name, p.known_as]) from client_link l
    join client p on p.scheme_id = l.scheme_id
      and p.id = case when l.client_id = ${clientId} then l.other_id else l.client_id end
    where l.scheme_id = ${schemeId} and ${clientId} in (l.client_id, l.other_id)
    union all
    select u.name from supporter u where u.scheme_id = ${schemeId} and u.client_id = ${clientId}
  ) named where named.name is not null)`;

/** What the person alone is called, by this record and those joined to it. */
const ownNamesOf = (schemeId: Sql, clientId: Sql): Sql => sql`array(
  select distinct own.name from client p, unnest(array[p.first_name, p.last_name, p.known_as]) as own (name)
  where p.scheme_id = ${schemeId} and (p.id = ${clientId} or p.merged_into = ${clientId}) and own.name is not null)`;

export async function namesAround(tx: Tx, clientId: string): Promise<{ names: string[]; own: string[] }> {
  const of = [sql`${tx.schemeId}::uuid`, sql`${clientId}::uuid`] as const;
  return tx.one<{ names: string[]; own: string[] }>(
    sql`select ${namesOf(...of)} as names, ${ownNamesOf(...of)} as own`,
  );
}
