import type { Sql } from 'sql-template-tag';
import type { Tx } from '../../platform/database/tx.js';
import type { Counts } from '../import.types.js';

/** Runs an upsert that returns `added` for each row it wrote; the rows it did not write were the same already. */
export async function upsertCounts(tx: Tx, given: number, statement: Sql): Promise<Counts> {
  const written = await tx.rows<{ added: boolean }>(statement);
  const added = written.filter((row) => row.added).length;
  return { added, changed: written.length - added, same: given - written.length };
}
