import { Refusal } from './refusal.js';
import { isUnreachable } from './unreachable.js';

const coded = (code: string): Error => Object.assign(new Error('words that nobody is shown'), { code });

describe('what could not be reached', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', '08006', '08P01', '53300', '57P01', '57P03'])(
    'is said by %s',
    (code) => {
      expect(isUnreachable(coded(code))).toBe(true);
    },
  );
  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
  ])('is said by “%s”', (words) => {
    expect(isUnreachable(new Error(words))).toBe(true);
  });
  it.each([
    coded('23505'),
    coded('40001'),
    coded('57014'),
    coded('ENOENT'),
    new Error('no'),
    Refusal.notFound(),
    null,
    'x',
  ])('is not said by %s', (error) => {
    expect(isUnreachable(error)).toBe(false);
  });
});
