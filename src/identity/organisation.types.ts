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
