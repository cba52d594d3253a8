import { stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { basename } from 'node:path';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { INSTALLATION, systemActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { isUuid } from '../platform/pure/ids.js';
import { encodingOf, rowsOf } from './import.file.js';
import type { GroupRow, Remark } from './import.types.js';
import { BatchesService } from './batches.service.js';
import type {
  Encoding,
  Counts,
  GroupKind,
  ImportKind,
  ImportReport,
  RowProblem,
  RowWarning,
} from './import.types.js';
import { repeated, tooMuch, WHOLE_ROW } from './raw.rules.js';

const BATCH = 1000;
const PROBLEMS_SHOWN = 200;

export interface ImportRequest {
  file: string;
  schemeId?: string | undefined;
  edition?: string | undefined;
  /** Without it the file is only checked. */
  apply: boolean;
  /** Import the good rows and leave out the broken ones; without it one broken row stops the import. */
  skipBroken?: boolean;
  /** Whose directory an Open Referral file is. */
  source?: string | undefined;
}

/** Check, report by row, apply. Nothing is written before the whole file has been read, and then all of it or none. */
@Injectable()
export class ImportRunner {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly batches: BatchesService,
  ) {}

  run<Value>(kind: ImportKind<Value> | GroupKind, request: ImportRequest): Promise<ImportReport> {
    return 'open' in kind ? this.runGroups(kind, request) : this.runTable(kind, request);
  }

  /** The way every import of groups goes, by one who approves at the keyboard. */
  private async runGroups(kind: GroupKind, request: ImportRequest): Promise<ImportReport> {
    const schemeId = await this.schemeFor(request.schemeId);
    await refuseAbsent(request.file);
    const source = request.source ? `open-referral:${request.source}` : kind.source;
    const { encoding, rows } = await kind.open(request.file, source);
    const report = await counted(kind.name, request.file, encoding, judged(rows()));
    if (!request.apply || (report.refused > 0 && !request.skipBroken)) return report;
    const actor = systemActor(schemeId, `import:${kind.name}`);
    const fileName = basename(request.file);
    const id = await this.batches.begin(actor, { kind: kind.name, source, fileName, encoding });
    await this.batches.fill(actor, id, rows()).catch(async (error: unknown) => {
      await this.batches.fail(actor, id, 'The file could not be read to its end.');
      throw error;
    });
    await this.batches.approve(actor, id, true, { waits: false });
    if (!(await this.batches.claim(actor, id))) throw new Error('Another process took this import.');
    const { added, changed, same } = await this.batches.apply(actor, id);
    return { ...report, added, changed, same, applied: true };
  }

  private async runTable<Value>(kind: ImportKind<Value>, request: ImportRequest): Promise<ImportReport> {
    const schemeId = kind.scoped ? await this.schemeFor(request.schemeId) : request.schemeId;
    if (schemeId) await this.refuseUnknown(schemeId);
    await refuseAbsent(request.file);
    const encoding = await encodingOf(request.file, kind.format);
    const report = await counted(
      kind.name,
      request.file,
      encoding,
      this.checkedRows(kind, request.file, encoding),
    );
    const blocked = report.refused > 0 && !request.skipBroken;
    if (!request.apply || blocked) return report;
    const counts = await this.apply(kind, { ...request, schemeId }, encoding);
    return { ...report, ...counts, applied: true };
  }

  /** The one asked for, or the only one there is. */
  private async schemeFor(asked: string | undefined): Promise<string> {
    if (asked !== undefined) {
      await this.refuseUnknown(asked);
      return asked;
    }
    const schemes = await this.database.unscoped<{ id: string }>(sql`select id from scheme limit 2`);
    const [only] = schemes;
    if (only === undefined || schemes.length > 1) {
      const why = only === undefined ? 'There is no scheme yet' : 'There are several schemes';
      throw Refusal.invalidField('scheme', `${why}. Say which: --scheme <id>`);
    }
    return only.id;
  }

  private async refuseUnknown(schemeId: string): Promise<void> {
    const known =
      isUuid(schemeId) && (await this.database.unscoped(sql`select 1 from scheme where id = ${schemeId}`))[0];
    if (!known) throw Refusal.invalidField('scheme', 'There is no such scheme');
  }

  private async *checkedRows<Value>(
    kind: ImportKind<Value>,
    file: string,
    encoding: Encoding,
  ): AsyncGenerator<Refused | 'ignored' | { value: Value }> {
    const firstSeen = new Map<string, number>();
    for await (const raw of rowsOf(kind, file, encoding)) {
      const checked = raw.misfit
        ? ({ ok: false, column: WHOLE_ROW, reason: raw.misfit } as const)
        : kind.check(raw);
      if (checked === 'ignore') {
        yield 'ignored';
        continue;
      }
      if (!checked.ok) {
        yield refusedAt(raw.row, checked);
        continue;
      }
      const key = kind.key(checked.value);
      const earlier = firstSeen.get(key);
      if (earlier === undefined) {
        firstSeen.set(key, raw.row);
        yield { value: checked.value };
      } else {
        yield { row: raw.row, column: kind.columns[0]?.[0] ?? '', reason: `The same as row ${earlier}` };
      }
    }
  }

  private apply<Value>(kind: ImportKind<Value>, request: ImportRequest, encoding: Encoding): Promise<Counts> {
    const actor = systemActor(request.schemeId ?? INSTALLATION, `import:${kind.name}`);
    const edition = request.edition ?? basename(request.file);
    return this.unitOfWork.run(actor, async (tx) => {
      const total: Counts = { added: 0, changed: 0, same: 0 };
      let batch: Value[] = [];
      for await (const checked of this.checkedRows(kind, request.file, encoding)) {
        if (checked === 'ignored' || 'reason' in checked) continue;
        batch.push(checked.value);
        if (batch.length === BATCH) {
          await addBatch(tx, kind, batch, edition, total);
          batch = [];
        }
      }
      if (batch.length > 0) await addBatch(tx, kind, batch, edition, total);
      await audit(tx, { action: 'import.apply', details: { kind: kind.name, edition, ...total } });
      return total;
    });
  }
}

async function refuseAbsent(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw Refusal.invalidField('file', 'There is no such file');
}

/** A row that is not taken: what is wrong with it, and what else. */
type Refused = RowProblem & { others?: readonly RowWarning[] };

const refusedAt = (
  row: number,
  { column, reason, others = [] }: RowWarning & { others?: readonly RowWarning[] },
): Refused => ({ row, column, reason, others });

/** A row that is taken, perhaps without some of its values. */
interface Taken {
  row: number;
  warnings: readonly RowWarning[];
  notKept: readonly string[];
}

/** What would become of each row, before anything is written. */
async function* judged(
  rows: AsyncIterable<GroupRow | Remark>,
): AsyncGenerator<Refused | 'ignored' | Taken | Remark> {
  const seen = new Map<string, number>();
  for await (const one of rows) {
    if ('remark' in one) {
      yield one;
      continue;
    }
    const { at, raw, checked, notKept } = one;
    if (checked === 'ignore') yield 'ignored';
    else if (!checked.ok) yield refusedAt(at, checked);
    else {
      const { warnings = [] } = checked;
      yield (
        repeated(seen, checked.value.sourceId, at) ??
        tooMuch(raw, at) ?? { row: at, warnings, notKept: notKept ?? [] }
      );
    }
  }
}

async function counted(
  kind: string,
  file: string,
  encoding: Encoding,
  rows: AsyncIterable<Refused | 'ignored' | Taken | Remark | { value: unknown }>,
): Promise<ImportReport> {
  const problems: RowProblem[] = [];
  const warnings: RowProblem[] = [];
  const unread = new Map<string, number>();
  const counts = { rows: 0, ignored: 0, refused: 0, warned: 0 };
  const remarks: string[] = [];
  for await (const checked of rows) {
    if (typeof checked === 'object' && 'remark' in checked) {
      remarks.push(checked.remark);
      continue;
    }
    counts.rows += 1;
    if (checked === 'ignored') counts.ignored += 1;
    else if ('reason' in checked) {
      counts.refused += 1;
      const { row, column, reason, others = [] } = checked;
      if (problems.length < PROBLEMS_SHOWN)
        problems.push({ row, column, reason }, ...others.map((one) => ({ row, ...one })));
    } else if ('warnings' in checked) {
      const { row, notKept } = checked;
      if (checked.warnings.length > 0) counts.warned += 1;
      if (warnings.length < PROBLEMS_SHOWN)
        warnings.push(...checked.warnings.map((one) => ({ row, ...one })));
      for (const field of notKept) unread.set(field, (unread.get(field) ?? 0) + 1);
    }
  }
  if (counts.rows === 0) throw Refusal.invalidField('file', 'The file has no rows below its headings');
  const none = { added: 0, changed: 0, same: 0, applied: false };
  const notKept = [...unread]
    .map(([field, rows]) => ({ field, rows }))
    .sort((a, b) => b.rows - a.rows || (a.field < b.field ? -1 : 1));
  return { kind, file: basename(file), encoding, ...counts, problems, warnings, notKept, remarks, ...none };
}

async function addBatch<Value>(
  tx: Tx,
  kind: ImportKind<Value>,
  batch: readonly Value[],
  edition: string,
  total: Counts,
): Promise<void> {
  const counts = await kind.apply(tx, batch, edition);
  total.added += counts.added;
  total.changed += counts.changed;
  total.same += counts.same;
}
