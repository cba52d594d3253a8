/** What a group may show as a file. No certificate and no identity document is among them, on purpose. */
export const EVIDENCE_KINDS = [
  'safeguarding_policy',
  'dbs_policy',
  'insurance_policy',
  'data_protection_policy',
  'food_hygiene_plan',
  'complaints_policy',
  'photo_of_place',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];
