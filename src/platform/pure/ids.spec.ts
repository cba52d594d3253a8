import { idWithin, isUuid, newId } from './ids.js';

describe('newId', () => {
  it('makes version 7 ids in the order they were asked for', () => {
    const ids = Array.from({ length: 5000 }, newId);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('idWithin', () => {
  const given = '019374a0-7e1c-7b3e-9c1d-2f4a5b6c7d8e';
  const id = idWithin(given, 'one');

  it('is the same for the same, however the id is written, and sorts with it', () => {
    expect(idWithin(given.toUpperCase(), 'one')).toBe(id);
    expect(id).toMatch(/^019374a0-7e1c-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is another for other content, and for another id', () => {
    expect(new Set([given, id, idWithin(given, 'two'), idWithin(newId(), 'one')]).size).toBe(4);
  });
});

describe('isUuid', () => {
  it.each([
    ['version 7', '019374a0-7e1c-7b3e-9c1d-2f4a5b6c7d8e', true],
    ['version 4', '7c9e6679-7425-40de-944b-e07fc1f90ae7', true],
    ['capitals', '019374A0-7E1C-7B3E-9C1D-2F4A5B6C7D8E', true],
    ['empty', '', false],
    ['a word', 'client', false],
    ['no hyphens', '019374a07e1c7b3e9c1d2f4a5b6c7d8e', false],
    ['braces', '{019374a0-7e1c-7b3e-9c1d-2f4a5b6c7d8e}', false],
    ['a space after', '019374a0-7e1c-7b3e-9c1d-2f4a5b6c7d8e ', false],
    ['a line after', '019374a0-7e1c-7b3e-9c1d-2f4a5b6c7d8e\n', false],
    ['not hexadecimal', '019374a0-7e1c-7b3e-9c1d-2f4a5b6c7d8g', false],
    ['a statement after', "019374a0-7e1c-7b3e-9c1d-2f4a5b6c7d8e'; drop table client", false],
  ])('%s', (_name, text, expected) => {
    expect(isUuid(text)).toBe(expected);
  });
});
