import fc from 'fast-check';
import { allOf, helpersShown, keyOf, laidOut, laidOutHelp, namedOf, shownOf } from './community.rules.js';

const PLACES = ['a', 'b', 'c', null];

describe('counts laid out by place', () => {
  const rows = [
    { place: 'a', item: 'food', count: 3 },
    { place: 'b', item: 'food', count: 12 },
    { place: null, item: 'food', count: 30 },
    { place: 'a', item: 'debt', count: 8 },
  ];

  it('adds up to the whole, and shows a manager all of it', () => {
    const laid = laidOut(rows, false);
    expect(shownOf(laid, allOf('food'))).toEqual({ value: 45, suppressed: false });
    expect(shownOf(laid, keyOf('food', 'a'))).toEqual({ value: 3, suppressed: false });
    expect(shownOf(laid, keyOf('food', 'nowhere'))).toEqual({ value: 0, suppressed: false });
  });

  it('hides from a commissioner what is small, and beside it what would tell, whichever place is asked for', () => {
    const laid = laidOut(rows, true);
    expect([...laid.hidden].sort()).toEqual([keyOf('food', 'a'), keyOf('food', 'b')].sort());
    expect(shownOf(laid, keyOf('food', null))).toEqual({ value: 30, suppressed: false });
    expect(shownOf(laid, keyOf('debt', 'a'))).toEqual({ value: 8, suppressed: false });
  });

  it('never leaves one hidden count alone beside its whole', () => {
    const counts = fc.array(fc.nat({ max: 12 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, (given) => {
        const table = PLACES.map((place, n) => ({ place, item: 'food', count: given[n] ?? 0 }));
        const { hidden, counts } = laidOut(table, true);
        const keys = [allOf('food'), ...PLACES.map((place) => keyOf('food', place))];
        for (const key of keys) {
          const count = counts[key] ?? 0;
          expect(hidden.has(key) || count === 0 || count >= 5).toBe(true);
        }
        expect(keys.filter((key) => hidden.has(key))).not.toHaveLength(1);
      }),
    );
  });
});

describe('help laid out', () => {
  it('leaves out how much wherever it leaves out how often, and the other way round', () => {
    const rows = [
      { place: 'a', item: 'food_parcel', named: true, times: 1, quantity: 50 },
      { place: 'b', item: 'food_parcel', named: false, times: 20, quantity: 20 },
      { place: 'c', item: 'food_parcel', named: false, times: 9, quantity: 9 },
    ];
    const { times, quantity } = laidOutHelp(rows, true);
    expect(times.hidden).toBe(quantity.hidden);
    for (const key of [keyOf('food_parcel', 'a'), namedOf('food_parcel', true)]) {
      expect(shownOf(quantity, key)).toEqual({ value: null, suppressed: true });
    }
    expect(shownOf(times, keyOf('food_parcel', 'b'))).toEqual({ value: 20, suppressed: false });
    expect(shownOf(laidOutHelp(rows, false).quantity, keyOf('food_parcel', 'a'))).toMatchObject({
      value: 50,
    });
  });

  it('shows no small count of either, whatever there is', () => {
    const row = fc.record({
      place: fc.constantFrom(...PLACES),
      item: fc.constantFrom('transport', 'welfare_call'),
      named: fc.boolean(),
      times: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (given) => {
        const laid = laidOutHelp(
          given.map((one) => ({ ...one, quantity: one.times * 2 })),
          true,
        );
        for (const { counts, hidden } of [laid.times, laid.quantity]) {
          for (const [key, count] of Object.entries(counts)) {
            expect(hidden.has(key) || count === 0 || count >= 5).toBe(true);
          }
        }
      }),
    );
  });
});

describe('from helped to helper', () => {
  it.each([
    ['a manager sees all', { people: 40, helpers: 3, waiting: 1 }, false, [40, 3, 1]],
    ['a small count is hidden, and who is left', { people: 40, helpers: 3, waiting: 0 }, true, [40, null, 0]],
    ['all but few became helpers', { people: 40, helpers: 38, waiting: 6 }, true, [40, null, 6]],
    ['large counts are shown', { people: 40, helpers: 12, waiting: 5 }, true, [40, 12, 5]],
    ['nobody', { people: 0, helpers: 0, waiting: 0 }, true, [0, 0, 0]],
  ] as const)('%s', (_what, counts, aggregate, [people, helpers, waiting]) => {
    const shown = helpersShown(counts, aggregate);
    expect([shown.people.value, shown.helpers.value, shown.waiting.value]).toEqual([
      people,
      helpers,
      waiting,
    ]);
  });
});
