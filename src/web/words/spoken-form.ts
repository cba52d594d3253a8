import type { FieldProblem } from '../../platform/errors/refusal.js';
import { withoutMarks } from '../../platform/pure/marks.js';
import { type Form, SENT_BEFORE } from '../layout/forms.js';
import { sayAgain } from './staff/staff-words.js';
import type { Key, Speech } from './speech.js';

/** What lower floors say is wrong with an answer, and how a page says it that is there in every language. */
const PROBLEMS: Readonly<Record<string, Key>> = {
  'Select an answer': 'wrong.choose',
  'Select from the list': 'wrong.choose',
  'Select yes or no': 'wrong.choose',
  'Select at least one': 'wrong.oneOrMore',
  'Choose at least 1': 'wrong.oneOrMore',
  'Enter an answer': 'wrong.empty',
  'Enter a date': 'wrong.noDate',
  'Enter a real date, like 15 3 1984': 'wrong.date',
  'Date of birth must be in the past': 'wrong.future',
  'Include a day': 'wrong.date',
  'Include a month': 'wrong.date',
  'Include a year': 'wrong.date',
  'Check the year of the date of birth': 'wrong.year',
  'Remove characters that cannot be shown': 'wrong.letters',
  'Enter a UK phone number, like 07700 900 982': 'wrong.phone',
  'Enter an e-mail address, like sam@example.org': 'wrong.email',
  'Enter an e-mail address, like name@example.org': 'wrong.email',
  'Enter a full postcode, like LS1 4AP': 'wrong.postcode',
  'Enter a 10 digit NHS number, like 999 123 4567': 'wrong.nhsNumber',
  'Check the NHS number: the last digit does not match': 'wrong.checkDigit',
  'Give the address that offers are sent to': 'wrong.email',
  'Give the number that link workers ring': 'wrong.phone',
  'Give the mobile number that texts are sent to, like 07700 900 982': 'wrong.phone',
  'Enter your name': 'wrong.name',
  'Enter a time, like 14:30': 'wrong.time',
  'Use the first part of a postcode for each, like CO15': 'wrong.districts',
  'Write the districts, like CO15 and CO16, or say how many miles': 'wrong.districtsOrMiles',
  'Give a postcode too, to measure the miles from': 'wrong.milesNeedPostcode',
  'Make the highest age the same as the lowest or more': 'wrong.ages',
  'Ask the scheme to change this: it decides which safety checks are needed': 'wrong.level',
  'Choose at least one need that this service meets': 'wrong.oneOrMore',
  'Make the end later than the start': 'wrong.order',
  'Give a day that falls on this weekday': 'wrong.weekday',
  'Enter a postcode to look so many miles from it': 'finder.withinNeeds',
  'Select at least one thing they want help with': 'selfReferral.wrong.reasons',
  'Give a way to reach the person that is safe: phone, e-mail, address with postcode, or through somebody':
    'selfReferral.wrong.reach',
  'Tick this so that we may write this down and get in touch': 'selfReferral.wrong.agreed',
  'Enter your name, as their parent or guardian': 'selfReferral.wrong.parent',
  'Tell us what you do in the group': 'groups.claim.wrongWhy',
  'Enter the name of your group': 'groups.survey.wrong.name',
  'Write something in at least one of the five boxes': 'groups.survey.wrong.empty',
  'Give a day on or after the first day': 'ours.times.wrong.order',
  'Give a day that is not past': 'ours.times.wrong.past',
  'Make it a year at most': 'ours.times.wrong.long',
  'With its other times, it could not be written to for more than a year': 'ours.times.wrong.silent',
  'Enter a date that is not in the future': 'reply.session.wrong',
  'Select what kind of help it was': 'groups.tally.wrong.kind',
  'Enter a day, month and year that has come, like 24 11 2026': 'reply.session.wrong',
  'The e-mail address or the password is not right.': 'entry.wrong',
  'That is not your password': 'account.wrong.password',
  'That is the password you have': 'account.wrong.same',
  'Use at least 12 characters. Three random words are good': 'account.wrong.short',
  'Choose something other than your e-mail address': 'account.wrong.ownAddress',
  'This password is one of the first that others would try. Three random words are good':
    'account.wrong.wellKnown',
  'The code is not right, or was used before. Wait for the next one': 'account.wrong.code',
  'Enter the code your app shows, or a recovery code': 'account.wrong.noCode',
  'No text messages are sent from here. Choose another way': 'account.wrong.noTexts',
};

/** The same with numbers in it. */
const COUNTED: readonly { matches: RegExp; key: Key }[] = [
  { matches: /^Use (?<most>[\d,]+) (?:letters|characters) or fewer$/, key: 'common.shorter' },
  {
    matches: /^Enter a (?:whole )?number from (?<least>[\d,.]+) to (?<most>[\d,.]+)$/,
    key: 'wrong.number',
  },
  {
    matches: /^Enter a number from 1 to (?<most>[\d,]+), or nothing$/,
    key: 'groups.tally.wrong.numberOrNone',
  },
  { matches: /^It shares days with "(?<name>.+)"\. /, key: 'ours.times.wrong.shared' },
];

/** Says that an answer is missing, and not which. */
const MISSING: readonly Key[] = ['wrong.choose', 'wrong.oneOrMore', 'wrong.empty', 'wrong.noDate'];

/**
 * What is wrong with an answer, in the language of the page. A reason that has no words yet is not told in English. At the
 * desk it may have been put into a language of staff before.
 */
export function problemIn(said: string, { language, t }: Speech): string {
  const message = withoutMarks(said);
  const key = Object.hasOwn(PROBLEMS, message)
    ? PROBLEMS[message]
    : Object.entries(PROBLEMS).find(([english]) => sayAgain(english) === said)?.[1];
  if (key) return t(key);
  for (const { matches, key: counted } of COUNTED) {
    const numbers = matches.exec(message)?.groups;
    if (numbers) return t(counted, numbers);
  }
  return language === 'en' ? message : t('wrong.answer');
}

export const problemsIn = (problems: readonly FieldProblem[], speech: Speech): FieldProblem[] =>
  problems.map(({ field, message }) => ({ field, message: problemIn(message, speech) }));

const noticeIn = ({ refusal }: Form, t: Speech['t']): string =>
  refusal?.code === SENT_BEFORE
    ? t('common.sentBefore')
    : `${t('failed.refused.heading')}. ${t('failed.409.text')}`;

/** A form as such a page shows it. */
export function spokenForm(form: Form, speech: Speech): Form {
  const { t } = speech;
  const wrong = Object.entries(form.wrong).map(([field, message]) => [field, problemIn(message, speech)]);
  return {
    ...form,
    said: {
      yes: t('common.yes'),
      no: t('common.no'),
      day: t('common.day'),
      month: t('common.month'),
      year: t('common.year'),
      error: t('frame.error'),
      missing: MISSING.map((key) => t(key)),
    },
    wrong: Object.fromEntries(wrong) as Form['wrong'],
    errors: form.errors.map(({ text, href }) => ({ text: problemIn(text, speech), href })),
    notice: form.notice === null ? null : noticeIn(form, t),
  };
}
