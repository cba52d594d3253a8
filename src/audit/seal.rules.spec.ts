import { GENESIS, macOf, type MarkedSeal, type Seal, sealProblems } from './seal.rules.js';

const KEY = 'a key that seals the audit record';
const marked = (seal: Seal, key = KEY): MarkedSeal => ({ ...seal, mac: macOf(key, seal) });

const first = marked({
  schemeId: '0190b6a0-0000-7000-8000-000000000000',
  number: 1,
  fromXid: '0',
  toXid: '900',
  entries: 3,
  digest: 'a'.repeat(64),
  previous: GENESIS,
  sealedAt: '2026-11-23T10:00:00.000000Z',
});
const second = marked({
  ...first,
  number: 2,
  fromXid: '900',
  toXid: '18446744073709551000',
  previous: first.mac,
});
const FOUND = { entries: 3, digest: 'a'.repeat(64) };

describe('a seal', () => {
  it('that follows the one before it and whose entries are as they were has no problem', () => {
    expect(sealProblems(KEY, first, null, FOUND)).toEqual([]);
    expect(sealProblems(KEY, second, first, FOUND)).toEqual([]);
  });

  it.each<[keyof Seal, string | number]>([
    ['schemeId', '0190b6a0-0000-7000-8000-000000000001'],
    ['fromXid', '901'],
    ['toXid', '18446744073709551001'],
    ['entries', 4],
    ['digest', 'b'.repeat(64)],
    ['previous', GENESIS],
    ['sealedAt', '2026-11-23T10:00:00.000001Z'],
  ])('whose %s was altered no longer matches its mac', (field, value) => {
    expect(sealProblems(KEY, { ...second, [field]: value }, first, FOUND)[0]).toMatch(/altered/);
  });

  it('whose mac was altered, or made with another key', () => {
    expect(sealProblems(KEY, { ...second, mac: 'x' }, first, FOUND)).toHaveLength(1);
    expect(sealProblems(KEY, marked(second, 'another key'), first, FOUND)).toHaveLength(1);
  });

  it.each([
    ['without the one before it', second, null, 'removed'],
    ['after a gap', marked({ ...second, number: 3 }), first, 'removed'],
    ['on another chain', marked({ ...second, previous: GENESIS }), first, 'does not follow'],
    ['that leaves transactions out', marked({ ...second, fromXid: '901' }), first, 'does not follow'],
  ])('%s', (_name, seal, before, because) => {
    expect(sealProblems(KEY, seal, before, FOUND)).toEqual([expect.stringContaining(because)]);
  });

  it.each([
    [{ entries: 2, digest: 'c' }, 'removed'],
    [{ entries: 4, digest: 'c' }, 'inserted'],
    [{ entries: 3, digest: 'c' }, 'altered'],
  ])('whose entries are now %j', (found, because) => {
    expect(sealProblems(KEY, first, null, found)).toEqual([expect.stringContaining(because)]);
  });
});
