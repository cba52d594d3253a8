import { isDeeperThan } from '../platform/pure/depth.js';
import { withoutMarks } from '../platform/pure/marks.js';

/** A record longer than this is no record of a service; what is kept of it is its beginning. */
const LONGEST = 200_000;
const SHOWN = 2_000;
/** Where what is wrong is not one cell's. */
export const WHOLE_ROW = 'whole row';
const UNPAIRED = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|\u0000/g;

/** Nothing that describes a service lies this deep; what does would be too much for whatever reads it inside out. */
const DEEPEST = 100;

export const isTooLong = (raw: unknown): boolean =>
  ((JSON.stringify(raw) as string | undefined) ?? '').length > LONGEST;

/** Why a row cannot be imported though it is fine by itself. */
interface Misplaced {
  row: number;
  column: string;
  reason: string;
}

/** The second of two records with one id; the first is remembered in `seen`. */
export function repeated(seen: Map<string, number>, sourceId: string, row: number): Misplaced | null {
  const earlier = seen.get(sourceId);
  if (earlier !== undefined) return { row, column: 'id', reason: `The same as row ${String(earlier)}` };
  seen.set(sourceId, row);
  return null;
}

export function tooMuch(raw: unknown, row: number): Misplaced | null {
  if (isDeeperThan(DEEPEST, raw))
    return { row, column: WHOLE_ROW, reason: 'This record has far too much inside itself' };
  return isTooLong(raw) ? { row, column: WHOLE_ROW, reason: 'This record is far too long' } : null;
}

/** The record as the database can keep it: without the characters it has no room for, and only the beginning of an endless one. */
export function kept(raw: unknown): unknown {
  if (isDeeperThan(DEEPEST, raw)) return { beginning: '' };
  return isTooLong(raw)
    ? { beginning: String(plain(JSON.stringify(raw).slice(0, SHOWN))) }
    : plain(raw ?? null);
}

function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(UNPAIRED, '\uFFFD');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.replace(UNPAIRED, '\uFFFD'), plain(inner)]),
  );
}

/**
 * One cell of a CSV file. A sheet would run what begins like a formula (OWASP: CSV injection), so that gets an apostrophe
 * before it; quotes and line breaks are quoted. Marks go first, since a sheet would see what stood behind them.
 */
export function csvCell(value: unknown): string {
  const given =
    value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const text = withoutMarks(given);
  const safe = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

declare const SAFE: unique symbol;
/** A line of a CSV file, of which each cell is safe: nothing but `csvLine` makes one, and whatever sends CSV sends these. */
export type CsvLine = string & { readonly [SAFE]: true };

export const csvLine = (cells: readonly unknown[]): CsvLine =>
  `${cells.map(csvCell).join(',')}\r\n` as CsvLine;

/** All that is wrong with a row, in one cell of a sheet that is mended row by row. */
export const problemsInWords = (problems: readonly { column: string | null; reason: string }[]): string =>
  problems.map(({ column, reason }) => (column === null ? reason : `${column}: ${reason}`)).join('. ');
