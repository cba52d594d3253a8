import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { Refusal } from '../platform/errors/refusal.js';
import { noTextProblem, otherTextProblem } from './file-kind.rules.js';
import type { Encoding, RawRow, TableKind } from './import.types.js';

const CHUNK = 1 << 16;
/** A file that says it is UTF-8 and is not, all the way. */
const BOM_AS_WINDOWS_1252 = 'ï»¿';
const MISFIT = 'This row has more or fewer cells than the heading';

/**
 * UTF-8 unless a byte says otherwise: spreadsheets on Windows still save Windows-1252, and UTF-16 with its mark as "Unicode
 * text". What is no text at all is refused, with what it is.
 */
export async function encodingOf(path: string, format: TableKind<unknown>['format']): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(CHUNK);
    for (let first = true; ; first = false) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK);
      if (first) {
        const head = buffer.subarray(0, bytesRead);
        const marked = markOf(head);
        if (marked) return marked;
        const problem = noTextProblem(head, await typeOf(head), format);
        if (problem !== null) throw Refusal.invalidField('file', problem);
      }
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

function markOf(head: Buffer): Encoding | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'UTF-16LE';
  return head[0] === 0xfe && head[1] === 0xff ? 'UTF-16BE' : null;
}

async function typeOf(head: Buffer): Promise<string | undefined> {
  const { fileTypeFromBuffer } = await import('file-type');
  // Of one it gives up on, no more is known.
  return (await fileTypeFromBuffer(head).catch(() => undefined))?.mime;
}

/** Reads a file record by record, in memory that does not grow with it. Columns come out under the name we call them by. */
export async function* rowsOf(
  kind: Pick<TableKind<unknown>, 'format' | 'columns'>,
  path: string,
  encoding: Encoding,
): AsyncGenerator<RawRow> {
  yield* kind.format === 'json' ? jsonRows(kind, path, encoding) : csvRows(kind, path, encoding);
}

const AS_WRITTEN = {
  bom: true,
  // Programs mix them in one file; left to itself the parser takes the heading's for all.
  record_delimiter: ['\r\n', '\n', '\r'],
  // People write a "word" in quotes without doubling them.
  relax_quotes: true,
  trim: true,
  skip_empty_lines: true,
  relax_column_count: true,
  max_record_size: 1 << 20,
};

/** What stands between two cells: a comma, or what Excel puts there in countries that write 1,5, or a tab. */
const DELIMITERS = [',', ';', '\t'] as const;

/** The one under which the most of the columns have a heading. */
async function delimiterOf(
  kind: Pick<TableKind<unknown>, 'columns'>,
  path: string,
  encoding: Encoding,
): Promise<string> {
  const head = await beginningOf(path, encoding);
  const any = kind.columns.length === 0;
  const lacking = DELIMITERS.map((delimiter) => {
    const headings = headingsOf(head, delimiter);
    // Whoever takes every column takes what makes the most of them.
    return any ? -headings.length : missing(kind, headings).length;
  });
  const least = Math.min(...lacking);
  const nothing = any ? least >= -1 : least === kind.columns.length;
  const other = nothing ? otherTextProblem(head.trimStart()) : null;
  if (other !== null) throw Refusal.invalidField('file', other);
  return DELIMITERS[lacking.indexOf(least)] ?? ',';
}

/** Whether the headings of a sheet are those of its kind, so that nobody has to say what its columns are. */
export async function isKnown(
  kind: Pick<TableKind<unknown>, 'columns'>,
  path: string,
  encoding: Encoding,
): Promise<boolean> {
  const headings = headingsOf(await beginningOf(path, encoding), await delimiterOf(kind, path, encoding));
  try {
    named(kind, headings);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

async function beginningOf(path: string, encoding: Encoding): Promise<string> {
  for await (const text of decoded(path, encoding)) if (text !== '') return text;
  return '';
}

function headingsOf(head: string, delimiter: string): string[] {
  try {
    const [headings = []]: string[][] = parseAtOnce(head, { ...AS_WRITTEN, delimiter, to: 1 });
    return headings;
  } catch {
    return [];
  }
}

async function* csvRows(
  kind: Pick<TableKind<unknown>, 'columns'>,
  path: string,
  encoding: Encoding,
): AsyncGenerator<RawRow> {
  let empty: Record<string, string> = {};
  const records = Readable.from(decoded(path, encoding)).compose(
    parse({
      ...AS_WRITTEN,
      delimiter: await delimiterOf(kind, path, encoding),
      info: true,
      columns: (headings: string[]) => {
        const names = named(kind, headings);
        empty = Object.fromEntries(names.map((name) => [name, '']));
        return names;
      },
    }),
  ) as AsyncIterable<{ record: Record<string, string>; info: { error?: { code: string } } }>;
  let row = 1;
  try {
    for await (const { record, info } of records) {
      row += 1;
      // A short row has cells only as far as it goes; its columns are all there.
      yield info.error ? { row, cells: { ...empty, ...record }, misfit: MISFIT } : { row, cells: record };
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // The parser's own words quote the file, which may be anything.
    // It reads ahead of the rows that were taken from it.
    const { records: read = row - 1, code } = error as { records?: number; code?: string };
    const which = String(read + 2);
    throw Refusal.invalidField(
      'file',
      code === 'CSV_MAX_RECORD_SIZE'
        ? `A cell of row ${which} is too long: a row holds at most a million characters. Shorten it, or end its quote if that is missing.`
        : `Row ${which} cannot be read. Is it a CSV file, and does every quote in it end?`,
    );
  }
}

/** A file as text, a piece at a time, without the mark at its beginning. */
export async function* decoded(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let first = true;
  for await (const chunk of createReadStream(path)) {
    const text = decoder.decode(chunk as Buffer, { stream: true });
    yield first && text.startsWith(BOM_AS_WINDOWS_1252) ? text.slice(BOM_AS_WINDOWS_1252.length) : text;
    first = false;
  }
  yield decoder.decode();
}

export async function wholeOf(path: string, encoding: Encoding): Promise<string> {
  let text = '';
  for await (const piece of decoded(path, encoding)) text += piece;
  return text;
}

async function* jsonRows(
  kind: Pick<TableKind<unknown>, 'columns'>,
  path: string,
  encoding: Encoding,
): AsyncGenerator<RawRow> {
  let records: unknown;
  try {
    records = JSON.parse(await wholeOf(path, encoding));
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

const missing = (
  kind: Pick<TableKind<unknown>, 'columns'>,
  headings: readonly string[],
): readonly (readonly string[])[] => {
  const names = headings.map((heading) => canonical(kind, heading));
  return kind.columns.filter(([name]) => name !== undefined && !names.includes(name));
};

function named(kind: Pick<TableKind<unknown>, 'columns'>, headings: string[]): string[] {
  const names = headings.map((heading) => canonical(kind, heading));
  const lacking = missing(kind, headings);
  if (lacking.length > 0) {
    const list = lacking.map(([name = '', ...others]) =>
      others.length === 0 ? name : `${name} (or ${others.join(', ')})`,
    );
    throw Refusal.invalidField('file', `These columns are missing: ${list.join(', ')}`);
  }
  // Whoever reads every column needs to tell one from another.
  const every = headings.map((heading) => heading.trim()).filter((heading) => heading !== '');
  const twice = every.find((heading, at) => every.indexOf(heading) !== at);
  if (kind.columns.length === 0 && twice !== undefined) {
    throw Refusal.invalidField('file', `Two columns have the heading “${twice}”. Rename one of them`);
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
