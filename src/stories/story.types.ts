import type { AgreementBasis } from '../clients/agreement.types.js';

/** Where a story may be used. Each has a consent of its own: who agrees to a report has not agreed to a newspaper. */
export const STORY_USES = ['report', 'web_page', 'training', 'press'] as const;
export type StoryUse = (typeof STORY_USES)[number];

export const STORY_STATES = ['draft', 'waiting', 'approved', 'withdrawn'] as const;
export type StoryState = (typeof STORY_STATES)[number];

/** What a page offers whoever reads a story. */
export const STORY_ACTIONS = ['change', 'consent', 'offer', 'read', 'withdraw'] as const;
export type StoryAction = (typeof STORY_ACTIONS)[number];

/** Who may agree that somebody's words are shown. Nobody else decides that it is best for them. */
export const STORY_BASES = [
  'agreed',
  'attorney_or_deputy',
  'parental_responsibility',
] as const satisfies readonly AgreementBasis[];
export type StoryBasis = (typeof STORY_BASES)[number];

export const CONSENT_ENDINGS = ['withdrawn', 'renewed'] as const;

export const STORY_DECISIONS = ['approved', 'sent_back'] as const;
export type StoryDecision = (typeof STORY_DECISIONS)[number];

/** What became of something printed, once the person no longer agreed to it. */
export const PRINTING_ENDS = ['taken_down', 'cannot_be_taken_back'] as const;
export type PrintingEnd = (typeof PRINTING_ENDS)[number];

export const STORY_MAX = 20_000;
/** A consent runs for this long unless another day is chosen, in months; and at the longest. */
export const CONSENT_MONTHS = 12;
export const CONSENT_MONTHS_MAX = 36;
