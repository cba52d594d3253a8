import { keyIn, networkOf, plainAddress, programKey } from './program.rules.js';

describe('the key of a program', () => {
  const key = programKey('a'.repeat(43));

  it('is known by its prefix and its length', () => {
    expect(keyIn(`Bearer ${key}`)).toBe(key);
    expect(keyIn(`bearer  ${key}`)).toBe(key);
  });

  it.each([
    undefined,
    '',
    key,
    `Basic ${key}`,
    `Bearer ${key}a`,
    `Bearer ${key.slice(1)}`,
    'Bearer eyJhbGciOi.e.s',
  ])('is not %j', (header) => {
    expect(keyIn(header)).toBeNull();
  });
});

describe('where a program may come from', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7/32'],
    [' 192.0.2.7/24 ', '192.0.2.0/24'],
    ['2001:DB8::7', '2001:db8::7/128'],
    ['2001:db8:1::7/48', '2001:db8:1::/48'],
  ])('%j is %s', (text, network) => {
    expect(networkOf(text)).toBe(network);
  });

  it.each([
    '',
    'practice.example.org',
    '192.0.2',
    '192.0.2.7/33',
    '192.0.2.7/',
    '0.0.0.0/0',
    '::/0',
    '::1/129',
    '1.2.3.4/8/8',
    '010.1.2.3',
    'fe80::1%eth0',
  ])('%j is none', (text) => {
    expect(networkOf(text)).toBeNull();
  });

  it.each([
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['192.0.2.7', '192.0.2.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['not known', '0.0.0.0'],
  ])('reads %s as %s', (given, plain) => {
    expect(plainAddress(given)).toBe(plain);
  });
});
