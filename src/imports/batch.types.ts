export const BATCH_KINDS = ['open-referral', 'charities', 'food-banks', 'assets'] as const;
export type BatchKind = (typeof BATCH_KINDS)[number];

export const BATCH_STATES = [
  'fetching',
  'checked',
  'failed',
  'approved',
  'applied',
  'undoing',
  'undone',
  'discarded',
] as const;
export type BatchState = (typeof BATCH_STATES)[number];

export const ROW_OUTCOMES = ['added', 'changed', 'same', 'refused', 'ignored', 'gone'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/** How long what was imported can be taken back. */
export const UNDO_HOURS = 24;

const OF_SERVICES = [
  'Each service is for everyone. Lists do not say who may not come, such as that a group is for women only.',
  'Each is at the level “open door”, so no safety checks are asked of it. Where people meet alone, at home or with children, change the level before you publish it.',
  'Nobody has confirmed any of it: it reads as “not confirmed” until somebody does.',
] as const;

/** What we take to be so where a list does not say it, for whoever approves it. */
export const ASSUMED: Record<BatchKind, readonly string[]> = {
  'open-referral': [
    ...OF_SERVICES,
    'A number of places reads as “ask first” until the group confirms it; without one people ask first.',
  ],
  charities: [
    ...OF_SERVICES,
    'Each charity is one service under its own name, and what it helps with is read from the words of its activities.',
  ],
  'food-banks': [...OF_SERVICES, 'Each helps with food, and people ask first.'],
  assets: ['An asset takes no referrals unless the list says yes. Nobody has confirmed any of it.'],
};
