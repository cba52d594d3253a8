import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AGREEMENT_SCOPES } from '../../clients/agreement.types.js';
import { effectsOf } from '../../client-page/withdrawing.rules.js';
import { effectsInWords } from '../my/my.pages.js';
import { REFUSALS } from '../my/my.words.js';
import { LOCALES } from '../../platform/words/locales.js';
import { inPage } from './in-page.js';
import { type Language, LANGUAGES, OWN_NAMES } from './languages.js';
import { speechBy, speechIn, wordsFile } from './speech.js';
import nunjucks from 'nunjucks';

const SOURCE = fileURLToPath(new URL('../../', import.meta.url));
const FORM = /_(zero|one|two|few|many|other)$/;
/** Forms that may say the number in a word of their own. */
const SAYS_NUMBER = /_(zero|one|two)$/;

function flat(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([name, value]) =>
    typeof value === 'string'
      ? [[`${path}${name}`, value] as [string, string]]
      : flat(value as object, `${path}${name}.`),
  );
}
const textsOf = (language: Language): Map<string, string> => {
  const sections = Object.entries(wordsFile(language)).filter(([name]) => name !== 'file');
  return new Map(flat(Object.fromEntries(sections)));
};
const TEXTS = new Map(LANGUAGES.map((one) => [one, textsOf(one)]));
const english = TEXTS.get('en') ?? new Map<string, string>();
const bases = (texts: Map<string, string>): string[] => [
  ...new Set([...texts.keys()].map((key) => key.replace(FORM, ''))),
];
const plurals = [...new Set([...english.keys()].filter((key) => FORM.test(key)))].map((key) =>
  key.replace(FORM, ''),
);
const placeholders = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();
const OTHERS = LANGUAGES.filter((one) => one !== 'en');

/** What has letters of its own cannot be left in English unseen. */
const LETTERS: Partial<Record<Language, RegExp>> = {
  bn: /\p{Script=Bengali}/u,
  ne: /\p{Script=Devanagari}/u,
  ur: /\p{Script=Arabic}/u,
  ar: /\p{Script=Arabic}/u,
};

describe.each(LANGUAGES)('the words in %s', (language) => {
  const texts = TEXTS.get(language) ?? new Map<string, string>();

  it('are all there, and none too many', () => {
    expect(bases(texts).sort()).toEqual(bases(english).sort());
  });

  it('have each form that its numbers need, and no other', () => {
    const { pluralCategories } = new Intl.PluralRules(LOCALES[language]).resolvedOptions();
    for (const key of new Set(plurals)) {
      const forms = [...texts.keys()].filter((one) => one.replace(FORM, '') === key);
      expect(forms.sort()).toEqual(pluralCategories.map((form) => `${key}_${form}`).sort());
    }
  });

  it('put in what the English ones put in', () => {
    for (const [key, text] of texts) {
      const model = english.get(key) ?? english.get(key.replace(FORM, '_other')) ?? '';
      const spare = SAYS_NUMBER.test(key) && !text.includes('{{count}}') ? ['{{count}}'] : [];
      const wanted = placeholders(model).filter((one) => !spare.includes(one));
      expect([key, placeholders(text).filter((one) => !spare.includes(one))]).toEqual([key, wanted]);
    }
  });

  it('are whole texts, without markup', () => {
    for (const [key, text] of texts) {
      expect([key, text.replace(/\{\{\w+\}\}/g, '')]).toEqual([
        key,
        expect.not.stringMatching(/[<>{}]|&\w+;/),
      ]);
      expect(text.trim()).not.toBe('');
    }
  });

  it('are marked as a draft until somebody has signed them off', () => {
    const { state, by, on } = wordsFile(language).file;
    expect(['source', 'machine_draft', 'signed_off']).toContain(state);
    expect(by !== null && on !== null).toBe(state === 'signed_off');
    expect(speechIn(language).draft).toBe(state === 'machine_draft');
  });

  it('name days, hours and languages as it does', () => {
    const { day, date, moment, hour, nameOf } = speechIn(language);
    const at = new Date('2026-11-24T10:42:00Z');
    const said = [day(at), date('2026-11-24'), moment(at), hour(at)].join(' ');
    expect(said).toMatch(/24.*2026.*10:42.*10:42/);
    if (language !== 'en') expect(said).not.toMatch(/Tuesday|November(?!\w)/);
    expect(nameOf(language)).not.toBe(language);
    const { t } = speechIn(language);
    expect(nameOf('bfi')).toBe(t('dates.britishSignLanguage'));
  });
});

describe.each(OTHERS)('what %s says', (language) => {
  const texts = TEXTS.get(language) ?? new Map<string, string>();

  it('is not left in English', () => {
    /** The same word in both. */
    const alike = /^(?:Plan|Telefon|E-mail|Cost|braille|audio|person)$/;
    const wordsIn = (text: string): string => text.replace(/\{\{\w+\}\}/g, '').trim();
    const left = [...texts].filter(
      ([key, text]) =>
        text === english.get(key) && /\p{L}/u.test(wordsIn(text)) && !alike.test(wordsIn(text)),
    );
    expect(left.map(([key]) => key)).toEqual([]);
    const own = LETTERS[language];
    const foreign = [...texts].filter(
      ([, text]) => own && !own.test(text) && /\p{L}/u.test(text.replace(/\{\{\w+\}\}/g, '')),
    );
    expect(foreign).toEqual([]);
  });
});

describe('the keys of words', () => {
  const files = readdirSync(`${SOURCE}web`, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|njk)$/.test(name) && !name.endsWith('.spec.ts'))
    .map((name) => readFileSync(`${SOURCE}web/${name}`, 'utf8'));
  const sections = Object.keys(wordsFile('en')).filter((one) => one !== 'file');
  const literal = new RegExp(`["'\`]((?:${sections.join('|')})\\.[\\w.]*)(\\$\\{[^}]*\\}[\\w.]*|" ~)?`, 'g');
  const named = files.flatMap((text) => [...text.matchAll(literal)]);
  const known = new Set(bases(english));

  it('that pages ask for are all there', () => {
    // A file that a page is saved as may be called like a section of words.
    const asked = named
      .filter(([, key = '', more]) => more === undefined && !key.endsWith('.pdf'))
      .map(([, key = '']) => key);
    expect(asked.length).toBeGreaterThan(100);
    expect([...new Set(asked)].filter((key) => !known.has(key))).toEqual([]);
  });

  it('are all asked for by some page', () => {
    const asked = new Set(named.map(([, key = '']) => key));
    const begun = named.filter(([, , more]) => more !== undefined).map(([, key = '']) => key);
    const idle = [...known].filter(
      (key) => !asked.has(key) && !begun.some((start) => start.endsWith('.') && key.startsWith(start)),
    );
    expect(idle).toEqual([]);
  });
});

describe('a choice of language', () => {
  it('falls on the first that is known, else on English', () => {
    expect(speechBy('tlh', undefined, 'ur', 'pl').language).toBe('ur');
    expect(speechBy(['ar'], null, 'toString').language).toBe('en');
    expect(Object.keys(OWN_NAMES)).toEqual([...LANGUAGES]);
  });

  it('keeps numbers and names apart from a line that runs from right to left', () => {
    expect(speechIn('ur').t('my.home.hello', { name: 'Grace' })).toContain('\u2068Grace\u2069');
    expect(speechIn('pl').t('my.home.hello', { name: 'Grace' })).toBe('Dzień dobry, Grace');
  });

  it.each([
    ['pl', 1, 'Czeka na Ciebie ankieta'],
    ['pl', 3, 'Czekają na Ciebie 3 ankiety'],
    ['pl', 5, 'Czeka na Ciebie 5 ankiet'],
    ['ar', 2, 'يوجد استبيانان في انتظارك'],
    ['en', 2, '2 questionnaires wait for you'],
  ] as const)('counts as %s does: %i', (language, count, text) => {
    expect(speechIn(language).t('my.home.questionnaires', { count })).toBe(text);
  });
});

describe('a text on a page', () => {
  const { t, fault } = inPage(speechIn('en'));

  it('may carry a link, and nothing else of markup', () => {
    const link = new nunjucks.runtime.SafeString('<a href="tel:999">999</a>');
    const said = t('frame.ringWorker', { worker: '<b>Sam</b> & co', phone: link });
    expect(said).toBeInstanceOf(nunjucks.runtime.SafeString);
    expect(said.toString()).toBe(
      'Otherwise ring &lt;b&gt;Sam&lt;/b&gt; &amp; co on <a href="tel:999">999</a>.',
    );
    expect(t('my.home.hello', { name: '<b>' })).toBe('Hello <b>');
  });

  it('says what is wrong with a field as the parts of forms take it', () => {
    expect(fault(undefined)).toBeUndefined();
    expect(fault('No')).toEqual({ text: 'No', visuallyHiddenText: 'Error' });
  });
});

describe('what others of the product say', () => {
  it('is said on a page word for word, where it is known there', () => {
    const said = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.service.ts'))
      .map((name) => readFileSync(`${SOURCE}${name}`, 'utf8'))
      .join('\n');
    for (const message of Object.keys(REFUSALS)) expect(said).toContain(message);
  });

  it.each([
    [null, false],
    ['Grace Church', false],
    ['Grace Church', true],
  ] as const)(
    'happens as the rule has it when everything is taken back: %s, %s',
    (organisation, placeEnds) => {
      const scope = [...AGREEMENT_SCOPES];
      const { t } = speechIn('en');
      expect(effectsInWords({ scope, organisation, placeEnds }, t)).toEqual(
        effectsOf(scope, organisation, placeEnds),
      );
    },
  );
});
