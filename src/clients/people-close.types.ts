/** What somebody linked is to the person, and what the person is to them. */
export const RELATIONS = ['household', 'partner', 'parent', 'child', 'carer', 'cared_for', 'other'] as const;
export type Relation = (typeof RELATIONS)[number];

export const SEEN_FROM_THE_OTHER: Record<Relation, Relation> = {
  household: 'household',
  partner: 'partner',
  parent: 'child',
  child: 'parent',
  carer: 'cared_for',
  cared_for: 'carer',
  other: 'other',
};

export const SUPPORTER_ROLES = [
  'carer',
  'advocate',
  'attorney',
  'parent',
  'family',
  'friend',
  'other',
] as const;
export type SupporterRole = (typeof SUPPORTER_ROLES)[number];

/** What a person may let a supporter see or do, each by itself. None unless said. */
export const SHARED_ITEMS = ['plan', 'appointments', 'questionnaires', 'messages'] as const;
export type SharedItem = (typeof SHARED_ITEMS)[number];
