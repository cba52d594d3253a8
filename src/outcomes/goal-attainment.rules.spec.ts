import quantile from '@stdlib/stats-base-dists-t-quantile';
import { scoreChange } from '../reporting/change.rules.js';
import { FOURTEEN_PEOPLE, type GoalNumbers } from '../../test/factories/goal-numbers.js';
import { attainmentOf, type GoalSaid } from './goal-attainment.rules.js';

const goals = (...said: GoalNumbers[]): GoalSaid[] =>
  said.map(([importance, first, last]) => ({ importance, first, last }));

// As Python's exact fractions give them.
const EXACT = [
  [69 / 17, 140 / 17],
  [4, 2],
  [5, 1],
  [0, 2],
  [6 / 5, 222 / 25],
  [4, 2],
  [3, 9],
  [31 / 9, 6],
  [0, 6],
  [0, 5],
  [28 / 9, 23 / 3],
  [0, 3],
  [41 / 8, 41 / 8],
] as const;

const change = (people: readonly (readonly GoalNumbers[])[]) =>
  scoreChange(
    people.map((said) => {
      const { before, after } = attainmentOf(goals(...said));
      return {
        apart: null,
        open: true,
        before: { attainment: before },
        after: after === null ? null : { attainment: after },
        otherVersion: false,
        sameDay: false,
        groups: [],
      };
    }),
    { key: 'attainment', direction: 'higher_better' },
    quantile,
  );

describe('how far somebody is with their goals', () => {
  it.each(EXACT.map(([before, after], index) => [index + 1, before, after] as const))(
    'of person %i agrees with exact fractions',
    (number, before, after) => {
      const found = attainmentOf(goals(...(FOURTEEN_PEOPLE[number - 1] ?? [])));
      expect(found.before).toBeCloseTo(before, 12);
      expect(found.after).toBeCloseTo(after, 12);
    },
  );

  it('has no second number while no goal was said of twice, and none at all without a goal', () => {
    expect(attainmentOf(goals([6, 3, null], [2, 9, null]))).toEqual({ before: 4.5, after: null });
    expect(attainmentOf([])).toEqual({ before: null, after: null });
  });
});

// Means and intervals as SciPy 1.17 gives them: stats.t.interval(0.95, n - 1, mean(d), stats.sem(d)).
describe('paired change of goal attainment', () => {
  it('agrees with SciPy where goals are missing, and where one person is where they were', () => {
    const found = change(FOURTEEN_PEOPLE);
    expect(found).toMatchObject({ scored: 13, notScored: 0, improved: 9, same: 1, worse: 3 });
    expect(found.meanBefore).toBeCloseTo(2.533798391151332, 12);
    expect(found.meanAfter).toBeCloseTo(5.069766214177979, 12);
    expect(found.meanDifference).toBeCloseTo(2.5359678230266463, 12);
    expect(found.interval?.low).toBeCloseTo(0.3704322188600919, 8);
    expect(found.interval?.high).toBeCloseTo(4.701503427193201, 8);
  });

  it('agrees with SciPy where most are where they were', () => {
    const found = change([
      [
        [3, 2, 2],
        [9, 6, 6],
      ],
      [[1, 5, 5]],
      [[4, 1, 3]],
      [[4, 3, 1]],
      [
        [10, 0, null],
        [2, 2, 4],
      ],
    ]);
    expect(found).toMatchObject({ scored: 5, improved: 2, same: 2, worse: 1 });
    expect([found.meanBefore, found.meanAfter]).toEqual([3.2, 3.6]);
    expect(found.meanDifference).toBeCloseTo(0.4, 12);
    expect(found.interval?.low).toBeCloseTo(-1.6777012673671354, 8);
    expect(found.interval?.high).toBeCloseTo(2.4777012673671353, 8);
  });

  it('says nothing of how sure it is of one person', () => {
    const found = change([FOURTEEN_PEOPLE[4] ?? []]);
    expect(found).toMatchObject({ scored: 1, improved: 1, interval: null });
    expect(found.meanDifference).toBeCloseTo(7.68, 12);
  });
});
