import fc from 'fast-check';
import { jsonFault } from './json-fault.js';

const STOPS = 'It stops in the middle, at ';
const cut = (line: number, character: number) =>
  `${STOPS}line ${String(line)}, character ${String(character)}: was it cut short?`;
const wrong = (line: number, character: number) =>
  `It cannot be read from line ${String(line)}, character ${String(character)} on.`;

describe('what is wrong with a text that is no JSON', () => {
  it.each([
    ['', cut(1, 1)],
    ['{', cut(1, 2)],
    ['{"a"', cut(1, 5)],
    ['{"a":', cut(1, 6)],
    ['{"a": "b', cut(1, 9)],
    ['{"a": "b\\', cut(1, 10)],
    ['{\n "a": [1,\n', cut(3, 1)],
    ['[tru', cut(1, 5)],
    ['[-', cut(1, 3)],
    ['[1.', cut(1, 4)],
    ['[1.5e-', cut(1, 7)],
    ['{a: 1}', wrong(1, 2)],
    ['{"a": 1,}', wrong(1, 9)],
    ['[1,]', wrong(1, 4)],
    ['[1}', wrong(1, 3)],
    ['{"a" 1}', wrong(1, 6)],
    ['[1]\n]', wrong(2, 1)],
    ['{"a": "b\nc"}', wrong(1, 9)],
    ['["\\x"]', wrong(1, 4)],
    ['<html>', wrong(1, 1)],
    ['[troe]', wrong(1, 2)],
    ['{"a": [1, 2]} ', null],
    ['"alone"', null],
    ['-0.5e+10', null],
  ])('%j: %s', (text, said) => {
    expect(jsonFault(text)).toBe(said);
  });

  it('is nothing for JSON, and that it stops for any beginning of a table', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, at) => {
        const text = JSON.stringify({ value }, null, 1);
        expect(jsonFault(text)).toBeNull();
        expect(jsonFault(text.slice(0, at % text.length))).toContain(STOPS);
      }),
    );
  });
});
