import { unreadFields } from './unread-fields.rules.js';

describe('the fields of a record that are not kept', () => {
  it.each<[string, unknown, string[]]>([
    ['what is read', { id: '1', name: 'Lunch', organization: { id: 'o', name: 'Church' } }, []],
    ['what says nothing', { url: '', phones: [], funding: { source: null }, program_id: 'p' }, []],
    ['a field', { url: 'https://example.org' }, ['url']],
    ['a part of which nothing is read', { contacts: [{ phones: [{ number: '1' }] }] }, ['contacts']],
    ['one field of a part that is read', { organization: { name: 'A', logo: 'x' } }, ['organization.logo']],
    [
      'the same in several',
      { cost_options: [{ option: 'A', currency: 'gbp' }, { currency: 'gbp' }] },
      ['cost_options.currency'],
    ],
    [
      'what lies deeper',
      { service_at_locations: [{ location: { addresses: [{ city: 'A', region: 'B' }] } }] },
      ['service_at_locations.location.addresses.region'],
    ],
    [
      'other places than the first',
      { service_at_locations: [{ id: '1' }, { id: '2' }] },
      ['service_at_locations (all but the first)'],
    ],
    ['no record at all', 'text', []],
  ])('%s', (_what, raw, fields) => {
    expect(unreadFields(raw)).toEqual(fields);
  });

  it('are at most a hundred, however many a record has, with names that are no longer than names are', () => {
    const raw = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`${'x'.repeat(200)}${String(n)}`, 1]),
    );
    const short = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`x${String(n)}`, 1]));
    expect(unreadFields(short)).toHaveLength(100);
    expect(unreadFields(raw)).toEqual(['x'.repeat(100)]);
  });

  it('are found in a record that nests without end', () => {
    let raw: unknown = 'x';
    for (let depth = 0; depth < 5000; depth += 1) raw = { attributes: [raw] };
    expect(unreadFields(raw)).toEqual(['attributes.attributes']);
  });
});
