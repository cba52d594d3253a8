import type { FieldProblem } from '../platform/errors/refusal.js';
import type { SchemeSettings } from '../platform/scheme/scheme-settings.js';

type NumberSetting = {
  [Key in keyof SchemeSettings]: SchemeSettings[Key] extends number ? Key : never;
}[keyof SchemeSettings];

/** The least and the most each number may be. A setting without a line here does not compile. */
export const SETTING_LIMITS: Record<NumberSetting, readonly [least: number, most: number]> = {
  minimumAge: [0, 100],
  triageDays: [1, 20],
  triageEscalateDays: [1, 40],
  returnDays: [1, 20],
  returnedRingDays: [1, 20],
  allocateDays: [1, 20],
  firstContactDays: [1, 40],
  firstContactEscalateDays: [1, 60],
  nextContactRedDays: [1, 40],
  nextContactEscalateDays: [1, 60],
  draftAuthorDays: [1, 20],
  draftPracticeDays: [1, 40],
  reopenDays: [0, 365],
  liveOffers: [1, 20],
  replyWithinDays: [1, 60],
  inTouchCalendarDays: [1, 60],
  waitingReviewCalendarDays: [1, 365],
  undoHours: [0, 168],
  contactDetailsCalendarDays: [1, 90],
  afterEndingCalendarDays: [1, 90],
  placesStaleCalendarDays: [7, 730],
  breakGlassMinutes: [5, 1440],
  unmergeCalendarDays: [1, 365],
  measureRepeatCalendarDays: [1, 90],
  minimumPairs: [2, 100],
  retentionYears: [1, 100],
};

/** What comes first, and what must not come before it. */
const IN_ORDER: readonly (readonly [first: NumberSetting, then: NumberSetting])[] = [
  ['triageDays', 'triageEscalateDays'],
  ['returnedRingDays', 'returnDays'],
  ['firstContactDays', 'firstContactEscalateDays'],
  ['nextContactRedDays', 'nextContactEscalateDays'],
  ['draftAuthorDays', 'draftPracticeDays'],
];

/** Settings that contradict each other: nobody can be reminded of a lapse before it is one, or show what they may not set up. */
export function settingsProblems(settings: SchemeSettings): FieldProblem[] {
  const late = IN_ORDER.filter(([first, then]) => settings[then] < settings[first]).map(([first, then]) => ({
    field: `settings.${then}`,
    message: `Must be at least ${first}, which is ${settings[first]}`,
  }));
  const impossible = settings.secondFactorRequired.filter(
    (role) => !settings.secondFactorOffered.includes(role),
  );
  if (impossible.length === 0) return late;
  return [
    ...late,
    {
      field: 'settings.secondFactorRequired',
      message: `Offer a second factor to whoever needs one: ${impossible.join(', ')}`,
    },
  ];
}
