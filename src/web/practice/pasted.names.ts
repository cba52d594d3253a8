import { say } from '../words/staff/staff-words.js';

/** A text as a name: which part of it is which, so far as it says so. */
export interface Names {
  first: string | null;
  last: string | null;
  /** All of it, without a title; null where it is no name. */
  whole: string | null;
  /** Whether it can be nothing but a name, though nothing says so. */
  sure: boolean;
  /** Whether it is written in capitals, as last names are. */
  capitals: boolean;
  /** Whether it is a title and no more. */
  title: boolean;
  doubt: string | null;
}

const TITLES = new Set([
  'mr',
  'mrs',
  'ms',
  'miss',
  'mx',
  'master',
  'dr',
  'rev',
  'prof',
  'sir',
  'dame',
  'lady',
]);
/** Of a letter’s other people rather than of whom it is about. */
const SENDERS = new Set(['dr', 'prof']);
/** What stands in a row beside names and is none. */
const NO_NAMES = new Set(['f', 'm', 'female', 'male', 'yes', 'no', 'unknown', 'active', 'patient']);
const NAME = /^\p{L}[\p{L}\p{M}'’. -]*$/u;
const NONE: Names = {
  first: null,
  last: null,
  whole: null,
  sure: false,
  capitals: false,
  title: false,
  doubt: null,
};

const isTitle = (word: string): boolean => TITLES.has(word.toLowerCase().replace('.', ''));
const inCapitals = (word: string): boolean =>
  word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase();

/** OKAFOR is Okafor; what is not all in capitals is written as it should be. */
export const asWritten = (name: string): string =>
  inCapitals(name)
    ? name
        .toLowerCase()
        .replaceAll(/(?:^|[\s'’-])\p{L}/gu, (start) => start.toUpperCase())
        .replaceAll(/\bMc\p{L}/gu, (start) => `Mc${start.slice(2).toUpperCase()}`)
    : name;

const words = (text: string): string[] => text.split(' ').filter(Boolean);
const named = (parts: readonly string[]): string => parts.map(asWritten).join(' ');

/** "Okafor, Grace (Mrs)", "Mrs Grace Okafor", "OKAFOR Grace", "Grace Okafor". */
export function namesIn(text: string): Names {
  const bare = text
    .replaceAll(/\([^()]{0,40}\)/g, ' ')
    .replaceAll(/[\s"]+/g, ' ')
    .trim()
    .replace(/,$/, '');
  const titled = /\((?:mr|mrs|ms|miss|mx|master|rev)\.?\)/i.test(text);
  const comma = bare.indexOf(',');
  const sides = (comma < 0 ? [bare] : [bare.slice(0, comma), bare.slice(comma + 1)]).map((one) => one.trim());
  if (sides.some((side) => !NAME.test(side)) || NO_NAMES.has(bare.toLowerCase())) return NONE;
  const leads = words(bare).find(isTitle);
  const [before = [], after] = sides.map((side) => words(side).filter((word) => !isTitle(word)));
  if (before.length === 0) return { ...NONE, title: true };
  if ([...before, ...(after ?? [])].length > 6) return NONE;
  const isSender = SENDERS.has((leads ?? '').toLowerCase().replace('.', ''));
  if (after && after.length > 0) {
    const sure = titled || (inCapitals(before.join(' ')) && !inCapitals(after.join(' ')));
    return {
      ...NONE,
      first: named(after),
      last: named(before),
      whole: named([...after, ...before]),
      sure: sure && !isSender,
    };
  }
  const whole = named(before);
  const capitals = inCapitals(before.join(' '));
  const [first = '', ...rest] = before;
  if (rest.length === 0) return { ...NONE, whole, capitals };
  const sure = (titled || leads !== undefined) && !isSender;
  const lasts = before.filter(inCapitals);
  if (!capitals && lasts.length > 0) {
    const firsts = before.filter((word) => !inCapitals(word));
    return { ...NONE, first: named(firsts), last: named(lasts), whole, sure };
  }
  return {
    ...NONE,
    first: named(before.slice(0, -1)),
    last: named(before.slice(-1)),
    whole,
    sure,
    capitals,
    doubt:
      before.length > 2 && first !== ''
        ? say('Check where the first name ends and the last name begins.')
        : null,
  };
}
