import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from 'recheck';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Pattern {
  source: string;
  flags: string;
}

/** Every pattern that is written out in the product. Those put together at run time are made of these and of constants. */
function patternsIn(text: string): Pattern[] {
  const found: Pattern[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const ends = node.text.lastIndexOf('/');
      found.push({ source: node.text.slice(1, ends), flags: node.text.slice(ends + 1) });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('it.ts', text, ts.ScriptTarget.Latest, true));
  return found;
}

const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'),
);
const patterns = new Map(
  files
    .flatMap((name) => patternsIn(readFileSync(join(root, 'src', name), 'utf8')))
    .map((pattern) => [`/${pattern.source}/${pattern.flags}`, pattern]),
);

/** Its random choices are the same at every run; what it cannot decide in its time is not held against a pattern. */
const takesLong = async ({ source, flags }: Pattern): Promise<boolean> =>
  (await check(source, flags, { randomSeed: 1, timeout: 15_000 })).status === 'vulnerable';

describe('no text makes a pattern take long', () => {
  it.each(['^(a+)+$', '\\s+$', '(\\d+|\\d+x)*y'])('and one that does is noticed: %s', async (source) => {
    expect(await takesLong({ source, flags: '' })).toBe(true);
  });

  it('whatever is sent to us', async () => {
    expect(patterns.size).toBeGreaterThan(200);
    const slow: string[] = [];
    for (const [written, pattern] of patterns) if (await takesLong(pattern)) slow.push(written);
    expect(slow).toEqual([]);
  });
});
