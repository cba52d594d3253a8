import type { RawRow, TableKind } from './import.types.js';
import { LONGEST_FIELD } from './unread-fields.rules.js';

/** A column that is nothing of ours. */
export const NOT_READ = 'none';
export const MOST_COLUMNS = 200;

type Columns = Pick<TableKind<unknown>, 'columns'>;

const plain = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/**
 * What each heading most likely is, by any of its names, whatever stands between their words; of two that could be one
 * thing, the first.
 */
export function recognised({ columns }: Columns, headings: readonly string[]): string[] {
  const taken = new Set<string>();
  return headings.map((heading) => {
    const [name] = columns.find((names) => names.some((one) => plain(one) === plain(heading))) ?? [];
    if (name === undefined || taken.has(name)) return NOT_READ;
    taken.add(name);
    return name;
  });
}

/** What is wrong with what somebody says the columns are; null where a list can be read by it. */
export function saidProblem(
  names: readonly string[],
  headings: readonly string[],
  said: readonly string[],
): string | null {
  if (said.length !== headings.length) return 'Say of every column what it is';
  const read = said.filter((name) => name !== NOT_READ);
  if (!read.every((name) => names.includes(name))) return 'Select from the list what each column is';
  const twice = read.find((name, at) => read.indexOf(name) !== at);
  if (twice !== undefined) return `Two columns are both “${twice}”. Keep one of them`;
  return read.length === 0 ? 'Say of at least one column what it is' : null;
}

/** A row under the names we call its columns by, and which of the others say something. */
export function readAs(
  { row, cells }: RawRow,
  headings: readonly string[],
  said: readonly string[],
): { raw: RawRow; notKept: string[] } {
  const read: Record<string, string> = {};
  const notKept: string[] = [];
  for (const [at, heading] of headings.entries()) {
    const [name = NOT_READ, cell = ''] = [said[at], cells[heading]];
    if (name !== NOT_READ) read[name] = cell;
    else if (cell !== '') notKept.push(heading.slice(0, LONGEST_FIELD));
  }
  return { raw: { row, cells: read }, notKept };
}
