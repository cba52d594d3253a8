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
