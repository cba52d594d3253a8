import { districtOf, normalisePostcode, outwardCode } from './postcode.js';

describe('normalisePostcode', () => {
  it.each([
    ['CO15 1AB', 'CO15 1AB'],
    ['co151ab', 'CO15 1AB'],
    [' Co15  1 aB ', 'CO15 1AB'],
    ['CO15-1AB', 'CO15 1AB'],
    ['CO15\u00a01AB', 'CO15 1AB'],
    ['co15 1ab.', 'CO15 1AB'],
    ['M1 1AE', 'M1 1AE'],
    ['M60 1NW', 'M60 1NW'],
    ['CR2 6XH', 'CR2 6XH'],
    ['DN55 1PT', 'DN55 1PT'],
    ['W1A 1HQ', 'W1A 1HQ'],
    ['EC1A 1BB', 'EC1A 1BB'],
    ['N1C 4AG', 'N1C 4AG'],
    ['SW1W 0NY', 'SW1W 0NY'],
    ['LS1 4AP', 'LS1 4AP'],
    ['GIR 0AA', 'GIR 0AA'],
    ['IM1 1AA', 'IM1 1AA'],
    ['JE2 3AB', 'JE2 3AB'],
    ['BF1 2AT', 'BF1 2AT'],
  ])('%p is %p', (text, expected) => {
    expect(normalisePostcode(text)).toBe(expected);
    expect(normalisePostcode(expected)).toBe(expected);
  });

  it.each([
    ['empty', ''],
    ['outward only', 'CO15'],
    ['a sector', 'CO15 1'],
    ['too long', 'CO155 1AB'],
    ['letter first in the inward part', 'CO15 OAB'],
    ['C in the inward part', 'CO15 1AC'],
    ['V in the inward part', 'CO15 1AV'],
    ['Q first', 'Q1 1AA'],
    ['Z second', 'AZ1 1AA'],
    ['no fixed abode, as the NHS codes it', 'ZZ99 3VZ'],
    ['an overseas territory', 'ASCN 1ZZ'],
    ['a ZIP code', '90210'],
    ['two postcodes', 'CO15 1AB CO15 1AD'],
    ['words around it', 'at CO15 1AB'],
    ['full-width letters', 'ＣＯ15 1AB'],
  ])('refuses %s', (_name, text) => {
    expect(normalisePostcode(text)).toBeNull();
  });
});

describe('outwardCode', () => {
  it.each([
    ['CO15 1AB', 'CO15'],
    ['m11ae', 'M1'],
    ['EC1A 1BB', 'EC1A'],
  ])('of %p is %p', (postcode, expected) => {
    expect(outwardCode(postcode)).toBe(expected);
  });

  it('refuses what is not a postcode', () => {
    expect(() => outwardCode('CO15')).toThrow(RangeError);
  });
});

describe('districtOf', () => {
  it.each([
    ['CO15 1AB', 'CO15'],
    [null, null],
    ['somewhere in Clacton', null],
    ['CO15', null],
  ])('given %p', (postcode, expected) => {
    expect(districtOf(postcode)).toBe(expected);
  });
});
