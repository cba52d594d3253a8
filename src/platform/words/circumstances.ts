/**
 * What a small group may need to say no to, and what a referrer may know about a person: one list, so that a group's
 * limits and a person's stated risks can be compared without a word of anybody's story.
 */
export const CIRCUMSTANCES = [
  'crisis_mental_health',
  'self_harm_or_suicide',
  'violence_or_aggression',
  'alcohol_or_drugs',
  'domestic_abuse',
  'safeguarding_concern',
  'not_with_children',
  'personal_care',
  'medication',
  'moving_and_handling',
  'falls',
  'confusion_or_memory_loss',
  'cannot_be_left_alone',
  'infection',
  'unsafe_home',
  'other',
] as const;
export type Circumstance = (typeof CIRCUMSTANCES)[number];

/** What is found where a service meets, and what some people must or want to stay away from. */
export const PRESENCES = ['children', 'alcohol', 'animals', 'smoking', 'crowds'] as const;
export type Presence = (typeof PRESENCES)[number];
