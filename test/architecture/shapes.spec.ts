import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

describe('pages', () => {
  it('show every telephone number as people here read it out', () => {
    const templates = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.njk'),
    );
    // Between the marks of an element; numbers as they are kept stay in addresses such as tel:.
    const kept = templates.flatMap((path) =>
      [
        ...readFileSync(join(SRC, path), 'utf8').matchAll(
          />[^<{]*\{\{ ?[\w.]*phone ?\}\}|value: \{ text: [\w.]*phone \}/gi,
        ),
      ].map(([found]) => `${path}: ${found}`),
    );
    expect(templates.length).toBeGreaterThan(50);
    expect(kept).toEqual([]);
  });
});

describe('the shapes of the API', () => {
  it('have a name each: OpenAPI knows them by class name alone, and of two it would keep one', () => {
    const names = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.dto.ts'))
      .flatMap((path) => [
        ...readFileSync(join(SRC, path), 'utf8').matchAll(/^export (?:abstract )?class (\w+)/gm),
      ])
      .map((match) => match[1]);
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
