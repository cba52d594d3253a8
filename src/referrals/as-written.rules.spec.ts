import { firstWritten, isSought, likenessOf } from './as-written.rules.js';

const NOW = { firstName: 'Grace', phone: '+447700900999', postcode: 'CO3 4AB' };
const changed = (own: boolean, changes: object) => ({ own, changes: { ...changes } });

describe('somebody as their sender wrote them down', () => {
  it.each([
    ['nothing changed', [], NOW],
    [
      'what others changed is taken back to the first',
      [
        changed(false, { phone: { from: '+447700900123', to: '+447700900456' } }),
        changed(false, { phone: { from: '+447700900456', to: '+447700900999' } }),
      ],
      { ...NOW, phone: '+447700900123' },
    ],
    [
      'what they changed themselves stays',
      [changed(true, { phone: { from: '1', to: '+447700900999' } })],
      NOW,
    ],
    [
      'their own change after somebody else’s stays',
      [
        changed(false, { phone: { from: '1', to: '2' } }),
        changed(true, { phone: { from: '2', to: '+447700900999' } }),
      ],
      NOW,
    ],
    [
      'an answer that was empty is empty again',
      [changed(false, { postcode: { from: null, to: 'CO3 4AB' } })],
      { ...NOW, postcode: null },
    ],
    ['what is no answer is passed over', [changed(false, { mergeId: 'x', diedOn: '2026-11-01' })], NOW],
    ['nor is what the record does not have', [changed(false, { faith: { from: 'a', to: 'b' } })], NOW],
  ])('%s', (_what, since, written) => {
    expect(firstWritten(NOW, since)).toEqual(written);
  });
});

describe('whom a sender asks for', () => {
  const GRACE = {
    firstName: 'Grace',
    lastName: "O'Brien",
    dateOfBirth: '1951-03-02',
    nhsNumber: null,
  };
  it.each([
    [{ lastName: 'obri' }, true],
    [{ lastName: 'OBrien', firstName: 'gra' }, true],
    [{ lastName: 'brien' }, false],
    [{ firstName: 'Gracielle' }, false],
    [{ dateOfBirth: '1951-03-02' }, true],
    [{ dateOfBirth: '1949-03-02' }, false],
    [{ lastName: 'obrien', dateOfBirth: '1949-03-02' }, false],
    [{ nhsNumber: '9990000018' }, false],
  ])('given %j', (asked, expected) => {
    expect(isSought(GRACE, asked)).toBe(expected);
  });
});

describe('whether two whom one sender wrote down are one', () => {
  const WRITTEN = { firstName: 'Grace', lastName: "O'Brien", dateOfBirth: '1951-03-02' };
  const [ONE, OTHER] = ['9990000018', '9990000026'];
  it.each([
    [ONE, ONE, {}, 'same'],
    [ONE, ONE, { lastName: 'Other' }, 'same'],
    [ONE, OTHER, {}, null],
    [null, ONE, {}, 'alike'],
    [null, null, { lastName: 'OBRIEN' }, 'alike'],
    [null, null, { firstName: 'Grace O', lastName: 'Brien' }, null],
    [null, ONE, { dateOfBirth: '1951-03-03' }, null],
  ])('numbers %p and %p, otherwise %j: %p', (nhsNumber, theirs, differs, expected) => {
    const person = { ...WRITTEN, ...differs, nhsNumber: theirs };
    expect(likenessOf({ ...WRITTEN, nhsNumber }, person)).toBe(expected);
  });
});
