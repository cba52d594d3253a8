/** One goal: how much it matters (1 to 10), how far it was when first said (0 to 10), and last; null where said once. */
export interface GoalSaid {
  importance: number;
  first: number;
  last: number | null;
}

export interface Attainment {
  before: number | null;
  /** Null where no goal was said of twice. */
  after: number | null;
}

/**
 * How far somebody is with their goals, 0 to 10: the mean over goals, each counted by how much it matters to them. Both
 * sides are over the same goals, those said of twice; before there is any, over those said of once. A goal without a
 * second number is on neither side, since a number less would look like a better or a worse one.
 */
export function attainmentOf(goals: readonly GoalSaid[]): Attainment {
  const twice = goals.filter(({ last }) => last !== null);
  if (twice.length === 0) return { before: weighted(goals, ({ first }) => first), after: null };
  return { before: weighted(twice, ({ first }) => first), after: weighted(twice, ({ last }) => last ?? 0) };
}

function weighted(goals: readonly GoalSaid[], value: (goal: GoalSaid) => number): number | null {
  const weight = goals.reduce((sum, { importance }) => sum + importance, 0);
  return weight === 0 ? null : goals.reduce((sum, goal) => sum + goal.importance * value(goal), 0) / weight;
}
