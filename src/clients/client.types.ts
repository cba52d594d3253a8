/** Provisional: as a sender described them, until triage has looked. Merged: the same person as somebody else here. */
export const STANDINGS = ['provisional', 'confirmed', 'merged'] as const;
export type Standing = (typeof STANDINGS)[number];

export const SAFE_ANSWERS = ['yes', 'no', 'not_asked'] as const;
export type SafeAnswer = (typeof SAFE_ANSWERS)[number];

export const CHANNELS = ['call', 'text', 'email', 'write', 'leave_message'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Where the answer for each channel is kept. */
export const SAFE_FIELDS = {
  call: 'safeToCall',
  text: 'safeToText',
  email: 'safeToEmail',
  write: 'safeToWrite',
  leave_message: 'safeToLeaveMessage',
} as const satisfies Record<Channel, string>;
export type SafeField = (typeof SAFE_FIELDS)[Channel];
export type SafeContact = Record<SafeField, SafeAnswer>;

export const CHANNEL_OFF_REASONS = ['wrong_number', 'bounced', 'asked', 'not_safe'] as const;
export type ChannelOffReason = (typeof CHANNEL_OFF_REASONS)[number];

export const REACH_THROUGH = [
  'phone',
  'text',
  'email',
  'letter',
  'named_worker',
  'practice',
  'hostel',
  'drop_in',
] as const;
export type ReachThrough = (typeof REACH_THROUGH)[number];

export const INTERPRETERS = ['not_needed', 'professional', 'worker', 'own_choice'] as const;
export type Interpreter = (typeof INTERPRETERS)[number];

export const FAITH_PREFERENCES = ['not_asked', 'do_not_mind', 'own_tradition', 'non_religious'] as const;
export type FaithPreference = (typeof FAITH_PREFERENCES)[number];

/** After UK Core's NHSNumberUnavailableReason, and one for those who would rather not say. */
export const NO_NHS_NUMBER_REASONS = ['not_known', 'overseas', 'devolved_nation', 'not_given'] as const;
export type NoNhsNumberReason = (typeof NO_NHS_NUMBER_REASONS)[number];

/** NHS Data Dictionary, PERSON STATED SEX and PERSON STATED GENDER CODE, as words. */
export const SEXES = ['female', 'male', 'indeterminate', 'not_known'] as const;
export type Sex = (typeof SEXES)[number];
export const GENDERS = ['female', 'male', 'non_binary', 'other', 'not_stated', 'not_known'] as const;
export type Gender = (typeof GENDERS)[number];

/** NHS Data Dictionary, ETHNIC CATEGORY (16+1 of the 2001 census), 99 not known. */
export const ETHNIC_CATEGORIES = [
  'A',
  'B',
  'C',
  'D',
  'E',
  'F',
  'G',
  'H',
  'J',
  'K',
  'L',
  'M',
  'N',
  'P',
  'R',
  'S',
  'Z',
  '99',
] as const;
export type EthnicCategory = (typeof ETHNIC_CATEGORIES)[number];

export const UNDER_AGE_BASES = ['competence', 'parental_responsibility'] as const;
export type UnderAgeBasis = (typeof UNDER_AGE_BASES)[number];

export const PLACE_SOURCES = ['postcode', 'day_place'] as const;
export type PlaceSource = (typeof PLACE_SOURCES)[number];

export const HOLDER_KINDS = ['membership', 'organisation', 'triage'] as const;
export type HolderKind = (typeof HOLDER_KINDS)[number];

export const HOLD_REASONS = ['owns', 'triage', 'referred', 'created', 'break_glass'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** A worker who writes somebody down reaches them this long (days); by then a referral holds them, or nobody need. */
export const CREATED_HOLD_DAYS = 30;

export const MERGE_KINDS = ['merged', 'absorbed'] as const;
export type MergeKind = (typeof MERGE_KINDS)[number];

export const GLASS_FOUND_BY = ['nhs_number', 'name_and_birth'] as const;
export type GlassFoundBy = (typeof GLASS_FOUND_BY)[number];
export const GLASS_OUTCOMES = ['justified', 'not_justified'] as const;
export type GlassOutcome = (typeof GLASS_OUTCOMES)[number];

/** Somebody older than this has a mistyped birth date. */
export const OLDEST_AGE = 125;
