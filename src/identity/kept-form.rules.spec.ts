import { glimpse, keptPage, keptPath, worthKeeping } from './kept-form.rules.js';

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
    [
      'no proof of who one is',
      { note: 'x', password: 'p', newPassword: 'q', code: '1', 'client.code': '2' },
      { note: 'x' },
    ],
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

  it.each([
    ['/desk/refer', {}, '/desk/refer'],
    ['/desk/refer?sent', {}, '/desk/refer'],
    ['/desk/kept', { _path: '/desk/referrals/0-a/contact' }, '/desk/referrals/0-a/contact'],
    ['/desk/kept', {}, null],
    ['/desk/kept', { _path: ['/desk/refer'] }, null],
    ['/desk/kept', { _path: '//evil.example.org/desk/a' }, null],
    ['/desk/kept', { _path: '/desk/../api/v1/me' }, null],
    ['/desk/kept', { _path: '/api/v1/referrals' }, null],
    ['/desk/kept', { _path: `/desk/${'a'.repeat(500)}` }, null],
  ])('sent to %s with %j goes to %s', (url, body, path) => {
    expect(keptPath(url, body)).toBe(path);
  });

  it('knows the page it was typed on, and what that went on with', () => {
    const id = '01a18d50-6a5f-74d7-b6dd-c0a7f2ae778f';
    expect(keptPage({ _key: 'k', _kept: id })).toEqual({ tab: 'k', wentOnWith: id });
    expect(keptPage({ _key: 'k'.repeat(99), _kept: 'x' })).toEqual({ tab: 'k'.repeat(64), wentOnWith: null });
    expect(keptPage(null)).toEqual({ tab: '', wentOnWith: null });
  });
});
