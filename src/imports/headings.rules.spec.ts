import { readAs, recognised, saidProblem } from './headings.rules.js';

const SHEET = { columns: [['name'], ['takes_referrals'], ['domains', 'live_well']] };

describe('the headings of a sheet', () => {
  it('are known by any of their names, whatever stands between the words, and only once', () => {
    expect(recognised(SHEET, ['Name', 'Takes referrals?', 'LIVE-WELL', 'name ', 'Fax'])).toEqual([
      'name',
      'takes_referrals',
      'domains',
      'none',
      'none',
    ]);
    expect(recognised(SHEET, ['имя', ''])).toEqual(['none', 'none']);
  });

  it.each([
    [['name'], 'Say of every column what it is'],
    [['name', 'colour', 'none'], 'Select from the list what each column is'],
    [['name', 'name', 'none'], 'Two columns are both “name”. Keep one of them'],
    [['none', 'none', 'none'], 'Say of at least one column what it is'],
    [['name', 'none', 'domains'], null],
  ])('are said to be %j', (said, problem) => {
    expect(saidProblem(['name', 'takes_referrals', 'domains'], ['A', 'B', 'C'], said)).toBe(problem);
  });

  it('give a row its cells under our names, and say which others had something in them', () => {
    const row = { row: 3, cells: { Title: 'Hall', name: 'Ann', Fax: '', Sort: 'places' } };
    expect(readAs(row, ['Title', 'name', 'Fax', 'Sort'], ['name', 'none', 'none', 'kind'])).toEqual({
      raw: { row: 3, cells: { name: 'Hall', kind: 'places' } },
      notKept: ['name'],
    });
  });
});
