import { doubleMetaphone } from 'double-metaphone';

/** Letters that Unicode does not take apart into a base letter and a mark. */
const FOLDED: Readonly<Record<string, string>> = {
  æ: 'ae',
  ð: 'd',
  đ: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ø: 'o',
  œ: 'oe',
  ß: 'ss',
  þ: 'th',
};

/**
 * The form in which names are compared, never shown: lower case, without marks or apostrophes, parts separated by one
 * space. "O'Brien" and "OBRIEN" agree, "Smith-Jones" and "Smith Jones" agree. Letters of other scripts are kept.
 */
export function normaliseName(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[æðđħıłøœßþ]/g, (letter) => FOLDED[letter] ?? letter)
    .replace(/['’‘ʼʻ`´]/g, '')
    .replace(/[\s\p{Pd}\p{Cf}]+/gu, ' ')
    .trim()
    .normalize('NFC');
}

/**
 * The primary Double Metaphone code (Lawrence Philips, 2000) of a surname, its parts run together: surnames with equal
 * codes may sound alike and are worth a look, no more. Where the name has no Latin sounds the normalised name itself
 * is the code, so that names of other scripts do not all agree with each other. Empty only for an empty name.
 */
export function nameSound(text: string): string {
  const name = normaliseName(text).replaceAll(' ', '');
  return doubleMetaphone(name)[0] || name;
}

/** First letters in capitals, such as 'AO'. A missing name gives no letter. */
export function initials(first: string, last: string): string {
  return [first, last]
    .map((name) => /\p{L}\p{M}*/u.exec(name.normalize('NFC'))?.[0] ?? '')
    .join('')
    .toUpperCase();
}

/**
 * Age in completed years. Somebody born on 29 February comes of age on 1 March in common years, as in English
 * practice. Refuses a date that is not YYYY-MM-DD and a birth after today.
 */
export function ageOn(dateOfBirth: string, today: string): number {
  const born = parts(dateOfBirth);
  const now = parts(today);
  if (dateOfBirth > today) throw new RangeError('Born after the day asked about');
  const hadBirthday = now.monthDay >= born.monthDay;
  return now.year - born.year - (hadBirthday ? 0 : 1);
}

function parts(date: string): { year: number; monthDay: string } {
  if (!/^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$/.test(date))
    throw new RangeError('Not a date');
  return { year: Number(date.slice(0, 4)), monthDay: date.slice(5) };
}

export const AGE_BANDS = [
  { from: 85, band: '85+' },
  { from: 75, band: '75-84' },
  { from: 65, band: '65-74' },
  { from: 55, band: '55-64' },
  { from: 45, band: '45-54' },
  { from: 35, band: '35-44' },
  { from: 25, band: '25-34' },
  { from: 18, band: '18-24' },
  { from: 0, band: 'under 18' },
] as const;

/** The wide band that may be shown where an age may not. Refuses a negative age. */
export function ageBand(age: number): (typeof AGE_BANDS)[number]['band'] {
  const found = AGE_BANDS.find(({ from }) => age >= from);
  if (!found) throw new RangeError('Not an age');
  return found.band;
}
