import type { Level } from './provider.types.js';

/** What a group is asked to show, the same for faith and other groups. Policies and practice, never a certificate. */
export const REQUIREMENTS = [
  'safeguarding_policy',
  'dbs_practice',
  'insurance',
  'data_protection',
  'food_hygiene',
  'awareness_training',
] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

/** An open door needs no checks. */
export const CHECKED_LEVELS = ['personal_contact', 'alone_or_vulnerable'] as const satisfies Level[];
export type CheckedLevel = (typeof CHECKED_LEVELS)[number];

/** One check or exemption, as its row says. Dates are 'YYYY-MM-DD'. */
export interface AssuranceRow {
  id: string;
  requirement: Requirement;
  level: CheckedLevel;
  exemptBecause: string | null;
  checkedBy: string | null;
  checkedOn: string;
  lapsesOn: string;
  leadName: string | null;
  deputyName: string | null;
  note: string | null;
}
