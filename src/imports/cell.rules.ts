import type { RowWarning } from './import.types.js';

/** A telephone number begins with a plus, and is no sum. */
const TELEPHONE = /^\+?[\d\s().-]{7,25}$/;
/** What a sheet works out, also where an apostrophe keeps it from doing so, as in rows we gave back: all that begins with "=", and what begins with another sign and goes on like a sum or a function. */
const FORMULA =
  /^\s*'?(?:[=＝]|[@＠][a-z.]+\(|[+\-＋－](?:[=@]|[a-z.]+[(|!]|\(|\$?[a-z]{1,3}\$?\d+\b|\d+(?:\.\d+)?\s*[-+*/^]))/i;
const BEGINS_LIKE_ONE = /^[-+@＋－＠]/;

/** Whether a sheet would work it out where it is opened, such as `=HYPERLINK(…)`. A list of things to do is none. */
export const isFormula = (text: string): boolean => !TELEPHONE.test(text) && FORMULA.test(text);

export type NameIn =
  | { name: string; warnings: RowWarning[] }
  /** Why it is no name. */
  | { reason: string };

/** A name from a list: never a formula, on one line, and looked at where it begins like a formula. */
export function nameIn(cell: string, column: string): NameIn {
  if (isFormula(cell)) return { reason: 'A formula, not a name. Write the name itself' };
  const name = cell
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  if (name === '') return { reason: 'Give a name' };
  const warnings: RowWarning[] = [];
  if (/[\n\r\u2028\u2029]/.test(cell.trim())) {
    warnings.push({ column, reason: 'It had more than one line, and is on one line now' });
  }
  if (BEGINS_LIKE_ONE.test(name)) {
    warnings.push({ column, reason: `It begins with “${name.slice(0, 1)}”. Check that this is its name` });
  }
  return { name, warnings };
}

const FORMULA_LEFT_OUT = 'A formula, so it is left out';

/** The words of a cell; a formula is none of them, and `lost` hears of it. */
export function wordsOf(cell: string, column: string, lost: RowWarning[]): string {
  if (!isFormula(cell)) return cell;
  lost.push({ column, reason: FORMULA_LEFT_OUT });
  return '';
}
