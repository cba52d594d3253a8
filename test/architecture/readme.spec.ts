import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { permissionMarkdown } from '../support/permission-markdown.js';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const TABLE = /(<!-- permissions -->\n)([^]*?)(\n<!-- \/permissions -->)/;

describe('README', () => {
  it('shows the permission table as it is (UPDATE_README=1 writes it)', () => {
    const text = readFileSync(README, 'utf8');
    if (process.env['UPDATE_README']) {
      writeFileSync(README, text.replace(TABLE, `$1${permissionMarkdown()}$3`));
      return;
    }
    expect(TABLE.exec(text)?.[2]).toBe(permissionMarkdown());
  });

  it('names every npm script that people are told to run', () => {
    const { scripts } = JSON.parse(
      readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
    ) as { scripts: Record<string, string> };
    const text = readFileSync(README, 'utf8');
    const told = [...text.matchAll(/npm (?:run )?([a-z:]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !['ci', 'run'].includes(name));
    expect(told.filter((name) => !(name in scripts))).toEqual([]);
  });
});
