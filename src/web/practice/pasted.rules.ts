import { nhsNumberProblem, normaliseNhsNumber } from '../../platform/pure/nhs-number.js';
import { normaliseUkPhone, spokenPhone } from '../../platform/pure/phone.js';
import { normalisePostcode } from '../../platform/pure/postcode.js';
import { say, sayAll } from '../words/staff/staff-words.js';
import { dayIn } from './pasted.dates.js';
import { namesIn, type Names } from './pasted.names.js';

/** What a text from another system can say of somebody, in the order the form asks for it. */
export const PASTED_FIELDS = [
  'nhsNumber',
  'firstName',
  'lastName',
  'dateOfBirth',
  'phone',
  'email',
  'address',
  'postcode',
  'noFixedAddress',
] as const;
export type PastedField = (typeof PASTED_FIELDS)[number];

export interface Pasted {
  found: Partial<Record<PastedField, string>>;
  /** What somebody should look at, in words. */
  doubts: string[];
}

/** More than any system gives about one person; what comes after is not looked at. */
const LONGEST = 5000;

type Meaning = PastedField | 'name' | 'mobile' | 'passed over' | 'somebody else';

/** What systems and letters call it. A name alone is what follows; whatever is said of somebody else ends the line. */
const LABELS: Readonly<Record<Meaning, readonly string[]>> = {
  nhsNumber: ['nhs number', 'nhs no', 'nhs num', 'nhs'],
  firstName: ['first name', 'first names', 'forename', 'forenames', 'given name', 'given names', 'firstname'],
  lastName: ['last name', 'surname', 'family name', 'lastname'],
  dateOfBirth: ['date of birth', 'd.o.b', 'dob', 'birth date', 'born'],
  mobile: ['mobile', 'mobile phone', 'mobile number', 'mobile tel', 'mob'],
  phone: [
    'telephone',
    'telephone number',
    'phone',
    'phone number',
    'home phone',
    'home tel',
    'home telephone',
    'preferred telephone',
    'preferred telephone number',
    'contact number',
    'tel',
    'tel no',
  ],
  email: ['e-mail', 'email', 'e-mail address', 'email address'],
  address: [
    'address',
    'home address',
    'usual address',
    'full address',
    'patient address',
    'address line 1',
    'address line 2',
    'address line 3',
    'address line 4',
    'street',
    'town',
    'city',
    'county',
  ],
  postcode: ['postcode', 'post code', 'usual address postcode'],
  noFixedAddress: [],
  name: ['name', 'full name', 'patient name', 'patient', 'client', 're'],
  'passed over': [
    'title',
    'age',
    'sex',
    'gender',
    'ethnicity',
    'ethnic origin',
    'religion',
    'marital status',
    'main language',
    'language',
    'hospital number',
    'hospital no',
    'emis number',
    'emis no',
    'date of referral',
    'referral date',
    'date registered',
    'registered',
    'date',
    'seen on',
    'preferred name',
    'known as',
    'dear',
    'problem',
    'problems',
    'reason',
    'reason for referral',
  ],
  'somebody else': [
    'next of kin',
    'nok',
    'emergency contact',
    'carer',
    'usual gp',
    'registered gp',
    'named gp',
    'gp',
    'gp name',
    'practice',
    'surgery',
    'from',
    'referred by',
    'referrer',
    'yours sincerely',
  ],
};

/** Said within a line without a colon, too: a banner writes them so. */
const WITHIN_A_LINE: readonly string[] = [
  'nhs number',
  'nhs no',
  'd.o.b',
  'dob',
  'date of birth',
  'born',
  'tel',
  'tel no',
  'mobile',
  'mob',
  'postcode',
  'sex',
  'gender',
  'usual gp',
  'registered gp',
  'next of kin',
];

const MEANING = new Map<string, Meaning>(
  (Object.keys(LABELS) as Meaning[]).flatMap((meaning) =>
    LABELS[meaning].map((label): [string, Meaning] => [label, meaning]),
  ),
);
/** A label however it is spelt: "NHS No.", "D.O.B.", "E-mail". */
const plain = (label: string): string =>
  label.toLowerCase().replaceAll(/\s+/g, ' ').replace(/\.$/, '').trim();
const meaningOf = (label: string): Meaning | undefined => MEANING.get(plain(label));

const longestFirst = (labels: Iterable<string>): string =>
  [...labels]
    .sort((one, other) => other.length - one.length)
    .map((label) => label.replaceAll('.', String.raw`\.`).replaceAll(' ', String.raw`\s`))
    .join('|');
/** Every label, with what makes it one: where it stands at the beginning or has a colon; a few stand anywhere. */
const LABEL = new RegExp(
  String.raw`(?<![\p{L}\d-])(?:(${longestFirst(MEANING.keys())})\.?\s?[:=]|(${longestFirst(WITHIN_A_LINE)})\.?(?=\s)|(?<=^|\t)(${longestFirst(MEANING.keys())})\.?(?=\s|$))`,
  'giu',
);

interface Said {
  meaning: Meaning;
  text: string;
}

/** A text as it is read: one space between words, columns apart by a tab, and no mark that nobody sees. */
const cleaned = (text: string): string[] =>
  text
    .slice(0, LONGEST)
    .normalize('NFC')
    .replaceAll(/[\p{Cf}\uFEFF]/gu, '')
    .split(/\r\n|\r|\n/)
    .map((line) =>
      line
        .split(/\t|\u00A0{2}| {2}/)
        .map((part) => part.replaceAll(/\s/g, ' ').trim())
        .filter(Boolean)
        .join('\t'),
    );

/** Reads a text that was copied from elsewhere. Nothing of it is kept; what is not sure is said. */
export function readPasted(text: string, today: string): Pasted {
  const lines = cleaned(text);
  const doubts: string[] = [];
  const { said, free } = inRows(lines, doubts) ?? labelled(lines);
  const found = new Reader(today, doubts);
  for (const one of said) found.take(one, free);
  found.takeFree(free);
  return found.result();
}

interface Sorted {
  said: Said[];
  /** What nothing was said of. */
  free: string[];
}

const COMMAS = [',', ';', '|'];

function cellsOf(line: string): string[] {
  if (line.includes('\t')) return line.split('\t');
  const rows = COMMAS.map((comma) => line.split(comma).map((cell) => cell.replaceAll('"', '').trim()));
  return rows.reduce((most, cells) => (cells.length > most.length ? cells : most), [line]);
}

/** Headings in one row and somebody in the next. */
function inRows(lines: readonly string[], doubts: string[]): Sorted | null {
  const rows = lines.filter((line) => line !== '');
  const headings = cellsOf(rows[0] ?? '').map(meaningOf);
  if (headings.filter((meaning) => meaning !== undefined).length < 2 || rows.length < 2) return null;
  const cells = cellsOf(rows[1] ?? '');
  if (cells.length > headings.length) return null;
  if (rows.length > 2) doubts.push(say('There is more than one person in it: only the first was read.'));
  return {
    said: cells.flatMap((value, at) => {
      const meaning = headings[at];
      return meaning === undefined ? [] : [{ meaning, text: value }];
    }),
    free: [],
  };
}

/** "Surname: OKAFOR", with what is not named so beside it. */
function labelled(lines: readonly string[]): Sorted {
  const said: Said[] = [];
  const free: string[] = [];
  let open: Said | null = null;
  let ofSomebodyElse = false;
  for (const line of lines) {
    if (line === '') {
      open = null;
      ofSomebodyElse = false;
      free.push('');
      continue;
    }
    const { before, parts } = partsOf(line);
    if (PRACTICE.test(before)) ofSomebodyElse = true;
    if (ofSomebodyElse && parts.every(({ meaning }) => meaning !== 'nhsNumber')) continue;
    ofSomebodyElse = false;
    const [first] = parts;
    if (before !== '') {
      if (open && (open.text === '' || open.meaning === 'address'))
        open.text = `${open.text}\n${before}`.trim();
      else free.push(before);
    }
    if (first === undefined) {
      if (open?.meaning !== 'address' || postcodesIn(before).length > 0) open = null;
      continue;
    }
    said.push(...parts);
    open = parts.at(-1) ?? null;
    if (open?.meaning === 'somebody else') ofSomebodyElse = open.text === '';
  }
  return { said, free };
}

/** A line at its labels. What is said of somebody else goes on to the end of the line. */
function partsOf(line: string): { before: string; parts: Said[] } {
  const labels = [...line.matchAll(LABEL)].map((match) => ({
    meaning: meaningOf(match[1] ?? match[2] ?? match[3] ?? '') ?? 'passed over',
    from: match.index,
    to: match.index + match[0].length,
  }));
  const last = labels.findIndex(({ meaning }) => meaning === 'somebody else');
  const kept = last < 0 ? labels : labels.slice(0, last + 1);
  const parts = kept.map(({ meaning, to }, at) => ({
    meaning,
    text: line.slice(to, kept[at + 1]?.from ?? line.length).trim(),
  }));
  const unknown = /^[\p{L} ]{2,30}:/u.exec(line);
  const before = line.slice(0, kept[0]?.from ?? line.length).trim();
  return { before: unknown && kept[0]?.from !== 0 ? '' : before, parts };
}

const NUMBER = /\+?\(?\d[\d ()-]{7,20}\d/g;
const POSTCODE = /[a-z]{1,2}\d[a-z\d]? {0,2}\d[a-z]{2}(?![a-z\d])/gi;
/** The head of a letter, or whoever sends it. */
const PRACTICE = /\b(?:surgery|medical practice|medical centre|health centre|clinic)\b/i;
const NO_ADDRESS = /no fixed (?:abode|address)|^nfa$/i;

const different = <Value>(values: readonly (Value | null)[]): Value[] => [
  ...new Set(values.filter((value): value is Value => value !== null)),
];
const wordsLike = (pattern: RegExp, text: string): string[] => text.match(pattern) ?? [];
const nhsNumbersIn = (text: string): string[] =>
  different(wordsLike(NUMBER, text).map((number) => normaliseNhsNumber(number)));
const emailsIn = (text: string): string[] =>
  different(text.split(/[\s<>,;:"()]+/).filter((word) => word.length < 254 && /^[^@]+@[^@]+$/.test(word)));
const phonesIn = (text: string): string[] =>
  different(wordsLike(NUMBER, text).map((number) => normaliseUkPhone(number.trim())));
/** Sheets drop a nought at the beginning; where nothing says that it is a phone number, it must be there. */
const isDialled = (number: string): boolean => /^[+(]?(?:0|44)/.test(number);
const postcodesIn = (text: string): string[] =>
  different(wordsLike(POSTCODE, text).map((code) => normalisePostcode(code)));

/** Puts together what is said of one person: the first that is said of each, and a doubt for whatever is not alone. */
class Reader {
  private readonly found: Pasted['found'] = {};
  private phones: string[] = [];

  constructor(
    private readonly today: string,
    private readonly doubts: string[],
  ) {}

  /** What is left over of a value may say something else: a number behind a name, a postcode behind an address. */
  take({ meaning, text }: Said, free: string[]): void {
    switch (meaning) {
      case 'nhsNumber': {
        this.takeNumber(text, free);
        return;
      }
      case 'firstName':
      case 'lastName': {
        const { whole, last } = namesIn(text);
        this.keep(meaning, meaning === 'lastName' && text.includes(',') ? last : whole);
        return;
      }
      case 'name': {
        this.takeNames(namesIn(text));
        return;
      }
      case 'dateOfBirth':
        this.takeDay(text);
        free.push(text);
        return;
      case 'mobile':
        this.phones = different([...phonesIn(text), ...this.phones]);
        return;
      case 'phone':
        this.phones = different([...this.phones, ...phonesIn(text)]);
        return;
      case 'email': {
        this.keep('email', emailsIn(text)[0]);
        return;
      }
      case 'postcode': {
        this.keep('postcode', postcodesIn(text)[0]);
        return;
      }
      case 'address': {
        this.takeAddress(text);
        return;
      }
      case 'noFixedAddress':
      case 'passed over':
      case 'somebody else':
    }
  }

  private takeNumber(text: string, free: string[]): void {
    const [number] = nhsNumbersIn(text);
    const written = wordsLike(NUMBER, text)[0] ?? '';
    if (number !== undefined) this.keep('nhsNumber', number);
    else if (text !== '') this.doubt(nhsNumberProblem(written === '' ? text : written) ?? '');
    free.push(text.replace(written, '\t'));
  }

  private takeNames({ first, last, doubt }: Names): void {
    if (first === null || last === null || this.found.lastName !== undefined) return;
    this.keep('firstName', first);
    this.keep('lastName', last);
    if (doubt !== null) this.doubt(doubt);
  }

  private takeDay(text: string): void {
    if (this.found.dateOfBirth !== undefined) return;
    const read = dayIn(text, this.today);
    if (read === null) return;
    if (read.day !== null) this.keep('dateOfBirth', read.day);
    if (read.doubt !== null) this.doubt(read.doubt);
  }

  private takeAddress(text: string): void {
    if (NO_ADDRESS.test(text)) {
      this.keep('noFixedAddress', 'yes');
      return;
    }
    const [postcode] = postcodesIn(text);
    this.keep('postcode', postcode);
    const lines = text
      .replaceAll(POSTCODE, '')
      .split(/[\n\t]/)
      .map((line) => line.replaceAll(/(?:^[\s,]{1,5})|(?:[\s,]{1,5}$)/g, ''))
      .filter(Boolean);
    if (lines.length === 0) return;
    this.found.address = [this.found.address, ...lines].filter(Boolean).join('\n');
  }

  /** What no label names: taken where there is only one of it, and a day never without a look. */
  takeFree(lines: readonly string[]): void {
    const text = lines.join('\n');
    this.takeOnly('nhsNumber', nhsNumbersIn(text));
    this.takeOnly('email', emailsIn(text));
    this.takeFreeNames(lines);
    const phones = different(wordsLike(NUMBER, text).filter(isDialled).map(normaliseUkPhone));
    if (this.phones.length === 0 && phones.length === 1) this.phones = phones;
    this.takeOnly('postcode', postcodesIn(text));
    this.takeFreeDay(lines);
  }

  private takeOnly(field: PastedField, values: readonly string[]): void {
    if (values.length === 1) this.keep(field, values[0]);
    else if (values.length > 1 && this.found[field] === undefined)
      this.doubt(
        say('{{field}}: there is more than one, and none was taken.', { field: FIELD_WORDS[field] }),
      );
  }

  private takeFreeDay(lines: readonly string[]): void {
    if (this.found.dateOfBirth !== undefined) return;
    const text = lines.join('\n');
    const read = dayIn(text, this.today);
    if (!read?.day || dayIn(read.rest, this.today) !== null) return;
    this.keep('dateOfBirth', read.day);
    this.doubt(say('Nothing says that the date in it is the date of birth. Check it.'));
  }

  private takeFreeNames(lines: readonly string[]): void {
    if (this.found.firstName !== undefined || this.found.lastName !== undefined) return;
    const at = lines.findIndex((line) => line !== '' && namesIn(line.split('\t', 1)[0] ?? '').sure);
    if (at >= 0) {
      this.takeNames(namesIn(lines[at]?.split('\t', 1)[0] ?? ''));
      this.takeEnvelope(lines.slice(at + 1));
      return;
    }
    const cells = lines.filter(Boolean).length === 1 ? cellsOf(lines.find(Boolean) ?? '') : [];
    const [last, first, more] = cells
      .map((cell) => namesIn(cell))
      .filter(({ whole, title }) => whole && !title);
    if (cells.length > 2 && last?.whole && first?.whole && !more?.whole?.includes(' ')) {
      const firstIsLast = first.capitals && !last.capitals;
      this.keep('lastName', firstIsLast ? first.whole : last.whole);
      this.keep('firstName', firstIsLast ? last.whole : first.whole);
      if (first.capitals === last.capitals) this.doubt(say('Check which name is the last name.'));
    }
  }

  /** The lines under a name, as on an envelope, up to their postcode. */
  private takeEnvelope(lines: readonly string[]): void {
    const end = lines.findIndex((line) => line === '' || postcodesIn(line).length > 0);
    if (end < 0 || end > 5 || lines[end] === '' || this.found.address !== undefined) return;
    this.takeAddress(lines.slice(0, end + 1).join('\n'));
  }

  private keep(field: PastedField, value: string | null | undefined): void {
    if (value) this.found[field] ??= value;
  }
  private doubt(text: string): void {
    this.doubts.push(text);
  }

  result(): Pasted {
    const [phone, ...others] = this.phones.map(spokenPhone);
    if (phone !== undefined) this.found.phone = phone;
    if (others.length > 0)
      this.doubt(say('There is another phone number in it: {{others}}.', { others: others.join(', ') }));
    return { found: this.found, doubts: [...new Set(this.doubts)] };
  }
}

/** What the form calls it. */
export const FIELD_WORDS: Record<PastedField, string> = sayAll({
  nhsNumber: 'NHS number',
  firstName: 'First name',
  lastName: 'Last name',
  dateOfBirth: 'Date of birth',
  phone: 'Phone',
  email: 'E-mail address',
  address: 'Address',
  postcode: 'Postcode',
  noFixedAddress: 'No fixed address',
});
