import type { ClientView } from '../../clients/client.dto.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { dayInWords } from '../layout/dates.js';
import { languageInWords, spokenNhsNumber } from '../layout/words.js';
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

export interface Fact {
  label: string;
  value: string;
}

/** What is recorded, in words, in the order in which it is asked. */
export function partsOf(view: ClientView): { heading: string; facts: Fact[] }[] {
  const fact = (label: string, value: string | null | undefined): Fact => ({
    label,
    value: value === null || value === undefined || value === '' ? 'Not known' : value,
  });
  const only = (label: string, value: string | null): Fact[] => (value === null ? [] : [fact(label, value)]);
  const yes = (label: string, value: boolean): Fact[] => (value ? [fact(label, 'Yes')] : []);
  const { gpPractice } = view;
  return [
    {
      heading: 'Who they are',
      facts: [
        fact('First name', view.firstName),
        fact('Last name', view.lastName),
        ...only('Likes to be called', view.knownAs),
        fact('Date of birth', dayInWords(view.dateOfBirth)),
        fact('NHS number', spokenNhsNumber(view.nhsNumber)),
        ...only(
          'Why there is no number',
          view.noNhsNumberBecause && NO_NUMBER_WORDS[view.noNhsNumberBecause],
        ),
        ...only('Who decides', view.underAgeBasis && UNDER_AGE_WORDS[view.underAgeBasis]),
        ...only('About that', view.underAgeNote),
        fact('Sex', view.sex && SEX_WORDS[view.sex]),
        fact('Gender', view.gender && GENDER_WORDS[view.gender]),
        fact('Ethnic group', view.ethnicity && ETHNICITY_WORDS[view.ethnicity]),
      ],
    },
    {
      heading: 'How to reach them',
      facts: [
        fact('Phone', view.phone && spokenPhone(view.phone)),
        fact('Safe to call?', SAFE_WORDS[view.safeToCall]),
        fact('Safe to leave a message?', SAFE_WORDS[view.safeToLeaveMessage]),
        fact('Safe to text?', SAFE_WORDS[view.safeToText]),
        fact('E-mail address', view.email),
        fact('Safe to e-mail?', SAFE_WORDS[view.safeToEmail]),
        fact('Address', view.noFixedAddress ? 'No fixed address' : view.address),
        fact('Postcode', view.postcode),
        ...only('Where they spend the day', view.dayPlacePostcode),
        fact('Safe to write?', SAFE_WORDS[view.safeToWrite]),
        ...only('Best reached', view.reachThrough && REACH_WORDS[view.reachThrough]),
        ...only('About reaching them', view.reachNote),
        ...yes('Somebody may be watching', view.safetyFlag),
        ...yes('Groups are told initials alone', view.initialsOnly),
      ],
    },
    {
      heading: 'Language, access and faith',
      facts: [
        fact('Language', languageInWords(view.language)),
        fact('Interpreter', INTERPRETER_WORDS[view.interpreter]),
        ...only('About the interpreter', view.interpreterNote),
        fact(
          'Needs to take part',
          view.accessNeeds.length === 0
            ? 'Nothing noted'
            : view.accessNeeds.map((one) => capitalised(ACCESS_WORDS[one])).join(', '),
        ),
        ...only('About that', view.accessNote),
        fact('Support by faith groups', FAITH_WORDS[view.faithPreference]),
        ...only('Their tradition', view.faithTradition),
      ],
    },
    {
      heading: 'GP practice',
      facts: [
        fact(
          'Registered with',
          gpPractice?.noKnownPractice ? 'No practice that anybody knows of' : gpPractice?.name,
        ),
        ...(gpPractice ? [fact('Since', dayInWords(gpPractice.startsOn))] : []),
      ],
    },
  ];
}

/** Two records fact by fact, and where they differ. What only one of them has stands beside nothing. */
export function sideBySide(
  one: ClientView,
  other: ClientView,
): { label: string; here: string; there: string }[] {
  const [here, there] = [one, other].map((view) => partsOf(view).flatMap(({ facts }) => facts)) as [
    Fact[],
    Fact[],
  ];
  const labels = [...new Set([...here, ...there].map(({ label }) => label))];
  const of = (facts: Fact[], label: string): string =>
    facts
      .filter((fact) => fact.label === label)
      .map(({ value }) => value)
      .join('; ') || '–';
  return labels.map((label) => ({ label, here: of(here, label), there: of(there, label) }));
}
