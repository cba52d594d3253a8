/** What may be shared, or done, with one recipient. `scheme_support` is agreement to the support itself, `plan` to reading what matters to them and what they plan. */
export const AGREEMENT_SCOPES = [
  'scheme_support',
  'contact_details',
  'needs',
  'access_needs',
  'progress_feedback',
  'full_feedback',
  'plan',
] as const;
export type AgreementScope = (typeof AGREEMENT_SCOPES)[number];

export const RECIPIENT_KINDS = ['scheme', 'organisation'] as const;
export type RecipientKind = (typeof RECIPIENT_KINDS)[number];

export const AGREEMENT_BASES = [
  'agreed',
  'attorney_or_deputy',
  'best_interests',
  'parental_responsibility',
] as const;
export type AgreementBasis = (typeof AGREEMENT_BASES)[number];

export const AGREED_HOW = ['in_person', 'phone', 'video', 'writing', 'online'] as const;
export type AgreedHow = (typeof AGREED_HOW)[number];
