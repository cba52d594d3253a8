import fc from 'fast-check';
import { ageBand, ageOn, initials, nameSound, normaliseName } from './names.js';

describe('normaliseName', () => {
  it.each([
    ['Okoro', 'okoro'],
    ['  OKORO ', 'okoro'],
    ['Zoë', 'zoe'],
    ['Zoe\u0308', 'zoe'],
    ['Siân', 'sian'],
    ["O'Brien", 'obrien'],
    ['O’Brien', 'obrien'],
    ['O‘Brien', 'obrien'],
    ['Smith-Jones', 'smith jones'],
    ['Smith – Jones', 'smith jones'],
    ['Smith\u00a0\t Jones', 'smith jones'],
    ['Smith\u200b-Jones', 'smith jones'],
    ['Łukasz', 'lukasz'],
    ['Sørensen', 'sorensen'],
    ['Æthelred', 'aethelred'],
    ['Þórr', 'thorr'],
    ['Strauß', 'strauss'],
    ['STRAUẞ', 'strauss'],
    ['İlker', 'ilker'],
    ['Nguyễn Thị', 'nguyen thi'],
    ['Ｓｍｉｔｈ', 'smith'],
    ['ﬁnn', 'finn'],
    ['Иванов', 'иванов'],
    ['김', '김'],
    ['محمد', 'محمد'],
    ['مُحَمَّد', 'محمد'],
    ['', ''],
    [" - ' ", ''],
  ])('%p is compared as %p', (text, expected) => {
    expect(normaliseName(text)).toBe(expected);
  });

  it('changes nothing the second time, nor with how the marks were typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const name = normaliseName(text);
        expect(normaliseName(name)).toBe(name);
        expect(normaliseName(text.normalize('NFD'))).toBe(name);
        expect(name).toBe(name.trim());
      }),
    );
  });
});

describe('nameSound', () => {
  it.each([
    ['Smith', 'Smythe'],
    ['Clark', 'Clarke'],
    ['Phillips', 'Philips'],
    ['Stephens', 'Stevens'],
    ['McDonald', 'MacDonald'],
    ['Reid', 'Read'],
    ['Hussain', 'Hussein'],
    ['Mohammed', 'Muhammad'],
    ['Chowdhury', 'Choudhry'],
    ["O'Brien", 'O Brien'],
    ['De La Cruz', 'Delacruz'],
    ['Smith-Jones', 'Smyth Jones'],
    ['Siân', 'Sian'],
  ])('%s sounds like %s', (one, other) => {
    expect(nameSound(one)).toBe(nameSound(other));
  });

  it.each([
    ['Smith', 'Jones'],
    ['Patel', 'Begum'],
    ['Okoro', 'Okafor'],
    ['Иванов', 'Петров'],
    ['김', '이'],
  ])('%s does not sound like %s', (one, other) => {
    expect(nameSound(one)).not.toBe(nameSound(other));
  });

  it('is empty only for an empty name', () => {
    expect(nameSound('')).toBe('');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(nameSound(text) === '').toBe(normaliseName(text) === '');
      }),
    );
  });
});

describe('initials', () => {
  it.each([
    ['Ada', 'Okoro', 'AO'],
    ['ada', 'okoro', 'AO'],
    ['Élodie', "d'Arcy", 'ÉD'],
    ['E\u0301lodie', 'Ng', 'ÉN'],
    ["'Abd", '(Smith)', 'AS'],
    ['Grace', '', 'G'],
    ['', '', ''],
    ['김', '민준', '김민'],
  ])('of %p %p are %p', (first, last, expected) => {
    expect(initials(first, last)).toBe(expected);
  });
});

describe('ageOn', () => {
  it.each([
    ['1980-06-15', '2026-06-14', 45],
    ['1980-06-15', '2026-06-15', 46],
    ['1980-06-15', '2026-06-16', 46],
    ['2026-06-15', '2026-06-15', 0],
    ['2008-12-31', '2026-12-30', 17],
    ['2008-12-31', '2026-12-31', 18],
    ['2008-01-01', '2025-12-31', 17],
    ['2008-02-29', '2026-02-28', 17],
    ['2008-02-29', '2026-03-01', 18],
    ['2008-02-29', '2028-02-28', 19],
    ['2008-02-29', '2028-02-29', 20],
    ['1921-01-01', '2026-01-01', 105],
  ])('born %s, on %s: %d', (born, today, expected) => {
    expect(ageOn(born, today)).toBe(expected);
  });

  it.each([
    ['born tomorrow', '2026-06-16', '2026-06-15'],
    ['a time too', '1980-06-15T00:00', '2026-06-15'],
    ['British order', '15/06/1980', '2026-06-15'],
    ['month 13', '1980-13-01', '2026-06-15'],
    ['today is no date', '1980-06-15', 'today'],
  ])('refuses %s', (_name, born, today) => {
    expect(() => ageOn(born, today)).toThrow(RangeError);
  });
});

describe('ageBand', () => {
  it.each([
    [0, 'under 18'],
    [17, 'under 18'],
    [18, '18-24'],
    [24, '18-24'],
    [25, '25-34'],
    [34, '25-34'],
    [35, '35-44'],
    [45, '45-54'],
    [55, '55-64'],
    [65, '65-74'],
    [74, '65-74'],
    [75, '75-84'],
    [84, '75-84'],
    [85, '85+'],
    [112, '85+'],
  ])('%d is %s', (age, expected) => {
    expect(ageBand(age)).toBe(expected);
  });

  it.each([-1, Number.NaN])('refuses %d', (age) => {
    expect(() => ageBand(age)).toThrow(RangeError);
  });
});
