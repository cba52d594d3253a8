import type { RowWarning } from './import.types.js';
import { plainText } from './plain-text.rules.js';

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

/** What makes a text read other than it is written, or hides in it, as an override of its direction does. */
const UNSEEN = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\u200B\u2060\uFEFF\uE000-\uE003]/gu;
/** Of those, a tab and the ends of lines are what people type. */
const CONTROL = /[^\P{Cc}\t\n\r]/u;
const MARKUP = /<\/?[a-z!][^<>]*>/i;

/** A name from a list: never a formula nor markup, on one line, and looked at where it begins like a formula. */
export function nameIn(cell: string, column: string): NameIn {
  const marked = MARKUP.test(cell);
  const seen = (marked ? plainText(cell) : cell).replace(UNSEEN, '');
  if (isFormula(cell) || isFormula(seen)) return { reason: 'A formula, not a name. Write the name itself' };
  const name = seen
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  if (name === '') return { reason: 'Give a name' };
  const warnings: RowWarning[] = [];
  if (/[\n\r\u2028\u2029]/.test(cell.trim())) {
    warnings.push({ column, reason: 'It had more than one line, and is on one line now' });
  }
  if (marked)
    warnings.push({ column, reason: 'It had markup, which is left out. Check that this is its name' });
  if (cell.search(UNSEEN) >= 0) {
    warnings.push({
      column,
      reason: 'It had marks that nobody sees, which are left out. Check that this is its name',
    });
  }
  if (CONTROL.test(cell)) {
    warnings.push({
      column,
      reason: 'It had control characters, which are spaces now. Check that this is its name',
    });
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
