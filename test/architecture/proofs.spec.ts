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

/** How many of each section of ASVS 5.0.0 are of levels 1 and 2; in all of them they are the first ones. */
const ASVS: Record<string, number> = {
  ...{ '1.1': 2, '1.2': 9, '1.3': 11, '1.4': 3, '1.5': 2, '2.1': 3, '2.2': 3, '2.3': 4, '2.4': 1 },
  ...{ '3.2': 2, '3.3': 4, '3.4': 6, '3.5': 5, '3.7': 2, '4.1': 3, '4.2': 1, '4.3': 2, '4.4': 4 },
  ...{
    '5.1': 1,
    '5.2': 3,
    '5.3': 2,
    '5.4': 3,
    '6.1': 3,
    '6.2': 12,
    '6.3': 4,
    '6.4': 4,
    '6.5': 5,
    '6.6': 3,
    '6.8': 4,
  },
  ...{ '7.1': 3, '7.2': 4, '7.3': 2, '7.4': 5, '7.5': 2, '7.6': 2, '8.1': 2, '8.2': 3, '8.3': 1, '8.4': 1 },
  ...{ '9.1': 3, '9.2': 4, '10.1': 2, '10.2': 2, '10.3': 4, '10.4': 11, '10.5': 5, '10.6': 2, '10.7': 3 },
  ...{ '11.1': 2, '11.2': 3, '11.3': 3, '11.4': 4, '11.5': 1, '11.6': 1, '12.1': 3, '12.2': 2, '12.3': 4 },
  ...{
    '13.1': 1,
    '13.2': 5,
    '13.3': 2,
    '13.4': 5,
    '14.1': 2,
    '14.2': 4,
    '14.3': 3,
    '15.1': 3,
    '15.2': 3,
    '15.3': 7,
  },
  ...{ '16.1': 1, '16.2': 5, '16.3': 4, '16.4': 3, '16.5': 3, '17.1': 1, '17.2': 4, '17.3': 2 },
};
const HOLDS = ['yes', 'part', 'no', 'operator', 'none here', 'not checked'];

interface Row {
  ids: string[];
  holds: string;
  by: string;
}
/** `| 4.3.1 to 4.3.2 | about | `none here` | by |`. */
const rowsOf = (text: string): Row[] =>
  [...text.matchAll(/^\| (\d+\.\d+)\.(\d+)(?: to \1\.(\d+))? \|[^|]+\| `([^`]+)` \|(.*)\|$/gm)].map(
    ([, section, from, to, holds, by]) => ({
      ids: Array.from(
        { length: Number(to ?? from) - Number(from) + 1 },
        (_, n) => `${section ?? ''}.${String(Number(from) + n)}`,
      ),
      holds: holds ?? '',
      by: (by ?? '').trim(),
    }),
  );

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

  it('of ASVS in docs/asvs.md names every requirement once, each with a test or a reason', () => {
    const text = read('docs/asvs.md');
    const rows = rowsOf(text);
    const all = Object.entries(ASVS).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, n) => `${section}.${String(n + 1)}`),
    );
    expect(rows.flatMap(({ ids }) => ids)).toEqual(all);
    expect(rows.filter(({ holds, by }) => !HOLDS.includes(holds) || by === '')).toEqual([]);
    expect(faultsOf(namedIn(text))).toEqual([]);
    const counted = HOLDS.map((holds) => {
      const ids = rows.flatMap((row) => (row.holds === holds ? row.ids : []));
      return `| \`${holds}\` | ${String(ids.length)}`;
    });
    expect(counted.filter((line) => !text.includes(line))).toEqual([]);
  });
});
