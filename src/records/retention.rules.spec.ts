import { destroyOn, keptUntil, type KeptRecord } from './retention.rules.js';

describe('how long a record is kept', () => {
  it.each<[string, KeptRecord, string]>([
    ['an adult', { bornOn: '1951-03-02', diedOn: null, lastContactOn: '2018-11-21' }, '2026-11-21'],
    [
      'on the 18th birthday',
      { bornOn: '2000-11-21', diedOn: null, lastContactOn: '2018-11-21' },
      '2026-11-21',
    ],
    ['the day before it', { bornOn: '2000-11-22', diedOn: null, lastContactOn: '2018-11-21' }, '2026-11-22'],
    ['a child of ten', { bornOn: '2008-05-01', diedOn: null, lastContactOn: '2018-11-21' }, '2033-05-01'],
    [
      'born on 29 February',
      { bornOn: '2004-02-29', diedOn: null, lastContactOn: '2018-11-21' },
      '2029-03-01',
    ],
    [
      'last seen on 29 February',
      { bornOn: '1951-03-02', diedOn: null, lastContactOn: '2016-02-29' },
      '2024-02-29',
    ],
    [
      'an adult who died',
      { bornOn: '1951-03-02', diedOn: '2019-01-05', lastContactOn: '2018-11-21' },
      '2027-01-05',
    ],
    [
      'a child who died',
      { bornOn: '2008-05-01', diedOn: '2019-01-05', lastContactOn: '2018-11-21' },
      '2027-01-05',
    ],
    [
      'a young person who died near the end of that time',
      { bornOn: '2000-11-22', diedOn: '2024-01-05', lastContactOn: '2018-11-21' },
      '2026-11-22',
    ],
  ])('%s', (_who, record, until) => {
    expect(keptUntil(record, 8)).toBe(until);
  });

  it('goes by the years of the scheme, and leaves time for second thoughts', () => {
    expect(keptUntil({ bornOn: '1951-03-02', diedOn: null, lastContactOn: '2018-11-21' }, 20)).toBe(
      '2038-11-21',
    );
    expect(destroyOn('2026-11-21')).toBe('2026-12-05');
  });
});
