import sql, { type Sql } from 'sql-template-tag';

/** A moment inside JSON that PostgreSQL writes, in the form every other moment of the API has. */
export const moment = (at: Sql): Sql =>
  sql`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
