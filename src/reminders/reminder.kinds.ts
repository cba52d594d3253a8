import type { UnreachedChoice } from '../caseload/contact.types.js';
import type { Occasion } from '../outcomes/response.types.js';
import {
  addDays,
  addMonths,
  addWorkingDays,
  atLondon,
  daysBetween,
  londonDate,
  nextOnOrAfterWorkingDay,
  outOfQuietHours,
  workingDaysBetween,
  workingDeadline,
} from '../platform/clock/calendar.js';
import { londonTime } from '../platform/clock/wall-clock.js';
import { ageOn } from '../platform/pure/names.js';
import type { SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { LISTING_CHECK_DAYS } from '../providers/listing.types.js';
import { daysOff, isQuietDay } from '../providers/rhythm.rules.js';
import { WORKER_STATES } from '../referrals/referral.types.js';
import type {
  Addressee,
  AppointmentFacts,
  ApprovalFacts,
  AssuranceFacts,
  ClosureFacts,
  GapFacts,
  ConcernFacts,
  Effect,
  Facts,
  FlagFacts,
  ListingFacts,
  OnwardFacts,
  ReferralFacts,
  SafeguardingFacts,
  SafetyMessageFacts,
  WarmHandoverFacts,
  WrittenMessageFacts,
  StaffRequestFacts,
  StoryFacts,
  FeedbackFacts,
  EscalationFacts,
  TransferFacts,
  PracticeMoveFacts,
  AreaMoveFacts,
  RegisterFacts,
  HandoverFacts,
  PracticeFacts,
  ProgramFacts,
  MembershipFacts,
  Wanted,
  Whose,
} from './reminder.types.js';

export interface Rhythm {
  settings: SchemeSettings;
  holidays: ReadonlySet<string>;
}

/** The hour at which a reminder for a day comes up: before the day's digest goes out. */
const MORNING = '08:00';
/** Where the quiet hours begin, a week is told no more: the next one tells its own. */
const QUIET_FROM = '20:00';
/** The hour at which groups are written to: nobody's first thing, and not the evening. */
const MID_MORNING = '10:00';
const WAITING_REVIEW_DAYS = 28;
/** How many reviews of a place on a waiting list are planned ahead, and how many behind still count: one told plans one more. */
const REVIEWS_AHEAD = 12;
/** Working days in which a manager looks at a concern about a group. */
const CONCERN_REVIEW_DAYS = 5;
/** Working days in which somebody looks at a lone-worker flag before a manager does. */
const FLAG_REVIEW_DAYS = 5;
/** A need nobody could meet is looked at again after so many days. */
const GAP_DAYS = 30;
/** Working days in which a second reader reads a story, and in which one that is taken back is taken down. */
const STORY_DAYS = 5;
/** Working days in which what somebody says of the service is read, and in which it is answered. */
const FEEDBACK_DAYS = 3;
const FEEDBACK_ANSWER_DAYS = 10;
/** Working days in which a manager answers a worker's note. */
const ESCALATION_DAYS = 2;
/** Working days in which triage answers another scheme before a manager does. */
const INCOMING_DAYS = 2;
/** Working days in which it is decided what becomes of somebody who moved, before a manager sees to it. */
const MOVE_DAYS = 5;
/** Working days in which a group has read what changed of what keeps it safe, before somebody rings it. */
const SAFETY_SEEN_DAYS = 1;
/** Days after which somebody who was given to a worker is not new any more. */
const NEW_DAYS = 2;
/** Minutes in which a mail about somebody’s safety has gone out. */
const STUCK_MINUTES = 30;
/** Working days in which people whom nobody took over have somebody again, before it is late. */
const NOBODYS_DAYS = 1;
/** Working days in which a practice is answered about who signs in for it. */
const STAFF_DAYS = 2;
/** Days before the last day of a program's key on which its end is told, and told again. */
const KEY_SOON_DAYS = 14;
const KEY_LAST_DAYS = 3;
/** Days after a session in which who came is still remembered: it is asked for soon, and not on the eve of the next. */
const REGISTER_DAYS = 4;
/** Days before a consent runs out on which its owner asks again. */
const CONSENT_DAYS = 30;
/** What somebody wrote goes within a day, or is said another way. */
const WRITTEN_HOURS = 24;
/** ONS4 and UCLA-3 are asked of nobody under this age. */
const MEASURE_AGE = 16;

/** YYYY-MM-DD. */
type MeasureDay = (from: Date, rhythm: Rhythm) => string;
type Due<F> = (from: Date, facts: F, rhythm: Rhythm) => Date | null;

interface Step<F> {
  due: Due<F>;
  effect: Effect;
  /** Where it differs from the kind's own. */
  from?: (facts: F) => Date | null;
  until?: Due<F>;
  /** Its own, where steps come and go; else where it stands in the line. */
  number?: number;
}

interface Kind<F> {
  /** The state of things it belongs to. When this no longer holds the reminder is dropped, and its tasks end. */
  while: (facts: F) => boolean;
  from: (facts: F) => Date | null;
}

type AnyKind = (facts: Facts, rhythm: Rhythm) => Omit<Wanted, 'kind'>[];

const kindOf =
  <F extends Facts>(subject: F['subject']) =>
  (
    belongs: Kind<F>['while'],
    from: Kind<F>['from'],
    ...steps: (Step<F> | readonly Step<F>[] | ((facts: F) => readonly Step<F>[]))[]
  ): AnyKind =>
  (facts, rhythm) => {
    if (facts.subject !== subject) return [];
    const own = facts as F;
    if (!belongs(own)) return [];
    const all = steps.flat().flatMap((one) => (typeof one === 'function' ? one(own) : one));
    return all.flatMap((step, index) => {
      const occasion = (step.from ?? from)(own);
      const dueAt = occasion && step.due(occasion, own, rhythm);
      if (!occasion || !dueAt) return [];
      return {
        subject,
        subjectId: facts.id,
        referralId: facts.referralId,
        clientId: facts.clientId,
        step: step.number ?? index + 1,
        occasion,
        dueAt,
        until: step.until?.(occasion, own, rhythm) ?? null,
        effect: step.effect,
      };
    });
  };

const referral = kindOf<ReferralFacts>('referral');
const onward = kindOf<OnwardFacts>('onward_referral');
const appointment = kindOf<AppointmentFacts>('appointment');
const assurance = kindOf<AssuranceFacts>('assurance');
const listing = kindOf<ListingFacts>('listing');
const concern = kindOf<ConcernFacts>('concern');
const approval = kindOf<ApprovalFacts>('approval');
const closure = kindOf<ClosureFacts>('closure');
const safeguarding = kindOf<SafeguardingFacts>('safeguarding');
const flag = kindOf<FlagFacts>('lone_worker_flag');
const gap = kindOf<GapFacts>('gap');
const goingAlong = kindOf<WarmHandoverFacts>('warm_handover');
const safetyMessage = kindOf<SafetyMessageFacts>('safety_message');
const story = kindOf<StoryFacts>('story');
const feedback = kindOf<FeedbackFacts>('client_feedback');
const escalation = kindOf<EscalationFacts>('escalation');
const transfer = kindOf<TransferFacts>('transfer');
const practiceMove = kindOf<PracticeMoveFacts>('practice_move');
const areaMove = kindOf<AreaMoveFacts>('area_move');
const register = kindOf<RegisterFacts>('register');
const handover = kindOf<HandoverFacts>('handover');
const membership = kindOf<MembershipFacts>('membership');
const practice = kindOf<PracticeFacts>('practice');
const program = kindOf<ProgramFacts>('program');
const writtenMessage = kindOf<WrittenMessageFacts>('written_message');
const staffRequest = kindOf<StaffRequestFacts>('staff_request');

const task = (to: Whose): Effect => ({ by: 'task', to, late: false });
const lateTask = (to: Whose): Effect => ({ by: 'task', to, late: true });
const message = (to: Addressee, or: Whose | null): Effect => ({ by: 'message', to, or });
const product = (act: 'expire' | 'record_missing'): Effect => ({ by: 'product', act });

type DaysSetting = {
  [Name in keyof SchemeSettings]: SchemeSettings[Name] extends number ? Name : never;
}[keyof SchemeSettings];

const at = <F>(due: Due<F>, effect: Effect, more: Partial<Step<F>> = {}): Step<F> => ({
  ...more,
  due,
  effect,
});

/** The end of the nth working day after it, with n set by the scheme. */
const after = <F>(setting: DaysSetting, effect: Effect, more: Partial<Step<F>> = {}): Step<F> =>
  at(
    (from, _facts, { settings, holidays }) => workingDeadline(from, settings[setting], holidays),
    effect,
    more,
  );

const atOnce = <F>(effect: Effect, more: Partial<Step<F>> = {}): Step<F> => at((from) => from, effect, more);

const afterHours =
  (hours: number) =>
  (from: Date): Date =>
    new Date(from.getTime() + hours * 3_600_000);

/** The morning of the day itself, however late on it the moment lies. */
const thatMorning = (from: Date): Date => atLondon(londonDate(from), MORNING);
const onTheDay = <F>(effect: Effect, more: Partial<Step<F>> = {}): Step<F> => at(thatMorning, effect, more);

const lateAfter = <F>(days: number, effect: Effect): Step<F> =>
  at((from, _facts, { holidays }) => workingDeadline(from, days, holidays), effect);

const nextMorning: Due<unknown> = (from, _facts, { holidays }) =>
  atLondon(addWorkingDays(londonDate(from), 1, holidays), MORNING);

const nextMidMorning: Due<unknown> = (from, _facts, { holidays }) =>
  atLondon(addWorkingDays(londonDate(from), 1, holidays), MID_MORNING);

/** Whole calendar months after a day, and calendar days after that. */
const monthsOn = (from: Date, months: number, days: number): Date =>
  atLondon(addDays(addMonths(londonDate(from), months), days), MID_MORNING);

/** The working day after a conversation or an ending. */
const nextDay: MeasureDay = (from, { holidays }) => addWorkingDays(londonDate(from), 1, holidays);

/** When answers are looked at together with the plan. */
const inSixWeeks: MeasureDay = (from, { holidays }) =>
  nextOnOrAfterWorkingDay(addDays(londonDate(from), 42), holidays);

const isReferral =
  (...states: string[]) =>
  (facts: ReferralFacts): boolean =>
    states.includes(facts.state);

/** What its owner chose after three tries, while nobody was tried again. */
const chose =
  (choice: UnreachedChoice) =>
  (facts: ReferralFacts): boolean =>
    facts.unreachedChoice === choice && isReferral(...WORKER_STATES)(facts);

/** Three tries, and nothing chosen since. */
const unchosen = ({ thirdUnreachedAt, unreachedChosenAt }: ReferralFacts): boolean =>
  thirdUnreachedAt !== null && (unreachedChosenAt === null || unreachedChosenAt < thirdUnreachedAt);

const isOnward =
  (...states: string[]) =>
  (facts: OnwardFacts): boolean =>
    states.includes(facts.state);

/** A clock that runs: while it stands, nobody is nudged and nothing expires. */
const clockRuns = (facts: OnwardFacts): boolean => facts.state === 'offered' && facts.answerBy !== null;

/**
 * A nudge at a share of the working days a group has, at 10:00; 1 is its last day. A day the group keeps free moves it
 * to the nearest working day before. Null when that would be the day it was asked, or the day of an earlier nudge.
 */
export function nudgeAt(
  share: number,
  facts: Pick<OnwardFacts, 'clockStartedAt' | 'answerBy' | 'quietDays' | 'periods'>,
  bankHolidays: ReadonlySet<string>,
): Date | null {
  const holidays = daysOff(bankHolidays, facts.periods);
  if (facts.clockStartedAt === null || facts.answerBy === null) return null;
  const start = londonDate(facts.clockStartedAt);
  const dayOf = (part: number): string | null => {
    const end = londonDate(facts.answerBy ?? new Date(NaN));
    const days = Math.round(workingDaysBetween(start, end, holidays) * part);
    let day = part === 1 ? end : addWorkingDays(start, Math.max(days, 0), holidays);
    while (day > start && isQuietDay(day, facts)) day = addWorkingDays(day, -1, holidays);
    return day > start ? day : null;
  };
  const day = dayOf(share);
  const later = NUDGES.filter((other) => other > share).map(dayOf);
  return day === null || later.includes(day) ? null : atLondon(day, MID_MORNING);
}

const NUDGES = [1 / 3, 2 / 3, 1] as const;

const nudge = (share: (typeof NUDGES)[number]): Step<OnwardFacts> =>
  at((_from, facts, { holidays }) => nudgeAt(share, facts, holidays), message('group', 'owner'), {
    until: (_from, facts) => facts.answerBy,
  });

/** The day named on the row, as a moment to count from. */
const dayOf = (date: string | null): Date | null => (date === null ? null : atLondon(date, MORNING));

/** The first review of a place on a waiting list: its review date, at the latest four weeks after it began. */
const firstReview = (reviewOn: string, { answeredAt }: OnwardFacts): string => {
  const latest = addDays(londonDate(answeredAt ?? atLondon(reviewOn, MORNING)), WAITING_REVIEW_DAYS);
  return reviewOn < latest ? reviewOn : latest;
};

/**
 * Every four weeks from the first review for as long as somebody waits. On the same days the person hears that somebody
 * keeps their place: a list nobody speaks of feels like none. Of a list without end those near today are planned.
 */
const waitingReviews = (facts: OnwardFacts): Step<OnwardFacts>[] => {
  if (facts.reviewOn === null) return [];
  const first = firstReview(facts.reviewOn, facts);
  const past = Math.floor(daysBetween(first, londonDate(facts.asOf)) / WAITING_REVIEW_DAYS);
  const from = Math.max(0, past + 1 - REVIEWS_AHEAD);
  const near = Array.from(
    { length: Math.max(0, past + 1) + REVIEWS_AHEAD - from },
    (_, index) => from + index,
  );
  const round = (index: number): number => Math.floor(index / REVIEWS_AHEAD);
  const steps = (hour: string, effect: Effect, later: number): Step<OnwardFacts>[] =>
    near.map((index) => ({
      ...at(() => atLondon(addDays(first, index * WAITING_REVIEW_DAYS), hour), effect),
      number: index + 1 + (round(index) + later) * REVIEWS_AHEAD,
    }));
  return [...steps(MORNING, task('owner'), 0), ...steps(MID_MORNING, message('client', null), 1)];
};

const HOW_FIRST_DAYS = 14;
const HOW_EVERY_DAYS = 30;
const HOW_TIMES = 6;

/** Two weeks after the yes, and about once a month from there, for half a year. */
const howDidItGo: Step<OnwardFacts>[] = Array.from({ length: HOW_TIMES }, (_, index) =>
  at(
    (from) => atLondon(addDays(londonDate(from), HOW_FIRST_DAYS + index * HOW_EVERY_DAYS), MID_MORNING),
    message('group', 'owner'),
  ),
);

/** A service that people are told about. */
const isShown = ({ state }: ListingFacts): boolean => state === 'published' || state === 'paused';

/**
 * What the group has to be told: not by its own doing, somebody it was asked about is not to be contacted. It may have
 * said yes already, wait, or still be thinking. Not where the same service is asked again for them.
 */
const endedForGroup = (facts: OnwardFacts): boolean =>
  (facts.state === 'withdrawn' || facts.state === 'stopped') &&
  facts.endSide !== 'provider' &&
  facts.seenAt === null &&
  !facts.askedAgain;

/** For as long as the group is shown who is meant. */
const whileShown: Partial<Step<OnwardFacts>> = {
  until: (from, _facts, { settings }) =>
    new Date(from.getTime() + settings.afterEndingCalendarDays * 86_400_000),
};

/** A group that answers by phone is rung to be asked: that is the owner's from the start, by what the row says. */
const writtenTo = (facts: OnwardFacts): boolean => facts.state === 'offered' && facts.answersBy !== 'phone';

/** The same time on London's clock, the day before; null when it was arranged after that. */
const dayBefore: Due<AppointmentFacts> = (from, { arrangedAt }) => {
  const due = atLondon(addDays(londonDate(from), -1), londonTime(from));
  return due > arrangedAt ? due : null;
};

/** Kept back until the quiet hours end, a message would find them on their way: somebody rings instead. */
const comesTooLate = (from: Date, { expectedAt }: AppointmentFacts): boolean =>
  expectedAt !== null && outOfQuietHours(from) >= expectedAt;

/** In the morning, so many working days before it. */
const workingDaysBefore =
  (days: number): Due<unknown> =>
  (from, _facts, { holidays }) =>
    atLondon(addWorkingDays(londonDate(from), -days, holidays), MORNING);

const anHourAfter = (at: Date): Date => new Date(at.getTime() + 60 * 60_000);

/**
 * From when somebody rings in place of a mail about safety that no server had taken by then, though it is tried again. It
 * stays theirs should the mail go later: nobody waits for an answer to that.
 */
const stuckAt: Due<SafetyMessageFacts> = (from, { handedOverAt, notSentAt }) => {
  const stuck = new Date(from.getTime() + STUCK_MINUTES * 60_000);
  return notSentAt === null && (handedOverAt === null || handedOverAt > stuck) ? stuck : null;
};

/** What is told of somebody new comes too late after some days. */
const whileNew: Partial<Step<ReferralFacts>> = {
  until: (from) => new Date(from.getTime() + NEW_DAYS * 86_400_000),
};

/** Of no use once it has begun. */
const untilThen = { until: (from: Date): Date => from };
/** The same, of what counts from something else. */
const beforeIt: Partial<Step<AppointmentFacts>> = { until: (_from, { startsAt }) => startsAt };
/** Working days in which whoever went along says what happened, before the owner asks. */
const OUTCOME_DAYS = 3;

const halfAnHourLater: Due<unknown> = (from) => new Date(from.getTime() + 30 * 60_000);

/** A warning so many days before the last day on which a safety check counts; no use after it. */
const warning = (days: number, effect: Effect): Step<AssuranceFacts> =>
  at((from) => atLondon(addDays(londonDate(from), -days), MID_MORNING), effect, { until: lapsed });

const lapsed: Due<AssuranceFacts> = (from) => atLondon(addDays(londonDate(from), 1), MORNING);

/** The day somebody said they would look at a concern again. */
const whenLookedAt: Partial<Step<SafeguardingFacts>> = { from: (s) => dayOf(s.followUpOn) };

/**
 * The morning so many days before the last day of a key, where it was made before that: whoever makes one for a week knows.
 * Once it has ended the task that was made still says so.
 */
const daysOfKey =
  (days: number): Due<ProgramFacts> =>
  (from, { keyMadeAt }) => {
    const due = atLondon(addDays(londonDate(from), -days - 1), MORNING);
    return keyMadeAt !== null && keyMadeAt < due ? due : null;
  };

/** Told late, as after an outage, it gives way to what is told of the last days. */
const untilLastDays: Partial<Step<ProgramFacts>> = {
  until: (from) => atLondon(addDays(londonDate(from), -KEY_LAST_DAYS - 1), '00:00'),
};

const storyLate = lateAfter<StoryFacts>(STORY_DAYS, lateTask('managers'));

/** What somebody agreed to for a story, once for each day on which some of it runs out. */
const storyExpiring: AnyKind = (facts, rhythm) =>
  facts.subject !== 'story'
    ? []
    : facts.expiries.flatMap((day) =>
        story(
          (s) => s.state !== 'withdrawn' && !s.hasDied,
          () => dayOf(day),
          at((from) => atLondon(addDays(londonDate(from), -CONSENT_DAYS), MORNING), task('owner')),
          onTheDay(lateTask('owner')),
        )(facts, rhythm),
      );

const asked =
  (occasion: Occasion) =>
  (facts: ReferralFacts): boolean =>
    !facts.person.died && !facts.asksNothing && !facts.answered.includes(occasion);

/** Whom the measures are for. A date of birth that nobody knows keeps nobody from being asked while they are helped. */
const oldEnough = ({ person: { bornOn } }: ReferralFacts, at: Date | null): boolean =>
  bornOn === null || at === null || ageOn(bornOn, londonDate(at)) >= MEASURE_AGE;

const followUp =
  (occasion: Occasion) =>
  (facts: ReferralFacts): boolean =>
    facts.state === 'closed' &&
    facts.mayAskAgain === true &&
    facts.agreed &&
    asked(occasion)(facts) &&
    facts.person.bornOn !== null &&
    facts.endedAt !== null &&
    oldEnough(facts, facts.endedAt);

/** Asked, asked once more after the scheme's days, and then recorded as missing. */
const measureAfter = (months: number): Step<ReferralFacts>[] => {
  const asking =
    (times: number): Due<ReferralFacts> =>
    (from, _facts, { settings }) =>
      monthsOn(from, months, times * settings.measureRepeatCalendarDays);
  return [
    at(asking(0), task('owner')),
    at(asking(0), message('client', null), { until: asking(1) }),
    at(asking(1), lateTask('owner')),
    at(asking(1), message('client', null), { until: asking(2) }),
    at(asking(2), product('record_missing')),
  ];
};

/** The same while somebody is helped, or as that ends: the owner first thing, the person later that morning. */
const measureOn = (day: MeasureDay): Step<ReferralFacts>[] => {
  const asking =
    (times: number, hour: string): Due<ReferralFacts> =>
    (from, _facts, rhythm) =>
      atLondon(addDays(day(from, rhythm), times * rhythm.settings.measureRepeatCalendarDays), hour);
  return [
    at(asking(0, MORNING), task('owner')),
    at(asking(0, MID_MORNING), message('client', null), { until: asking(1, MID_MORNING) }),
    at(asking(1, MORNING), lateTask('owner')),
    at(asking(1, MID_MORNING), message('client', null), { until: asking(2, MID_MORNING) }),
    // Of what is long past, as in what was brought in from elsewhere, nobody knows that it was asked.
    at(asking(2, MID_MORNING), product('record_missing'), { until: asking(4, MID_MORNING) }),
  ];
};

const hasEnded = (facts: ReferralFacts): boolean =>
  ['closed', 'not_taken_on', 'withdrawn'].includes(facts.toldStatus);

const toldEnding = (facts: ReferralFacts): boolean =>
  hasEnded(facts) && facts.organisationId !== null && facts.hears !== 'nothing' && !facts.senderReadsHere;

const toldPresentPractice = (facts: ReferralFacts): boolean =>
  hasEnded(facts) && facts.presentPracticeId !== null;

/**
 * Every kind of reminder: what it is about and while what holds, what it counts from, and its steps. One line each, so
 * that what people are told, and when, can be read in one place. Steps are numbered in the order written here, and rows
 * carry that number: add at the end.
 */
// prettier-ignore
export const REMINDER_KINDS = {
  draft_waiting:    referral(isReferral('draft'),               (r) => r.createdAt,        after('draftAuthorDays', task('author')), after('draftPracticeDays', task('practice'))),
  triage_waiting:   referral(isReferral('sent'),                (r) => r.sentAt,           after('triageDays', task('triage')), after('triageEscalateDays', task('managers'))),
  returned:         referral(isReferral('returned'),            (r) => r.returnedAt,       after('returnedRingDays', task('triage')), after('returnDays', task('managers'))),
  allocate:         referral(isReferral('accepted'),            (r) => r.acceptedAt,       after('allocateDays', task('managers')), at((from, _facts, { settings, holidays }) => workingDeadline(from, settings.allocateDays + 1, holidays), lateTask('managers'))),
  first_contact:    referral(isReferral('allocated'),           (r) => r.allocatedAt,      onTheDay(task('owner'), { from: (r) => r.nextAt }), after('firstContactEscalateDays', task('managers'))),
  next_contact:     referral(isReferral('active'),              (r) => r.nextAt,           onTheDay(task('owner')), after('nextContactRedDays', lateTask('owner')), after('nextContactEscalateDays', task('managers'))),
  resume:           referral(isReferral('on_hold'),             (r) => r.nextAt,           onTheDay(task('owner')), after('nextContactRedDays', lateTask('owner')), after('nextContactEscalateDays', task('managers'))),
  given:            referral((r) => r.givenAt !== null,         (r) => r.givenAt,          atOnce(task('owner'), whileNew)),
  third_unreached:  referral((r) => unchosen(r) && isReferral('allocated', 'active')(r), (r) => r.thirdUnreachedAt, atOnce(task('owner'))),
  write_letter:     referral(chose('letter'),                   (r) => r.unreachedChosenAt, atOnce(message('client', 'owner'))),
  send_text:        referral(chose('text'),                     (r) => r.unreachedChosenAt, atOnce(message('client', 'owner'))),
  ask_practice:     referral(chose('ask_practice'),             (r) => r.unreachedChosenAt, atOnce(task('practice'))),
  agreement_renewal: referral(isReferral('allocated', 'active', 'on_hold'), (r) => dayOf(r.renewOn), onTheDay(task('owner')), after('nextContactRedDays', lateTask('owner')), after('nextContactEscalateDays', task('managers'))),
  plan_review:      referral(isReferral('allocated', 'active'), (r) => dayOf(r.reviewOn),  onTheDay(task('owner')), after('nextContactRedDays', lateTask('owner'))),
  measure_baseline: referral((r) => r.state === 'active' && asked('baseline')(r) && oldEnough(r, r.begunAt), (r) => r.begunAt, measureOn(nextDay)),
  measure_review:   referral((r) => r.state === 'active' && r.hasBaseline && asked('review')(r) && oldEnough(r, r.begunAt), (r) => r.begunAt, measureOn(inSixWeeks)),
  measure_closing:  referral((r) => r.state === 'closed' && r.closingOpen && r.agreed && !r.person.died && !r.asksNothing && oldEnough(r, r.endedAt), (r) => r.endedAt, measureOn(nextDay)),
  measure_3_months: referral(followUp('three_months'),          (r) => r.endedAt,          measureAfter(3)),
  measure_6_months: referral(followUp('six_months'),            (r) => r.endedAt,          measureAfter(6)),
  closing_summary:  referral(toldEnding,                        (r) => r.toldAt,           atOnce(message('referrer', 'practice'))),
  closing_present:  referral(toldPresentPractice,               (r) => r.toldAt,           atOnce(message('practice', 'owner'))),
  offer_made:       onward(writtenTo,                           (o) => o.offeredAt,        atOnce(message('group', 'owner'))),
  reply_wanted:     onward(clockRuns,                           (o) => o.clockStartedAt,   nudge(1 / 3), nudge(2 / 3), nudge(1), at((_from, o) => o.answerBy, product('expire'))),
  group_replied:    onward((o) => o.toAct !== null,             (o) => o.toActSince,       atOnce(task('owner')), at(nextMorning, lateTask('owner'))),
  risk_learned:     onward((o) => o.riskSince !== null,         (o) => o.riskSince,        atOnce(task('owner')), at(nextMorning, lateTask('managers'))),
  group_barred:     onward((o) => o.barredSince !== null,       (o) => o.barredSince,      atOnce(task('owner')), at(nextMorning, lateTask('managers'))),
  safety_changed:   onward((o) => o.safetyUnseenSince !== null, (o) => o.safetyUnseenSince, atOnce(message('group', 'owner')), lateAfter(SAFETY_SEEN_DAYS, lateTask('owner')), lateAfter(SAFETY_SEEN_DAYS + 1, lateTask('managers'))),
  in_touch:         onward((o) => o.state === 'accepted' && o.inTouchAt === null,                (o) => dayOf(o.inTouchBy), at((from) => atLondon(londonDate(from), MID_MORNING), message('group', 'owner'), { until: nextMorning }), at(nextMorning, task('owner'))),
  how_did_it_go:    onward(isOnward('accepted', 'started'),     (o) => o.acceptedAt,       howDidItGo),
  waiting_list:     onward(isOnward('waitlisted'),              (o) => dayOf(o.reviewOn),  waitingReviews),
  do_not_contact:   onward(endedForGroup,                       (o) => o.endedAt,          atOnce(message('group', 'owner'), whileShown), at(nextMorning, task('owner'), whileShown)),
  appointment:      appointment((a) => a.state === 'made' && !a.person.died, (a) => a.startsAt, at(dayBefore, message('client', 'owner'), { until: (from) => from })),
  appointment_changed: appointment((a) => a.changedAt !== null && !a.person.died, (a) => a.changedAt, at((from, a) => (comesTooLate(from, a) ? null : from), message('client', 'owner'), beforeIt), at((from, a) => (comesTooLate(from, a) ? from : null), task('owner'), beforeIt)),
  interpreter:      appointment((a) => a.state === 'made' && a.unbooked && !a.person.died, (a) => a.startsAt, at(workingDaysBefore(2), task('owner'), { until: (from) => from }), at(workingDaysBefore(1), lateTask('owner'), { until: (from) => from })),
  visit_overdue:    appointment((a) => a.state === 'made',      (a) => a.backBy,           atOnce(task('buddy')), at(halfAnHourLater, lateTask('managers'))),
  visit_flagged:    appointment((a) => a.flaggedAt !== null && !a.person.died, (a) => a.flaggedAt, atOnce(task('visitor'), beforeIt), at(nextMorning, lateTask('managers'), beforeIt)),
  assurance_lapsing: assurance((a) => a.live && a.groupOpen,    (a) => dayOf(a.lapsesOn),  warning(60, message('group', 'managers')), warning(30, message('group', 'managers')), warning(7, message('group', 'managers')), warning(7, task('managers')), at(lapsed, lateTask('managers'))),
  concern:          concern((k) => !k.reviewed,                 (k) => k.raisedAt,         atOnce(task('managers')), at((from, _facts, { holidays }) => workingDeadline(from, CONCERN_REVIEW_DAYS, holidays), lateTask('managers'))),
  safeguarding:     safeguarding((s) => s.open,                 (s) => s.recordedAt,       atOnce(task('owner')), onTheDay(lateTask('owner'), whenLookedAt), at(nextMorning, lateTask('managers'), whenLookedAt)),
  flag_review:      flag((f) => f.live,                         (f) => dayOf(f.reviewOn),  onTheDay(task('owner')), at((from, _facts, { holidays }) => workingDeadline(from, FLAG_REVIEW_DAYS, holidays), lateTask('managers'))),
  listing_check:    listing((l) => isShown(l) && l.groupOpen,   (l) => dayOf(l.confirmedOn ?? l.publishedOn), at((from) => atLondon(addDays(londonDate(from), LISTING_CHECK_DAYS), MID_MORNING), message('group', 'managers'))),
  register_wanted:  register((s) => s.empty && s.groupOpen,     (s) => s.askedAt,          at((from) => atLondon(addDays(londonDate(from), 1), MID_MORNING), message('group', null), { until: (from) => new Date(from.getTime() + REGISTER_DAYS * 86_400_000) })),
  own_service:      approval((a) => a.state === 'waiting',      (a) => a.askedAt,          atOnce(task('managers')), at(nextMorning, lateTask('managers'))),
  own_service_told: approval((a) => a.wanted && (a.state === 'approved' || a.state === 'refused'), (a) => a.decidedAt, atOnce(task('owner'))),
  group_closed:     closure((c) => c.stands,                    (c) => c.closedAt,         at(nextMidMorning, message('group', 'managers'))),
  gap_follow_up:    gap((g) => g.open,                          (g) => g.openedAt,         at((from) => atLondon(addDays(londonDate(from), GAP_DAYS), MORNING), task('managers'))),
  story_waiting:    story((s) => s.state === 'waiting',         (s) => s.offeredAt,        atOnce(task('managers')), storyLate),
  story_sent_back:  story((s) => s.state === 'draft',           (s) => s.sentBackAt,       atOnce(task('owner'))),
  story_expiring:   storyExpiring,
  story_take_down:  story((s) => s.takeDownFrom !== null,       (s) => s.takeDownFrom,     atOnce(task('managers')), storyLate),
  client_feedback:  feedback((f) => f.state === 'open',         (f) => f.receivedAt,       atOnce(task('owner')), lateAfter(FEEDBACK_DAYS, lateTask('owner'))),
  client_feedback_answer: feedback((f) => f.state === 'looked_at' && f.wantsAnswer, (f) => f.lookedAt, atOnce(task('owner')), lateAfter(FEEDBACK_ANSWER_DAYS, lateTask('owner'))),
  escalation:       escalation((e) => e.answeredAt === null,    (e) => e.raisedAt,         atOnce(task('managers')), lateAfter(ESCALATION_DAYS, lateTask('managers'))),
  escalation_answered: escalation((e) => e.ownerId !== null,    (e) => e.answeredAt,       atOnce(task('owner'))),
  safety_message:   safetyMessage((m) => !m.read && !m.person.died, (m) => m.sentAt,       at((_from, m) => m.answerBy, task('owner')), at((_from, m) => anHourAfter(m.answerBy), lateTask('managers')), at((_from, m) => m.notSentAt, task('owner')), at((_from, m) => m.notSentAt && anHourAfter(m.notSentAt), lateTask('managers')), at(stuckAt, task('owner')), at((from, m, rhythm) => { const stuck = stuckAt(from, m, rhythm); return stuck && anHourAfter(stuck); }, lateTask('managers'))),
  warm_handover:    goingAlong((w) => w.arranged && w.wanted,   (w) => w.meetAt,           at(workingDaysBefore(1), task('companion'), untilThen)),
  warm_handover_off: goingAlong((w) => w.arranged && !w.wanted, (w) => w.offAt,            atOnce(task('companion'), { until: (_from, w) => w.meetAt })),
  warm_handover_outcome: goingAlong((w) => w.arranged && w.wanted, (w) => w.meetAt,        at(nextMorning, task('companion')), at((from, _facts, { holidays }) => workingDeadline(from, OUTCOME_DAYS, holidays), lateTask('owner'))),
  transfer_in:      transfer((t) => t.incoming && t.state === 'offered', (t) => t.offeredAt, atOnce(task('triage')), lateAfter(INCOMING_DAYS, lateTask('managers'))),
  transfer_wanted:  transfer((t) => !t.incoming && t.state === 'offered', (t) => t.answerBy, atOnce(product('expire'))),
  transfer_back:    transfer((t) => !t.incoming && t.wanted && (t.state === 'refused' || t.state === 'expired'), (t) => t.endedAt, atOnce(task('owner'))),
  practice_moved:   practiceMove((m) => m.toDecide,             (m) => m.recordedAt,       atOnce(task('owner')), lateAfter(MOVE_DAYS, lateTask('managers'))),
  area_move:        areaMove((m) => m.state === 'open',         (m) => m.recordedAt,       atOnce(task('owner')), lateAfter(MOVE_DAYS, lateTask('managers'))),
  area_move_hand_over: areaMove((m) => m.state === 'handing_over' && !m.offered, (m) => m.decidedAt, at(nextMorning, task('owner')), lateAfter(MOVE_DAYS, lateTask('managers'))),
  area_move_kept:   areaMove((m) => m.state === 'kept',         (m) => dayOf(m.keepUntil), onTheDay(task('owner')), lateAfter(MOVE_DAYS, lateTask('managers'))),
  weekly:           practice((p) => p.toldAt !== null,          (p) => p.toldAt,           atOnce(message('inbox', null), { until: (from) => atLondon(londonDate(from), QUIET_FROM) })),
  handover_taker_gone: handover((h) => h.takerGone,             (h) => h.plannedAt,        atOnce(task('owner')), atOnce(task('managers'))),
  handover_undone:  handover((h) => h.undone,                   (h) => h.endedAt,          atOnce(task('managers')), lateAfter(NOBODYS_DAYS, lateTask('managers')), atOnce(task('owner'))),
  people_left:      membership((m) => m.hasPeople,              (m) => m.goneAt,           atOnce(task('managers')), lateAfter(NOBODYS_DAYS, lateTask('managers'))),
  key_ending:       program((p) => p.keyEndsAt !== null,        (p) => p.keyEndsAt,        at(daysOfKey(KEY_SOON_DAYS), task('administrators'), untilLastDays)),
  key_last_days:    program((p) => p.keyEndsAt !== null,        (p) => p.keyEndsAt,        at(daysOfKey(KEY_LAST_DAYS), lateTask('administrators'))),
  written_message:  writtenMessage((w) => !w.takenBack && !w.person.died, (w) => w.goesAt, atOnce(message('client', 'owner'), { until: afterHours(WRITTEN_HOURS) })),
  written_late:     writtenMessage((w) => !w.takenBack && !w.person.died && !w.settled, (w) => w.goesAt, at(afterHours(WRITTEN_HOURS + 1), task('owner'))),
  staff_request:    staffRequest((s) => s.open,                 (s) => s.askedAt,          atOnce(task('administrators')), lateAfter(STAFF_DAYS, lateTask('administrators'))),
} as const satisfies Record<string, AnyKind>;

export type ReminderKind = keyof typeof REMINDER_KINDS;

/**
 * What a group is asked or told as a matter of routine: at most once a week, before it meets. An offer, with the nudges
 * that belong to it, and "please do not contact" wait for nothing but the hour.
 */
export const ROUTINE: ReadonlySet<string> = new Set<ReminderKind>([
  'in_touch',
  'how_did_it_go',
  'assurance_lapsing',
  'listing_check',
  'register_wanted',
]);
/** Goes on for as long as it holds: as one is told, the next is planned. */
export const ENDLESS: ReadonlySet<string> = new Set<ReminderKind>(['waiting_list']);
/** Told at once, on a quiet day too: somebody must not be contacted, or not as before. */
export const URGENT: ReadonlySet<string> = new Set<ReminderKind>(['do_not_contact', 'safety_changed']);
