import { capacityOf, capacityProblems, totalFor } from './service-capacity.rules.js';

const TODAY = '2026-11-23';
const LUNCH = { id: '0198f7c0-0000-7000-8000-000000000001', placesTaken: 3 };

const IDS = { capacity: 'c', unit: 'u' };
const COUNTED = { serviceId: LUNCH.id, left: 5, total: 8, confirmedOn: '2026-07-01', fullUntil: null };

describe('service_capacity, out', () => {
  it.each([
    ['counted', {}, [5, 8, null]],
    ['taken to the last', { left: 0 }, [0, 8, null]],
    ['full until a day', { fullUntil: '2027-01-04' }, [0, 8, 'Full until 4 January 2027.']],
    [
      'full, and not counted',
      { left: null, total: null, fullUntil: '2027-01-04' },
      [0, null, 'Full until 4 January 2027.'],
    ],
    ['room again today', { fullUntil: TODAY }, [5, 8, null]],
  ] as const)('%s', (_what, more, expected) => {
    const capacity = capacityOf({ ...COUNTED, ...more }, TODAY, IDS);
    expect([capacity?.available, capacity?.maximum, capacity?.description]).toEqual(expected);
    expect(capacity).toMatchObject({ id: 'c', service_id: LUNCH.id, unit: { id: 'u', name: 'Places' } });
  });

  it('says when, by London’s midnight in summer and winter', () => {
    const updated = (confirmedOn: string) => capacityOf({ ...COUNTED, confirmedOn }, TODAY, IDS)?.updated;
    expect(updated('2026-07-01')).toBe('2026-06-30T23:00:00.000Z');
    expect(updated('2026-11-01')).toBe('2026-11-01T00:00:00.000Z');
  });

  it.each([
    ['not counted', { left: null, total: null }],
    ['never confirmed', { confirmedOn: null }],
  ])('nothing where it is %s', (_what, more) => {
    expect(capacityOf({ ...COUNTED, ...more }, TODAY, IDS)).toBeNull();
  });
});

describe('service_capacity, in', () => {
  const given = { available: 2, maximum: 10, updatedOn: TODAY, serviceId: LUNCH.id };
  it.each([
    ['as it should be', given, []],
    ['without a maximum or the service again', { ...given, maximum: null, serviceId: null }, []],
    ['more free than there are', { ...given, maximum: 1 }, ['maximum']],
    ['fewer in all than are taken here', { ...given, maximum: 2 }, ['maximum']],
    ['counted tomorrow', { ...given, updatedOn: '2026-11-24' }, ['updated']],
    ['of another service', { ...given, serviceId: 'another' }, ['service_id']],
  ])('%s', (_what, input, fields) => {
    expect(capacityProblems(input, LUNCH, TODAY).map(({ field }) => field)).toEqual(fields);
  });

  it('leaves what is promised here taken', () => {
    expect(totalFor({ available: 2, maximum: null }, 3)).toBe(5);
    expect(totalFor({ available: 2, maximum: 10 }, 3)).toBe(5);
  });

  it.each([
    ['as many as it says in all', { available: 3, maximum: 14 }, 14, 14],
    ['its maximum where that is all it says', { available: null, maximum: 8 }, 0, 8],
    ['nothing where it says nothing', { available: null, maximum: null }, 0, null],
    ['what came out, unchanged', { available: 5, maximum: 8 }, 3, 8],
  ])('counts %s', (_what, given, taken, total) => {
    expect(totalFor(given, taken)).toBe(total);
  });
});
