import fc from 'fast-check';
import { isUkMobile, normaliseUkPhone, spokenPhone } from './phone.js';

describe('normaliseUkPhone', () => {
  it.each([
    ['07700 900982', '+447700900982'],
    ['07700900982', '+447700900982'],
    ['(07700) 900-982', '+447700900982'],
    ['07700\u00a0900982', '+447700900982'],
    ['+44 7700 900982', '+447700900982'],
    ['+44 (0)7700 900982', '+447700900982'],
    ['0044 7700 900982', '+447700900982'],
    ['447700900982', '+447700900982'],
    ['7700900982', '+447700900982'],
    ['07700 900000', '+447700900000'],
    ['07700 900999', '+447700900999'],
    ['01632 960001', '+441632960001'],
    ['020 7946 0958', '+442079460958'],
    ['0117 496 0123', '+441174960123'],
    ['01255 422033', '+441255422033'],
    ['0300 123 1234', '+443001231234'],
    ['0800 1111', '+448001111'],
    ['01481 960194', '+441481960194'],
    ['07624 000000', '+447624000000'],
  ])('%p is %p', (text, expected) => {
    expect(normaliseUkPhone(text)).toBe(expected);
    expect(normaliseUkPhone(expected)).toBe(expected);
  });

  it.each([
    ['empty', ''],
    ['a word', 'none'],
    ['an emergency number', '999'],
    ['a helpline of three digits', '111'],
    ['a short code', '118118'],
    ['too few digits', '07700 90098'],
    ['too many digits', '07700 900982 1'],
    ['a range never opened', '04000 000000'],
    ['just outside the drama range', '07700 901000'],
    ['just outside the drama area', '01632 961000'],
    ['an extension', '020 7946 0958 ext 22'],
    ['an extension written x', '02079460958x22'],
    ['words around it', 'ring 07700 900982 please'],
    ['a note after it', '07700 900982 (mum)'],
    ['two numbers', '07700 900982 / 020 7946 0958'],
    ['letters on the keys', '0800 FLOWERS'],
    ['a French number', '+33 1 23 45 67 89'],
    ['an American number', '+1 202 555 0100'],
    ['very long', '0'.repeat(5000)],
  ])('refuses %s', (_name, text) => {
    expect(normaliseUkPhone(text)).toBeNull();
  });

  it('accepts every drama mobile, however it is spaced', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999 }), fc.constantFrom(' ', '-', ''), (last, gap) => {
        const end = String(last).padStart(3, '0');
        expect(normaliseUkPhone(`07700${gap}900${gap}${end}`)).toBe(`+447700900${end}`);
      }),
    );
  });

  it('returns E.164 or nothing, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const phone = normaliseUkPhone(text);
        expect(phone === null || /^\+44[0-9]{7,10}$/.test(phone)).toBe(true);
      }),
    );
  });
});

it.each([
  ['+447700900123', true],
  ['+447624123456', true],
  ['+441632960123', false],
  ['+442079460123', false],
  // Personal numbers and pagers.
  ['+447012345678', false],
  ['+447623123456', false],
])('a text can reach %s: %s', (number, can) => {
  expect(isUkMobile(number)).toBe(can);
});

describe('spokenPhone', () => {
  it.each([
    ['+447700900982', '07700 900982'],
    ['+441632960001', '01632 960001'],
    ['through the hostel', 'through the hostel'],
  ])('says %s as %s', (stored, spoken) => {
    expect(spokenPhone(stored)).toBe(spoken);
  });
});
