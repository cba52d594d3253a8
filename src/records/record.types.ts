export const ASKED_BY = ['person', 'representative'] as const;
export type AskedBy = (typeof ASKED_BY)[number];

export const ACCESS_STATES = ['asked', 'prepared', 'released', 'refused'] as const;
export type AccessState = (typeof ACCESS_STATES)[number];

export const RELEASED_HOW = ['in_person', 'post', 'secure_mail', 'online'] as const;
export type ReleasedHow = (typeof RELEASED_HOW)[number];

export const RETENTION_DECISIONS = ['keep', 'destroy'] as const;
export type RetentionDecision = (typeof RETENTION_DECISIONS)[number];

/** Why a record is kept longer. */
export const KEPT_BECAUSE = ['research', 'legal', 'still_needed', 'inquiry'] as const;
export type KeptBecause = (typeof KEPT_BECAUSE)[number];
