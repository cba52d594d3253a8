import { stat } from 'node:fs/promises';
import { Refusal } from '../../platform/errors/refusal.js';
import { jsonFault } from '../../platform/pure/json-fault.js';
import type { BatchKind } from '../batch.types.js';
import type { GroupRow, ListedValue, Remark } from '../import.types.js';
import { readService } from '../hsds-service.rules.js';
import { LONGEST_FIELD, unreadFields } from '../unread-fields.rules.js';
import { encodingOf, rowsOf, wholeOf, decoded } from '../import.file.js';
import { WHOLE_ROW } from '../raw.rules.js';
import { totalsIn, wrongTotals } from '../totals.rules.js';
import type { Encoding, GroupKind, TableKind } from '../import.types.js';

/** A file of one JSON value is read as a whole; a larger directory is sent a line a service (NDJSON). */
const JSON_BYTES = 50_000_000;

/** A sheet with a group, or an asset, a row. */
export function tableOf<Value extends ListedValue>(
  source: string,
  table: TableKind<Value> & { name: BatchKind },
): GroupKind {
  const { name, describes } = table;
  return {
    name,
    describes,
    source,
    sheet: table,
    open: async (file) => {
      const encoding = await encodingOf(file, table.format);
      return { encoding, rows: () => tableRows(table, file, encoding) };
    },
  };
}

async function* tableRows<Value extends ListedValue>(
  table: Pick<TableKind<Value>, 'format' | 'columns' | 'check'>,
  file: string,
  encoding: Encoding,
): AsyncGenerator<GroupRow> {
  for await (const raw of rowsOf(table, file, encoding)) {
    const checked = raw.misfit
      ? ({ ok: false, column: WHOLE_ROW, reason: raw.misfit } as const)
      : table.check(raw);
    yield { at: raw.row, raw: raw.cells, checked, notKept: unreadCells(table, raw.cells) };
  }
}

/** The columns that say something and that nobody here reads. */
function unreadCells(
  { columns }: Pick<TableKind<unknown>, 'columns'>,
  cells: Record<string, string>,
): string[] {
  const read = new Set(columns.map(([name]) => name));
  return Object.entries(cells).flatMap(([name, cell]) =>
    read.has(name) || cell === '' || name === '' ? [] : [name.slice(0, LONGEST_FIELD)],
  );
}

/** Services in the words of Open Referral: a page of them, a list, one, or one a line. */
export const openReferral: GroupKind = {
  name: 'open-referral',
  describes: 'services as Open Referral UK has them (JSON: a page, a list or one; or NDJSON)',
  source: 'open-referral',
  sheet: null,
  open: async (file, source) => {
    const encoding = await encodingOf(file, 'json');
    return { encoding, rows: () => services(file, encoding, source) };
  },
};

async function* services(
  file: string,
  encoding: Encoding,
  source: string,
): AsyncGenerator<GroupRow | Remark> {
  if (await isOneALine(file, encoding)) {
    yield* lines(file, encoding, source);
    return;
  }
  // Only at the command line: an upload ends there whatever it is.
  if ((await stat(file)).size > JSON_BYTES) {
    throw Refusal.invalidField(
      'file',
      'A file of more than 50 MB cannot be read as a whole. Write one service a line (NDJSON)',
    );
  }
  const text = await wholeOf(file, encoding);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw Refusal.invalidField('file', `The file is not JSON. ${jsonFault(text) ?? ''}`.trim());
  }
  const contents = (value as { contents?: unknown } | null)?.contents;
  const all: unknown[] = Array.isArray(value)
    ? (value as unknown[])
    : Array.isArray(contents)
      ? (contents as unknown[])
      : [value];
  for (const [index, raw] of all.entries()) yield service(index + 1, raw, source);
  // A file may hold one page of many.
  if (Array.isArray(contents))
    for (const remark of wrongTotals(totalsIn(value), { items: all.length, pages: 1 })) yield { remark };
}

const service = (at: number, raw: unknown, source: string): GroupRow => ({
  at,
  raw,
  checked: readService(raw, source),
  notKept: unreadFields(raw),
});

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
};

/** Not by readline, which keeps a file open, with its room on the disk, where whoever reads it stops early. */
async function* linesOf(file: string, encoding: Encoding): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of decoded(file, encoding)) {
    const [first = '', ...others] = chunk.split('\n');
    rest += first;
    for (const next of others) {
      yield rest;
      rest = next;
    }
  }
  yield rest;
}

/** Whether the first line is a value of its own, and not the only one. */
async function isOneALine(file: string, encoding: Encoding): Promise<boolean> {
  let count = 0;
  for await (const line of linesOf(file, encoding)) {
    if (line.trim() === '') continue;
    count += 1;
    if (count === 2) return true;
    if (typeof parsed(line) !== 'object') return false;
  }
  return false;
}

async function* lines(file: string, encoding: Encoding, source: string): AsyncGenerator<GroupRow> {
  let at = 0;
  for await (const text of linesOf(file, encoding)) {
    at += 1;
    const line = text.trim();
    if (line === '') continue;
    const raw = parsed(line);
    yield raw === undefined
      ? {
          at,
          raw: line,
          checked: { ok: false, column: WHOLE_ROW, reason: 'This line is not JSON, or it was cut short' },
        }
      : service(at, raw, source);
  }
}
