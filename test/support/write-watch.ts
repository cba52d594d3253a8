import pg from 'pg';
import type { TestDatabase } from './test-database.js';

export interface WriteWatch {
  /** How many rows of each table were inserted, changed or deleted, and committed, since last asked. */
  written(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

/**
 * Sees every write to a test's database, whoever makes it: a trigger on each table notes each row in the transaction
 * that touched it, so what is rolled back is not counted and nothing is missed.
 */
export async function watchWrites(database: TestDatabase): Promise<WriteWatch> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query(`
    create schema watch;
    create table watch.written (id bigserial primary key, name text not null);
    create function watch.note() returns trigger language plpgsql security definer as $$
      begin
        insert into watch.written (name)
        select relname from pg_class where oid = coalesce(pg_partition_root(tg_relid), tg_relid);
        return null;
      end $$;
    do $$ declare name text; begin
      for name in select relname from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition loop
        execute format('create trigger zz_watch after insert or update or delete on public.%I
          for each row execute function watch.note()', name);
      end loop; end $$`);
  return {
    written: async () => {
      const { rows } = await client.query<{ name: string; count: number }>(`
        with gone as (delete from watch.written returning name)
        select name, count(*)::int as count from gone group by name order by name`);
      return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
    },
    stop: () => client.end(),
  };
}
