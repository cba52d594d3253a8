import { readFileSync } from 'node:fs';
import i18next from 'i18next';
import { directionIn, isLanguage, type Language, LANGUAGES } from './languages.js';
import { LOCALES } from '../../platform/words/locales.js';
import type english from './en.json';

type PluralForm = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';
type Paths<Words> = {
  [Name in keyof Words & string]: Words[Name] extends string
    ? Name extends `${infer Base}_${PluralForm}`
      ? Base
      : Name
    : `${Name}.${Paths<Words[Name]>}`;
}[keyof Words & string];

/** Every text there is, by its path: a code without words does not compile. */
export type Key = Paths<Omit<typeof english, 'file'>>;
export type Values = Record<string, string | number>;

/** One language as pages speak it. Dates and times are London's. */
export interface Speech {
  language: Language;
  /** For the `lang` of a page. */
  tag: string;
  direction: 'ltr' | 'rtl';
  /** True until somebody whose language it is has signed the translation off. */
  draft: boolean;
  t: (key: Key, values?: Values) => string;
  /** "Tuesday 24 November". */
  day: (at: Date | string) => string;
  /** "24 November 2026". */
  date: (at: Date | string) => string;
  /** "Tuesday 24 November, 10:42 am". */
  moment: (at: Date) => string;
  /** "Tuesday at 10:42 am", within the week. */
  hour: (at: Date) => string;
  /** What stands by itself and has an order of its own, such as a number or a name, on a page of either direction. */
  apart: (text: string) => string;
  /** The name of another language in this one. */
  nameOf: (code: string) => string;
}

export interface WordsFile {
  file: { state: 'source' | 'machine_draft' | 'signed_off'; by: string | null; on: string | null };
  [section: string]: unknown;
}

export const wordsFile = (language: Language): WordsFile =>
  JSON.parse(readFileSync(new URL(`${language}.json`, import.meta.url), 'utf8')) as WordsFile;

const FILES = Object.fromEntries(LANGUAGES.map((one) => [one, wordsFile(one)])) as Record<
  Language,
  WordsFile
>;

const words = i18next.createInstance();
void words.init({
  initAsync: false,
  fallbackLng: 'en',
  supportedLngs: [...LANGUAGES],
  resources: Object.fromEntries(LANGUAGES.map((one) => [one, { translation: FILES[one] }])),
  // Templates escape what they show, and so does what puts markup into a text.
  interpolation: { escapeValue: false },
  returnNull: false,
});

const LONDON = 'Europe/London';

function speechOf(language: Language): Speech {
  const locale = LOCALES[language];
  const direction = directionIn(language);
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, {
      timeZone: LONDON,
      ...(language === 'en' && options.hour ? { hourCycle: 'h12' as const } : {}),
      ...options,
    });
  const dayParts = format({ weekday: 'long', day: 'numeric', month: 'long' });
  const dateParts = format({ day: 'numeric', month: 'long', year: 'numeric' });
  const hourParts = format({ weekday: 'long', hour: 'numeric', minute: '2-digit' });
  const clock = format({ hour: 'numeric', minute: '2-digit' });
  const names = new Intl.DisplayNames(locale, { type: 'language' });
  const bound = words.getFixedT(language) as (key: string, values?: Values) => string;
  const at = (when: Date | string): Date => (typeof when === 'string' ? new Date(`${when}T12:00:00Z`) : when);
  const day = (when: Date | string): string => {
    const said = dayParts.format(at(when));
    return language === 'en' ? said.replace(',', '') : said;
  };
  const t = (key: Key, values: Values = {}): string => bound(key, isolated(values, direction));
  return {
    language,
    tag: language === 'en' ? 'en-GB' : language,
    direction,
    draft: FILES[language].file.state === 'machine_draft',
    t,
    day,
    date: (when) => dateParts.format(at(when)),
    moment: (when) => t('dates.dayAndTime', { day: day(when), time: clock.format(when) }),
    hour: (when) => hourParts.format(when),
    apart: (text) => apart(text, direction),
    nameOf: (code) => (code === 'bfi' ? t('dates.britishSignLanguage') : (names.of(code) ?? code)),
  };
}

const apart = (text: string, direction: Speech['direction']): string =>
  direction === 'rtl' && text !== '' ? `\u2068${text}\u2069` : text;

/** Names and numbers within a line that runs from right to left keep their own order, and leave the line its own. */
const isolated = (values: Values, direction: Speech['direction']): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? apart(value, direction) : value,
    ]),
  );

const SPEECHES = Object.fromEntries(LANGUAGES.map((one) => [one, speechOf(one)])) as Record<Language, Speech>;

export const speechIn = (language: Language): Speech => SPEECHES[language];

/** The first of these that pages can be read in, else English. */
export const speechBy = (...codes: unknown[]): Speech => speechIn(codes.find(isLanguage) ?? 'en');
