/** Why an offer is to the asker's own: they work for the group, or the group referred the person itself. */
export const OWN_SERVICE = ['worker', 'referrer'] as const;
export type OwnService = (typeof OWN_SERVICE)[number];

/** `lapsed`: the referral ended before anybody looked. */
export const APPROVAL_STATES = ['waiting', 'approved', 'refused', 'withdrawn', 'lapsed'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

export const APPROVAL_VERBS = ['approve', 'refuse', 'withdraw'] as const;
export type ApprovalVerb = (typeof APPROVAL_VERBS)[number];
