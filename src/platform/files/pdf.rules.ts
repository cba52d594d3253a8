import { hasActiveNames } from './content.rules.js';

/** One object of a PDF that is a dictionary, as far as it has to be known here. */
export interface PdfObject {
  /** Null where no number stands before it: nothing can refer to it then. */
  number: number | null;
  /** The dictionary as written, and the values of its own keys as written; keys with their #xx read. */
  text: string;
  values: ReadonlyMap<string, string>;
  /** Where the bytes of its stream begin; null where it has none. */
  stream: number | null;
}

/** How many letters may still be read of one file, over and over: a bound on time that does not hang on the machine. */
export interface Budget {
  left: number;
}
export const readingBudget = (bytes: number): Budget => ({ left: 2 * bytes + 8 * 1024 * 1024 });

/** No policy has a longer dictionary, nor as long a gap before one. */
const LONGEST = 256 * 1024;
const DEEPEST = 100;

/** Reading that has gone too far: what cannot be read within the bounds is not believed. */
export class TooMuchToRead extends Error {}

const SPACE = 1;
const DELIMITER = 2;
const KIND = new Uint8Array(256);
for (const char of '\0\t\n\f\r ') KIND[char.charCodeAt(0)] = SPACE;
for (const char of '()<>[]{}/%') KIND[char.charCodeAt(0)] = DELIMITER;
const kindAt = (text: string, at: number): number => KIND[text.charCodeAt(at)] ?? 0;

/** Names may be written with #xx for any letter. */
const plain = (name: string): string =>
  name.replace(/#([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** Past spaces and remarks. */
function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && kindAt(text, at) === SPACE) at += 1;
    if (text[at] !== '%') return at;
    while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1;
  }
}

/** Brackets nest within a string unless a backslash stands before them. */
function stringEnd(text: string, at: number): number {
  let depth = 0;
  for (let end = at; end < text.length; end += 1) {
    const char = text[end];
    if (char === '\\') end += 1;
    else if (char === '(') depth += 1;
    else if (char === ')') {
      depth -= 1;
      if (depth === 0) return end + 1;
    }
  }
  return text.length;
}

/** The end of the token at `at`: strings whole, brackets alone. */
function tokenEnd(text: string, at: number): number {
  const char = text[at];
  if (char === '(') return stringEnd(text, at);
  if (text.startsWith('<<', at) || text.startsWith('>>', at)) return at + 2;
  if (char === '<') {
    const close = text.indexOf('>', at);
    return close === -1 ? text.length : close + 1;
  }
  if (char !== '/' && kindAt(text, at) === DELIMITER) return at + 1;
  let end = at + 1;
  while (end < text.length && kindAt(text, end) === 0) end += 1;
  return end;
}

/** The dictionary that a text begins with, after spaces and remarks: null where something else stands there. */
function dictionary(text: string): { start: number; end: number; values: Map<string, string> } | null {
  const start = skipSpace(text, 0);
  if (start < text.length && !text.startsWith('<<', start)) return null;
  const values = new Map<string, string>();
  let key: string | null = null;
  let [depth, lists, valueAt, at] = [0, 0, start, start];
  while (at < text.length) {
    const end = tokenEnd(text, at);
    const char = text[at];
    if (char === '[') lists += 1;
    // One that closes nothing is passed over, as readers do.
    else if (char === ']') lists = Math.max(0, lists - 1);
    else if (char === '<' && text[at + 1] === '<') depth += 1;
    else if (char === '>' && text[at + 1] === '>') depth -= 1;
    if (depth > DEEPEST) throw new TooMuchToRead();
    if (depth === 0 || (depth === 1 && lists === 0 && char === '/')) {
      const value = text.slice(valueAt, at).trim();
      // A name is a key, unless it is the value of the key before it.
      const keyBegins = depth === 1 && (key === null || value !== '');
      if (key !== null && (keyBegins || depth === 0)) values.set(key, value);
      if (depth === 0) return { start, end, values };
      if (keyBegins) [key, valueAt] = [plain(text.slice(at + 1, end)), end];
    }
    at = skipSpace(text, end);
  }
  throw new TooMuchToRead();
}

/** What can be read at a place where an object is said to begin; null where it is no dictionary. */
export function objectAt(
  text: string,
  from: number,
  number: number | null,
  budget: Budget,
): PdfObject | null {
  const near = text.slice(from, from + LONGEST);
  const found = dictionary(near);
  budget.left -= found?.end ?? skipSpace(near, 0);
  if (budget.left < 0) throw new TooMuchToRead();
  if (found === null) return null;
  const { start, end, values } = found;
  const next = skipSpace(near, end);
  const begins = /^stream(?:\r\n|\n|\r)/.exec(near.slice(next, next + 8));
  const stream = begins ? from + next + begins[0].length : null;
  return { number, text: near.slice(start, end), values, stream };
}

/** Every dictionary that a reader could be led to, wherever the table of the file sends it. */
export function objectsIn(text: string, budget: Budget): PdfObject[] {
  const objects: PdfObject[] = [];
  for (const { index } of text.matchAll(/(?<![A-Za-z])obj/g)) {
    const number = /(\d{1,10})\s+\d{1,5}\s*$/.exec(text.slice(Math.max(0, index - 40), index))?.[1];
    const object = objectAt(text, index + 3, number === undefined ? null : Number(number), budget);
    if (object) objects.push(object);
  }
  return objects;
}

/** Whether other objects are packed into its stream. Readers go by the two numbers, so its own word for it is not needed. */
export const packsObjects = ({ stream, values }: PdfObject): boolean =>
  stream !== null &&
  (plain(values.get('Type') ?? '') === '/ObjStm' || (values.has('N') && values.has('First')));

const NO_PARAMETERS = /^(?:|null|\[\s*null\s*\]|\[?\s*<<\s*(?:\/Predictor\s+1\s*)?>>\s*\]?)$/;

/** How its stream is read: as it is, inflated, or null for any other way, which honest programs pack nothing in. */
export function packedHow({ values }: PdfObject): 'plain' | 'inflate' | null {
  if (!NO_PARAMETERS.test(plain(values.get('DecodeParms') ?? values.get('DP') ?? ''))) return null;
  const filter = plain(values.get('Filter') ?? values.get('F') ?? '').replace(/[[\]\s]/g, '');
  if (filter === '') return 'plain';
  return filter === '/FlateDecode' || filter === '/Fl' ? 'inflate' : null;
}

/** The objects packed into a stream, from its own list of them. */
export function unpacked({ values }: PdfObject, content: string, budget: Budget): PdfObject[] {
  const first = Number(values.get('First'));
  const list = content.slice(0, Number.isSafeInteger(first) ? first : 0).match(/\d+/g) ?? [];
  const objects: PdfObject[] = [];
  for (let index = 0; index + 1 < list.length; index += 2) {
    const at = first + Number(list[index + 1]);
    const object = at < content.length ? objectAt(content, at, Number(list[index]), budget) : null;
    if (object) objects.push(object);
  }
  return objects;
}

/** Short names, which compressed bytes hold by chance: looked for only where dictionaries are written. */
const SHORT = /\/(?:JS|SubmitForm|ImportData|Rendition)(?![A-Za-z0-9])/;

export const runsSomething = (text: string): boolean => hasActiveNames(text) || SHORT.test(plain(text));

const isAction = (values: ReadonlyMap<string, string>): boolean =>
  plain(values.get('S') ?? '/GoTo') !== '/GoTo';

/** Whether the file does something when it is opened, other than turn to a page. */
export function actsOnOpening(objects: readonly PdfObject[]): boolean {
  const acting = new Set(objects.filter(({ values }) => isAction(values)).map(({ number }) => number));
  return objects.some(({ values }) => {
    const opening = values.get('OpenAction') ?? '';
    const referred = /^(\d{1,10})\s+\d{1,5}\s+R$/.exec(opening)?.[1];
    if (referred !== undefined) return acting.has(Number(referred));
    return opening.startsWith('<<') && isAction(dictionary(opening)?.values ?? new Map<string, string>());
  });
}
