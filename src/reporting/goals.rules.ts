import { shownUnless } from './change.rules.js';
import type { Figure } from './overview.rules.js';
import { suppressed } from './suppression.rules.js';

/** Referrals closed in a period, by what became of the goals in their plans. */
export interface GoalCounts {
  closed: number;
  planned: number;
  withoutGoals: number;
  reached: number;
  partly: number;
  notReached: number;
}

const SUMS = [
  { total: 'closed', parts: ['planned', 'withoutGoals'] },
  { total: 'planned', parts: ['reached', 'partly', 'notReached'] },
];

/** Goals reached as this reach may see it, with its denominator and who had no goal to reach. */
export function goalFigures(counts: GoalCounts, reach: 'scheme' | 'aggregate'): Figure[] {
  const hidden = reach === 'scheme' ? new Set<string>() : suppressed({ ...counts }, SUMS);
  const shown = (key: keyof GoalCounts) => shownUnless(hidden, key, counts[key]);
  return [
    {
      key: 'goalsReached',
      title: 'Reached a goal of their own',
      definition:
        'Referrals closed in the period, by the date in London, in whose plan at least one goal stands as reached, as the person says. Died, moved and sent in error are left out',
      unit: 'referrals',
      ...shown('reached'),
      denominator: {
        definition: 'Referrals closed in the period with at least one goal that was still wanted',
        ...shown('planned'),
      },
      missing: { definition: 'Closed in the period without any such goal', ...shown('withoutGoals') },
      parts: [
        { key: 'partly', title: 'None reached, at least one in part', ...shown('partly') },
        { key: 'notReached', title: 'None reached', ...shown('notReached') },
      ],
    },
  ];
}
