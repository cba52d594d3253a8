import sql, { join, raw, type Sql } from 'sql-template-tag';
import { MOST_COUNTED } from '../http/pagination.js';

/** What rows are compared by, for each order that somebody may ask for. None of it is ever null. */
export type Orders<Key extends string> = Record<Key, readonly Sql[]>;

/**
 * Rows in the order of `sort`, after the last of the page before. A cursor stands in an address, so it is an id, and the
 * row is looked up again: `rows` is where, up to its `where scheme_id = …`; `id` tells equals apart.
 */
export function inOrder<Key extends string>(
  orders: Orders<Key>,
  sort: Key | `-${Key}`,
  { id, rows, last }: { id: Sql; rows: Sql; last: string | null },
): { order: Sql; after: Sql } {
  const fromEnd = sort.startsWith('-');
  const keys = [...orders[(fromEnd ? sort.slice(1) : sort) as Key], id];
  const order = join(keys.map((key) => (fromEnd ? sql`${key} desc` : key)));
  if (last === null) return { order, after: sql`true` };
  // One at a time: only then PostgreSQL looks for what comes after by an index.
  const those = keys.map((key) =>
    key === id ? sql`${last}::uuid` : sql`(select ${key} from ${rows} and ${id} = ${last}::uuid)`,
  );
  return { order, after: sql`(${join(keys)}) ${raw(fromEnd ? '<' : '>')} (${join(those)})` };
}

export interface Total {
  [column: string]: unknown;
  total: number;
}

/** How many rows `few` gives; beyond `MOST_COUNTED` nobody counts. `few` selects anything, such as 1. */
export const counted = (few: Sql): Sql =>
  sql`select count(*)::int as total from (${few} limit ${MOST_COUNTED + 1}) as few`;
