import { checkSettings, FaultySettings } from './settings.js';

const REAL = {
  DATABASE_URL: 'postgres://betony_app:pw@db.example.org/betony',
  AUDIT_KEY: 'a'.repeat(40),
  TOKEN_KEY: 't'.repeat(40),
  DATA_KEY: 'd'.repeat(40),
};

const NOTIFY = {
  NOTIFY_API_KEY: 'betony-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0',
  NOTIFY_TEXT_TEMPLATE: 'f33517ff-2a88-4f6e-b855-c550268ce08a',
};

function faultsOf(environment: Record<string, string>): FaultySettings {
  try {
    checkSettings(environment, '/srv/betony');
  } catch (error) {
    if (error instanceof FaultySettings) return error;
    throw error;
  }
  throw new Error('These settings were accepted.');
}

describe('settings', () => {
  it('need nothing at all for a first try', () => {
    const { variables, dataDir } = checkSettings({}, '/srv/betony');
    expect(variables).toMatchObject({ PORT: 3000, HOST: '127.0.0.1', LOG_LEVEL: 'info', DEMO_DATA: false });
    expect(dataDir).toBe('/srv/betony/data');
  });

  it('take a real database with its keys', () => {
    expect(checkSettings(REAL, '/srv/betony').variables.DATABASE_URL).toBe(REAL.DATABASE_URL);
  });

  it('take a key of Notify with one template', () => {
    expect(checkSettings(NOTIFY, '/').variables).toMatchObject(NOTIFY);
  });

  it.each([
    [{ TILE_URL: 'https://tiles.example.org/{z}/{x}/{y}.png' }, 'TILE_ATTRIBUTION'],
    [{ TILE_ATTRIBUTION: '© Someone' }, 'TILE_URL'],
    [{ TILE_URL: 'http://tiles.example.org/{z}/{x}/{y}.png', TILE_ATTRIBUTION: '©' }, 'TILE_URL'],
    [{ TILE_URL: 'https://tiles.example.org/map.png', TILE_ATTRIBUTION: '©' }, 'TILE_URL'],
    [{ TILE_URL: 'https://{s}.example.org/{z}/{x}/{y}.png', TILE_ATTRIBUTION: '©' }, 'TILE_URL'],
    [{ TILE_URL: 'https://a.org/{z}/{x}/{y}; script-src *', TILE_ATTRIBUTION: '©' }, 'TILE_URL'],
  ])('refuse half of a tile server, or one that says more than an address: %j', (given, variable) => {
    expect([...new Set(faultsOf(given).faults.map((fault) => fault.variable))]).toEqual([variable]);
  });

  it('treat an empty value as not set', () => {
    expect(checkSettings({ PORT: '', REDIS_URL: '' }, '/').variables.PORT).toBe(3000);
  });

  it('name every faulty variable at once', () => {
    const faults = faultsOf({
      PORT: 'eighty',
      HOST: 'not a host',
      DATABASE_URL: 'mysql://localhost/betony',
      DATABASE_OWNER_URL: 'owner',
      REDIS_URL: 'http://localhost',
      SMTP_URL: 'mail.example.org',
      MAIL_FROM: 'nobody',
      PUBLIC_URL: 'betony.example.org',
      LOG_LEVEL: 'loud',
      DEMO_DATA: 'maybe',
      DEMO_PASSWORD: 'short',
      AUDIT_KEY: 'short',
      TRUST_PROXY: 'abc',
    }).faults.map((fault) => fault.variable);
    expect(new Set(faults)).toEqual(
      new Set([
        'PORT',
        'HOST',
        'DATABASE_URL',
        'DATABASE_OWNER_URL',
        'REDIS_URL',
        'SMTP_URL',
        'MAIL_FROM',
        'PUBLIC_URL',
        'LOG_LEVEL',
        'DEMO_DATA',
        'DEMO_PASSWORD',
        'AUDIT_KEY',
        'TOKEN_KEY',
        'DATA_KEY',
        'TRUST_PROXY',
      ]),
    );
  });

  it('hold a replica to the role whose rights were checked', () => {
    const keys = { AUDIT_KEY: 'a'.repeat(32), TOKEN_KEY: 'b'.repeat(32), DATA_KEY: 'c'.repeat(32) };
    const replica = (role: string) => ({
      ...keys,
      DATABASE_URL: 'postgres://betony_app:secret@db.example.org/betony',
      DATABASE_REPLICA_URL: `postgres://${role}:secret@replica.example.org/betony`,
    });
    expect(faultsOf(replica('postgres')).faults).toEqual([
      {
        variable: 'DATABASE_REPLICA_URL',
        message: 'must name the same role as DATABASE_URL, whose rights were checked',
      },
    ]);
    expect(faultsOf({ DATABASE_REPLICA_URL: replica('postgres').DATABASE_REPLICA_URL }).faults).toEqual([
      {
        variable: 'DATABASE_URL',
        message: 'is missing, though DATABASE_REPLICA_URL is set; set both or neither',
      },
    ]);
  });

  it('never repeat a value', () => {
    const secret = 'hunter2-hunter2';
    const { message } = faultsOf({ AUDIT_KEY: secret, PORT: secret, SMTP_URL: secret, LOG_LEVEL: secret });
    expect(message).toContain('AUDIT_KEY');
    expect(message).not.toContain(secret);
  });

  it.each([
    [{ DATABASE_URL: REAL.DATABASE_URL }, ['AUDIT_KEY', 'TOKEN_KEY', 'DATA_KEY']],
    [{ ...REAL, TOKEN_KEY: REAL.AUDIT_KEY }, ['TOKEN_KEY']],
    [{ ...REAL, DATA_KEY: REAL.AUDIT_KEY }, ['DATA_KEY']],
    [{ ...REAL, DATA_KEY: REAL.TOKEN_KEY }, ['DATA_KEY']],
    [{ DATABASE_OWNER_URL: 'postgres://o@db/betony' }, ['DATABASE_URL']],
    [{ NOTIFY_API_KEY: NOTIFY.NOTIFY_API_KEY }, ['NOTIFY_TEXT_TEMPLATE']],
    [{ OIDC_ISSUER: 'https://login.example.org' }, ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']],
    [{ OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b' }, ['OIDC_ISSUER']],
    [
      { OIDC_ISSUER: 'http://login.example.org', OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b' },
      ['OIDC_ISSUER'],
    ],
    [{ NOTIFY_TEXT_TEMPLATE: NOTIFY.NOTIFY_TEXT_TEMPLATE }, ['NOTIFY_API_KEY']],
    [{ ...NOTIFY, NOTIFY_API_KEY: 'secret' }, ['NOTIFY_API_KEY']],
    [{ ...NOTIFY, NOTIFY_LETTER_TEMPLATE: 'letter' }, ['NOTIFY_LETTER_TEMPLATE']],
    [{ ...NOTIFY, NOTIFY_URL: 'notify.example.org' }, ['NOTIFY_URL']],
    [{ PORT: '65536' }, ['PORT']],
    [{ PORT: '-1' }, ['PORT']],
    [{ PORT: '3000.5' }, ['PORT']],
    [{ DATABASE_POOL_SIZE: '1' }, ['DATABASE_POOL_SIZE']],
  ])('refuse %j', (environment, variables) => {
    expect(faultsOf(environment).faults.map((fault) => fault.variable)).toEqual(variables);
  });
});
