import sql from 'sql-template-tag';
import { type Role, ROLES } from '../actor/actor.types.js';
import { BANK_HOLIDAYS } from '../clock/bank-holidays.js';
import type { Tx } from '../database/tx.js';

/** What a scheme may set for itself, with the defaults every scheme starts from. Days are working days unless said. */
export const DEFAULT_SETTINGS = {
  minimumAge: 18,
  /** Triage is due this long after a referral was sent; the manager hears at `triageEscalateDays`. */
  triageDays: 2,
  triageEscalateDays: 4,
  /** A returned referral comes up again this long after it went back; triage rings the referrer at `returnedRingDays`. */
  returnDays: 5,
  returnedRingDays: 3,
  allocateDays: 1,
  firstContactDays: 5,
  firstContactEscalateDays: 10,
  nextContactRedDays: 3,
  nextContactEscalateDays: 10,
  draftAuthorDays: 1,
  draftPracticeDays: 3,
  /** Calendar days. */
  reopenDays: 28,
  liveOffers: 2,
  replyWithinDays: 10,
  inTouchCalendarDays: 7,
  waitingReviewCalendarDays: 30,
  undoHours: 24,
  contactDetailsCalendarDays: 14,
  /** How long a group still sees whom it must not contact again. */
  afterEndingCalendarDays: 14,
  placesStaleCalendarDays: 90,
  breakGlassMinutes: 60,
  unmergeCalendarDays: 90,
  measureRepeatCalendarDays: 7,
  /** Of fewer pairs of answers no mean is told. */
  minimumPairs: 10,
  /** How long an adult's record is kept after the last contact. */
  retentionYears: 8,
  selfReferral: true,
  /** Nobody is offered to a group that has not signed "no pressure to take part in religious activity". */
  noPressureRequired: false,
  /** Who may set up a second factor, who has to show one at sign-in, and for whom a code to the work mailbox is enough. */
  secondFactorOffered: [...ROLES] as Role[],
  secondFactorRequired: [] as Role[],
  secondFactorByMail: ['referrer', 'provider_member'] as Role[],
  /** People are told by mail when they sign in from a browser or program that is new. */
  newDeviceNotice: true,
  /** The council's safeguarding teams, as E.164; null where nobody has entered one. */
  councilAdultsPhone: null as string | null,
  councilChildrenPhone: null as string | null,
  councilOutOfHoursPhone: null as string | null,
  /** Dates (2026-12-25) that replace England's bank holidays; null keeps them. */
  bankHolidays: null as string[] | null,
} as const satisfies Record<string, number | boolean | string | string[] | null>;

type Widened<T> = {
  -readonly [K in keyof T]: T[K] extends number ? number : T[K] extends boolean ? boolean : T[K];
};
export type SchemeSettings = Widened<typeof DEFAULT_SETTINGS>;

const asked = new WeakMap<Tx, Promise<SchemeSettings>>();

/** Read once in a transaction, however many modules take part in it: all of them then go by the same days. */
export function schemeSettings(tx: Tx): Promise<SchemeSettings> {
  const settings = asked.get(tx) ?? readSettings(tx);
  asked.set(tx, settings);
  return settings;
}

async function readSettings(tx: Tx): Promise<SchemeSettings> {
  const row = await tx.maybe<{ settings: Partial<SchemeSettings> }>(
    sql`select settings from scheme where id = ${tx.schemeId}`,
  );
  return { ...DEFAULT_SETTINGS, ...row?.settings };
}

/** The days besides weekends on which nobody works in this scheme: its own list, or England's bank holidays. */
export const holidaysOf = (settings: Pick<SchemeSettings, 'bankHolidays'>): ReadonlySet<string> =>
  settings.bankHolidays === null ? BANK_HOLIDAYS : new Set(settings.bankHolidays);
