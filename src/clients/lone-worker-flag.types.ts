/** What keeps whoever goes there safe: codes that can be acted on, never the story behind them. */
export const LONE_WORKER_FLAGS = [
  'visit_in_pairs',
  'no_home_visits',
  'meet_in_public_place',
  'daytime_only',
  'ring_before_visit',
  'dangerous_animal',
  'others_at_address',
  'hazard_at_address',
  'infection_risk',
  'do_not_be_followed',
] as const;
export type LoneWorkerFlag = (typeof LONE_WORKER_FLAGS)[number];

/** Flags are looked at again within this long (months): an old fear follows nobody for ever. */
export const REVIEW_MONTHS = 6;
