import type { Circumstance } from '../platform/words/circumstances.js';
import type { Need } from '../platform/words/needs.js';
import type { Tradition } from '../platform/words/traditions.js';

export const SECTORS = [
  'charity',
  'community',
  'faith',
  'social_enterprise',
  'council',
  'health',
  'other',
] as const;
export type Sector = (typeof SECTORS)[number];

export const PRAYER = ['never', 'only_if_asked', 'may_ask_first'] as const;
export type Prayer = (typeof PRAYER)[number];

export const RELIGIOUS_CONTENT = ['none', 'optional', 'part_of_it'] as const;
export type ReligiousContent = (typeof RELIGIOUS_CONTENT)[number];

export const FOOD = ['halal', 'kosher', 'vegetarian', 'vegan', 'alcohol_free'] as const;
export type Food = (typeof FOOD)[number];

/** What a group does not take. Age is computed; the rest are what is known of a person, in the same codes. */
export const LIMITS = [
  'under_18s',
  'crisis_mental_health',
  'self_harm_or_suicide',
  'violence_or_aggression',
  'alcohol_or_drugs',
  'domestic_abuse',
  'safeguarding_concern',
  'not_with_children',
  'personal_care',
  'medication',
  'moving_and_handling',
  'falls',
  'confusion_or_memory_loss',
  'cannot_be_left_alone',
  'infection',
  'unsafe_home',
] as const satisfies readonly ('under_18s' | Circumstance)[];
export type Limit = (typeof LIMITS)[number];

/** How close a service comes to a person, least first: what a group must be checked for grows with it. */
export const LEVELS = ['open_door', 'personal_contact', 'alone_or_vulnerable'] as const;
export type Level = (typeof LEVELS)[number];

export const ANSWERS_BY = ['email', 'sign_in', 'phone', 'text'] as const;
export type AnswersBy = (typeof ANSWERS_BY)[number];

/** In the order of ISO 8601, so that Monday is number 1 in the database. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** An organisation that provides, as its row says. Dates are 'YYYY-MM-DD'; quiet days are numbers of ISO weekdays. */
export interface ProviderRow {
  organisationId: string;
  name: string;
  kind: string;
  /** Whether the organisation is still there at all. */
  active: boolean;
  version: number;
  sector: Sector;
  tradition: Tradition | null;
  traditionShown: boolean;
  inPlaceOfWorship: boolean | null;
  prayer: Prayer | null;
  religiousContent: ReligiousContent | null;
  religiousContentExamples: string | null;
  womanVolunteer: boolean | null;
  food: Food[];
  dress: string | null;
  languages: string[];
  howToWorkWithUs: string | null;
  remit: Need[];
  remitNote: string | null;
  limits: Limit[];
  limitsNote: string | null;
  answersBy: AnswersBy;
  contactName: string | null;
  contactEmail: string | null;
  contactPhone: string | null;
  contactShared: boolean;
  replyWithinDays: number;
  quietDays: number[];
  pausedFrom: string | null;
  /** The day it starts again. */
  pausedUntil: string | null;
  /** The last day on which the safety checks cover personal contact; null when they do not. */
  personalContactUntil: string | null;
  /** The same for being alone with somebody, at home, with children, or with money or medicines; never later. */
  aloneUntil: string | null;
  /** Whether the group has signed that nobody is put under pressure to take part in religious activity. */
  noPressureAgreed: boolean;
  closedForGoodOn: string | null;
}
