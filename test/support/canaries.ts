import pg from 'pg';
import type { TestDatabase } from './test-database.js';

/** Not about people, or encrypted: a word beside it would only break it. */
const NOT_HERE = ['kept_form', 'page_kept_form'];

export interface Planted {
  values: number;
  tables: number;
  tablesAboutPeople: number;
}

/**
 * Writes a word into every text of every row of a scheme, beside what is there: `<word>person` where the table is about
 * people, `<word>thing` elsewhere. Left alone are codes, which rules of the product compare, and what the table itself
 * holds to a form.
 */
export async function plant(database: TestDatabase, schemeId: string, word: string): Promise<Planted> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    await client.query(
      `create table if not exists planted (name text, person boolean, count bigint);
       create or replace function plant(scheme uuid, word text, not_here text[]) returns void language plpgsql as $$
       declare one record; touched bigint; begin
         -- As a copy would be loaded: no trigger asks why, and no reference is followed.
         set local session_replication_role = replica;
         for one in
           select c.relname as name, a.attname as field,
             exists (select from pg_attribute p where p.attrelid = c.oid and p.attname = 'client_id') or c.relname = 'client' as person
           from pg_class c join pg_attribute a on a.attrelid = c.oid and a.atttypid = 'text'::regtype and a.attgenerated = ''
           where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
             and c.relname <> all (not_here)
             and exists (select from pg_attribute s where s.attrelid = c.oid and s.attname = 'scheme_id')
             and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'f') and a.attnum = any (k.conkey))
         loop
           begin
             execute format(
               'update %1$I set %2$I = case when %2$I like ''%%@%%'' then $2 || ''.'' || %2$I else %2$I || '' '' || $2 end
                where scheme_id = $1 and %2$I ~ ''[A-Z @]'' and %2$I !~ ''^[{\\[]''', one.name, one.field)
               using scheme, word || case when one.person then 'person' else 'thing' end;
             get diagnostics touched = row_count;
             insert into planted values (one.name, one.person, touched);
           exception when check_violation or unique_violation then null;
           end;
         end loop; end $$`,
    );
    await client.query('truncate planted');
    await client.query('select plant($1, $2, $3)', [schemeId, word, NOT_HERE]);
    const { rows } = await client.query<Planted>(
      `select coalesce(sum(count), 0)::int as values, count(distinct name) filter (where count > 0)::int as tables,
         count(distinct name) filter (where person and count > 0)::int as "tablesAboutPeople" from planted`,
    );
    const [planted] = rows;
    if (!planted) throw new Error('Nothing was planted');
    return planted;
  } finally {
    await client.query('drop table if exists planted').catch(() => undefined);
    await client.end();
  }
}
