import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import {
  importAssets,
  takeBackAssets,
  type ImportedAsset,
  type ListedAsset,
} from '../assets/asset-import.js';
import { audit } from '../audit/audit.js';
import { Gaps } from '../onward-referrals/gaps.service.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { canonicalJson, sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import {
  importGroups,
  takeBackListings,
  takeBackOrganisations,
  type DirectoryGroup,
  type ImportedGroup,
} from '../providers/provider-import.js';
import { isLong, LongJobs } from '../reminders/long-jobs.service.js';
import { ProviderHooks } from '../providers/provider.hooks.js';
import { IMPORT_WAITING } from './batch.events.js';
import {
  BATCH_COLUMNS,
  batchOf,
  broughtFor,
  forgetNotRead,
  forgetRows,
  memberOf,
  sessionOf,
  progress,
  sheetOf,
  SILENT_MS,
  step,
  told,
  type Batch,
  withOldRows,
} from './batch.steps.js';
import {
  GOING_ON,
  isGoingOn,
  KIND_NEEDS,
  UNDO_HOURS,
  type AnyBatchKind,
  type BatchKind,
  type BatchState,
  type Verdict,
} from './batch.types.js';
import {
  type Counts,
  type GroupRow,
  type RawRow,
  type ListedValue,
  MOST_ROWS,
  type Remark,
  type RowWarning,
} from './import.types.js';
import type { ListedRow, Made, MadeRow, OwnKind } from './own-kind.js';
import { populationList } from './population-list.js';
import { UserList } from './user-list.js';
import { listingsInUse, organisationsInUse } from './in-use.js';
import { columnsOf, kindCalled } from './kinds/all.js';
import { MOST_COLUMNS, readAs, recognised, saidProblem } from './headings.rules.js';
import { kept, repeated, tooMuch, WHOLE_ROW } from './raw.rules.js';

/** Kinds of lists whose rows are services of groups. */
const OF_SERVICES = ['open-referral', 'charities', 'food-banks'] satisfies BatchKind[];
const CHUNK = 200;
/** Of the fields of a file that are not kept; a feed may name any number of them. */
const MOST_FIELDS_TOLD = 200;

export interface NewBatch {
  kind: BatchKind;
  source: string;
  address?: string | null;
  fileName?: string | null;
  encoding?: string | null;
}

/** What a row became. */
type Imported = ImportedGroup | ImportedAsset;

/** Imports of groups, services, assets, users and numbers of people: begun, filled with rows, approved, applied, taken back. */
@Injectable()
export class BatchesService {
  private readonly own: ReadonlyMap<AnyBatchKind, OwnKind<ListedValue>>;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly gaps: Gaps,
    private readonly hooks: ProviderHooks,
    private readonly jobs: LongJobs,
    userList: UserList,
  ) {
    this.own = new Map<AnyBatchKind, OwnKind<ListedValue>>([
      ['users', userList],
      ['populations', populationList],
    ]);
  }

  /** With an address a worker is to fetch it; without, whoever began it fills it. */
  begin(actor: Actor, batch: NewBatch): Promise<string> {
    reachFor(actor, 'import.make');
    return this.unitOfWork.run(actor, async (tx) => {
      const id = newId();
      await tx.run(sql`
        insert into import_batch (scheme_id, id, kind, source, address, file_name, encoding, state, created_by, created_at,
          went_at)
        values (${tx.schemeId}, ${id}, ${batch.kind}, ${batch.source}, ${batch.address ?? null},
          ${batch.fileName ?? null}, ${batch.encoding ?? null}, 'fetching', ${memberOf(actor)}, ${tx.now},
          ${tx.now})`);
      await told(tx, id, 'import.make');
      if (batch.address) await outbox.add(tx, IMPORT_WAITING, { importId: id });
      return id;
    });
  }

  /** A sheet whose columns somebody has to name first: kept as it came, and nothing of it judged yet. */
  upload(
    actor: Actor,
    batch: NewBatch,
    headings: readonly string[],
    rows: AsyncIterable<RawRow>,
  ): Promise<string> {
    reachFor(actor, 'import.make');
    const columns = recognised(kindCalled(batch.kind)?.sheet ?? { columns: [] }, headings);
    return this.unitOfWork.run(actor, async (tx) => {
      const id = newId();
      await tx.run(sql`
        insert into import_batch (scheme_id, id, kind, source, file_name, encoding, state, headings, columns, created_by,
          created_at)
        values (${tx.schemeId}, ${id}, ${batch.kind}, ${batch.source}, ${batch.fileName ?? null},
          ${batch.encoding ?? null}, 'uploaded', ${[...headings]}::text[], ${columns}::text[], ${memberOf(actor)},
          ${tx.now})`);
      let chunk: object[] = [];
      let count = 0;
      const flush = async (): Promise<void> => {
        await tx.run(sql`
          insert into import_row (scheme_id, batch_id, row, raw, outcome, problems)
          select ${tx.schemeId}, ${id}, r.row, r.raw, r.outcome, r.problems
          from jsonb_to_recordset(${JSON.stringify(chunk)}::jsonb) as r (row integer, raw jsonb, outcome text,
            problems jsonb)`);
        count += chunk.length;
        chunk = [];
      };
      for await (const { row, cells, misfit } of rows) {
        if (count + chunk.length === MOST_ROWS) throw tooManyRows();
        const reason = misfit ?? tooMuch(cells, row)?.reason ?? null;
        const problems = reason === null ? [] : [{ column: WHOLE_ROW, reason }];
        chunk.push({ row, raw: kept(cells), problems, outcome: reason === null ? 'added' : 'refused' });
        if (chunk.length === CHUNK) await flush();
      }
      if (chunk.length > 0) await flush();
      await tx.run(sql`
        update import_batch set rows = ${count} where scheme_id = ${tx.schemeId} and id = ${id}`);
      await told(tx, id, 'import.make');
      return id;
    });
  }

  /** What each column of a sheet is. A worker judges every row by it; others may be said until it is approved. */
  sayColumns(actor: Actor, id: string, columns: readonly string[], seen?: number): Promise<string> {
    reachFor(actor, 'import.make');
    return this.unitOfWork.run(actor, async (tx) => {
      const { kind, version } = await step(tx, id, 'read', sql`${broughtFor(actor)} and headings <> '{}'`);
      refuseStale(version, seen);
      const { headings } = await sheetOf(tx, id);
      const problem = saidProblem(columnsOf(kind), headings, columns);
      if (problem !== null) throw Refusal.invalidField('columns', problem);
      await tx.run(sql`
        update import_batch set columns = ${[...columns]}::text[], because = null, done = 0, worked_at = null,
          added = 0, changed = 0, same = 0, alike = 0, refused = 0, ignored = 0, warned = 0, stopped_at = null, asked_by = ${memberOf(actor)}, asked_session = ${sessionOf(actor)}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await told(tx, id, 'import.make');
      await outbox.add(tx, IMPORT_WAITING, { importId: id });
      return id;
    });
  }

  /** Judges the rows of a sheet as they are kept, by what its columns are said to be. False where there are none. */
  async readAgain(actor: Actor, id: string): Promise<boolean> {
    const { kind, headings, columns } = await this.unitOfWork.run(actor, async (tx) => ({
      ...(await batchOf(tx, id)),
      ...(await sheetOf(tx, id)),
    }));
    const sheet = kindCalled(kind)?.sheet;
    if (!sheet || headings.length === 0) return false;
    const seen = new Map<string, number>();
    let [after, done] = [0, 0];
    for (;;) {
      const read = await this.unitOfWork.run(actor, async (tx) => {
        const rows = await tx.rows<{ row: number; raw: Record<string, string>; whole: boolean }>(sql`
          select row, raw, problems @> ${JSON.stringify([{ column: WHOLE_ROW }])}::jsonb as whole from import_row
          where scheme_id = ${tx.schemeId} and batch_id = ${id} and row > ${after} order by row limit ${CHUNK}`);
        const judged = rows
          .filter(({ whole }) => !whole)
          .map(({ row, raw }) => {
            const { raw: named, notKept } = readAs({ row, cells: raw }, headings, columns);
            return staged({ at: row, raw, checked: sheet.check(named), notKept }, seen);
          });
        await tx.run(sql`
          update import_row i set source_id = r.source_id, outcome = r.outcome, problems = coalesce(r.problems, '[]'),
            value = r.value, hash = r.hash, warnings = coalesce(r.warnings, '[]'), organisation_id = null, listing_id = null,
            verdict = null,
            not_kept = array(select jsonb_array_elements_text(coalesce(r.not_kept, '[]')))
          from jsonb_to_recordset(${JSON.stringify(judged)}::jsonb) as r (row integer, source_id text, outcome text,
            problems jsonb, value jsonb, hash text, warnings jsonb, not_kept jsonb)
          where i.scheme_id = ${tx.schemeId} and i.batch_id = ${id} and i.row = r.row`);
        done += rows.length;
        return { last: rows.at(-1)?.row, goesOn: await progress(tx, id, done) };
      });
      if (!read.goesOn) throw new Stopped();
      if (read.last === undefined) break;
      after = read.last;
    }
    await this.compareAll(actor, id, []);
    return true;
  }

  /**
   * Puts what was read beside what is known, row by row, in small writes: nothing outside the import changes. Begun again,
   * it begins from nothing. A source that fails while it is read leaves a failed import and nothing else.
   */
  async fill(actor: Actor, id: string, rows: AsyncIterable<GroupRow | Remark>): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      await tx.run(sql`delete from import_row where scheme_id = ${tx.schemeId} and batch_id = ${id}`);
    });
    const seen = new Map<string, number>();
    const remarks: string[] = [];
    let headings: string[] | null = null;
    let chunk: object[] = [];
    let done = 0;
    const flush = async (): Promise<void> => {
      done += chunk.length;
      const given = JSON.stringify(chunk);
      chunk = [];
      const goesOn = await this.unitOfWork.run(actor, async (tx) => {
        await tx.run(sql`
          insert into import_row (scheme_id, batch_id, row, source_id, outcome, problems, raw, value, hash, warnings,
            not_kept)
          select ${tx.schemeId}, ${id}, r.row, r.source_id, r.outcome, coalesce(r.problems, '[]'), r.raw, r.value, r.hash,
            coalesce(r.warnings, '[]'), array(select jsonb_array_elements_text(coalesce(r.not_kept, '[]')))
          from jsonb_to_recordset(${given}::jsonb) as r (row integer, source_id text, outcome text, problems jsonb,
            raw jsonb, value jsonb, hash text, warnings jsonb, not_kept jsonb)`);
        return progress(tx, id, done);
      });
      if (!goesOn) throw new Stopped();
    };
    for await (const row of rows) {
      if ('remark' in row) {
        remarks.push(row.remark);
        continue;
      }
      if (done + chunk.length === MOST_ROWS) {
        throw tooManyRows();
      }
      headings ??= headingsIn(row.raw);
      chunk.push(staged(row, seen));
      if (chunk.length === CHUNK) await flush();
    }
    if (chunk.length > 0) await flush();
    if (done === 0) throw Refusal.invalidField('file', 'The file has no rows below its headings');
    await this.compareAll(actor, id, remarks, headings ?? []);
  }

  /** With the headings of a sheet that was read by them: others may be said for it. */
  private async compareAll(
    actor: Actor,
    id: string,
    remarks: readonly string[],
    headings: readonly string[] = [],
  ): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const { kind } = await batchOf(tx, id);
      const sheet = kindCalled(kind)?.sheet ?? null;
      if (sheet !== null && headings.length > 1 && headings.length <= MOST_COLUMNS) {
        await tx.run(sql`
          update import_batch set headings = ${[...headings]}::text[],
            columns = ${recognised(sheet, headings)}::text[]
          where scheme_id = ${tx.schemeId} and id = ${id}`);
      }
      await this.own.get(kind)?.compare(tx, id);
      await compare(tx, id, remarks);
    });
  }

  fail(actor: Actor, id: string, because: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { state } = await step(tx, id, 'fail');
      // What was read of a source that failed is of no use to anybody; a sheet that was read to its end may be read otherwise.
      if (state === 'fetching' && (await sheetOf(tx, id)).headings.length === 0) {
        await tx.run(sql`delete from import_row where scheme_id = ${tx.schemeId} and batch_id = ${id}`);
      }
      await tx.run(sql`
        update import_batch set because = ${because}, worked_at = null where scheme_id = ${tx.schemeId} and id = ${id}`);
      return id;
    });
  }

  /** Of a row that looks like a service that is here: whether it is that one. What is seen next is another version of it. */
  decide(actor: Actor, id: string, row: number, verdict: Verdict, seen?: number): Promise<string> {
    reachFor(actor, KIND_NEEDS['open-referral']);
    // No list is that long, and no number in the database either.
    if (row < 0 || row > 2 ** 31 - 1) throw Refusal.notFound();
    return this.unitOfWork.run(actor, async (tx) => {
      const batch = await tx.maybe<{ state: string; version: number }>(sql`
        select state, version from import_batch
        where scheme_id = ${tx.schemeId} and id = ${id} and ${broughtFor(actor)} for no key update`);
      if (!batch) throw Refusal.notFound();
      if (batch.state !== 'checked') {
        throw Refusal.illegalMove(batch.state, 'decide', 'This can be done only while it is checked.');
      }
      const found = await tx.maybe<{ verdict: Verdict | null }>(sql`
        select verdict from import_row
        where scheme_id = ${tx.schemeId} and batch_id = ${id} and row = ${row} and outcome = 'alike'`);
      if (!found) throw Refusal.notFound();
      if (found.verdict === verdict) return id;
      refuseStale(batch.version, seen);
      await tx.run(sql`
        update import_row set verdict = ${verdict}
        where scheme_id = ${tx.schemeId} and batch_id = ${id} and row = ${row}`);
      await tx.run(sql`
        update import_batch set version = version + 1 where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, { action: 'import.make', subject: { kind: 'import', id }, details: { row, verdict } });
      return id;
    });
  }

  /** What was looked at is `seen`: others may have said since what its columns are. A worker writes it, unless told otherwise. */
  approve(
    actor: Actor,
    id: string,
    leaveOutRefused: boolean,
    { seen, waits = true }: { seen?: number | undefined; waits?: boolean } = {},
  ): Promise<string> {
    reachFor(actor, 'import.approve');
    return this.unitOfWork.run(actor, async (tx) => {
      const batch = await step(tx, id, 'approve', broughtFor(actor));
      refuseStale(batch.version, seen);
      if (batch.refused > 0 && !leaveOutRefused) {
        throw Refusal.conflict(
          'rows-refused',
          `${batch.refused === 1 ? '1 row' : `${String(batch.refused)} rows`} cannot be imported. Mend what is wrong and import again, or leave it out.`,
          { refused: batch.refused },
        );
      }
      const later = await tx.maybe(sql`
        select 1 from import_batch b
        where b.scheme_id = ${tx.schemeId} and b.source = ${batch.source} and b.id <> ${id}
          and (b.state in ('approved', 'undoing') or b.applied_at > ${batch.checkedAt} or b.undone_at > ${batch.checkedAt})`);
      if (later) {
        throw Refusal.conflict(
          'import-outdated',
          'Another import from there was written after this one was checked. Import again.',
        );
      }
      await tx.run(sql`
        update import_batch set approved_by = ${memberOf(actor)}, approved_at = ${tx.now}, done = 0, worked_at = null,
          asked_by = ${memberOf(actor)}, asked_session = ${sessionOf(actor)}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await told(tx, id, 'import.approve');
      if (waits) await outbox.add(tx, IMPORT_WAITING, { importId: id });
      return id;
    });
  }

  /** Of a feed that is still being read. What is written is written at once, and can be taken back instead. */
  stop(actor: Actor, id: string): Promise<string> {
    reachFor(actor, 'import.make');
    return this.unitOfWork.run(actor, async (tx) => {
      const { state } = await step(tx, id, 'stop', broughtFor(actor));
      if (state !== 'fetching') {
        throw Refusal.illegalMove(state, 'stop', 'It is being written. Take it back once it is done.');
      }
      await tx.run(sql`
        update import_batch set stopped_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${id}`);
      await told(tx, id, 'import.make');
      return id;
    });
  }

  discard(actor: Actor, id: string): Promise<string> {
    reachFor(actor, 'import.make');
    return this.unitOfWork.run(actor, async (tx) => {
      await step(tx, id, 'discard', broughtFor(actor));
      await tx.run(sql`delete from import_row where scheme_id = ${tx.schemeId} and batch_id = ${id}`);
      await told(tx, id, 'import.make');
      return id;
    });
  }

  undo(actor: Actor, id: string): Promise<string> {
    reachFor(actor, 'import.undo');
    return this.unitOfWork.run(actor, async (tx) => {
      const batch = await step(tx, id, 'undo', broughtFor(actor));
      const until = (batch.appliedAt?.getTime() ?? 0) + UNDO_HOURS * 3_600_000;
      if (tx.now.getTime() > until) {
        throw Refusal.conflict('too-late', `An import can be undone for ${String(UNDO_HOURS)} hours.`);
      }
      const later = await tx.maybe(sql`
        select 1 from import_batch b
        where b.scheme_id = ${tx.schemeId} and b.source = ${batch.source} and b.id <> ${id}
          and (b.state = 'approved' or b.state in ('applied', 'undoing') and b.applied_at >= ${batch.appliedAt})`);
      if (later) {
        throw Refusal.conflict(
          'import-built-on',
          'A later import from there stands on this one. Undo that first.',
        );
      }
      await tx.run(sql`
        update import_batch set done = 0, worked_at = null, asked_by = ${memberOf(actor)},
          asked_session = ${sessionOf(actor)}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await told(tx, id, 'import.undo');
      await outbox.add(tx, IMPORT_WAITING, { importId: id });
      return id;
    });
  }

  /** Gives the import to one worker: null when there is nothing to do for it, or another is at it. */
  claim(actor: Actor, id: string): Promise<Batch | null> {
    return this.unitOfWork.run(actor, (tx) =>
      tx.maybe<Batch>(sql`
        update import_batch set worked_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id} and state = any(${[...GOING_ON]}::text[])
          and (worked_at is null or worked_at < ${new Date(tx.now.getTime() - SILENT_MS)})
        returning ${BATCH_COLUMNS}`),
    );
  }

  /** What waits and nobody is at: an event that was lost, a worker that died. */
  waiting(actor: Actor): Promise<{ id: string; state: BatchState }[]> {
    return this.unitOfWork.run(actor, (tx) =>
      tx.rows<{ id: string; state: BatchState }>(sql`
        select id, state from import_batch
        where scheme_id = ${tx.schemeId} and state = any(${[...GOING_ON]}::text[])
          and coalesce(worked_at, approved_at, created_at) < ${new Date(tx.now.getTime() - SILENT_MS)}`),
    );
  }

  /** Writes all of it or nothing, in one transaction; how far it has come is told outside of it. */
  async apply(actor: Actor, id: string): Promise<Counts> {
    return this.unitOfWork.run(actor, async (tx) => {
      const counts = { added: 0, changed: 0, same: 0, refused: 0 };
      const { kind } = await batchOf(tx, id);
      const own = this.own.get(kind);
      await forgetNotRead(tx, id);
      let after = 0;
      for (;;) {
        const rows = await tx.rows<ListedRow<ListedValue> & Record<string, unknown>>(sql`
          select row, value, warnings, organisation_id as "organisationId" from import_row
          where scheme_id = ${tx.schemeId} and batch_id = ${id} and row > ${after}
            and (outcome in ('added', 'changed') or outcome = 'alike' and verdict = 'different')
          order by row limit ${CHUNK}`);
        if (rows.length === 0) break;
        const imported = own
          ? await written(tx, id, await own.write(tx, rows))
          : await this.importedOf(tx, id, kind, rows);
        for (const { outcome } of imported) counts[outcome] += 1;
        after = rows.at(-1)?.row ?? after;
        await this.tellProgress(actor, id, counts.added + counts.changed + counts.same);
      }
      await knowAgain(tx, id);
      await tx.run(sql`
        update import_record c set gone_since = ${tx.now} from import_row r
        where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.outcome = 'gone'
          and c.scheme_id = r.scheme_id and c.source_id = r.source_id
          and c.source = (select b.source from import_batch b where b.scheme_id = r.scheme_id and b.id = r.batch_id)`);
      const { same } = await step(tx, id, 'apply');
      await tx.run(sql`
        update import_batch set applied_at = ${tx.now}, worked_at = null, added = ${counts.added},
          changed = ${counts.changed}, same = same + ${counts.same}, refused = refused + ${counts.refused}, alike = (
            select count(*)::int from import_row r
            where r.scheme_id = import_batch.scheme_id and r.batch_id = import_batch.id and r.outcome = 'alike'),
          done = ${counts.added + counts.changed + counts.same + counts.refused}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, { action: 'import.apply', subject: { kind: 'import', id }, details: counts });
      return { added: counts.added, changed: counts.changed, same: counts.same + same };
    });
  }

  private async importedOf(
    tx: Tx,
    id: string,
    kind: AnyBatchKind,
    rows: readonly ListedRow<ListedValue>[],
  ): Promise<Imported[]> {
    const values = rows.map(({ value }) => value);
    const imported =
      kind === 'assets'
        ? await importAssets(tx, values as ListedAsset[])
        : await importGroups(tx, values as DirectoryGroup[]);
    await remember(tx, id, imported);
    return imported;
  }

  /**
   * Nothing of it is left to be seen, and no row of it, save what somebody here has changed or used since: those rows stay,
   * and say why. Publishing alone keeps nothing. Services first, last written first, then their groups.
   */
  async takeBack(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const { kind } = await batchOf(tx, id);
      let done = 0;
      for await (const rows of writtenRows(tx, id)) {
        await keep(tx, id, await this.keptOf(tx, kind, rows));
        done += rows.length;
        await this.tellProgress(actor, id, done);
      }
      if (kind !== 'assets' && !this.own.has(kind)) {
        for await (const rows of writtenRows(tx, id)) {
          await keep(tx, id, await organisationsKept(tx, rows));
        }
      }
      await forget(tx, id);
      const [{ kept: stayed } = { kept: 0 }] = await tx.rows<{ kept: number }>(sql`
        select count(*)::int as kept from import_row
        where scheme_id = ${tx.schemeId} and batch_id = ${id} and kept_because is not null`);
      await tx.run(sql`
        delete from import_row where scheme_id = ${tx.schemeId} and batch_id = ${id} and kept_because is null`);
      await step(tx, id, 'finishUndo');
      await tx.run(sql`
        update import_batch set undone_at = ${tx.now}, worked_at = null, kept = ${stayed}, done = ${done}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, {
        action: 'import.undo',
        subject: { kind: 'import', id },
        details: { done, kept: stayed },
      });
    });
  }

  private async keptOf(tx: Tx, kind: AnyBatchKind, rows: readonly Written[]): Promise<Kept[]> {
    const own = this.own.get(kind);
    if (!own) return kind === 'assets' ? assetsKept(tx, rows) : this.listingsKept(tx, rows);
    const kept = await own.takeBack(tx, rows);
    return [...kept].map(([row, because]) => ({ row, because }));
  }

  /** Gaps that closed because it was published are open again; reminders about it go. */
  private async listingsKept(tx: Tx, rows: readonly Written[]): Promise<Kept[]> {
    const used = await listingsInUse(
      tx,
      rows.map(({ listingId }) => listingId),
    );
    const { live, kept } = await takeBackListings(
      tx,
      rows.filter(({ listingId }) => !used.has(listingId)),
    );
    if (live.length > 0) {
      await this.gaps.reopenWithin(tx, live);
      await this.hooks.listingsChanged.run(tx, { listingIds: live });
    }
    return rows.flatMap(({ row, listingId }) => {
      const did = kept.get(listingId);
      const why = used.get(listingId) ?? (did && `somebody here ${did}`);
      return why === undefined ? [] : [{ row, because: stays('The service', why) }];
    });
  }

  /** What a list brought stands where it belongs; the list itself is kept for whoever looks into it, and then goes. */
  async forgetOld(actor: Actor): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      for (const { id, state } of await withOldRows(tx, broughtFor(actor))) {
        if (state !== 'applied' && state !== 'undone') await step(tx, id, 'discard');
        await forgetRows(tx, id);
        await told(tx, id, 'import.forget');
      }
    });
  }

  /**
   * Tells whoever asked for it that it is over, where they waited longer than anybody looks at a page. Where it goes on
   * again they have seen it.
   */
  async tellOver(tx: Tx, id: string): Promise<void> {
    const batch = await tx.maybe<{ state: BatchState; wentAt: Date | null; askedBy: string | null }>(sql`
      select state, went_at as "wentAt", coalesce(asked_by, approved_by, created_by) as "askedBy" from import_batch
      where scheme_id = ${tx.schemeId} and id = ${id} and state <> 'discarded'`);
    if (!batch?.wentAt || batch.askedBy === null || isGoingOn(batch.state)) return;
    if (isLong(batch.wentAt, tx.now)) await this.jobs.over(tx, id, batch.askedBy);
  }

  /** In a transaction of its own, so that others see it while the writing goes on. */
  private async tellProgress(actor: Actor, id: string, done: number): Promise<void> {
    await this.unitOfWork.run(actor, (tx) => progress(tx, id, done));
  }
}

/** Somebody does not want it any more. */
export class Stopped extends Error {
  constructor(because = 'It was stopped. Nothing was written.') {
    super(because);
    this.name = 'Stopped';
  }
}

const tooManyRows = (): Refusal =>
  Refusal.invalidField('file', `Use ${MOST_ROWS.toLocaleString('en-GB')} rows or fewer`);

/** Of a record that is cells under headings, those that can be told apart; of anything else none. */
const headingsIn = (raw: unknown): string[] =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw)
    ? Object.keys(raw).filter((heading) => heading !== '')
    : [];

function staged({ at, raw, sourceId, checked, notKept }: GroupRow, seen: Map<string, number>): object {
  const row = { row: at, raw: kept(raw) };
  const refused = ({ column, reason, others = [] }: RowWarning & { others?: readonly RowWarning[] }) => ({
    ...row,
    source_id: sourceId ?? null,
    outcome: 'refused',
    problems: [{ column, reason }, ...others],
  });
  const long = tooMuch(raw, at);
  if (long) return refused(long);
  if (checked === 'ignore') return { ...row, outcome: 'ignored' };
  if (!checked.ok) return refused(checked);
  const value = kept(checked.value) as ListedValue;
  const again = repeated(seen, value.sourceId, at);
  if (again) return refused(again);
  return {
    ...row,
    outcome: 'added',
    source_id: value.sourceId,
    value,
    hash: sha256(canonicalJson(value)),
    warnings: kept(checked.warnings ?? []),
    not_kept: kept(notKept ?? []),
  };
}

const NOWHERE = JSON.stringify([{ column: 'neighbourhood', reason: 'There is no such neighbourhood' }]);

/** What each row would do, and which records its source no longer has. A file may hold a part; a feed is the whole. */
async function compare(tx: Tx, id: string, remarks: readonly string[]): Promise<void> {
  // A neighbourhood is known by its name, and a file cannot make one.
  await tx.run(sql`
    update import_row r set outcome = 'refused', problems = ${NOWHERE}::jsonb, value = null, hash = null
    from import_batch b
    where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.outcome = 'added'
      and b.scheme_id = r.scheme_id and b.id = r.batch_id and b.kind = 'assets' and r.value ->> 'neighbourhood' is not null
      and not exists (
        select 1 from neighbourhood n
        where n.scheme_id = r.scheme_id and lower(n.name) = lower(r.value ->> 'neighbourhood'))`);
  await tx.run(sql`
    update import_row r set outcome = case when c.hash = r.hash and c.gone_since is null then 'same' else 'changed' end
    from import_record c, import_batch b
    where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.outcome = 'added'
      and b.scheme_id = r.scheme_id and b.id = r.batch_id
      and c.scheme_id = r.scheme_id and c.source = b.source and c.source_id = r.source_id`);
  await lookAlike(tx, id);
  await tx.run(sql`
    insert into import_row (scheme_id, batch_id, row, source_id, outcome, raw, organisation_id, listing_id)
    select c.scheme_id, b.id,
      row_number() over (order by c.source_id)
        + (select coalesce(max(r.row), 0) from import_row r where r.scheme_id = c.scheme_id and r.batch_id = b.id),
      c.source_id, 'gone', c.raw, c.organisation_id, c.listing_id
    from import_batch b join import_record c on c.scheme_id = b.scheme_id and c.source = b.source
    where b.scheme_id = ${tx.schemeId} and b.id = ${id} and b.address is not null and c.gone_since is null
      and not exists (
        select 1 from import_row r
        where r.scheme_id = b.scheme_id and r.batch_id = b.id and r.source_id = c.source_id)`);
  await step(tx, id, 'check');
  await tx.run(sql`
    update import_batch b set checked_at = ${tx.now}, worked_at = null, rows = c.rows, added = c.added,
      changed = c.changed, same = c.same, alike = c.alike, refused = c.refused, ignored = c.ignored, gone = c.gone, done = c.rows, warned = c.warned,
      not_kept = c.not_kept, remarks = ${remarks}::text[]
    from (
      select count(*) filter (where outcome <> 'gone')::int as rows,
        count(*) filter (where outcome = 'added')::int as added,
        count(*) filter (where outcome = 'changed')::int as changed,
        count(*) filter (where outcome = 'same')::int as same,
        count(*) filter (where outcome = 'alike')::int as alike,
        count(*) filter (where outcome = 'refused')::int as refused,
        count(*) filter (where outcome = 'ignored')::int as ignored,
        count(*) filter (where outcome = 'gone')::int as gone,
        count(*) filter (where warnings <> '[]')::int as warned, (
          select coalesce(jsonb_agg(jsonb_build_object('field', n.field, 'rows', n.rows) order by n.rows desc, n.field), '[]')
          from (
            select f.field, count(*)::int as rows from import_row k, unnest(k.not_kept) as f (field)
            where k.scheme_id = ${tx.schemeId} and k.batch_id = ${id}
            group by f.field order by count(*) desc, f.field limit ${MOST_FIELDS_TOLD}
          ) n) as not_kept
      from import_row where scheme_id = ${tx.schemeId} and batch_id = ${id}
    ) c
    where b.scheme_id = ${tx.schemeId} and b.id = ${id}`);
}

/** A name without case, spaces and marks: “St. Mary’s” is “st marys”. */
const bare = (name: Sql): Sql => sql`nullif(lower(regexp_replace(${name}, '[^[:alnum:]]+', '', 'g')), '')`;

/**
 * Which of the new services look like one that is here, by another directory or by hand: the same name at the same postcode; the
 * same group there, where one of the two is called as its group is; or the same name of the same group where a
 * postcode is not known. Two of one directory are two, as it says. What was once said to be one of ours, and has changed, is asked again.
 * At the command line nobody could be asked: what is new comes in, what was said to be ours stays.
 */
async function lookAlike(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`
    update import_row r set outcome = 'alike', organisation_id = l.organisation_id, listing_id = l.id
    from import_record c, import_batch b, listing l
    where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.outcome = 'changed'
      and b.scheme_id = r.scheme_id and b.id = r.batch_id and b.kind = any(${OF_SERVICES}::text[])
      and c.scheme_id = r.scheme_id and c.source = b.source and c.source_id = r.source_id
      and l.scheme_id = c.scheme_id and l.id = c.listing_id
      and l.taken_back_at is null and (l.source, l.source_id) is distinct from (c.source, c.source_id)`);
  await tx.run(sql`
    with came as materialized (
      select r.row, b.source, ${bare(sql`r.value ->> 'name'`)} as organisation, ${bare(sql`r.value ->> 'service'`)} as name,
        ${bare(sql`r.value ->> 'postcode'`)} as postcode
      from import_batch b join import_row r on r.scheme_id = b.scheme_id and r.batch_id = b.id
      where b.scheme_id = ${tx.schemeId} and b.id = ${id} and b.kind = any(${OF_SERVICES}::text[])
        and b.created_by is not null and r.outcome = 'added'
    ), here as materialized (
      select l.id, l.organisation_id, l.source, ${bare(sql`o.name`)} as organisation, ${bare(sql`l.name`)} as name,
        ${bare(sql`l.postcode`)} as postcode
      from listing l join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
      where l.scheme_id = ${tx.schemeId} and l.state <> 'closed' and l.taken_back_at is null
        and exists (select 1 from came)
    ), alike as (
      select came.row, here.id, here.organisation_id, 1 as turn from came
      join here on here.name = came.name and here.postcode = came.postcode
        and here.source is distinct from came.source
      union all
      select came.row, here.id, here.organisation_id, 2 from came
      join here on here.organisation = came.organisation and here.postcode = came.postcode
        and here.source is distinct from came.source
        and (came.name = came.organisation or here.name = here.organisation)
      union all
      select came.row, here.id, here.organisation_id, 3 from came
      join here on here.organisation = came.organisation and here.name = came.name
        and here.source is distinct from came.source and (came.postcode is null or here.postcode is null)
    ), nearest as (
      select distinct on (row) row, id, organisation_id from alike order by row, turn, id
    )
    update import_row r set outcome = 'alike', organisation_id = n.organisation_id, listing_id = n.id
    from nearest n where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.row = n.row`);
}

/** What somebody said is one of ours is known from now on by its directory's id, and stays as it is here. */
async function knowAgain(tx: Tx, id: string): Promise<void> {
  const same = sql`r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.outcome = 'alike' and r.verdict = 'same'
      and b.scheme_id = r.scheme_id and b.id = r.batch_id`;
  await tx.run(sql`
    update import_row r set before = jsonb_build_object('record', (
      select to_jsonb(c) from import_record c
      where c.scheme_id = r.scheme_id and c.source = b.source and c.source_id = r.source_id))
    from import_batch b where ${same}`);
  await tx.run(sql`
    insert into import_record (scheme_id, source, source_id, batch_id, hash, raw, organisation_id, listing_id)
    select r.scheme_id, b.source, r.source_id, r.batch_id, r.hash, r.raw, r.organisation_id, r.listing_id
    from import_row r, import_batch b where ${same}
    on conflict (scheme_id, source, source_id) do update
      set batch_id = excluded.batch_id, hash = excluded.hash, raw = excluded.raw,
        organisation_id = excluded.organisation_id, listing_id = excluded.listing_id, gone_since = null`);
}

/** The same of rows that are told apart by what they say: there is no record to keep of them. */
async function written(tx: Tx, id: string, made: readonly Made[]): Promise<readonly Made[]> {
  await tx.run(sql`
    update import_row r set outcome = m.outcome, made_id = m."madeId", before = m.before,
      problems = coalesce(m.problems, r.problems)
    from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as m (row integer, outcome text, "madeId" uuid, before jsonb,
      problems jsonb)
    where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.row = m.row`);
  return made;
}

/** What became of each row, what was there before, and the record itself as the latest of its source. */
async function remember(tx: Tx, id: string, imported: readonly Imported[]): Promise<void> {
  const given = JSON.stringify(imported);
  await tx.run(sql`
    update import_row r set organisation_id = g."organisationId", listing_id = g."listingId", asset_id = g."assetId",
      outcome = g.outcome,
      before = g.before || jsonb_build_object('record', (
        select to_jsonb(c) from import_record c, import_batch b
        where b.scheme_id = r.scheme_id and b.id = r.batch_id
          and c.scheme_id = r.scheme_id and c.source = b.source and c.source_id = r.source_id))
    from jsonb_to_recordset(${given}::jsonb) as g ("sourceId" text, "organisationId" uuid, "listingId" uuid,
      "assetId" uuid, outcome text, before jsonb)
    where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.source_id = g."sourceId"
      and r.outcome <> 'refused'`);
  await tx.run(sql`
    insert into import_record (scheme_id, source, source_id, batch_id, hash, raw, organisation_id, listing_id, asset_id)
    select r.scheme_id, b.source, r.source_id, r.batch_id, r.hash, r.raw, r.organisation_id, r.listing_id, r.asset_id
    from import_row r join import_batch b on b.scheme_id = r.scheme_id and b.id = r.batch_id
    where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id}
      and r.source_id = any(${imported.map(({ sourceId }) => sourceId)}::text[]) and r.outcome <> 'refused'
    on conflict (scheme_id, source, source_id) do update
      set batch_id = excluded.batch_id, hash = excluded.hash, raw = excluded.raw,
        organisation_id = excluded.organisation_id, listing_id = excluded.listing_id,
        asset_id = excluded.asset_id, gone_since = null`);
}

type Written = MadeRow & Omit<ImportedGroup & ImportedAsset, 'outcome' | 'sourceId'>;

async function* writtenRows(tx: Tx, id: string): AsyncGenerator<Written[]> {
  let before = 2 ** 31 - 1;
  for (;;) {
    const rows = await tx.rows<Written & Record<string, unknown>>(sql`
      select row, organisation_id as "organisationId", listing_id as "listingId", asset_id as "assetId",
        made_id as "madeId", before from import_row
      where scheme_id = ${tx.schemeId} and batch_id = ${id} and outcome in ('added', 'changed') and row < ${before}
      order by row desc limit ${CHUNK}`);
    if (rows.length === 0) return;
    yield rows;
    before = rows.at(-1)?.row ?? 0;
  }
}

interface Kept {
  row: number;
  because: string;
}

const stays = (what: string, why: string): string => `${what} stays: ${why}.`;

async function assetsKept(tx: Tx, rows: readonly Written[]): Promise<Kept[]> {
  const kept = await takeBackAssets(tx, rows);
  return rows.flatMap(({ row, assetId }) => {
    const why = kept.get(assetId);
    return why === undefined ? [] : [{ row, because: stays('It', `somebody here ${why}`) }];
  });
}

async function organisationsKept(tx: Tx, rows: readonly Written[]): Promise<Kept[]> {
  const added = rows
    .filter(({ before }) => before.organisation === null)
    .map(({ organisationId }) => organisationId);
  const used = await organisationsInUse(tx, added);
  const kept = await takeBackOrganisations(
    tx,
    rows.filter(({ organisationId }) => !used.has(organisationId)),
  );
  return rows.flatMap(({ row, organisationId, before }) => {
    if (before.organisation !== null) return [];
    const why = used.get(organisationId) ?? kept.get(organisationId);
    return why === undefined ? [] : [{ row, because: stays('The group', why) }];
  });
}

/** What stays of a row, and why; of its service before its group. */
async function keep(tx: Tx, id: string, kept: readonly Kept[]): Promise<void> {
  if (kept.length === 0) return;
  await tx.run(sql`
    update import_row r set kept_because = concat_ws(' ', r.kept_because, k.because)
    from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as k (row integer, because text)
    where r.scheme_id = ${tx.schemeId} and r.batch_id = ${id} and r.row = k.row`);
}

/** The records as they were before this import: those it brought are gone, save where the service stayed. */
async function forget(tx: Tx, id: string): Promise<void> {
  // By whole keys on either side, and by no other index: right after an import PostgreSQL has not counted yet what came, takes
  // all for one row, and would go through each record for each row.
  const ofBatch = sql`b.scheme_id = ${tx.schemeId} and b.id = ${id} and r.scheme_id = b.scheme_id and r.batch_id = b.id
      and c.scheme_id = b.scheme_id and c.source = b.source and c.source_id = r.source_id
      and r.outcome <> 'refused'`;
  await tx.run(sql`
    delete from import_record c using import_batch b, import_row r
    where ${ofBatch} and r.before -> 'record' = 'null'::jsonb
      and c.batch_id is not distinct from b.id
      and (
        r.outcome = 'alike'
        or exists (
          select 1 from listing l where l.scheme_id = r.scheme_id and l.id = r.listing_id and l.source is null)
        or exists (
          select 1 from asset a where a.scheme_id = r.scheme_id and a.id = r.asset_id and a.source_id is null))`);
  await tx.run(sql`
    update import_record c set batch_id = p.batch_id, hash = p.hash, raw = p.raw, gone_since = p.gone_since,
      organisation_id = p.organisation_id, listing_id = p.listing_id, asset_id = p.asset_id
    from import_batch b, import_row r, lateral jsonb_populate_record(null::import_record, r.before -> 'record') p
    where ${ofBatch} and r.before -> 'record' <> 'null'::jsonb
      and c.batch_id is not distinct from b.id`);
  await tx.run(sql`
    update import_record c set gone_since = null from import_batch b, import_row r
    where ${ofBatch} and r.outcome = 'gone'
      and c.listing_id = r.listing_id`);
}
