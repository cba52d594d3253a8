import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { move } from '../platform/pure/lifecycle.js';
import { batchLifecycle, type BatchVerb } from './batch.lifecycle.js';
import type { AnyBatchKind, BatchState } from './batch.types.js';

/** What every batch has in common, whatever it brings. */
export interface Batch {
  id: string;
  kind: AnyBatchKind;
  source: string;
  address: string | null;
  state: BatchState;
  refused: number;
  same: number;
  checkedAt: Date | null;
  appliedAt: Date | null;
  /** Who asked for what is being done now, and in which session. */
  askedBy: string | null;
  askedSession: string | null;
}

export const BATCH_COLUMNS = sql`
  id, kind, source, address, state, refused, same, checked_at as "checkedAt", applied_at as "appliedAt",
  asked_by as "askedBy", asked_session as "askedSession"`;

/** The name of whoever brought it, where a batch is shown. */
export const BROUGHT_BY = sql`(
  select p.name from membership m
  join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
  where m.scheme_id = import_batch.scheme_id and m.id = import_batch.created_by)`;

/** Those of the scheme; lists of people are for whoever sends them. */
export const OF_GROUPS = sql`kind <> 'referrals'`;

/** A worker that has said nothing for this long is taken for dead, and another begins again. */
export const SILENT_MS = 120_000;

export const memberOf = (actor: Actor): string | null =>
  actor.kind === 'member' ? actor.membershipId : null;

export const told = (tx: Tx, id: string, action: string): Promise<void> =>
  audit(tx, { action, subject: { kind: 'import', id } });

export const batchOf = (tx: Tx, id: string): Promise<Batch> =>
  tx.one<Batch>(
    sql`select ${BATCH_COLUMNS} from import_batch where scheme_id = ${tx.schemeId} and id = ${id}`,
  );

/** Locks it and makes the move, or refuses; what is not among `within` is not there. */
export async function step(tx: Tx, id: string, verb: BatchVerb, within: Sql = sql`true`): Promise<Batch> {
  const batch = await tx.maybe<Batch>(sql`
    select ${BATCH_COLUMNS} from import_batch
    where scheme_id = ${tx.schemeId} and id = ${id} and ${within} for no key update`);
  if (!batch) throw Refusal.notFound();
  const answer = move(batchLifecycle, verb, batch.state);
  if (!answer.ok) throw Refusal.illegalMove(batch.state, verb, answer.because);
  await tx.run(sql`
    update import_batch set state = ${answer.to}, version = version + 1 where scheme_id = ${tx.schemeId} and id = ${id}`);
  return batch;
}

/** Says how far it is. False where somebody wants it stopped. */
export async function progress(tx: Tx, id: string, done: number): Promise<boolean> {
  const { stopped } = await tx.one<{ stopped: boolean }>(sql`
    update import_batch set done = ${done}, worked_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${id}
    returning stopped_at is not null as stopped`);
  return !stopped;
}
