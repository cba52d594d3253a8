import { isWellKnown } from './well-known.rules.js';
import { wellKnownPasswords } from './well-known-passwords.js';

describe('well-known passwords', () => {
  let known: ReadonlySet<string>;
  beforeAll(async () => {
    known = await wellKnownPasswords();
  });

  it.each([
    'passwordpassword',
    'Password2026!!!',
    '123456789qwe',
    'qwerty123456',
    'QWERTY123456',
    'sunshine-2026',
    'abcabcabcabc',
    '１２３４５６７８９０１２',
    '!!!!!football!!!!!',
    'liverpoolliverpool',
  ])('refuses %s', (password) => {
    expect(isWellKnown(password, known)).toBe(true);
  });

  it.each([
    'quiet harbour lantern',
    'correct horse battery staple',
    'Owl-teacup-meadow',
    '花見の季節がとても好き',
    'sunshine over saltwick',
    '7!%2 93-4475 :: 0081',
  ])('lets %s be', (password) => {
    expect(isWellKnown(password, known)).toBe(false);
  });
});
