import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { parse } from 'csv-parse';
import { Refusal } from '../platform/errors/refusal.js';
import type { Encoding, RawRow, TableKind } from './import.types.js';

const CHUNK = 1 << 16;
/** A file that says it is UTF-8 and is not, all the way. */
const BOM_AS_WINDOWS_1252 = 'ï»¿';
const MISFIT = 'This row has more or fewer cells than the heading';

/** UTF-8 unless a byte says otherwise: spreadsheets on Windows still save Windows-1252. */
export async function encodingOf(path: string): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(CHUNK);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK);
      decoder.decode(buffer.subarray(0, bytesRead), { stream: bytesRead > 0 });
      if (bytesRead === 0) return 'UTF-8';
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'Windows-1252';
    throw error;
  } finally {
    await file.close();
  }
}

/** Reads a file record by record, in memory that does not grow with it. Columns come out under the name we call them by. */
export async function* rowsOf(
  kind: Pick<TableKind<unknown>, 'format' | 'columns'>,
  path: string,
  encoding: Encoding,
): AsyncGenerator<RawRow> {
  yield* kind.format === 'json' ? jsonRows(kind, path) : csvRows(kind, path, encoding);
}

async function* csvRows(
  kind: Pick<TableKind<unknown>, 'columns'>,
  path: string,
  encoding: Encoding,
): AsyncGenerator<RawRow> {
  const records = Readable.from(decoded(path, encoding)).compose(
    parse({
      bom: true,
      // Programs mix them in one file; left to itself the parser takes the heading's for all.
      record_delimiter: ['\r\n', '\n', '\r'],
      // People write a "word" in quotes without doubling them.
      relax_quotes: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: 1 << 20,
      columns: (headings: string[]) => named(kind, headings),
    }),
  ) as AsyncIterable<{ record: Record<string, string>; info: { error?: { code: string } } }>;
  let row = 1;
  try {
    for await (const { record, info } of records) {
      row += 1;
      yield info.error ? { row, cells: record, misfit: MISFIT } : { row, cells: record };
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // The parser's own words quote the file, which may be anything.
    // It reads ahead of the rows that were taken from it.
    const { records: read = row - 1 } = error as { records?: number };
    throw Refusal.invalidField(
      'file',
      `Row ${read + 2} cannot be read. Is it a CSV file, and does every quote in it end?`,
    );
  }
}

async function* decoded(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let first = true;
  for await (const chunk of createReadStream(path)) {
    const text = decoder.decode(chunk as Buffer, { stream: true });
    yield first && text.startsWith(BOM_AS_WINDOWS_1252) ? text.slice(BOM_AS_WINDOWS_1252.length) : text;
    first = false;
  }
  yield decoder.decode();
}

async function* jsonRows(kind: Pick<TableKind<unknown>, 'columns'>, path: string): AsyncGenerator<RawRow> {
  let records: unknown;
  try {
    records = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw Refusal.invalidField('file', 'The file is not JSON');
  }
  if (!Array.isArray(records)) throw Refusal.invalidField('file', 'The file must hold a list of records');
  let row = 0;
  for (const record of records as unknown[]) {
    row += 1;
    const cells: Record<string, string> = {};
    for (const [name, value] of Object.entries((record ?? {}) as Record<string, unknown>)) {
      cells[canonical(kind, name)] = typeof value === 'string' ? value.trim() : JSON.stringify(value ?? '');
    }
    yield { row, cells };
  }
}

const canonical = (kind: Pick<TableKind<unknown>, 'columns'>, heading: string): string =>
  kind.columns.find((names) =>
    names.some((name) => name.toLowerCase() === heading.trim().toLowerCase()),
  )?.[0] ?? heading.trim();

function named(kind: Pick<TableKind<unknown>, 'columns'>, headings: string[]): string[] {
  const names = headings.map((heading) => canonical(kind, heading));
  const missing = kind.columns.filter(([name]) => name !== undefined && !names.includes(name));
  if (missing.length > 0) {
    const list = missing.map(([name = '', ...others]) =>
      others.length === 0 ? name : `${name} (or ${others.join(', ')})`,
    );
    throw Refusal.invalidField('file', `These columns are missing: ${list.join(', ')}`);
  }
  // The later of two would silently take the place of the first. What we do not read may stand as often as it likes.
  for (const [name = ''] of kind.columns) {
    const same = headings.filter((_heading, n) => names[n] === name).map((heading) => heading.trim());
    if (same.length > 1) {
      throw Refusal.invalidField(
        'file',
        `These headings mean one column, so keep one of them: ${same.join(', ')}`,
      );
    }
  }
  return names;
}
