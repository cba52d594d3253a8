import type { SETTING_LIMITS } from '../../identity/scheme.rules.js';
import type { SCHEME_SWITCHES } from '../../reminders/message.types.js';
import { sayAll } from '../words/staff/staff-words.js';

type NumberSetting = keyof typeof SETTING_LIMITS;

/** What each number of a scheme means, under what it is about. */
export const NUMBER_SECTIONS: readonly {
  heading: string;
  numbers: Partial<Record<NumberSetting, string>>;
}[] = sayAll([
  {
    heading: 'New referrals, in working days',
    numbers: {
      triageDays: 'A new referral is looked at within',
      triageEscalateDays: 'Managers hear of one that waits for',
      returnedRingDays: 'A practice is rung about what went back to it after',
      returnDays: 'What went back comes up again after',
      allocateDays: 'Somebody is given to a link worker within',
      draftAuthorDays: 'Whoever began a draft is reminded after',
      draftPracticeDays: 'Their practice is reminded after',
    },
  },
  {
    heading: 'Contact, in working days',
    numbers: {
      firstContactDays: 'The first conversation is within',
      firstContactEscalateDays: 'Managers hear of one that is not held after',
      nextContactRedDays: 'A contact is shown as late after',
      nextContactEscalateDays: 'Managers hear of it after',
    },
  },
  {
    heading: 'Groups',
    numbers: {
      liveOffers: 'Groups that may be asked at once for one person',
      replyWithinDays: 'Working days in which a group replies, unless it says otherwise',
      inTouchCalendarDays: 'Days after a yes until we ask whether they are in touch',
      waitingReviewCalendarDays: 'Days on a waiting list until somebody looks again',
      undoHours: 'Hours in which an answer can be taken back',
      contactDetailsCalendarDays: 'Days for which a group sees how to reach a person',
      afterEndingCalendarDays: 'Days for which it sees whom not to contact after an ending',
      placesStaleCalendarDays: 'Days after which a number of places counts as old',
    },
  },
  {
    heading: 'Records',
    numbers: {
      minimumAge: 'Youngest age of people referred',
      reopenDays: 'Days in which a closed referral can be opened again',
      breakGlassMinutes: 'Minutes for which a record stays open after breaking the glass',
      unmergeCalendarDays: 'Days in which joined records can be parted again',
      measureRepeatCalendarDays: 'Days before the same questions may be asked again',
      minimumPairs: 'Pairs of answers below which no mean is told',
      retentionYears: 'Years for which an adult’s record is kept after the last contact',
    },
  },
]);

export const NUMBER_WORDS = sayAll(
  Object.assign({}, ...NUMBER_SECTIONS.map(({ numbers }) => numbers)) as Record<NumberSetting, string>,
);

export const COUNCIL_WORDS = sayAll({
  councilAdultsPhone: 'About an adult',
  councilChildrenPhone: 'About a child',
  councilOutOfHoursPhone: 'In the evening, at night and at weekends',
} as const);

export const CHOICE_WORDS = sayAll({
  selfReferral: 'May people refer themselves?',
  noPressureRequired: 'Must groups have promised that nobody is put under religious pressure?',
  newDeviceNotice: 'Are people told by mail when they sign in from somewhere new?',
} as const);

export const FACTOR_ROLE_WORDS = sayAll({
  secondFactorOffered: 'Who may set up a second factor?',
  secondFactorRequired: 'Who has to show one at each sign-in?',
  secondFactorByMail: 'For whom is a code to the work mailbox enough?',
} as const);

/** What is sent by itself, and to whom. */
export const SWITCH_WORDS: Record<(typeof SCHEME_SWITCHES)[number], { to: string; what: string }> = sayAll({
  appointment: { to: 'The person', what: 'Before an appointment' },
  appointment_changed: { to: 'The person', what: 'An appointment that was moved or called off' },
  measure_baseline: { to: 'The person', what: 'Questions at the beginning' },
  measure_review: { to: 'The person', what: 'Questions at a review' },
  measure_closing: { to: 'The person', what: 'Questions at the end' },
  measure_3_months: { to: 'The person', what: 'Questions three months later' },
  measure_6_months: { to: 'The person', what: 'Questions six months later' },
  waiting_list: { to: 'The person', what: 'That they are still on a waiting list' },
  reply_wanted: { to: 'The group', what: 'We have not heard from you yet' },
  in_touch: { to: 'The group', what: 'Did you get in touch?' },
  how_did_it_go: { to: 'The group', what: 'How did it go?' },
  assurance_lapsing: { to: 'The group', what: 'A safety check lapses' },
  listing_check: { to: 'The group', what: 'Is this still right?' },
  register_wanted: { to: 'The group', what: 'Who came?' },
  closing_summary: { to: 'Whoever referred', what: 'What came of a referral' },
  closing_present: { to: 'A practice', what: 'What came of a referral, to the practice they are with now' },
  digest: { to: 'Those who work here', what: 'What there is to do today' },
  weekly: { to: 'Whoever referred', what: 'The week' },
});
