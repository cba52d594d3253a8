import { csvCell, csvLine, isTooLong, kept } from './raw.rules.js';

describe('keeping a record', () => {
  it.each([
    [{ name: 'Tea' }, { name: 'Tea' }],
    [
      { name: 'a\u0000b', list: ['\ud83d', '\u{1F600}'] },
      { name: 'a\uFFFDb', list: ['\uFFFD', '\u{1F600}'] },
    ],
    [null, null],
    [undefined, null],
    ['text', 'text'],
  ])('%j', (raw, expected) => {
    expect(kept(raw)).toEqual(expected);
  });

  it('keeps only the beginning of an endless one', () => {
    const raw = { name: 'x'.repeat(1_000_000) };
    expect(isTooLong(raw)).toBe(true);
    expect(JSON.stringify(kept(raw)).length).toBeLessThan(2_200);
  });
});

describe('cells for a sheet', () => {
  it.each([
    ['Tea', 'Tea'],
    [null, ''],
    [5, '5'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+44 7700 900111', "'+44 7700 900111"],
    ['-5', "'-5"],
    ['@cmd', "'@cmd"],
    ['\t=1', "'\t=1"],
    [' =1', "' =1"],
    ['\n=1', `"'\n=1"`],
    ['＝1', "'＝1"],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['\uE002=1+1', "'=1+1"],
    [' \uE003\uE000=1+1\uE001', "' =1+1"],
    ['\uE002Te\uE003a', 'Tea'],
    [{ a: 1 }, '"{""a"":1}"'],
  ])('%j is %s', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  it('end as RFC 4180 says', () => {
    expect(csvLine(['a', 1])).toBe('a,1\r\n');
  });
});
