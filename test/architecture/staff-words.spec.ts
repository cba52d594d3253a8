import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { placesIn } from '../../src/web/words/staff/sentence.js';
import { formsOf, staffFile, staffLanguages } from '../../src/web/words/staff/staff-words.js';
import { staffMessages } from '../support/staff-messages.js';

/** Every English text that staff read, in order: what a language has to say. */
const LIST = fileURLToPath(new URL('../../src/web/words/staff/messages.json', import.meta.url));
const FORM = /_(?:zero|one|two|few|many|other)$/;
const OTHERS = staffLanguages().filter((code) => code !== 'en');
/** As they stand in the file itself, without what is taken from the pages for people. */
const ownWords = (code: string): Record<string, string> =>
  (
    JSON.parse(readFileSync(new URL(`../../src/web/words/staff/${code}.json`, import.meta.url), 'utf8')) as {
      words: Record<string, string>;
    }
  ).words;

describe('what staff pages say', () => {
  const messages = staffMessages();
  const listed = [...messages.keys()].sort();

  it('is listed, so that a new text is seen by whoever translates', () => {
    if (process.env['UPDATE_WORDS'] === '1') writeFileSync(LIST, `${JSON.stringify(listed, null, 2)}\n`);
    const kept = new Set(JSON.parse(readFileSync(LIST, 'utf8')) as string[]);
    const news = listed.filter((text) => !kept.has(text));
    const gone = [...kept].filter((text) => !messages.has(text));
    // UPDATE_WORDS=1 npm test -- test/architecture/staff-words
    expect({ news, gone }).toEqual({ news: [], gone: [] });
    expect(listed.length).toBeGreaterThan(3_000);
  });

  describe.each(OTHERS)('in %s', (code) => {
    const own = Object.entries(ownWords(code));

    it('is a text that some page says', () => {
      const base = (key: string): string => key.replace(FORM, '_other');
      expect(own.map(([key]) => key).filter((key) => !messages.has(key) && !messages.has(base(key)))).toEqual(
        [],
      );
    });

    it('puts in what the English one puts in, and is not empty', () => {
      for (const [key, text] of own) {
        const sources = new Set(placesIn(key.replace(FORM, '')));
        const places = new Set(placesIn(text));
        // A form of number may say the number in a word of its own.
        if (FORM.test(key)) for (const set of [sources, places]) set.delete('{{count}}');
        expect([key, [...places].sort()]).toEqual([key, [...sources].sort()]);
        expect(text.trim()).toBe(text);
        expect(text).not.toBe('');
      }
    });

    it('has every form that its numbers need, where a number decides', () => {
      const counted = new Set(
        own
          .map(([key]) => key)
          .filter((key) => FORM.test(key))
          .map((key) => key.replace(FORM, '')),
      );
      for (const key of counted)
        expect([
          key,
          own
            .map(([one]) => one)
            .filter((one) => one.replace(FORM, '') === key)
            .sort(),
        ]).toEqual([
          key,
          formsOf(code)
            .map((form) => `${key}_${form}`)
            .sort(),
        ]);
    });

    it('is marked as a draft until somebody has signed it off', () => {
      const { state, by, on } = staffFile(code).file;
      expect(['machine_draft', 'signed_off']).toContain(state);
      expect(by !== null && on !== null).toBe(state === 'signed_off');
    });
  });
});
