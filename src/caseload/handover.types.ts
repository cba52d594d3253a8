export const HANDOVER_STATES = ['planned', 'done', 'cancelled'] as const;
export type HandoverState = (typeof HANDOVER_STATES)[number];

/** What became of each referral. Whatever it is, the referral has an owner: the new one, or the one it had. */
export const HANDOVER_OUTCOMES = [
  'waiting',
  'handed',
  'had_another_owner',
  'had_ended',
  'nobody_there',
  'cancelled',
] as const;
export type HandoverOutcome = (typeof HANDOVER_OUTCOMES)[number];

/** What to see to before somebody else has the people. Never a condition: a handover must not wait for a tick in a box. */
export const HANDOVER_CHECKS = {
  people_told: 'Everybody knows who will ring them from then on',
  next_dates: 'Every next date is one the new worker can keep',
  safety_items: 'Safety items are written down where a cover reads them',
  groups_told: 'Groups that wait for an answer know whom to ring',
  notes_finished: 'Notes and plans are finished; drafts are saved or thrown away',
} as const;
export type HandoverCheck = keyof typeof HANDOVER_CHECKS;
export const HANDOVER_CHECK_CODES = Object.keys(HANDOVER_CHECKS) as HandoverCheck[];

/** As many as a worker can have: the limit of a caseload. */
export const HANDOVER_MAX = 500;
