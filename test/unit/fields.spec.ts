import { fieldsOf, read, type Shown, show, unknownIn, written } from '../support/fields.js';

describe('the fields of an answer', () => {
  it.each([
    ['a row', { id: 1, client: { phone: null } }, ['id', 'client', 'client.phone']],
    [
      'a list whose rows differ',
      { items: [{ id: 1 }, { id: 2, note: 'x' }] },
      ['items', 'items.id', 'items.note'],
    ],
    ['by day', { days: { '2026-11-23': { count: 1 } } }, ['days', 'days.*', 'days.*.count']],
    ['a list of words', { reasons: ['food'] }, ['reasons']],
    ['nothing', null, []],
  ])('%s', (_what, answer, fields) => {
    expect(fieldsOf(answer)).toEqual(fields);
  });

  it('come back as they were written, and one more is seen, as is one more role', () => {
    const shown: Shown = new Map();
    show(shown, 'GET /clients/:id', 'link_worker', ['id', 'phone']);
    show(shown, 'GET /clients/:id', 'referrer', ['id']);
    const text = written(shown);
    expect(text).toBe('GET /clients/:id\n  link_worker, referrer: id\n  link_worker: phone\n');
    expect(written(read(text))).toBe(text);
    expect(unknownIn(shown, read(text))).toEqual([]);
    show(shown, 'GET /clients/:id', 'referrer', ['phone']);
    show(shown, 'GET /clients/:id', 'link_worker', ['email']);
    expect(unknownIn(shown, read(text))).toEqual([
      'GET /clients/:id: phone to referrer',
      'GET /clients/:id: email to link_worker',
    ]);
  });
});
