import fc from 'fast-check';
import { canonicalJson, newToken, sha256 } from './hash.js';

describe('sha256', () => {
  it.each([
    // FIPS 180-4 examples.
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ])('of %p', (text, expected) => {
    expect(sha256(text)).toBe(expected);
    expect(sha256(Buffer.from(text))).toBe(expected);
  });

  it('hashes text as UTF-8', () => {
    expect(sha256('Zoë')).toBe(sha256(Buffer.from('Zoë', 'utf8')));
    expect(sha256('Zoë')).not.toBe(sha256('Zoe'));
  });
});

describe('newToken', () => {
  it('is 256 bits, safe in a URL, never the same twice', () => {
    const tokens = Array.from({ length: 1000 }, newToken);
    for (const token of tokens) {
      expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    }
    expect(new Set(tokens).size).toBe(tokens.length);
  });
});

describe('canonicalJson', () => {
  it.each([
    ['null', null, 'null'],
    ['text', 'a"b\n', '"a\\"b\\n"'],
    ['minus nought', -0, '0'],
    ['a fraction', 0.1, '0.1'],
    ['keys in order', { b: 1, a: 2, B: 3 }, '{"B":3,"a":2,"b":1}'],
    ['keys that look like numbers', { 10: 'x', 9: 'y', a: 'z' }, '{"10":"x","9":"y","a":"z"}'],
    ['nested', { z: [{ y: 1, x: 2 }], a: {} }, '{"a":{},"z":[{"x":2,"y":1}]}'],
    ['arrays keep their order', [3, 1, 2], '[3,1,2]'],
    ['undefined members left out', { a: undefined, b: null }, '{"b":null}'],
    ['dates', { at: new Date(Date.UTC(2026, 2, 29, 1)) }, '{"at":"2026-03-29T01:00:00.000Z"}'],
    ['a key that needs escaping', { 'a"': 1 }, '{"a\\"":1}'],
    ['no prototype', Object.assign(Object.create(null) as object, { a: 1 }), '{"a":1}'],
  ])('%s', (_name, value, expected) => {
    expect(canonicalJson(value)).toBe(expected);
  });

  it.each([
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['infinity', { a: [Number.POSITIVE_INFINITY] }],
    ['a hole', [undefined]],
    ['a sparse array', new Array(2)],
    ['bigint', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['a map', new Map([['a', 1]])],
    ['a set', new Set([1])],
    ['an invalid date', new Date(Number.NaN)],
  ])('refuses %s', (_name, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('says the same as JSON once read back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order in which keys were added', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const reversed = Object.fromEntries(Object.entries(record).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(record));
      }),
    );
  });
});
