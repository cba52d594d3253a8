import { generateSync } from 'otplib';
import {
  byCodeAlone,
  enough,
  factorToAsk,
  type FactorPolicy,
  newRecoveryCodes,
  newTotpSecret,
  normaliseCode,
  spokenRecoveryCode,
  stepOfCode,
  totpAddress,
} from './second-factor.rules.js';

const FREE: FactorPolicy = { offered: true, required: false, mailWillDo: true };
const OFF: FactorPolicy = { offered: false, required: false, mailWillDo: false };
const MAIL_WILL_DO: FactorPolicy = { offered: true, required: true, mailWillDo: true };
const APP_ONLY: FactorPolicy = { offered: true, required: true, mailWillDo: false };

describe('what is asked beside the password', () => {
  it.each([
    [null, [], null, false],
    [null, [FREE], null, false],
    [null, [OFF], null, false],
    [null, [MAIL_WILL_DO], 'mail', false],
    [null, [APP_ONLY], 'mail', true],
    [null, [FREE, APP_ONLY], 'mail', true],
    [null, [MAIL_WILL_DO, APP_ONLY], 'mail', true],
    ['mail', [FREE], 'mail', false],
    ['mail', [OFF], 'mail', false],
    ['mail', [MAIL_WILL_DO], 'mail', false],
    ['mail', [APP_ONLY], 'mail', true],
    ['totp', [OFF], 'totp', false],
    ['totp', [FREE, APP_ONLY], 'totp', false],
  ] as const)('with %s kept, under %j: %s, and then an app: %s', (kept, policies, asks, thenSetUp) => {
    expect(factorToAsk(kept, policies)).toEqual({ asks, thenSetUp });
  });

  it.each([
    [null, FREE, true],
    [null, MAIL_WILL_DO, false],
    [null, APP_ONLY, false],
    ['mail', MAIL_WILL_DO, true],
    ['mail', APP_ONLY, false],
    ['totp', APP_ONLY, true],
    ['recovery', APP_ONLY, true],
    ['organisation', APP_ONLY, true],
  ] as const)('a session opened with %s is enough under %j: %s', (shown, policy, answer) => {
    expect(enough(shown, policy)).toBe(answer);
  });
});

describe('a code of an app', () => {
  /** RFC 6238, appendix B: its key in base32, and the last six of its eight digits. */
  const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

  it.each([
    [59, '287082', 1],
    [1_111_111_109, '081804', 37_037_036],
    [1_111_111_111, '050471', 37_037_037],
    [1_234_567_890, '005924', 41_152_263],
    [2_000_000_000, '279037', 66_666_666],
    [20_000_000_000, '353130', 666_666_666],
  ])('at %d is %s', (seconds, code, step) => {
    expect(stepOfCode(RFC_SECRET, code, new Date(seconds * 1000), -1)).toBe(step);
  });

  const secret = newTotpSecret();
  const now = new Date('2026-11-23T10:00:00Z');
  const nowSeconds = now.getTime() / 1000;
  const step = nowSeconds / 30;
  const codeAt = (steps: number) => generateSync({ secret, epoch: nowSeconds + steps * 30 });

  it.each([
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ])('of %d half minutes from now is taken: %s', (steps, taken) => {
    expect(stepOfCode(secret, codeAt(steps), now, -1)).toBe(taken ? step + steps : null);
  });

  it('is good once, and so is what came before it', () => {
    expect(stepOfCode(secret, codeAt(0), now, step)).toBeNull();
    expect(stepOfCode(secret, codeAt(-1), now, step)).toBeNull();
    expect(stepOfCode(secret, codeAt(1), now, step)).toBe(step + 1);
  });

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '12 456', '-12345', '1e5000'])(
    'is six digits, which %j is not',
    (code) => {
      expect(stepOfCode(secret, code, now, -1)).toBeNull();
    },
  );

  it('comes from a secret of 160 bits that no two have in common', () => {
    const secrets = Array.from({ length: 100 }, newTotpSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const one of secrets) expect(one).toMatch(/^[A-Z2-7]{32}$/);
  });

  it('is set up by an address that says whose it is', () => {
    expect(totpAddress('ABC', 'Saltwick & Marlings', 'sam@example.org')).toBe(
      'otpauth://totp/Betony%20Saltwick%20%26%20Marlings:sam%40example.org?secret=ABC&issuer=Betony%20Saltwick%20%26%20Marlings',
    );
  });
});

describe('recovery codes', () => {
  it('are ten, all different, of letters that nobody mistakes', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);
  });

  it('are taken as people write them', () => {
    for (const code of newRecoveryCodes()) {
      const written = spokenRecoveryCode(code);
      expect(written).toMatch(/^.{5}-.{5}$/);
      expect(normaliseCode(` ${written.toLowerCase()} `)).toBe(code);
    }
    expect(normaliseCode('o1l i-o0')).toBe('011100');
    expect(normaliseCode('123 456')).toBe('123456');
  });
});

describe('a code to the mailbox instead of a password', () => {
  const group = { role: 'provider_member', required: false } as const;
  it.each([
    ['somebody of one group', null, [group], true],
    ['somebody of two groups', null, [group, group], true],
    ['whoever works for the scheme as well', null, [group, { ...group, role: 'link_worker' }], false],
    ['a group of a scheme that asks for more', null, [group, { ...group, required: true }], false],
    ['whoever has an app', 'totp', [group], false],
    ['whoever chose a code beside the password', 'mail', [group], false],
    ['whoever is a member of nothing', null, [], false],
  ] as const)('of %s', (_who, kept, memberships, enough) => {
    expect(byCodeAlone(kept, memberships)).toBe(enough);
  });
});
