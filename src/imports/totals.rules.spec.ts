import { totalsIn, wrongTotals } from './totals.rules.js';

const LOOK = 'Look whether some are missing before you approve it.';
const NO_NUMBER = 'is not a number, so it does not tell whether everything came.';

describe('the totals of a feed or file', () => {
  it.each<[unknown, unknown, string[]]>([
    [3, 2, []],
    ['3', ' 2 ', []],
    [undefined, undefined, []],
    [null, undefined, []],
    [1200, undefined, [`It says that it has 1,200 services, and 3 came. ${LOOK}`]],
    [1, 1, ['It says that it has 1 service, and 3 came.', 'It says that it has 1 page, and 2 came.']],
    [0, 2, ['It says that it has 0 services, and 3 came.']],
    [3, 12, [`It says that it has 12 pages, and 2 came. ${LOOK}`]],
    ['many', 2, [`Its total_items ${NO_NUMBER}`]],
    [-1, 1.5, [`Its total_items ${NO_NUMBER}`, `Its total_pages ${NO_NUMBER}`]],
    [1e300, {}, [`Its total_items ${NO_NUMBER}`, `Its total_pages ${NO_NUMBER}`]],
    ['9'.repeat(400), '', [`Its total_items ${NO_NUMBER}`, `Its total_pages ${NO_NUMBER}`]],
  ])('%j services and %j pages, where 3 on 2 came', (items, pages, sentences) => {
    expect(wrongTotals({ items, pages }, { items: 3, pages: 2 })).toEqual(sentences);
  });

  it.each([null, undefined, 'x', [1], {}])('are not there in %j', (page) => {
    expect(wrongTotals(totalsIn(page), { items: 1, pages: 1 })).toEqual([]);
  });

  it('are those of its page', () => {
    expect(totalsIn({ total_items: 4, total_pages: 2, contents: [] })).toEqual({ items: 4, pages: 2 });
  });
});
