import { dayBoxes } from '../layout/dates.js';
import type { Form } from '../layout/forms.js';

/** What the form of a referral asks, by the names of the API. A draft may hold more, written by a program: that stays. */
const ASKED = [
  'client.nhsNumber',
  'client.firstName',
  'client.lastName',
  'client.dateOfBirth',
  'client.phone',
  'client.email',
  'client.address',
  'client.postcode',
  'client.noFixedAddress',
  'client.reachThrough',
  'client.reachNote',
  'client.language',
  'client.accessNeeds',
  'client.accessNote',
  'client.underAgeBasis',
  'client.underAgeNote',
  'reasons',
  'note',
  'noKnownRisks',
  'risks',
  'riskNote',
  'differentPerson',
  'agreement',
];

type Answers = Record<string, unknown>;

const isAnswers = (value: unknown): value is Answers =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Questions of the form that have no answer now, by which a draft forgets what it had there. */
export const unanswered = (input: object): string[] =>
  ASKED.filter((path) => {
    const value = path
      .split('.')
      .reduce<unknown>((at, name) => (isAnswers(at) ? at[name] : undefined), input);
    return value === undefined;
  });

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A draft as the form has it: lists as ticks, yes and no as words, a day in three boxes. */
export const answersIn = (draft: Answers, within = ''): Form['values'] =>
  Object.entries(draft).reduce<Form['values']>((values, [name, value]) => {
    const path = `${within}${name}`;
    if (isAnswers(value)) return { ...values, ...answersIn(value, `${path}.`) };
    if (Array.isArray(value)) return { ...values, [path]: value.map(String) };
    if (typeof value === 'boolean') return { ...values, [path]: value ? 'yes' : 'no' };
    if (typeof value !== 'string') return values;
    return { ...values, ...(DAY.test(value) ? dayBoxes(path, value) : { [path]: value }) };
  }, {});
