import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Written as `file` › title, one or several to a line. */
const NAMED = /`((?:src|test)\/[^`]+)` › ([^|<\n]+)/g;

interface Named {
  file: string;
  title: string;
}
const namedIn = (text: string): Named[] =>
  [...text.matchAll(NAMED)].map(([, file, title]) => ({ file: file ?? '', title: (title ?? '').trim() }));

const QUOTED = /(['"`])((?:\\.|(?!\1).)+)\1/.source;
/** The titles of its tests and of the groups they stand in, as they are written there. */
function titlesOf(source: string): Set<string> {
  const calls = new RegExp(`(?:\\b(?:it|describe)|\\))\\(\\s*${QUOTED}`, 'g');
  return new Set([...source.matchAll(calls)].map(([, , title]) => (title ?? '').replaceAll(/\\(.)/g, '$1')));
}

function faultsOf(named: readonly Named[]): string[] {
  return named.flatMap(({ file, title }) => {
    if (!existsSync(join(ROOT, file))) return [`${file} is not there`];
    return titlesOf(read(file)).has(title) ? [] : [`${file} has no test called "${title}"`];
  });
}

describe('what is proved', () => {
  it('in docs/hazards.md has tests for every hazard, and all of them are there', () => {
    const hazards = read('docs/hazards.md')
      .split(/^## (?=H\d)/m)
      .slice(1);
    expect(hazards.length).toBeGreaterThan(15);
    expect(hazards.filter((text) => namedIn(text).length === 0)).toEqual([]);
    expect(hazards.filter((text) => !text.includes('**Left**:'))).toEqual([]);
    expect(hazards.flatMap((text) => faultsOf(namedIn(text)))).toEqual([]);
  });

  it('would not be by a test or a file that is gone', () => {
    const [first] = namedIn(read('docs/hazards.md'));
    expect(
      faultsOf([
        { ...first!, title: 'is proved by nobody' },
        { ...first!, file: 'test/gone.spec.ts' },
      ]),
    ).toEqual([`${first!.file} has no test called "is proved by nobody"`, 'test/gone.spec.ts is not there']);
  });
});
