import { textSize } from './text-size.rules.js';

describe('the size of a text message', () => {
  it.each<[string, string, 'gsm7' | 'ucs2', number]>([
    ['nothing', '', 'gsm7', 1],
    ['160 plain letters', 'a'.repeat(160), 'gsm7', 1],
    ['161 plain letters', 'a'.repeat(161), 'gsm7', 2],
    ['306 plain letters', 'a'.repeat(306), 'gsm7', 2],
    ['307 plain letters', 'a'.repeat(307), 'gsm7', 3],
    ['159 letters and a euro sign, which counts twice', `${'a'.repeat(159)}€`, 'gsm7', 2],
    ['158 letters and a euro sign', `${'a'.repeat(158)}€`, 'gsm7', 1],
    ['80 euro signs', '€'.repeat(80), 'gsm7', 1],
    // 76 pairs fill 152 of 153 units: the unit left over cannot take half a pair.
    ['152 euro signs', '€'.repeat(152), 'gsm7', 2],
    ['153 euro signs', '€'.repeat(153), 'gsm7', 3],
    ['pounds, accents and new lines of the alphabet', 'Café à £5\nÄÖÑÜß Å@', 'gsm7', 1],
    ['one curly apostrophe makes it all UCS-2', `${'a'.repeat(69)}’`, 'ucs2', 1],
    ['70 letters and one outside', `${'a'.repeat(70)}’`, 'ucs2', 2],
    ['Welsh ŵ and ŷ', 'Dŵr a thŷ', 'ucs2', 1],
    ['134 letters of Arabic', 'ا'.repeat(134), 'ucs2', 2],
    ['135 letters of Arabic', 'ا'.repeat(135), 'ucs2', 3],
    ['35 emoji, two units each', '😀'.repeat(35), 'ucs2', 1],
    // 33 pairs fill 66 of 67 units.
    ['66 emoji', '😀'.repeat(66), 'ucs2', 2],
    ['67 emoji', '😀'.repeat(67), 'ucs2', 3],
    ['the small ç, which GSM-7 lacks though it has the capital', 'ça', 'ucs2', 1],
    ['the capital Ç', 'Ça', 'gsm7', 1],
  ])('%s', (_what, text, alphabet, segments) => {
    expect(textSize(text)).toEqual({ alphabet, segments });
  });
});
