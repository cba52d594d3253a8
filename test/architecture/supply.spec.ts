import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Locked {
  /** Where a package goes by another name than its own. */
  name?: string;
  version: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  hasInstallScript?: boolean;
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'));
const manifest = read('package.json') as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
};
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const locked = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, one]) => ({ ...one, name: nameOf(path), published: one.name ?? nameOf(path) }));

/** Licences under which a package may be shipped with an MIT program without asking anything more than its notice. */
const PERMISSIVE = [
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSL-1.0',
  'Zlib',
  'OFL-1.1',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
];

/** Others, and why they may be here. */
const EXCEPTIONS: Record<string, { licence: string | undefined; name: RegExp; because: string }> = {
  libvips: {
    licence: 'LGPL-3.0-or-later',
    name: /^@img\/sharp-/,
    because: 'a library of its own that sharp loads while running and anybody may exchange',
  },
  axe: { licence: 'MPL-2.0', name: /^axe-core$/, because: 'runs in tests and is not shipped' },
  browsers: { licence: 'CC-BY-4.0', name: /^caniuse-lite$/, because: 'data that tools for tests read' },
  pause: { licence: undefined, name: /^pause$/, because: 'MIT by its Readme' },
  png: { licence: undefined, name: /^png-js$/, because: 'MIT by its LICENSE' },
  passport: { licence: undefined, name: /^passport-strategy$/, because: 'MIT by its LICENSE' },
};

/** Every licence of an SPDX expression, whether joined by AND or by OR: each must do. */
const licencesIn = (expression: string | undefined): (string | undefined)[] =>
  expression === undefined ? [undefined] : expression.split(/[()\s]+|\bAND\b|\bOR\b/).filter(Boolean);

const mayBeHere = (name: string, licence: string | undefined): boolean =>
  (licence !== undefined && PERMISSIVE.includes(licence)) ||
  Object.values(EXCEPTIONS).some((one) => one.licence === licence && one.name.test(name));

/** What opens a door elsewhere, as it is written by those who give it out. */
const SECRETS: Record<string, RegExp> = {
  'private key': /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/,
  'cloud key': /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  'code host token': /\b(?:ghp|gho|ghs|ghu|github_pat|glpat)[_-][A-Za-z0-9_]{20,}/,
  'package registry token': /\bnpm_[A-Za-z0-9]{36}\b/,
  'chat token': /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  'payment key': /\b[rs]k_live_[A-Za-z0-9]{16,}/,
  'signed token': /\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/,
  // But for the one that its own documentation shows.
  'GOV.UK Notify key':
    /\b[a-z]\w*-(?!26785a09-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/,
  // But for names that are kept for examples and tests, and for this machine.
  'password in an address':
    /\b(?:postgres(?:ql)?|rediss?|smtps?|https?):\/\/[^\s/:@'"`${}]+:[^\s/@'"`${}]+@(?![\w.-]*(?:\bexample\b|\.test\b)|127\.0\.0\.1|localhost|\[)[\w.-]+/,
};

/** Folders that a checkout does not bring. */
const MADE = new Set(['node_modules', 'dist', 'dist-test', 'data', '.git', 'coverage']);

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return MADE.has(entry.name) ? [] : files(path);
    return entry.isFile() && entry.name !== '.env' ? [path] : [];
  });

const secretsIn = (text: string): string[] =>
  Object.entries(SECRETS).flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []));

describe('what comes from others', () => {
  it('is locked to exact versions', () => {
    const asked = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(asked.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    expect(asked.filter(([name, version]) => packages[`node_modules/${name}`]?.version !== version)).toEqual(
      [],
    );
  });

  it('comes from a registry and nowhere else, and is what it was when it was locked', () => {
    const others = locked.filter(
      ({ resolved, integrity }) =>
        (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')) ||
        !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''),
    );
    expect(others.map(({ name }) => name)).toEqual([]);
  });

  it('is under licences that we may ship, or is an exception with its reason', () => {
    const refused = locked.filter(({ name, license }) =>
      licencesIn(license).some((licence) => !mayBeHere(name, licence)),
    );
    expect(refused.map(({ name, license }) => `${name}: ${license ?? 'none'}`)).toEqual([]);
    const used = Object.entries(EXCEPTIONS).filter(([, { licence, name }]) =>
      locked.some((one) => name.test(one.name) && licencesIn(one.license).includes(licence)),
    );
    expect(used.map(([name]) => name)).toEqual(Object.keys(EXCEPTIONS));
  });

  it('ships nothing under a licence that only tests may use', () => {
    const shipped = locked.filter(({ dev }) => !dev).map(({ license }) => license);
    expect(shipped).not.toContain('MPL-2.0');
    expect(shipped).not.toContain('CC-BY-4.0');
  });

  it('runs nothing of its own when it is installed but what is named', () => {
    const running = new Set(locked.filter((one) => one.hasInstallScript).map(({ name }) => name));
    expect([...running].filter((name) => manifest.allowScripts[name] === undefined)).toEqual([]);
  });

  it('is listed whole in a bill of materials that other tools read', () => {
    const answer = execFileSync('npm', ['run', '-s', 'sbom'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 2 ** 20,
    });
    const bill = JSON.parse(answer) as { bomFormat: string; components: { name: string; version: string }[] };
    expect(bill.bomFormat).toBe('CycloneDX');
    const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
    const missing = locked.filter(
      ({ name, published, version }) =>
        !listed.has(`${name}@${version}`) && !listed.has(`${published}@${version}`),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});

describe('what is ours', () => {
  // In halves, so that this file does not hold them.
  it.each([
    ['private key', '-----BEGIN RSA PRIVATE', ' KEY-----'],
    ['cloud key', 'AKIA', 'ABCDEFGHIJKLMNOP'],
    ['code host token', 'ghp_', 'a1'.repeat(18)],
    ['package registry token', 'npm_', 'a1'.repeat(18)],
    ['chat token', 'xoxb-', '1234567890-abc'],
    ['payment key', 'sk_live_', 'a1'.repeat(12)],
    ['signed token', 'eyJhbGciOiJIUzI1NiIsInR5.', `eyJzdWIiOiIxMjM0NTY3ODkw.${'a1'.repeat(16)}`],
    [
      'GOV.UK Notify key',
      'team-a6785a09-ab16-4eb0-8407-a37497a57506',
      '-3d844edf-8d35-48ac-975b-e847b4f122b0',
    ],
    ['password in an address', 'postgres://us:secret', '@db.nowhere.net/betony'],
  ])('would notice a %s', (name, begins, ends) => {
    expect(secretsIn(`const it = '${begins}${ends}';`)).toEqual([name]);
  });

  it('holds no secret that opens anything elsewhere', () => {
    const found = files(root).flatMap((path) =>
      secretsIn(readFileSync(path, 'utf8')).map((name) => `${relative(root, path)}: ${name}`),
    );
    expect(found).toEqual([]);
  });

  it('gives no secret a value in the example of settings', () => {
    const given = readFileSync(join(root, '.env.example'), 'utf8')
      .split('\n')
      .filter((line) => /^[A-Z_]+=./.test(line));
    expect(given).toEqual([]);
  });
});
