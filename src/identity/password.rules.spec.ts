import { emailHash } from './account.rules.js';
import { normalisePassword, passwordProblem } from './password.rules.js';

const OWN = emailHash('sam.long.name@example.org');

describe('a new password', () => {
  it.each([
    ['elevenchars', 'Use at least 12 characters'],
    ['', 'Use at least 12 characters'],
    ['👩‍🦰👩‍🦰', 'Use at least 12 characters'],
    ['x'.repeat(201), 'Use 200 characters or fewer'],
    ['sam.long.name@example.org', 'other than your e-mail'],
    [' Sam.Long.Name@Example.org ', 'other than your e-mail'],
  ])('is refused: %j', (password, because) => {
    expect(passwordProblem(password, OWN)).toContain(because);
  });

  it.each(['twelve chars', 'correct horse battery', 'x'.repeat(200), 'péché mignon à midi'])(
    'will do: %j',
    (password) => {
      expect(passwordProblem(password, OWN)).toBeNull();
    },
  );

  it('is the same typed composed or decomposed, and keeps its spaces', () => {
    expect(normalisePassword('cafe\u0301 au lait')).toBe(normalisePassword('caf\u00e9 au lait'));
    expect(normalisePassword(' x ')).toBe(' x ');
  });
});

describe('the hash of an address', () => {
  it('is the same however it is spelt, and differs for another', () => {
    expect(emailHash(' Sam@Example.ORG ')).toBe(emailHash('sam@example.org'));
    expect(emailHash('sam@example.org')).not.toBe(emailHash('ann@example.org'));
    expect(emailHash('sam@example.org')).toMatch(/^[0-9a-f]{64}$/);
  });
});
