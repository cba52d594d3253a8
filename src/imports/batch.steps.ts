import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { outbox } from '../platform/outbox/outbox.js';
import { jobMovedOn } from '../reminders/long-jobs.service.js';
import { Refusal } from '../platform/errors/refusal.js';
import { move } from '../platform/pure/lifecycle.js';
import { batchLifecycle, type BatchVerb } from './batch.lifecycle.js';
import { IMPORT_OVER } from './batch.events.js';
import { NOT_READ } from './headings.rules.js';
import { type AnyBatchKind, type BatchState, isGoingOn, kindsFor } from './batch.types.js';

/** What every batch has in common, whatever it brings. */
export interface Batch {
  id: string;
  kind: AnyBatchKind;
  source: string;
  address: string | null;
  state: BatchState;
  version: number;
  refused: number;
  same: number;
  checkedAt: Date | null;
  appliedAt: Date | null;
  /** Who asked for what is being done now, and in which session. */
  askedBy: string | null;
  askedSession: string | null;
}

export const BATCH_COLUMNS = sql`
  id, kind, source, address, state, version, refused, same, checked_at as "checkedAt", applied_at as "appliedAt",
  asked_by as "askedBy", asked_session as "askedSession"`;

/** The name of whoever brought it, where a batch is shown. */
export const BROUGHT_BY = sql`(
  select p.name from membership m
  join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
  where m.scheme_id = import_batch.scheme_id and m.id = import_batch.created_by)`;

/** Those of the scheme that are this actor's to bring; lists of people are for whoever sends them. */
export const broughtFor = (actor: Actor): Sql => sql`kind = any(${kindsFor(actor)}::text[])`;

/** A worker that has said nothing for this long is taken for dead, and another begins again. */
export const SILENT_MS = 120_000;

export const memberOf = (actor: Actor): string | null =>
  actor.kind === 'member' ? actor.membershipId : null;

export const sessionOf = (actor: Actor): string | null => (actor.kind === 'member' ? actor.sessionId : null);

export const told = (tx: Tx, id: string, action: Act): Promise<void> =>
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
  const [was, is] = [batch.state, answer.to as BatchState].map(isGoingOn);
  await tx.run(sql`
    update import_batch set state = ${answer.to}, version = version + 1,
      went_at = ${!was && is ? sql`${tx.now}::timestamptz` : sql`went_at`}
    where scheme_id = ${tx.schemeId} and id = ${id}`);
  await jobMovedOn(tx, id);
  if (was && !is) await outbox.add(tx, IMPORT_OVER, { importId: id });
  return batch;
}

export const sheetOf = (tx: Tx, id: string): Promise<{ headings: string[]; columns: string[] }> =>
  tx.one<{ headings: string[]; columns: string[] }>(sql`
    select headings, columns from import_batch where scheme_id = ${tx.schemeId} and id = ${id}`);

/** What stands in columns that are nothing of ours: once a list is written, nobody can say otherwise, and nobody needs it. */
export async function forgetNotRead(tx: Tx, id: string): Promise<void> {
  const { headings, columns } = await sheetOf(tx, id);
  const notRead = headings.filter((_, at) => columns[at] === NOT_READ);
  if (notRead.length === 0) return;
  await tx.run(sql`
    update import_row set raw = raw - ${notRead}::text[]
    where scheme_id = ${tx.schemeId} and batch_id = ${id} and jsonb_typeof(raw) = 'object'`);
}

/** What came by a list is no record: what it brought stands where it belongs. */
export async function forgetRows(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from import_row where scheme_id = ${tx.schemeId} and batch_id = ${id}`);
  await tx.run(sql`
    update import_batch set rows_deleted_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${id}`);
  await jobMovedOn(tx, id);
}

/** The same number of days for every list. Each page says until when. */
export const ROWS_KEPT_DAYS = 7;
const DAY_MS = 86_400_000;

export const rowsKeptUntil = (last: Date): Date => new Date(last.getTime() + ROWS_KEPT_DAYS * DAY_MS);

/** Those among `which` that nothing has happened to for longer than their rows are kept. */
export const withOldRows = (tx: Tx, which: Sql): Promise<{ id: string; state: BatchState }[]> =>
  tx.rows<{ id: string; state: BatchState }>(sql`
    select id, state from import_batch
    where scheme_id = ${tx.schemeId} and ${which} and rows_deleted_at is null
      and state in ('uploaded', 'checked', 'failed', 'applied', 'undone')
      and coalesce(undone_at, applied_at, checked_at, created_at)
        < ${new Date(tx.now.getTime() - ROWS_KEPT_DAYS * DAY_MS)}
    order by id limit 100 for update skip locked`);

/** Says how far it is. False where somebody wants it stopped. */
export async function progress(tx: Tx, id: string, done: number): Promise<boolean> {
  const { stopped } = await tx.one<{ stopped: boolean }>(sql`
    update import_batch set done = ${done}, worked_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${id}
    returning stopped_at is not null as stopped`);
  return !stopped;
}
