import { UNANSWERED_AT_START, type UnansweredAtStart } from '../outcomes/response.types.js';
import type { SchemeSettings } from '../platform/scheme/scheme-settings.js';
import type { Sum } from './suppression.rules.js';

/** By what the people of a figure can be told apart. People with several needs or groups stand in several. */
export const CHANGE_SPLITS = ['need', 'route', 'provider', 'area'] as const;
export type ChangeSplit = (typeof CHANGE_SPLITS)[number];

/** Why somebody is counted apart: their answers say nothing about what helped. */
export const APART = ['died', 'moved', 'error'] as const;
export type Apart = (typeof APART)[number];

/** One person of the period: the answers at the start, and the latest ones of the same episode to the same version. */
export interface Person {
  apart: Apart | null;
  /** Whether the referral is still open: then answers may yet come. */
  open: boolean;
  before: Readonly<Record<string, number | null>>;
  /** Null where this version was not answered since. */
  after: Readonly<Record<string, number | null>> | null;
  /** Whether another version of the questionnaire was answered since: nothing to compare with. */
  otherVersion: boolean;
  /** Whether this version was answered again only on the day of the first answers: nothing lies between them. */
  sameDay: boolean;
  groups: readonly Group[];
}

/** What is asked for, and how many of how few may be told. */
export interface ChangeFacts {
  people: Person[];
  /** By the reason that was given for it; `null` where nobody gave one. */
  neverAsked: { because: UnansweredAtStart | null; people: number }[];
  settings: Partial<SchemeSettings>;
  asOf: Date;
}

export interface Group {
  key: string;
  title: string;
}

/** The shares and the mean of one score over those with a number on both sides. */
export interface ScoreChange {
  /** Both numbers are there. */
  scored: number;
  /** Answered twice, and "rather not say" made nothing of the score on one side. */
  notScored: number;
  improved: number;
  same: number;
  worse: number;
  reliablyImproved: number;
  reliablyWorse: number;
  notReliable: number;
  meanBefore: number | null;
  meanAfter: number | null;
  meanDifference: number | null;
  /** 95% confidence interval of the mean difference; null where nothing varies: one person, or the same change for all. */
  interval: { low: number; high: number } | null;
}

/** The counts of people behind the figures of change, without those of single scores. */
export const PEOPLE_COUNTS = [
  'asked',
  'died',
  'moved',
  'error',
  'counted',
  'pairs',
  'versionChanged',
  'sameDay',
  'open',
  'ended',
  'neverAsked',
  ...UNANSWERED_AT_START,
  'unexplained',
] as const;
export type PeopleCount = (typeof PEOPLE_COUNTS)[number];
export type PeopleCounts = Record<PeopleCount, number>;

/** How the counts of people hang together; those of a score hang on `pairs`. */
export const PEOPLE_SUMS: readonly (Sum & { total: PeopleCount; parts: readonly PeopleCount[] })[] = [
  { total: 'asked', parts: ['counted', 'died', 'moved', 'error'] },
  { total: 'neverAsked', parts: [...UNANSWERED_AT_START, 'unexplained'] },
  { total: 'counted', parts: ['pairs', 'versionChanged', 'sameDay', 'open', 'ended'] },
];

/** HM Treasury and DLUHC, Wellbeing guidance for appraisal (2021): one point of life satisfaction for one person and year. */
export const WELLBY = {
  measure: 'ons4',
  score: 'satisfied',
  pounds: 13_000,
  low: 10_000,
  high: 16_000,
  priceYear: 2019,
  years: 1,
} as const;
