import type { ClientView } from '../../clients/client.dto.js';
import { SAFE_FIELDS } from '../../clients/client.types.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { dayBoxes } from '../layout/dates.js';
import type { Form } from '../layout/forms.js';
import { choicesOf, spokenNhsNumber } from '../layout/words.js';
import { INTERPRETER_WORDS, REACH_WORDS, SAFE_WORDS } from '../practice/practice.words.js';
import { ACCESS_WORDS } from '../reply/reply.words.js';
import {
  ETHNICITY_WORDS,
  FAITH_WORDS,
  GENDER_WORDS,
  NO_NUMBER_WORDS,
  SEX_WORDS,
  UNDER_AGE_WORDS,
} from './details.words.js';
import { capitalised } from './groups.page.js';
import { sayAll } from '../words/staff/staff-words.js';

const UNKNOWN = sayAll({ value: '', text: 'Not known' });

/** What the questions about a person can be answered with. */
export const DETAIL_CHOICES = sayAll({
  noNumber: [{ value: '', text: 'There is a number' }, ...choicesOf(NO_NUMBER_WORDS)],
  sex: [UNKNOWN, ...choicesOf(SEX_WORDS).filter(({ value }) => value !== 'not_known')],
  gender: [UNKNOWN, ...choicesOf(GENDER_WORDS).filter(({ value }) => value !== 'not_known')],
  ethnicity: [UNKNOWN, ...choicesOf(ETHNICITY_WORDS).filter(({ value }) => value !== '99')],
  underAge: [{ value: '', text: 'They are old enough' }, ...choicesOf(UNDER_AGE_WORDS)],
  safe: choicesOf(SAFE_WORDS),
  reach: [{ value: '', text: 'No way in particular' }, ...choicesOf(REACH_WORDS)],
  interpreter: choicesOf(INTERPRETER_WORDS),
  access: choicesOf(ACCESS_WORDS).map(({ value, text }) => ({ value, text: capitalised(text) })),
  faith: choicesOf(FAITH_WORDS),
});

const TEXTS = [
  'noNhsNumberBecause',
  'firstName',
  'lastName',
  'knownAs',
  'underAgeBasis',
  'underAgeNote',
  'sex',
  'gender',
  'ethnicity',
  'email',
  'address',
  'postcode',
  'dayPlacePostcode',
  'reachThrough',
  'reachNote',
  'language',
  'interpreter',
  'interpreterNote',
  'accessNote',
  'faithPreference',
  'faithTradition',
  ...Object.values(SAFE_FIELDS),
] as const satisfies readonly (keyof ClientView)[];

const YES_OR_NO = ['noFixedAddress', 'initialsOnly', 'safetyFlag'] as const satisfies (keyof ClientView)[];

/** What is recorded, as the form has it. */
export const answersOf = (view: ClientView): Form['values'] => ({
  ...Object.fromEntries(TEXTS.map((name) => [name, view[name] ?? ''])),
  ...Object.fromEntries(YES_OR_NO.map((name) => [name, view[name] ? 'yes' : 'no'])),
  ...dayBoxes('dateOfBirth', view.dateOfBirth),
  phone: view.phone === null ? '' : spokenPhone(view.phone),
  nhsNumber: view.nhsNumber === null ? '' : spokenNhsNumber(view.nhsNumber),
  accessNeeds: view.accessNeeds,
});
