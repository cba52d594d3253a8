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
import { say } from '../words/staff/staff-words.js';

export interface Fact {
  label: string;
  value: string;
}

/** What is recorded, in words, in the order in which it is asked. */
export function partsOf(view: ClientView): { heading: string; facts: Fact[] }[] {
  const fact = (label: string, value: string | null | undefined): Fact => ({
    label,
    value: value === null || value === undefined || value === '' ? say('Not known') : value,
  });
  const only = (label: string, value: string | null): Fact[] => (value === null ? [] : [fact(label, value)]);
  const yes = (label: string, value: boolean): Fact[] => (value ? [fact(label, say('Yes'))] : []);
  const { gpPractice } = view;
  return [
    {
      heading: say('Who they are'),
      facts: [
        fact(say('First name'), view.firstName),
        fact(say('Last name'), view.lastName),
        ...only(say('Likes to be called'), view.knownAs),
        fact(say('Date of birth'), dayInWords(view.dateOfBirth)),
        fact(say('NHS number'), spokenNhsNumber(view.nhsNumber)),
        ...only(
          say('Why there is no number'),
          view.noNhsNumberBecause && NO_NUMBER_WORDS[view.noNhsNumberBecause],
        ),
        ...only(say('Who decides'), view.underAgeBasis && UNDER_AGE_WORDS[view.underAgeBasis]),
        ...only(say('About that'), view.underAgeNote),
        fact(say('Sex'), view.sex && SEX_WORDS[view.sex]),
        fact(say('Gender'), view.gender && GENDER_WORDS[view.gender]),
        fact(say('Ethnic group'), view.ethnicity && ETHNICITY_WORDS[view.ethnicity]),
      ],
    },
    {
      heading: say('How to reach them'),
      facts: [
        fact(say('Phone'), view.phone && spokenPhone(view.phone)),
        fact(say('Safe to call?'), SAFE_WORDS[view.safeToCall]),
        fact(say('Safe to leave a message?'), SAFE_WORDS[view.safeToLeaveMessage]),
        fact(say('Safe to text?'), SAFE_WORDS[view.safeToText]),
        fact(say('E-mail address'), view.email),
        fact(say('Safe to e-mail?'), SAFE_WORDS[view.safeToEmail]),
        fact(say('Address'), view.noFixedAddress ? say('No fixed address') : view.address),
        fact(say('Postcode'), view.postcode),
        ...only(say('Where they spend the day'), view.dayPlacePostcode),
        fact(say('Safe to write?'), SAFE_WORDS[view.safeToWrite]),
        ...only(say('Best reached'), view.reachThrough && REACH_WORDS[view.reachThrough]),
        ...only(say('About reaching them'), view.reachNote),
        ...yes(say('Somebody may be watching'), view.safetyFlag),
        ...yes(say('Groups are told initials alone'), view.initialsOnly),
      ],
    },
    {
      heading: say('Language, access and faith'),
      facts: [
        fact(say('Language'), languageInWords(view.language)),
        fact(say('Interpreter'), INTERPRETER_WORDS[view.interpreter]),
        ...only(say('About the interpreter'), view.interpreterNote),
        fact(
          say('Needs to take part'),
          view.accessNeeds.length === 0
            ? say('Nothing noted')
            : view.accessNeeds.map((one) => capitalised(ACCESS_WORDS[one])).join(', '),
        ),
        ...only(say('About that'), view.accessNote),
        fact(say('Support by faith groups'), FAITH_WORDS[view.faithPreference]),
        ...only(say('Their tradition'), view.faithTradition),
      ],
    },
    {
      heading: say('GP practice'),
      facts: [
        fact(
          say('Registered with'),
          gpPractice?.noKnownPractice ? say('No practice that anybody knows of') : gpPractice?.name,
        ),
        ...(gpPractice ? [fact(say('Since'), dayInWords(gpPractice.startsOn))] : []),
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
