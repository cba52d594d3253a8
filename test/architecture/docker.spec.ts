import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { checkSettings } from '../../src/platform/config/settings.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  image?: string;
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const compose = parse(read('docker/compose.yaml'), { merge: true }) as Compose;
const ours = ['migrate', 'app', 'worker'];

/** What compose makes of `${NAME:?}` and `${NAME:-default}`. */
const substituted = (environment: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(
        /\$\{([A-Z_]+):([?-])([^}]*)\}/g,
        (_all, variable: string, kind: string, fallback: string) =>
          kind === '-' ? fallback : `${variable}-${'x'.repeat(40)}`,
      ),
    ]),
  );

describe('docker/compose.yaml', () => {
  it('has the services and nothing that waits for a service or a volume it lacks', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['app', 'migrate', 'postgres', 'redis', 'worker']);
    for (const { depends_on, volumes } of Object.values(compose.services)) {
      for (const name of Object.keys(depends_on ?? {})) expect(Object.keys(compose.services)).toContain(name);
      for (const volume of volumes ?? []) {
        const source = volume.split(':')[0] ?? '';
        if (source.startsWith('.')) expect(existsSync(join(ROOT, 'docker', source))).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
  });

  it.each(ours)('gives %s settings that Betony accepts', (name) => {
    const environment = substituted(compose.services[name]?.environment ?? {});
    const { variables } = checkSettings(environment, '/app');
    expect(variables.DATABASE_URL).toContain('betony_app');
    expect(variables.REDIS_URL).toBe('redis://redis:6379');
  });

  it('gives the owner of the tables to the migration alone', () => {
    for (const [name, { environment }] of Object.entries(compose.services)) {
      expect([name, 'DATABASE_OWNER_URL' in (environment ?? {})]).toEqual([name, name === 'migrate']);
    }
  });

  it('keeps the queue of Redis on disk and never drops from it', () => {
    expect(compose.services['redis']?.command?.join(' ')).toBe(
      'redis-server --appendonly yes --maxmemory-policy noeviction',
    );
  });

  it('runs programs that exist', () => {
    for (const name of ours) {
      const file =
        compose.services[name]?.command?.find((part) => part.startsWith('dist/')) ?? 'dist/main.js';
      expect(existsSync(join(ROOT, file.replace(/^dist/, 'src').replace(/js$/, 'ts')))).toBe(true);
    }
  });
});

describe('docker/Dockerfile', () => {
  const lines = read('docker/Dockerfile')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  it('is made of instructions Docker knows, and copies what is there', () => {
    const known = /^(FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|EXPOSE|HEALTHCHECK|CMD) /;
    for (const line of lines) expect(line).toMatch(known);
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(1, -1));
    for (const path of copied) expect(existsSync(join(ROOT, path))).toBe(true);
    const kept = lines
      .filter((line) => line.includes('--from=build'))
      .map((line) => line.split(' ')[2] ?? '');
    expect(kept.map((path) => path.replace('/app/', ''))).toEqual([
      'package.json',
      'node_modules',
      'dist',
      'migrations',
    ]);
  });

  it('does not run as root, on a Node the package supports', () => {
    expect(lines).toContain('USER node');
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    expect(engines.node).toContain('>=22.12');
    for (const line of lines.filter((one) => one.startsWith('FROM '))) expect(line).toContain('node:22-');
  });

  it('leaves secrets and data out of the build', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const name of ['.env', 'data', '.git', 'node_modules']) expect(ignored).toContain(name);
  });
});
