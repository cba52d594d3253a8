import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { sharedData } from '../../../test/support/shared-data.js';
import { nhsNumberProblem, normaliseNhsNumber } from './nhs-number.js';

const FORMAT = 'Enter a 10 digit NHS number, like 999 123 4567';
const CHECK_DIGIT = 'Check the NHS number: the last digit does not match';

describe('an NHS number', () => {
  it.each([
    ['plain', '9990135797', '9990135797'],
    ['as printed', '999 013 5797', '9990135797'],
    ['hyphens', '999-013-5797', '9990135797'],
    ['dashes from a word processor', '999–013—5797', '9990135797'],
    ['no-break spaces', '999\u00a0013\u00a05797', '9990135797'],
    ['space around', '  9990135797\n', '9990135797'],
    ['check digit 0 from remainder 0', '9990950539', '9990950539'],
    ['an ordinary range', '943 476 5919', '9434765919'],
  ])('is accepted: %s', (_name, text, expected) => {
    expect(normaliseNhsNumber(text)).toBe(expected);
    expect(nhsNumberProblem(text)).toBeNull();
  });

  it.each([
    ['empty', '', FORMAT],
    ['only separators', ' - ', FORMAT],
    ['nine digits', '943476591', FORMAT],
    ['eleven digits', '94347659199', FORMAT],
    ['a letter', '943 476 591A', FORMAT],
    ['letter O for nought', '999O135797', FORMAT],
    ['dots', '999.013.5797', FORMAT],
    ['digits of another script', '٩٩٩٠١٣٥٧٩٧', FORMAT],
    ['all noughts', '0000000000', FORMAT],
    ['all nines', '999 999 9999', FORMAT],
    ['last digit wrong', '943 476 5918', CHECK_DIGIT],
    ['two digits swapped', '999 031 5797', CHECK_DIGIT],
    ['remainder 10, ending in 0', '9990000140', CHECK_DIGIT],
    ['remainder 10, ending in 1', '9990000141', CHECK_DIGIT],
  ])('is refused: %s', (_name, text, message) => {
    expect(normaliseNhsNumber(text)).toBeNull();
    expect(nhsNumberProblem(text)).toBe(message);
  });

  it('has at most one right last digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 999_000_000, max: 999_999_998 }), (nine) => {
        const accepted = [...'0123456789'].filter((last) => normaliseNhsNumber(`${nine}${last}`) !== null);
        expect(accepted.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is refused when any one digit is misread', () => {
    fc.assert(
      fc.property(fc.nat({ max: 9 }), fc.integer({ min: 1, max: 9 }), (place, by) => {
        const digits = [...'9990135797'];
        digits[place] = String((Number(digits[place]) + by) % 10);
        expect(nhsNumberProblem(digits.join(''))).toBe(CHECK_DIGIT);
      }),
    );
  });
});

describe('the shared test vectors', () => {
  const file = sharedData('geo/nhs_number_test_vectors.json');
  const whenPresent = file === null ? it.skip : it;

  whenPresent('agree', () => {
    const vectors = JSON.parse(readFileSync(file ?? '', 'utf8')) as Record<string, string[]>;
    const list = (name: string): string[] => vectors[name] ?? [];
    const valid = [...list('valid'), ...list('valid_documented')];
    const wrongDigit = [...list('invalid_check_digit'), ...list('invalid_remainder_10')];
    expect(valid.length).toBeGreaterThanOrEqual(44);
    expect(wrongDigit.length).toBeGreaterThanOrEqual(8);
    expect(list('invalid_format').length).toBeGreaterThanOrEqual(4);
    expect(valid.filter((text) => normaliseNhsNumber(text) !== text)).toEqual([]);
    expect(wrongDigit.filter((text) => nhsNumberProblem(text) !== CHECK_DIGIT)).toEqual([]);
    expect(list('invalid_format').filter((text) => nhsNumberProblem(text) !== FORMAT)).toEqual([]);
  });
});
