import { isDeeperThan } from './depth.js';

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('isDeeperThan', () => {
  it.each([
    [0, 'text', false],
    [0, null, false],
    [0, {}, true],
    [1, { a: 1, b: [] }, true],
    [2, { a: 1, b: [] }, false],
    [2, { a: 1, b: ['x', { c: 1 }] }, true],
    [50, deep(50), false],
    [50, deep(51), true],
  ])('%s of %j', (most, value, deeper) => {
    expect(isDeeperThan(most, value)).toBe(deeper);
  });

  it('does not go down with what would exhaust it', () => {
    expect(isDeeperThan(100, deep(200_000))).toBe(true);
  });
});
