import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Files of src with that in them, but for decorators, which only describe an answer. */
const withIn = (what: RegExp): string[] =>
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .filter((path) => what.test(readFileSync(join(SRC, path), 'utf8').replace(/@Api\w+\([^\n]*/g, '')))
    .sort();

describe('a file for a spreadsheet', () => {
  it('leaves by two doors, for pages and for programs', () => {
    expect(withIn(/text\/csv/)).toEqual([
      'imports/sheet-file.ts',
      // What is sent to us, and taken as it is.
      'platform/http/http-app.ts',
      'web/layout/sheet.ts',
    ]);
  });

  it('is of lines that one function makes safe, cell by cell: both doors take no other text', () => {
    expect(withIn(/\bas (?:unknown as )?CsvLine\b/)).toEqual(['imports/raw.rules.ts']);
    for (const door of ['imports/sheet-file.ts', 'web/layout/sheet.ts'])
      expect(readFileSync(join(SRC, door), 'utf8')).toMatch(/AsyncIterable<CsvLine>/);
  });
});
