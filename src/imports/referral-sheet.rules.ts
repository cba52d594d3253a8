import { AGREED_HOW, type AgreedHow } from '../clients/agreement.types.js';
import { normaliseName } from '../platform/pure/names.js';
import { NEEDS, type Need } from '../platform/words/needs.js';
import { RISKS } from '../referrals/referral.types.js';
import type { RowWarning } from './import.types.js';

/** What a column of a list of people can be. `needed` ones a row cannot do without. */
export const SHEET_FIELDS = {
  nhsNumber: { of: 'client', names: ['nhs number', 'nhs no', 'nhs'] },
  firstName: { of: 'client', names: ['first name', 'forename', 'forenames', 'given name'], needed: true },
  lastName: { of: 'client', names: ['last name', 'surname', 'family name'], needed: true },
  dateOfBirth: { of: 'client', names: ['date of birth', 'dob', 'birth date', 'born'], needed: true },
  phone: {
    of: 'client',
    names: ['phone', 'telephone', 'mobile', 'mobile phone', 'preferred telephone number'],
  },
  email: { of: 'client', names: ['email', 'e mail', 'email address', 'e mail address'] },
  address: { of: 'client', names: ['address', 'full address', 'usual address'] },
  postcode: { of: 'client', names: ['postcode', 'post code', 'usual address postcode'] },
  safeToCall: { of: 'client', names: ['safe to call', 'may call'] },
  safeToText: { of: 'client', names: ['safe to text', 'may text'] },
  safeToEmail: { of: 'client', names: ['safe to email', 'safe to e mail', 'may email'] },
  safeToWrite: { of: 'client', names: ['safe to write', 'may write'] },
  safeToLeaveMessage: { of: 'client', names: ['safe to leave a message', 'safe to leave message'] },
  language: { of: 'client', names: ['language', 'main language'] },
  agreedOn: { of: 'agreement', names: ['agreed on', 'consent date', 'date agreed'], needed: true },
  agreedWith: { of: 'agreement', names: ['agreed with', 'consent taken by'], needed: true },
  agreedHow: { of: 'agreement', names: ['agreed how', 'how they agreed'] },
  reasons: { of: 'referral', names: ['wants help with', 'reasons', 'reason', 'needs'] },
  risks: { of: 'referral', names: ['risks', 'known risks'], needed: true },
  riskNote: { of: 'referral', names: ['more about the risks', 'risk note'] },
  note: { of: 'referral', names: ['note', 'notes', 'what matters to them'] },
} as const satisfies Record<string, SheetField>;

interface SheetField {
  of: 'client' | 'agreement' | 'referral';
  /** What sheets call it, in small letters without punctuation. The first is what a template says. */
  names: readonly string[];
  needed?: true;
}

export type SheetFieldName = keyof typeof SHEET_FIELDS;
export const SHEET_FIELD_NAMES = Object.keys(SHEET_FIELDS) as SheetFieldName[];
const fields: Record<SheetFieldName, SheetField> = SHEET_FIELDS;

/** A column that is nothing of ours. */
export const NOT_READ = 'none';
export type ColumnMeaning = SheetFieldName | typeof NOT_READ;

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, ' ')
    .trim();

const isField = (name: string): name is SheetFieldName => Object.hasOwn(SHEET_FIELDS, name);

/** What each heading most likely is, by its name; of two that could be one thing, the first. */
export function recognise(headings: readonly string[]): ColumnMeaning[] {
  const taken = new Set<string>();
  return headings.map((heading) => {
    const name = SHEET_FIELD_NAMES.find((one) => fields[one].names.includes(plain(heading)));
    if (name === undefined || taken.has(name)) return NOT_READ;
    taken.add(name);
    return name;
  });
}

/** What is wrong with what somebody says the columns are; null when a list can be read by it. */
export function columnsProblem(headings: readonly string[], columns: readonly string[]): string | null {
  if (columns.length !== headings.length) return 'Say of every column what it is';
  const read = columns.filter((column) => column !== NOT_READ);
  if (!read.every(isField)) return 'Select from the list what each column is';
  const twice = read.find((column, at) => read.indexOf(column) !== at);
  if (twice !== undefined) return `Two columns are both “${sheetWord(twice)}”. Keep one of them`;
  const missing = SHEET_FIELD_NAMES.filter((name) => fields[name].needed && !read.includes(name));
  if (missing.length === 0) return null;
  return `Say which column is: ${missing.map(sheetWord).join(', ')}. Without it nobody can be referred`;
}

/** What a column is called on pages, in templates and in problems. */
export function sheetWord(name: string): string {
  if (!isField(name)) return name;
  const [first = ''] = fields[name].names;
  const words = first.replace('nhs', 'NHS').replace('e mail', 'e-mail');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What goes for every row that does not say otherwise. */
export interface SheetDefaults {
  how: AgreedHow;
  reasons?: readonly Need[];
}

export interface Read {
  send: Record<string, unknown>;
  problems: RowWarning[];
}

/** "Debt and money" is debt_and_money. */
const code = (words: string): string => plain(words).replaceAll(' ', '_');
/** Codes as a sheet may write them. */
const spoken = (codes: readonly string[]): string => codes.join(', ').replaceAll('_', ' ');
const listed = (cell: string): string[] => cell.split(/[;,|]/).map(code).filter(Boolean);
const isOneOf = <Word extends string>(words: readonly Word[], given: string): given is Word =>
  (words as readonly string[]).includes(given);

const NO_RISKS = ['none', 'none_known', 'no', 'no_known_risks'];
const INVITE = 'Invite them first: a row needs the day they agreed, and with whom';
const ANSWERS: Record<string, string> = { yes: 'yes', y: 'yes', no: 'no', n: 'no', not_asked: 'not_asked' };
const TEXTS = ['nhsNumber', 'firstName', 'lastName', 'phone', 'email', 'address', 'postcode'] as const;
const SAFE = ['safeToCall', 'safeToText', 'safeToEmail', 'safeToWrite', 'safeToLeaveMessage'] as const;

/** Years of two figures are not guessed at: 51 may be a grandfather or a child. */
function dayOf(cell: string): string {
  const [, day = '', month = '', year = ''] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(cell) ?? [];
  return year === '' ? cell : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/**
 * One row as what a sender would send: the words of its cells under the names of the API, for the API's own rules to
 * judge. Said to be wrong here is only what a form could not say: words that stand for no code, and a row nobody agreed to.
 */
export function readRow(
  headings: readonly string[],
  columns: readonly string[],
  cells: Readonly<Record<string, string>>,
  defaults: SheetDefaults,
): Read {
  const cell = (name: SheetFieldName): string => {
    const at = columns.indexOf(name);
    return at < 0 ? '' : (cells[headings[at] ?? ''] ?? '').trim();
  };
  const problems: RowWarning[] = [];
  const wrong = (name: SheetFieldName, reason: string): void => {
    problems.push({ column: headings[columns.indexOf(name)] ?? sheetWord(name), reason });
  };
  const client: Record<string, unknown> = { dateOfBirth: dayOf(cell('dateOfBirth')) };
  for (const name of TEXTS) if (cell(name) !== '') client[name] = cell(name);
  if (cell('language') !== '') client['language'] = cell('language').toLowerCase();
  for (const name of SAFE) {
    if (cell(name) === '') continue;
    client[name] = ANSWERS[code(cell(name))] ?? cell(name);
    if (ANSWERS[code(cell(name))] === undefined) wrong(name, 'Say yes, no, or not asked');
  }
  for (const name of ['agreedOn', 'agreedWith'] as const) if (cell(name) === '') wrong(name, INVITE);
  const how = cell('agreedHow') === '' ? defaults.how : code(cell('agreedHow'));
  if (!isOneOf(AGREED_HOW, how)) wrong('agreedHow', `Use one of: ${spoken(AGREED_HOW)}`);
  const reasons = cell('reasons') === '' ? [...(defaults.reasons ?? [])] : listed(cell('reasons'));
  const noNeed = reasons.find((reason) => !isOneOf(NEEDS, reason));
  if (noNeed !== undefined) wrong('reasons', `We do not know “${spoken([noNeed])}”. Use: ${spoken(NEEDS)}`);
  const risks = listed(cell('risks'));
  const none = risks.some((risk) => NO_RISKS.includes(risk));
  if (risks.length === 0) wrong('risks', 'Say which risks are known, or “none known”');
  else if (none && risks.length > 1) wrong('risks', 'Say either “none known” or which');
  const noRisk = none ? undefined : risks.find((risk) => !isOneOf(RISKS, risk));
  if (noRisk !== undefined) {
    wrong('risks', `We do not know “${spoken([noRisk])}”. Say “none known”, or use: ${spoken(RISKS)}`);
  }
  const optional = (name: 'note' | 'riskNote') => (cell(name) === '' ? {} : { [name]: cell(name) });
  return {
    problems,
    send: {
      client,
      agreement: { basis: 'agreed', agreedOn: dayOf(cell('agreedOn')), how, agreedWith: cell('agreedWith') },
      reasons: [...new Set(reasons)],
      ...(none ? { noKnownRisks: true } : { risks: [...new Set(risks)] }),
      ...optional('note'),
      ...optional('riskNote'),
      couldComeToHarm: false,
    },
  };
}

/** An answer of the API that has no column of its own is said of the one it follows from. */
const SAID_OF: Record<string, SheetFieldName> = {
  how: 'agreedHow',
  noKnownRisks: 'risks',
  underAgeBasis: 'dateOfBirth',
  basis: 'dateOfBirth',
};

/** The API's name of an answer, as the column it stood in. */
export function columnOf(field: string, headings: readonly string[], columns: readonly string[]): string {
  const [, last = field] = /\.(\w+)$/.exec(field) ?? [];
  const name = SAID_OF[last] ?? last;
  return headings[columns.indexOf(name)] ?? sheetWord(name);
}

const IN_A_SHEET: Record<string, string> = {
  'Enter text': 'This is empty, and nobody can be referred without it',
  'Enter a real date, like 2026-11-21': 'Enter a real date, like 02/03/1951',
};

/** What the API says of an answer, as whoever keeps a sheet would write it. */
export const saidOfCell = (message: string): string => IN_A_SHEET[message] ?? message;

/** What nothing is wrong with. */
const STAND_INS: Record<string, unknown> = {
  firstName: 'A',
  lastName: 'Person',
  dateOfBirth: '1970-01-01',
  phone: '07700 900000',
  email: 'a.person@example.org',
  agreedOn: '2020-01-01',
  agreedWith: 'Somebody',
  how: 'phone',
  reasons: ['loneliness'],
  risks: ['falls'],
};

/**
 * The same with something right wherever one of these answers was wrong, so that what is wrong with the others is found
 * too. It is judged, and never sent.
 */
export function withStandIns(
  send: Record<string, unknown>,
  fields: readonly string[],
): Record<string, unknown> {
  const instead = structuredClone(send);
  for (const field of fields) {
    const [first = '', last] = field.split('.');
    const within = instead[first];
    const [holder, name] =
      last === undefined || typeof within !== 'object' || Array.isArray(within)
        ? [instead, first]
        : [within as Record<string, unknown>, last];
    if (name in STAND_INS) holder[name] = STAND_INS[name];
    else Reflect.deleteProperty(holder, name);
    if (name === 'noKnownRisks') holder['risks'] = STAND_INS['risks'];
    if (name === 'risks') Reflect.deleteProperty(holder, 'noKnownRisks');
  }
  return instead;
}

/** Who stood in which row of one list: the same number, else the same name and birth date where one has no number. */
export class PeopleSoFar {
  private readonly byNumber = new Map<string, number>();
  private readonly byName = new Map<string, { row: number; number: string | null }[]>();

  /** The row in which they stood before; undefined the first time, which is remembered. */
  find(send: Readonly<Record<string, unknown>>, row: number): number | undefined {
    const { nhsNumber, firstName, lastName, dateOfBirth } = send['client'] as Partial<Record<string, string>>;
    const number = nhsNumber?.replaceAll(/\D/g, '') ?? null;
    const name = [normaliseName(firstName ?? ''), normaliseName(lastName ?? ''), dateOfBirth].join('|');
    const namesakes = this.byName.get(name) ?? [];
    const before =
      (number === null ? undefined : this.byNumber.get(number)) ??
      namesakes.find((other) => number === null || other.number === null)?.row;
    if (before === undefined) {
      if (number !== null) this.byNumber.set(number, row);
      this.byName.set(name, [...namesakes, { row, number }]);
    }
    return before;
  }
}

/** A sheet to fill in: what it may hold, and one made-up person. */
export const TEMPLATE: readonly (readonly string[])[] = [
  SHEET_FIELD_NAMES.map(sheetWord),
  SHEET_FIELD_NAMES.map(
    (name) =>
      (
        ({
          nhsNumber: '999 000 0018',
          firstName: 'Grace',
          lastName: 'Example',
          dateOfBirth: '02/03/1951',
          phone: '07700 900982',
          postcode: 'CO15 1AB',
          safeToCall: 'yes',
          safeToText: 'no',
          agreedOn: '16/11/2026',
          agreedWith: 'Dr Asha Patel',
          agreedHow: 'phone',
          reasons: 'loneliness; inactivity',
          risks: 'none known',
        }) as Partial<Record<SheetFieldName, string>>
      )[name] ?? '',
  ),
];
