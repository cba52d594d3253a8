import { hasMarks, withoutMarks } from './marks.js';

describe('marks of our own in a text', () => {
  it.each([
    ['none', 'Tea & talk', 'Tea & talk', false],
    ['around a text', '\uE002Tea\uE003', 'Tea', true],
    ['for a value', 'Tea \uE0000\uE001', 'Tea 0', true],
    ['that others make, such as a bullet out of Word', '\uF0B7 Tea', '\uF0B7 Tea', false],
  ])('%s', (_what, text, without, has) => {
    expect([withoutMarks(text), hasMarks(text), hasMarks(text)]).toEqual([without, has, has]);
  });
});
