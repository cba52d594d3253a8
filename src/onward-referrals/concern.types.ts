export const CONCERN_KINDS = ['religious_pressure', 'other_pressure', 'unequal_treatment'] as const;
export type ConcernKind = (typeof CONCERN_KINDS)[number];

/** Whose words a concern is in. */
export const TOLD_BY = ['client', 'carer', 'worker', 'somebody_else'] as const;
export type ToldBy = (typeof TOLD_BY)[number];

export const CONCERN_OUTCOMES = ['upheld', 'not_upheld', 'could_not_tell'] as const;
export type ConcernOutcome = (typeof CONCERN_OUTCOMES)[number];
