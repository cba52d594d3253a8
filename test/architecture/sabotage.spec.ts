import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATCHES } from '../sabotage/patches.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('every patch that takes a protection away', () => {
  it('has a name of its own, and there are forty at least', () => {
    expect(PATCHES.length).toBeGreaterThanOrEqual(40);
    expect(new Set(PATCHES.map(({ name }) => name)).size).toBe(PATCHES.length);
  });

  it.each(PATCHES)('still fits: $name', ({ file, find, instead, test }) => {
    expect(readFileSync(join(root, file), 'utf8').split(find)).toHaveLength(2);
    expect(instead).not.toBe(find);
    expect(existsSync(join(root, test))).toBe(true);
  });
});
