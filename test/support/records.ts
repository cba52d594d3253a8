import sql, { type Sql } from 'sql-template-tag';
import { Database } from '../../src/platform/database/database.js';
import type { TestScheme } from './people.js';

export interface Recorded {
  action: string;
  actor_id: string | null;
  client_ids: string[];
  details: Record<string, unknown>;
}

/** Reads rows of a scheme as the application does. */
export const rowsOf = <Row extends object>(scheme: TestScheme, statement: Sql): Promise<Row[]> =>
  scheme.betony.get(Database).read(scheme.id, statement);

/** What the audit record says was done to, or shown of, one thing; oldest first. */
export const auditOf = (scheme: TestScheme, subjectId: string): Promise<Recorded[]> =>
  rowsOf(
    scheme,
    sql`select action, actor_id, client_ids, details from audit_entry
      where scheme_id = ${scheme.id} and subject_id = ${subjectId} order by id`,
  );

/** The events told so far whose payload names this id, in order. */
export async function eventsAbout(scheme: TestScheme, id: string): Promise<string[]> {
  const rows = await scheme.betony
    .get(Database)
    .unscoped<{ event: string; payload: Record<string, string> }>(
      sql`select event, payload from outbox where scheme_id = ${scheme.id} order by seq`,
    );
  return rows.filter(({ payload }) => Object.values(payload).includes(id)).map(({ event }) => event);
}

/** How many rows each of these tables has in the scheme: refused requests must change none of it. */
export async function countRows(scheme: TestScheme, tables: readonly Sql[]): Promise<number[]> {
  const counts: number[] = [];
  for (const table of tables) {
    const [row] = await rowsOf<{ count: number }>(
      scheme,
      sql`select count(*)::integer as count from ${table} where scheme_id = ${scheme.id}`,
    );
    counts.push(row?.count ?? -1);
  }
  return counts;
}
