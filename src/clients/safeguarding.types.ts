/** What somebody is worried about. After the Care and Support Statutory Guidance, section 14, as plain codes. */
export const SAFEGUARDING_KINDS = [
  'neglect',
  'domestic_abuse',
  'financial_abuse',
  'physical_abuse',
  'sexual_abuse',
  'emotional_abuse',
  'exploitation',
  'self_neglect',
  'self_harm_or_suicide',
  'radicalisation',
  'something_else',
] as const;
export type SafeguardingKind = (typeof SAFEGUARDING_KINDS)[number];

/** Who may come to harm: the person, or somebody near them. */
export const SAFEGUARDING_ABOUT = ['client', 'child', 'another_adult'] as const;
export type SafeguardingAbout = (typeof SAFEGUARDING_ABOUT)[number];

export const SAFEGUARDING_TOLD = [
  'police',
  'ambulance',
  'adult_social_care',
  'children_social_care',
  'gp_practice',
  'safeguarding_lead',
  'line_manager',
  'mental_health_crisis',
  'nobody_yet',
] as const;
export type SafeguardingTold = (typeof SAFEGUARDING_TOLD)[number];

export const SAFEGUARDING_STATES = ['open', 'closed'] as const;
export type SafeguardingState = (typeof SAFEGUARDING_STATES)[number];

export const SAFEGUARDING_OUTCOMES = ['passed_on', 'protected', 'no_further_action', 'not_founded'] as const;
export type SafeguardingOutcome = (typeof SAFEGUARDING_OUTCOMES)[number];

export const WHAT_MAX = 10_000;
/** The furthest a follow-up may lie ahead, in days. */
export const FOLLOW_UP_DAYS = 28;
/** How long a manager who gave a reason goes on reading. */
export const READING_MINUTES = 60;

/** Shown before anything can be written down, and repeated by the refusal of whoever has not read it. */
export const NOT_AN_EMERGENCY =
  'This is not how to report an emergency, and nobody watches it all day. If somebody is in danger now, ring 999. ' +
  'If it cannot wait until tomorrow, ring the council’s safeguarding team or the police on 101. Then write down here ' +
  'what you saw and what you did. You do not need anybody’s agreement to do so.';
