import pg from 'pg';
import { THEIRS } from './marked-pages.js';
import type { TestDatabase } from './test-database.js';

/** Puts two signs around every text of every row of a scheme, so that a page shows what is people's own and what is ours. */
export async function markTheirs(database: TestDatabase, schemeId: string): Promise<number> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    await client.query(`
      create function pg_temp.mark(scheme uuid, opens text, closes text) returns bigint language plpgsql as $$
      declare one record; touched bigint; total bigint := 0; begin
        -- As a copy would be loaded: no trigger asks why, and no reference is followed.
        set local session_replication_role = replica;
        for one in
          select c.relname as name, a.attname as field, a.atttypid = 'jsonb'::regtype as document
          from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attgenerated = ''
            and a.atttypid in ('text'::regtype, 'jsonb'::regtype) and not a.attisdropped
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            and c.relname not in ('kept_form', 'page_kept_form', 'outbox')
            and exists (select from pg_attribute s where s.attrelid = c.oid and s.attname in ('scheme_id', 'id') and (s.attname = 'scheme_id' or c.relname = 'scheme'))
            and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'f') and a.attnum = any (k.conkey))
        loop
          begin
            if one.document then
              execute format(
                $q$update %1$I set %2$I = regexp_replace(%2$I::text, '": "([A-Z][^"]*)"', '": "' || $2 || '\\1' || $3 || '"', 'g')::jsonb
                  where %3$I = $1 and %2$I::text ~ '": "[A-Z]'$q$, one.name, one.field, case when one.name = 'scheme' then 'id' else 'scheme_id' end)
                using scheme, opens, closes;
            else
              execute format(
                $q$update %1$I set %2$I = $2 || %2$I || $3
                  where %3$I = $1 and %2$I ~ '[A-Z @]' and %2$I !~ '^[{\\[]'$q$, one.name, one.field, case when one.name = 'scheme' then 'id' else 'scheme_id' end)
                using scheme, opens, closes;
            end if;
            get diagnostics touched = row_count;
            total := total + touched;
          exception when check_violation or unique_violation or invalid_text_representation or string_data_right_truncation then null;
          end;
        end loop;
        return total; end $$`);
    const { rows } = await client.query<{ mark: string }>('select pg_temp.mark($1, $2, $3)', [
      schemeId,
      ...THEIRS,
    ]);
    return Number(rows[0]?.mark ?? 0);
  } finally {
    await client.end();
  }
}
