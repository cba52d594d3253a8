import { applyChanges } from './changes.js';

const row = { name: 'Ann', phone: null as string | null, areas: ['a', 'b'] };

it.each([
  ['nothing', {}, row, []],
  ['undefined', { name: undefined }, row, []],
  ['the same values', { name: 'Ann', areas: ['a', 'b'] }, row, []],
  ['another value', { name: 'Bea' }, { ...row, name: 'Bea' }, ['name']],
  ['a value taken away', { areas: [] }, { ...row, areas: [] }, ['areas']],
  ['a value given', { phone: '1', name: 'Ann' }, { ...row, phone: '1' }, ['phone']],
  ['the order of a list', { areas: ['b', 'a'] }, { ...row, areas: ['b', 'a'] }, ['areas']],
  ['a field that is none of its own', { colour: 'red', name: 'Ann' }, row, []],
])('an edit with %s', (_name, input, after, changed) => {
  expect(applyChanges(row, input)).toEqual({ after, changed });
});

it('leaves the row it was given as it was', () => {
  applyChanges(row, { name: 'Bea' });
  expect(row.name).toBe('Ann');
});
