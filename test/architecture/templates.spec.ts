import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { everyTemplate } from '../../src/platform/messages/templates.js';
import { MOST_SEGMENTS, textSize } from '../../src/platform/messages/text-size.rules.js';
import { privateWords, WATCHED_LANGUAGES } from '../../src/platform/words/private-words.js';
import { previews } from '../../src/reminders/template-previews.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' });
const folders = [
  ...new Set(
    files.filter((file) => /\/templates\/.+\.txt$/.test(file)).map((file) => file.split('/templates/')[0]!),
  ),
].sort();

describe('what is written to anybody', () => {
  beforeAll(async () => {
    const words = files.filter(
      (file) => file.endsWith('.words.ts') && folders.includes(file.replace(/\/[^/]+$/, '')),
    );
    for (const file of words) await import(join(SRC, file));
  });

  it('stands in files, each loaded and read before it is sent', () => {
    const inFolders = files.filter((file) => /\/templates\/.+\.txt$/.test(file));
    expect(everyTemplate().length).toBe(inFolders.length);
    expect(folders.length).toBeGreaterThan(5);
    const shown = previews();
    expect(shown.map(({ name, language }) => `${language} ${name}`).sort()).toEqual(
      everyTemplate()
        .map(({ name, language }) => `${language} ${name}`)
        .sort(),
    );
    expect(new Set(shown.map(({ name, language }) => `${language} ${name}`)).size).toBe(shown.length);
    for (const { name, subject, text } of shown) {
      expect([name, `${subject} ${text}`.includes('{{')]).toEqual([name, false]);
    }
  });

  it('carries no word of health, faith or need', () => {
    for (const { name, language, template } of everyTemplate()) {
      expect(WATCHED_LANGUAGES).toContain(language);
      const said = `${template.subject} ${template.text}`.replace(/\{\{\w+\}\}/g, '');
      expect([name, privateWords(said, language)]).toEqual([name, []]);
    }
  });

  it('fits into a text where it is one', () => {
    for (const { name, segments } of previews().filter(({ channel }) => channel === 'text')) {
      expect([name, (segments ?? 0) <= MOST_SEGMENTS]).toEqual([name, true]);
    }
    expect(textSize('').segments).toBeLessThanOrEqual(MOST_SEGMENTS);
  });

  it('stands nowhere in code', () => {
    const inCode = files
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      // A template sent to whoever tries it out is read there already.
      .filter((file) => file !== 'reminders/template-tests.handler.ts')
      .filter((file) => /\bsubject: ['`"][A-Z]/.test(readFileSync(join(SRC, file), 'utf8')));
    expect(inCode).toEqual([]);
  });
});
