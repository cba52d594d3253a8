import { commitmentsIn, NO_PRESSURE_WORDS } from './commitments.js';

describe('commitmentsIn', () => {
  it.each([
    ['', []],
    [' \r\n ', []],
    [NO_PRESSURE_WORDS, [{ code: 'no_religious_pressure', words: NO_PRESSURE_WORDS }]],
    [
      'We reply in 5 days.\r\nمرحبا',
      [
        { code: 'we_reply_in_5_days', words: 'We reply in 5 days.' },
        { code: 'commitment', words: 'مرحبا' },
      ],
    ],
    [
      'We reply\nWe reply!',
      [
        { code: 'we_reply', words: 'We reply' },
        { code: 'we_reply_2', words: 'We reply!' },
      ],
    ],
  ])('%j', (lines, commitments) => {
    expect(commitmentsIn(lines)).toEqual(commitments);
  });
});
