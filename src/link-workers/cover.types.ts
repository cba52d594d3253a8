export const COVER_REASONS = ['absent', 'leave', 'part_time', 'other'] as const;
export type CoverReason = (typeof COVER_REASONS)[number];

export const COVER_STATES = ['current', 'upcoming', 'over'] as const;
export type CoverState = (typeof COVER_STATES)[number];
