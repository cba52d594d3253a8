import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';

/** Notes which rows of a table a merge took from one person to the other. Called by handlers of `ClientHooks.merging`. */
export async function rememberMoved(
  tx: Tx,
  mergeId: string,
  table: string,
  ids: readonly string[],
): Promise<void> {
  await tx.run(sql`
    update client_merge set moved = moved || jsonb_build_object('tables',
      coalesce(moved -> 'tables', '{}') || jsonb_build_object(${table}::text, ${JSON.stringify(ids)}::jsonb))
    where scheme_id = ${tx.schemeId} and id = ${mergeId}`);
}

/** The rows `rememberMoved` noted, for handlers of `ClientHooks.unmerging` to take back. */
export async function movedBy(tx: Tx, mergeId: string, table: string): Promise<string[]> {
  const row = await tx.one<{ ids: string[] | null }>(sql`
    select moved -> 'tables' -> ${table}::text as ids from client_merge
    where scheme_id = ${tx.schemeId} and id = ${mergeId}`);
  return row.ids ?? [];
}
