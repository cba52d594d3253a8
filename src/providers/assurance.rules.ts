import { addDays } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import { CHECKED_LEVELS, REQUIREMENTS, type AssuranceRow, type CheckedLevel } from './assurance.types.js';
import type { Requirement } from './assurance.types.js';
import type { Level, ProviderRow } from './provider.types.js';

interface Need {
  /** The lowest level of service that needs it. */
  from: CheckedLevel;
  /** Only of groups that this holds for. */
  of?: (group: Group) => boolean;
}

type Group = Pick<ProviderRow, 'food' | 'remit'>;

const servesFood = ({ food, remit }: Group): boolean => food.length > 0 || remit.includes('food');

/** What each level of service needs: this, and everything the levels below it need. */
export const NEEDED: Record<Requirement, Need> = {
  safeguarding_policy: { from: 'personal_contact' },
  insurance: { from: 'personal_contact' },
  data_protection: { from: 'personal_contact' },
  awareness_training: { from: 'personal_contact' },
  food_hygiene: { from: 'personal_contact', of: servesFood },
  dbs_practice: { from: 'alone_or_vulnerable' },
};

const reaches = (level: CheckedLevel, needed: CheckedLevel): boolean =>
  CHECKED_LEVELS.indexOf(level) >= CHECKED_LEVELS.indexOf(needed);

export const neededFor = (level: CheckedLevel, group: Group): Requirement[] =>
  REQUIREMENTS.filter((one) => {
    const { from, of } = NEEDED[one];
    return reaches(level, from) && (of === undefined || of(group));
  });

export type LiveRecord = Pick<AssuranceRow, 'requirement' | 'level' | 'lapsesOn'>;

export interface LevelCover {
  level: CheckedLevel;
  /** The last day on which all that it needs counts, past or to come; null while something was never shown. */
  until: string | null;
  missing: Requirement[];
}

/** What a group's live records, one a requirement, amount to for each level. An exemption counts until its end. */
export function coverOf(records: readonly LiveRecord[], group: Group): LevelCover[] {
  return CHECKED_LEVELS.map((level) => {
    const held = neededFor(level, group).map((requirement) => ({
      requirement,
      lapsesOn: records.find((one) => one.requirement === requirement && reaches(one.level, level))?.lapsesOn,
    }));
    const missing = held.filter((one) => one.lapsesOn === undefined).map((one) => one.requirement);
    const [first] = held.flatMap((one) => one.lapsesOn ?? []).sort();
    return { level, missing, until: missing.length > 0 ? null : (first ?? null) };
  });
}

type Covered = Pick<ProviderRow, 'personalContactUntil' | 'aloneUntil'>;

/** The last day on which the checks cover a level, which may be past; null when they do not. */
export const coveredUntil = (provider: Covered, level: CheckedLevel): string | null =>
  level === 'personal_contact' ? provider.personalContactUntil : provider.aloneUntil;

/** What the checks cover on a day: the highest level, and whether any level was covered before and has lapsed. */
export function assuredToday(
  provider: Covered,
  today: string,
): { assuredLevel: Level; assuredUntil: string | null; assuranceLapsed: boolean } {
  const covers = CHECKED_LEVELS.map((level) => ({ level, until: coveredUntil(provider, level) }));
  const best = covers.filter(({ until }) => until !== null && until >= today).at(-1);
  return {
    assuredLevel: best?.level ?? 'open_door',
    assuredUntil: best?.until ?? null,
    assuranceLapsed: covers.some(({ until }) => until !== null && until < today),
  };
}

/** Checks older than this have nothing to say, and nobody promises further ahead. */
const LONGEST_DAYS = 5 * 366;

/** The numbers of DBS certificates are twelve digits, however they are spaced. */
const CERTIFICATE_NUMBER = /(?<!\d)\d(?:[ -]?\d){11}(?!\d)/;

/** What is wrong with a record as a whole, by field. `today` is a date in London. */
export function recordProblems(record: Omit<AssuranceRow, 'id'>, today: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (record.checkedOn > today || record.checkedOn < addDays(today, -LONGEST_DAYS)) {
    problems.push({
      field: 'checkedOn',
      message: 'Give the day somebody looked: today or in the last five years',
    });
  }
  if (record.lapsesOn < today || record.lapsesOn > addDays(today, LONGEST_DAYS)) {
    problems.push({ field: 'lapsesOn', message: 'Give a date from today to five years from now' });
  }
  if (!reaches(record.level, NEEDED[record.requirement].from)) {
    problems.push({
      field: 'level',
      message: 'Services of this level do not need it: choose the level that does',
    });
  }
  const named = record.requirement === 'safeguarding_policy';
  for (const field of ['leadName', 'deputyName'] as const) {
    if (named && record.exemptBecause === null && record[field] === null) {
      problems.push({ field, message: 'A safeguarding policy names a lead and a deputy' });
    }
    if (!named && record[field] !== null) {
      problems.push({ field, message: 'Leave this out: only a safeguarding policy names people' });
    }
  }
  if (named && record.leadName !== null && record.leadName === record.deputyName) {
    problems.push({ field: 'deputyName', message: 'Name somebody else than the lead' });
  }
  for (const field of ['note', 'exemptBecause'] as const) {
    if (CERTIFICATE_NUMBER.test(record[field] ?? '')) {
      problems.push({ field, message: 'Leave out certificate numbers: write that it was seen, and when' });
    }
  }
  return problems;
}
