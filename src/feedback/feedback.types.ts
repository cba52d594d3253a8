/** Something said about the service, or something that went wrong and worries them. */
export const FEEDBACK_KINDS = ['feedback', 'concern'] as const;
export type FeedbackKind = (typeof FEEDBACK_KINDS)[number];

export const FEEDBACK_ABOUT = ['service', 'worker', 'group', 'something_else'] as const;
export type FeedbackAbout = (typeof FEEDBACK_ABOUT)[number];

export const FEEDBACK_FROM = ['client', 'supporter'] as const;
export type FeedbackFrom = (typeof FEEDBACK_FROM)[number];

export const FEEDBACK_STATES = ['open', 'looked_at', 'answered'] as const;
export type FeedbackState = (typeof FEEDBACK_STATES)[number];

/** What may be done with one by whoever is to deal with it. */
export const FEEDBACK_ACTIONS = ['look', 'answer', 'release'] as const;
export type FeedbackAction = (typeof FEEDBACK_ACTIONS)[number];

export const FEEDBACK_MAX = 10_000;
