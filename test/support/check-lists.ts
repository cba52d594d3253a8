import pg from 'pg';
import type { TestDatabase } from './test-database.js';

/** The lists the database holds columns to, as `table.column` with its values in order. */
export async function checkLists(
  database: TestDatabase,
  tables: readonly string[],
): Promise<Record<string, string[]>> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; text: string }>(
      `select r.relname || '.' || a.attname as name, pg_get_constraintdef(c.oid) as text
       from pg_constraint c join pg_class r on r.oid = c.conrelid
       join pg_attribute a on a.attrelid = r.oid and a.attnum = c.conkey[1]
       where c.contype = 'c' and cardinality(c.conkey) = 1 and r.relname = any($1)`,
      [tables],
    );
    return Object.fromEntries(
      rows
        .filter(({ text }) => text.includes('ARRAY['))
        .map(({ name, text }) => [
          name,
          [...text.matchAll(/'([^']+)'::text/g)].map((match) => match[1] ?? '').sort(),
        ]),
    );
  } finally {
    await client.end();
  }
}
