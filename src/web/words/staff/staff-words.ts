import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import i18next from 'i18next';
import { currentLanguage } from '../../../platform/http/request-context.js';
import { withoutMarks } from '../../../platform/pure/marks.js';
import { isLanguage } from '../languages.js';
import { type WordsFile, wordsFile } from '../speech.js';
import type { Message, Said } from './sentence.js';

/** A plain file of this folder: each English text that staff read, with what stands in its place. */
export interface StaffFile extends WordsFile {
  file: WordsFile['file'] & { name: string; locale: string };
  words: Record<string, string>;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ENGLISH: StaffFile = {
  file: { name: 'English', locale: 'en-GB', state: 'source', by: null, on: null },
  words: {},
};

const FILES = new Map<string, StaffFile>([['en', ENGLISH]]);

const words = i18next.createInstance();
void words.init({
  initAsync: false,
  fallbackLng: false,
  resources: {},
  // The English text is the key.
  keySeparator: false,
  nsSeparator: false,
  contextSeparator: '\u0000',
  interpolation: { escapeValue: false, skipOnVariables: true },
});

/** Takes a language in, from its file. */
export function learn(code: string, file: StaffFile): void {
  const whole = { ...file, words: { ...fromPublicPages(code), ...file.words } };
  FILES.set(code, whole);
  words.addResourceBundle(code, 'translation', whole.words, false, true);
}

/** What pages for people say in that language, staff need not be told twice: whole texts, with nothing put into them. */
function fromPublicPages(code: string): Record<string, string> {
  if (!isLanguage(code)) return {};
  const theirs = new Map(textsIn(wordsFile(code)));
  return Object.fromEntries(
    textsIn(wordsFile('en')).flatMap(([key, text]) => {
      const said = theirs.get(key);
      return said === undefined || text.includes('{{') ? [] : [[text, said]];
    }),
  );
}

const textsIn = (section: object, path = ''): [string, string][] =>
  Object.entries(section).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'string')
      return /_(?:zero|one|two|few|many|other)$/.test(name) ? [] : [[`${path}.${name}`, value]];
    return value === null || name === 'file' ? [] : textsIn(value as object, `${path}.${name}`);
  });

for (const name of readdirSync(HERE).filter((one) => /^[a-z]{2,3}\.json$/.test(one)))
  learn(name.replace('.json', ''), JSON.parse(readFileSync(`${HERE}${name}`, 'utf8')) as StaffFile);

export const staffLanguages = (): string[] => [...FILES.keys()];
export const isStaffLanguage = (code: unknown): code is string => typeof code === 'string' && FILES.has(code);
export const staffFile = (code: string): StaffFile => FILES.get(code) ?? ENGLISH;
/** How days and numbers are written for whoever asks. */
export const staffLocale = (): string => staffFile(currentLanguage()).file.locale;

/** Around what is English on a page of another language, until the page says so in its markup; of the private use area. */
const OPEN = '\uE002';
const CLOSE = '\uE003';
const inEnglish = (text: string): string => `${OPEN}${text}${CLOSE}`;

/** What a template says for one of its texts; in English, and marked so, where nobody has put it into the language yet. */
export function saidIn(code: string, { text, one }: Message): Said {
  const found = staffFile(code).words;
  if (one === null) return { other: found[text] ?? english(text) };
  const forms = formsOf(code).filter((form) => found[`${text}_${form}`] !== undefined);
  if (!forms.includes('other')) return { one: english(one), other: english(text) };
  return Object.fromEntries(forms.map((form) => [form, found[`${text}_${form}`] ?? '']));
}

/** Only the words of a sentence are English, not what is put into it. */
const english = (text: string): string =>
  text
    .split(/(\{\{\w+\}\}|<\/?[a-z]\w*>)/)
    .map((piece, index) => (index % 2 === 1 || !/\p{L}/u.test(piece) ? piece : inEnglish(piece)))
    .join('');

export const formsOf = (code: string): string[] =>
  new Intl.PluralRules(staffFile(code).file.locale).resolvedOptions().pluralCategories;

/** For templates: which form of a text a number takes. */
export const formOfNumber = (code: string): ((count: unknown) => string) => {
  const rules = new Intl.PluralRules(staffFile(code).file.locale);
  return (count) => rules.select(Number(count));
};

export type Values = Record<string, string | number>;

/** A text of ours for whoever asks, in their language. What is put into it stays as it is. */
export function say(text: string, values?: Values): string {
  const code = currentLanguage();
  if (code !== 'en' && words.exists(text, { lng: code })) return words.t(text, { ...values, lng: code });
  const said = values ? words.t(text, { ...values, lng: 'en' }) : text;
  return code === 'en' || said === '' ? said : inEnglish(said);
}

/** The same of a number: what is said of one, and of others. `{{count}}` is the number. */
export function sayCount(count: number, one: string, many: string, values: Values = {}): string {
  const code = currentLanguage();
  const known = code !== 'en' && words.exists(`${many}_other`, { lng: code });
  if (known) return words.t(many, { ...values, count, lng: code });
  const said = words.t(count === 1 ? one : many, { ...values, count, lng: 'en' });
  return code === 'en' ? said : inEnglish(said);
}

/** Of a table, what does its work and is read by nobody: an address, or a code under such a name. */
const CODE =
  /^(?:value|href|to|at|colour|classes|name|id|path|needs|action|verb|key|from|kind|type|field|measure|lang|role|sort|usual)$/;
export const isRead = (name: string, text: string): boolean =>
  !/^[/#?]|^$/.test(text) && !(CODE.test(name) && /^[a-z0-9][\w.:-]*$/.test(text));

const isTable = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);

/** A table of words, read in the language of whoever asks at the moment it is read. */
export function sayAll<Table extends object>(table: Table): Table {
  const spoken: object = Array.isArray(table) ? [] : {};
  for (const [name, value] of Object.entries(table) as [string, unknown][]) {
    const speaks = typeof value === 'string' && isRead(name, value);
    const inner = isTable(value) ? sayAll(value) : value;
    Object.defineProperty(
      spoken,
      name,
      speaks
        ? { enumerable: true, get: () => say(value) }
        : { enumerable: true, value: inner, writable: false },
    );
  }
  return spoken as Table;
}

const PLACE = /\{\{(\w+)\}\}/g;
interface Pattern {
  matches: RegExp;
  names: string[];
  text: string;
}
/** Texts of a language with places that are filled in, each as it finds again what lower floors filled in. */
const PATTERNS = new Map<StaffFile, Pattern[]>();
function patternsOf(file: StaffFile): Pattern[] {
  const known = PATTERNS.get(file);
  if (known) return known;
  const made = Object.entries(file.words)
    .filter(([source]) => source.includes('{{') && !/[<>]|_(?:zero|one|two|few|many|other)$/.test(source))
    .map(([source, text]) => ({
      matches: new RegExp(
        `^${source
          .split(/\{\{\w+\}\}/)
          .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('(.+)')}$`,
      ),
      names: [...source.matchAll(PLACE)].map(([, name = '']) => name),
      text,
    }));
  PATTERNS.set(file, made);
  return made;
}

/** What was refused, as the lower floors say it in English: found again by its words, with what was put into them. */
export function sayAgain(message: string): string {
  const code = currentLanguage();
  if (code === 'en') return message;
  if (words.exists(message, { lng: code })) return words.t(message, { lng: code });
  for (const { matches, names, text } of patternsOf(staffFile(code))) {
    const found = matches.exec(message);
    if (found) return text.replace(PLACE, (_place, name: string) => found[names.indexOf(name) + 1] ?? '');
  }
  return inEnglish(message);
}

/** Holds text alone: a tag put into it would be read out as it is written. */
const TEXT_ONLY = /^<(\/?)(title|option|textarea|script|style)\b/;

/** A page with its English texts marked as such: in its text, since nowhere else does markup stand. */
export function withEnglishMarked(html: string): string {
  if (!html.includes(OPEN)) return withoutMarks(html);
  let within: string | undefined;
  return html
    .split(/(<[^<>]*>)/)
    .map((piece) => {
      const [, closes, name] = TEXT_ONLY.exec(piece) ?? [];
      if (within === undefined ? closes === '' : closes === '/' && name === within)
        within = within === undefined ? name : undefined;
      return withoutMarks(within !== undefined || piece.startsWith('<') ? piece : markedIn(piece));
    })
    .join('');
}

/** Of one text between tags: what a cut left open ends with it. */
const markedIn = (text: string): string =>
  text.replace(/\uE002([^\uE003]*)(?:\uE003|$)/g, (_whole, said: string) =>
    /\p{L}/u.test(said) ? `<span lang="en">${said}</span>` : said,
  );
