import { derivedToken } from './token.rules.js';

const KEY = 'a key of the installation, long enough';

describe('a derived token', () => {
  it('is 256 bits, safe in a URL, and the same each time', () => {
    expect(derivedToken(KEY, 'invitation', 'x')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(derivedToken(KEY, 'invitation', 'x')).toBe(derivedToken(KEY, 'invitation', 'x'));
  });

  it('differs by key, by purpose and by id', () => {
    const tokens = [
      derivedToken(KEY, 'invitation', 'x'),
      derivedToken(`${KEY}.`, 'invitation', 'x'),
      derivedToken(KEY, 'password_reset', 'x'),
      derivedToken(KEY, 'invitation', 'y'),
    ];
    expect(new Set(tokens).size).toBe(4);
  });
});
