export const ORGANISATION_KINDS = [
  'gp_practice',
  'hospital',
  'hospice',
  'housing',
  'council',
  'charity',
  'community_group',
  'faith_group',
  'social_enterprise',
  'host',
  'commissioner',
  'other',
] as const;
export type OrganisationKind = (typeof ORGANISATION_KINDS)[number];

/** How whoever refers hears what became of somebody: in a message, or by signing in alone. */
export const FEEDBACK_BY = ['email', 'none'] as const;
export type FeedbackBy = (typeof FEEDBACK_BY)[number];
