/**
 * What people ask help with: one list, so that a referral's reasons, a service's needs and a gap can be compared. The
 * codes are stored; pages have their own words for them. Adding one is safe, renaming one is a data migration.
 */
export const NEEDS = [
  'loneliness',
  'bereavement',
  'debt_and_money',
  'housing',
  'food',
  'inactivity',
  'low_mood',
  'carer_support',
  'work_and_learning',
  'digital',
  'long_term_condition',
  'domestic_difficulty',
  'practical_help',
  'creativity_and_nature',
  'faith_and_belonging',
  'other',
] as const;
export type Need = (typeof NEEDS)[number];
