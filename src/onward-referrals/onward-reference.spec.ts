import { newId } from '../platform/pure/ids.js';
import { onwardReference } from './onward-reference.js';

describe('onwardReference', () => {
  it.each([
    ['019aa000-0000-7000-8000-000000000000', 'G-2222-2222'],
    ['019aa000-0000-7000-8000-000000000001', 'G-3222-2222'],
    ['019AA000-0000-7000-8000-00000000001B', 'G-Z222-2222'],
    ['019aa000-0000-7000-8000-00000000001c', 'G-2322-2222'],
    // 28 to the power of 8, less one, and then round again.
    ['019aa000-0000-7000-8000-0057f6c0ffff', 'G-ZZZZ-ZZZZ'],
    ['019aa000-0000-7000-8000-0057f6c10000', 'G-2222-2222'],
  ])('%s is %s', (id, reference) => {
    expect(onwardReference(id)).toBe(reference);
  });

  it('tells offers made in the same moment apart', () => {
    const made = Array.from({ length: 2000 }, () => onwardReference(newId()));
    expect(new Set(made).size).toBe(made.length);
  });
});
