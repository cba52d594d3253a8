export const HANDOVER_STATES = ['arranged', 'settled', 'cancelled'] as const;
export type WarmHandoverState = (typeof HANDOVER_STATES)[number];

/** Who goes along, where it is no colleague. Who exactly is between them and the person. */
export const GOES_ELSE = ['family_or_friend', 'carer', 'volunteer', 'interpreter', 'somebody_else'] as const;
export type GoesElse = (typeof GOES_ELSE)[number];

export const WARM_HANDOVER_OUTCOMES = [
  'they_met',
  'person_did_not_come',
  'companion_did_not_come',
  'session_did_not_happen',
] as const;
export type WarmHandoverOutcome = (typeof WARM_HANDOVER_OUTCOMES)[number];

/** How far ahead one is arranged, in months. */
export const HANDOVER_MONTHS = 6;
