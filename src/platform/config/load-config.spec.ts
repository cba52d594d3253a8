import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptSecret } from './keys.js';
import { httpAddress, loadConfig } from './load-config.js';
import { checkSettings } from './settings.js';

describe('the address shown to people', () => {
  it.each([
    ['127.0.0.1', 3000, 'http://127.0.0.1:3000'],
    ['0.0.0.0', 80, 'http://localhost:80'],
    ['::', 3000, 'http://localhost:3000'],
    ['::1', 3000, 'http://[::1]:3000'],
    ['betony.example.org', 8080, 'http://betony.example.org:8080'],
  ])('%s %i', (host, port, address) => {
    expect(httpAddress(host, port)).toBe(address);
  });
});

describe('configuration', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'betony-config-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });
  const embedded = () =>
    Promise.resolve({ url: 'postgres://app@127.0.0.1/betony', ownerUrl: 'postgres://o@127.0.0.1/betony' });
  const load = (environment: Record<string, string>) =>
    loadConfig(checkSettings({ DATA_DIR: dataDir, ...environment }, '/'), embedded);

  it('makes its keys once when it brings its own database, readable by their owner only', async () => {
    const first = await load({});
    const second = await load({});
    expect(first.auditKey.length).toBeGreaterThanOrEqual(32);
    expect(new Set([first.auditKey, first.tokenKey, first.dataKey]).size).toBe(3);
    expect([second.auditKey, second.tokenKey, second.dataKey]).toEqual([
      first.auditKey,
      first.tokenKey,
      first.dataKey,
    ]);
    expect(statSync(join(dataDir, 'keys', 'audit')).mode & 0o777).toBe(0o600);
    expect(first).toMatchObject({
      embedded: true,
      demoData: true,
      databaseUrl: 'postgres://app@127.0.0.1/betony',
    });
  });

  it('never starts a database of its own beside a real one, and puts no demo people into it unasked', async () => {
    const real = {
      DATABASE_URL: 'postgres://app@db.example.org/betony',
      AUDIT_KEY: 'a'.repeat(32),
      TOKEN_KEY: 't'.repeat(32),
      DATA_KEY: 'd'.repeat(32),
    };
    const settings = checkSettings({ DATA_DIR: dataDir, ...real }, '/');
    const config = await loadConfig(settings, () => Promise.reject(new Error('started')));
    expect(config).toMatchObject({ embedded: false, demoData: false, databaseOwnerUrl: null });
    expect((await load({ ...real, DEMO_DATA: 'true' })).demoData).toBe(true);
  });

  it('tidies what people write', async () => {
    const config = await load({
      PUBLIC_URL: 'https://betony.example.org//',
      TRUST_PROXY: '10.0.0.0/8, 127.0.0.1',
    });
    expect(config.publicUrl).toBe('https://betony.example.org');
    expect(config.trustProxy).toEqual(['10.0.0.0/8', '127.0.0.1']);
  });

  it('refuses a key file that was cut short', () => {
    writeFileSync(join(dataDir, 'audit'), 'abc\n');
    expect(() => keptSecret(dataDir, 'audit')).toThrow('is damaged');
  });
});
