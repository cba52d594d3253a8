import fc from 'fast-check';
import { isSmall, suppressed, type Sum } from './suppression.rules.js';

const keysOf = (counts: Record<string, number>, sums: Sum[]) => [...suppressed(counts, sums)].sort();
const abc: Sum[] = [{ total: 'all', parts: ['a', 'b', 'c'] }];

describe('isSmall', () => {
  it.each([
    [0, false],
    [1, true],
    [4, true],
    [5, false],
    [400, false],
  ])('%d: %p', (count, small) => {
    expect(isSmall(count)).toBe(small);
  });
});

describe('suppressed', () => {
  it.each<[string, Record<string, number>, Sum[], string[]]>([
    ['nothing when all are large', { all: 30, a: 10, b: 10, c: 10 }, abc, []],
    ['nothing for noughts', { all: 10, a: 10, b: 0, c: 0 }, abc, []],
    ['a lone small count that stands in no sum', { a: 3, b: 20 }, [], ['a']],
    ['one small part, and the smallest beside it', { all: 33, a: 3, b: 10, c: 20 }, abc, ['a', 'b']],
    ['two small parts, which hide each other', { all: 27, a: 3, b: 4, c: 20 }, abc, ['a', 'b']],
    ['two parts of one, since their sum would tell', { all: 22, a: 1, b: 1, c: 20 }, abc, ['a', 'b', 'c']],
    ['one small part beside noughts, and the total', { all: 3, a: 3, b: 0, c: 0 }, abc, ['a', 'all']],
    ['one small part and one large: both', { all: 23, a: 3, b: 20, c: 0 }, abc, ['a', 'b']],
    ['a total that is small, with its parts', { all: 4, a: 2, b: 2, c: 0 }, abc, ['a', 'all', 'b']],
  ])('hides %s', (_name, counts, sums, hidden) => {
    expect(keysOf(counts, sums)).toEqual(hidden);
  });

  it('reasons from one sum to the next', () => {
    // b = 20 - 17 tells c and d together are 3 + 12; hiding only d would leave b to be worked out.
    const sums: Sum[] = [
      { total: 'all', parts: ['a', 'b'] },
      { total: 'b', parts: ['c', 'd'] },
    ];
    const hidden = suppressed({ all: 20, a: 17, b: 3, c: 3, d: 0 }, sums);
    expect(hidden.has('a')).toBe(true);
    expect(hidden.has('b')).toBe(true);
    expect(hidden.has('c')).toBe(true);
    expect(hidden.has('d')).toBe(false);
  });

  it('hides all when every part of a small total would otherwise be told by a larger one', () => {
    const sums: Sum[] = [
      { total: 'all', parts: ['a', 'b'] },
      { total: 'a', parts: ['p', 'q', 'r', 's'] },
    ];
    expect(keysOf({ all: 5, a: 4, b: 1, p: 1, q: 1, r: 1, s: 1 }, sums)).toContain('all');
  });

  it('refuses a sum that does not add up', () => {
    expect(() => suppressed({ all: 9, a: 5, b: 5, c: 0 }, abc)).toThrow(RangeError);
    expect(() => suppressed({ all: 9, a: 9 }, abc)).toThrow(RangeError);
  });

  it('never leaves a small count to be worked out, by trying every other answer', () => {
    const part = fc.nat({ max: 9 });
    fc.assert(
      fc.property(part, part, part, part, (a, b, p, q) => {
        // all = a + b, a is split further into p and q.
        const counts = { all: p + q + b, a: p + q, b, p, q, other: a };
        const sums: Sum[] = [
          { total: 'all', parts: ['a', 'b'] },
          { total: 'a', parts: ['p', 'q'] },
        ];
        const hidden = suppressed(counts, sums);
        for (const [key, count] of Object.entries(counts)) {
          expect(hidden.has(key) || !isSmall(count)).toBe(true);
          if (count === 0) expect(hidden.has(key)).toBe(false);
        }
        const small = (['all', 'a', 'b', 'p', 'q'] as const).filter((key) => isSmall(counts[key]));
        const possible = small.map(() => new Set<number>());
        for (let b2 = 0; b2 <= 60; b2++) {
          for (let p2 = 0; p2 <= 60; p2++) {
            for (let q2 = 0; q2 <= 60; q2++) {
              const guess = { all: p2 + q2 + b2, a: p2 + q2, b: b2, p: p2, q: q2 };
              const fits = (Object.keys(guess) as (keyof typeof guess)[]).every((key) =>
                hidden.has(key) ? guess[key] > 0 : guess[key] === counts[key],
              );
              if (fits) small.forEach((key, index) => possible[index]?.add(guess[key]));
            }
          }
        }
        for (const answers of possible) expect(answers.size).toBeGreaterThan(1);
      }),
      { numRuns: 40 },
    );
  });
});
