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
import { encodingOf, rowsOf, type Encoding } from './import.file.js';
import type { Counts, ImportKind, ImportReport, RowProblem } from './import.types.js';

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
}

/** Check, report by row, apply. Nothing is written before the whole file has been read, and then all of it or none. */
@Injectable()
export class ImportRunner {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
  ) {}

  async run<Value>(kind: ImportKind<Value>, request: ImportRequest): Promise<ImportReport> {
    if (kind.scoped && !request.schemeId)
      throw Refusal.invalidField('scheme', 'Say which scheme: --scheme <id>');
    if (request.schemeId) await this.refuseUnknown(request.schemeId);
    const found = await stat(request.file).catch(() => null);
    if (!found?.isFile()) throw Refusal.invalidField('file', 'There is no such file');
    const encoding = await encodingOf(request.file);
    const report = await this.check(kind, request.file, encoding);
    const blocked = report.refused > 0 && !request.skipBroken;
    if (!request.apply || blocked) return report;
    const counts = await this.apply(kind, request, encoding);
    return { ...report, ...counts, applied: true };
  }

  private async refuseUnknown(schemeId: string): Promise<void> {
    const known =
      isUuid(schemeId) && (await this.database.unscoped(sql`select 1 from scheme where id = ${schemeId}`))[0];
    if (!known) throw Refusal.invalidField('scheme', 'There is no such scheme');
  }

  private async check<Value>(
    kind: ImportKind<Value>,
    file: string,
    encoding: Encoding,
  ): Promise<ImportReport> {
    const problems: RowProblem[] = [];
    let rows = 0;
    let ignored = 0;
    let refused = 0;
    for await (const checked of this.checkedRows(kind, file, encoding)) {
      rows += 1;
      if (checked === 'ignored') ignored += 1;
      else if ('reason' in checked) {
        refused += 1;
        if (problems.length < PROBLEMS_SHOWN) problems.push(checked);
      }
    }
    if (rows === 0) throw Refusal.invalidField('file', 'The file has no rows below its headings');
    return {
      kind: kind.name,
      file: basename(file),
      encoding,
      rows,
      ignored,
      refused,
      problems,
      added: 0,
      changed: 0,
      same: 0,
      applied: false,
    };
  }

  private async *checkedRows<Value>(
    kind: ImportKind<Value>,
    file: string,
    encoding: Encoding,
  ): AsyncGenerator<RowProblem | 'ignored' | { value: Value }> {
    const firstSeen = new Map<string, number>();
    for await (const raw of rowsOf(kind, file, encoding)) {
      const checked = kind.check(raw);
      if (checked === 'ignore') {
        yield 'ignored';
        continue;
      }
      if (!checked.ok) {
        yield { row: raw.row, column: checked.column, reason: checked.reason };
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
