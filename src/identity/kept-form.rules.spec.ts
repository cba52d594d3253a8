import { glimpse, worthKeeping } from './kept-form.rules.js';

describe('what is kept of a form', () => {
  it.each([
    ['a text', { note: 'Likes boats' }, { note: 'Likes boats' }],
    ['boxes ticked', { reasons: ['food', 'housing'] }, { reasons: ['food', 'housing'] }],
    ['its version too', { note: 'x', _version: '3' }, { note: 'x', _version: '3' }],
    [
      'nothing else that is hidden',
      { note: 'x', _csrf: 'a', _key: 'b', _kept: 'c', _again: '1' },
      { note: 'x' },
    ],
    ['no proof of who one is', { note: 'x', password: 'p', code: '1', 'client.code': '2' }, { note: 'x' }],
    ['a postcode', { 'client.postcode': 'CO15 1AB' }, { 'client.postcode': 'CO15 1AB' }],
    ['nothing of a button', { _csrf: 'a', _version: '3' }, null],
    ['nothing of an empty form', { note: '', reasons: [] }, null],
    ['nothing of a password alone', { password: 'p' }, null],
    ['nothing of what no form sends', { note: { deep: 'x' } }, null],
    ['nothing of nothing', null, null],
    ['nothing of a text', 'note=x', null],
  ])('%s', (_what, body, kept) => {
    expect(worthKeeping(body)).toEqual(kept);
  });

  it.each([
    [{ a: 'yes', note: 'Would like company on Tuesdays', b: '12' }, 'Would like company on Tuesdays'],
    [{ note: 'x'.repeat(200) }, 'x'.repeat(80)],
    [{ day: '12', _version: '3' }, ''],
  ])('is known again by %j', (answers, words) => {
    expect(glimpse(answers)).toBe(words);
  });
});
