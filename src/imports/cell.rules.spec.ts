import { isFormula, type NameIn, nameIn, wordsOf } from './cell.rules.js';
import type { RowWarning } from './import.types.js';

describe('a cell of a list', () => {
  it.each([
    '=1+1',
    "'=1+1",
    ' =1',
    '=HYPERLINK("http://x","y")',
    '＝1+1',
    '@SUM(1,2)',
    '+1+1',
    '-2+3',
    '+cmd|x',
    '-A1',
    '+$B$2',
    '+(1)',
    '-=1',
    '+@x',
  ])('is a formula: %s', (cell) => {
    expect(isFormula(cell)).toBe(true);
  });

  it.each([
    '',
    'The Pantry',
    '+44 1632 960001',
    '+44-1632-960001',
    '01632 960001',
    '@Home',
    '- Mondays (term time)',
    '-Tea\n-Cake',
    '+Plus Group',
    '1+1 Club',
    'A=B',
    '@thepantry on Instagram',
  ])('is none: %s', (cell) => {
    expect(isFormula(cell)).toBe(false);
  });

  it.each([
    ['The Pantry', { name: 'The Pantry', warnings: [] }],
    ['The \t Pantry', { name: 'The Pantry', warnings: [] }],
    ['=1+1', { reason: 'A formula, not a name. Write the name itself' }],
    ['\n', { reason: 'Give a name' }],
    [
      'The\r\nPantry',
      {
        name: 'The Pantry',
        warnings: [{ column: 'Name', reason: 'It had more than one line, and is on one line now' }],
      },
    ],
    [
      '<script>alert(1)</script>Food <b>Bank</b>',
      {
        name: 'Food Bank',
        warnings: [
          { column: 'Name', reason: 'It had markup, which is left out. Check that this is its name' },
        ],
      },
    ],
    ['<b></b>', { reason: 'Give a name' }],
    ['<b>=1+1</b>', { reason: 'A formula, not a name. Write the name itself' }],
    ['Tea < Coffee & cake', { name: 'Tea < Coffee & cake', warnings: [] }],
    [
      'Food\u202Eknab\u200B',
      {
        name: 'Foodknab',
        warnings: [
          {
            column: 'Name',
            reason: 'It had marks that nobody sees, which are left out. Check that this is its name',
          },
        ],
      },
    ],
    ...['Food\u0000Bank', 'Food\u0007Bank', 'Food\u0085Bank'].map((cell): [string, NameIn] => [
      cell,
      {
        name: 'Food Bank',
        warnings: [
          {
            column: 'Name',
            reason: 'It had control characters, which are spaces now. Check that this is its name',
          },
        ],
      },
    ]),
    ['\u202E=1+1', { reason: 'A formula, not a name. Write the name itself' }],
    [
      '@Home',
      {
        name: '@Home',
        warnings: [{ column: 'Name', reason: 'It begins with “@”. Check that this is its name' }],
      },
    ],
  ])('is the name %j', (cell, name) => {
    expect(nameIn(cell, 'Name')).toEqual(name);
  });

  it('loses a formula and says so', () => {
    const lost: RowWarning[] = [];
    expect([wordsOf('=A1', 'Address', lost), wordsOf('1 Quay', 'Address', lost)]).toEqual(['', '1 Quay']);
    expect(lost).toEqual([{ column: 'Address', reason: 'A formula, so it is left out' }]);
  });
});
