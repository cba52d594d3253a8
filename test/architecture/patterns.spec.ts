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
  (name) => /\.(ts|js)$/.test(name) && !name.endsWith('.spec.ts'),
);
const patterns = new Map(
  files
    .flatMap((name) => patternsIn(readFileSync(join(root, 'src', name), 'utf8')))
    .map((pattern) => [`/${pattern.source}/${pattern.flags}`, pattern]),
);

/** What a file puts together as it is loaded; what libraries do that it loads is theirs. */
async function builtBy(name: string): Promise<RegExp[]> {
  const built: RegExp[] = [];
  const whole = globalThis.RegExp;
  globalThis.RegExp = new Proxy(whole, {
    construct: (target, given: [string, string?], as) => {
      const made = Reflect.construct(target, given, as) as RegExp;
      if (new Error().stack?.includes(`src/${name}`)) built.push(made);
      return made;
    },
  });
  try {
    await import(join(root, 'src', name));
  } finally {
    globalThis.RegExp = whole;
  }
  return built;
}
const BUILDS = /\bnew RegExp\(/;
/** Where it is put together each time it is needed, from words of ours between fixed ends. */
const FROM_NAMES = [
  'imports/plain-text.rules.ts',
  'platform/database/migrate.ts',
  'web/layout/forms.ts',
  'web/managers/scheme.controller.ts',
  'web/words/staff/staff-words.ts',
];

/** Its random choices are the same at every run. */
const judged = async ({ source, flags }: Pattern): Promise<string> =>
  (await check(source, flags, { randomSeed: 1, timeout: 15_000 })).status;

describe('no text makes a pattern take long', () => {
  it.each(['^(a+)+$', '\\s+$', '(\\d+|\\d+x)*y'])('and one that does is noticed: %s', async (source) => {
    expect(await judged({ source, flags: '' })).toBe('vulnerable');
  });

  it('whatever is sent to us', async () => {
    expect(patterns.size).toBeGreaterThan(200);
    const slow: string[] = [];
    for (const [written, pattern] of patterns) {
      const status = await judged(pattern);
      if (status !== 'safe') slow.push(`${status} ${written}`);
    }
    expect(slow).toEqual([]);
  });

  it('nor one of those that are put together from parts', async () => {
    const builders = files.filter((name) => BUILDS.test(readFileSync(join(root, 'src', name), 'utf8')));
    const slow: string[] = [];
    for (const name of builders.filter((one) => !FROM_NAMES.includes(one))) {
      const built = await builtBy(name);
      if (built.length === 0) slow.push(`nothing is built by ${name}`);
      for (const { source, flags } of built) {
        const status = await judged({ source, flags });
        if (status !== 'safe') slow.push(`${status} ${source} of ${name}`);
      }
    }
    expect(slow).toEqual([]);
    expect(FROM_NAMES.filter((name) => !builders.includes(name))).toEqual([]);
  });
});
