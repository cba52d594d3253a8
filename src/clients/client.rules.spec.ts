import {
  answersToAskAgain,
  carriedContact,
  deathProblems,
  personProblems,
  stricterAnswer,
  stricterContact,
  type PersonFacts,
} from './client.rules.js';
import { SAFE_ANSWERS, type SafeAnswer, type SafeContact } from './client.types.js';

const TODAY = '2026-11-23';
const everywhere = (answer: SafeAnswer): SafeContact => ({
  safeToCall: answer,
  safeToText: answer,
  safeToEmail: answer,
  safeToWrite: answer,
  safeToLeaveMessage: answer,
});

describe('personProblems', () => {
  const person: PersonFacts = {
    dateOfBirth: '1951-03-02',
    nhsNumber: '9990000018',
    noNhsNumberBecause: null,
    underAgeBasis: null,
    faithPreference: 'not_asked',
    faithTradition: null,
  };
  it.each<[string, Partial<PersonFacts>, number, string[]]>([
    ['an adult', {}, 18, []],
    ['born today', { dateOfBirth: TODAY, underAgeBasis: 'parental_responsibility' }, 18, []],
    ['born tomorrow', { dateOfBirth: '2026-11-24' }, 18, ['dateOfBirth']],
    ['aged 125', { dateOfBirth: '1901-11-23' }, 18, []],
    ['aged 126', { dateOfBirth: '1900-11-23' }, 18, ['dateOfBirth']],
    ['18 today', { dateOfBirth: '2008-11-23' }, 18, []],
    ['18 tomorrow', { dateOfBirth: '2008-11-24' }, 18, ['underAgeBasis']],
    ['18 tomorrow and competent', { dateOfBirth: '2008-11-24', underAgeBasis: 'competence' }, 18, []],
    ['18 tomorrow, a scheme from 16', { dateOfBirth: '2008-11-24' }, 16, []],
    ['20, a scheme from 25', { dateOfBirth: '2006-01-01' }, 25, ['underAgeBasis']],
    ['grown up since', { underAgeBasis: 'competence' }, 18, []],
    ['a number and a reason for none', { noNhsNumberBecause: 'overseas' }, 18, ['noNhsNumberBecause']],
    ['a reason for no number', { nhsNumber: null, noNhsNumberBecause: 'overseas' }, 18, []],
    ['neither number nor reason', { nhsNumber: null }, 18, []],
    ['own tradition', { faithPreference: 'own_tradition', faithTradition: 'Quaker' }, 18, []],
    ['a tradition nobody asked for', { faithTradition: 'Quaker' }, 18, ['faithTradition']],
  ])('%s', (_who, change, minimumAge, fields) => {
    const problems = personProblems({ ...person, ...change }, TODAY, minimumAge);
    expect(problems.map(({ field }) => field)).toEqual(fields);
  });
});

describe('the stricter contact rule', () => {
  const table: [SafeAnswer, SafeAnswer, SafeAnswer][] = [
    ['yes', 'yes', 'yes'],
    ['yes', 'not_asked', 'not_asked'],
    ['yes', 'no', 'no'],
    ['not_asked', 'not_asked', 'not_asked'],
    ['not_asked', 'no', 'no'],
    ['no', 'no', 'no'],
  ];
  it.each(table)('%s and %s give %s, either way round', (a, b, expected) => {
    expect(stricterAnswer(a, b)).toBe(expected);
    expect(stricterAnswer(b, a)).toBe(expected);
  });

  it('is taken channel by channel', () => {
    const one = { ...everywhere('yes'), safeToText: 'no' as const };
    const other = { ...everywhere('yes'), safeToEmail: 'not_asked' as const };
    expect(stricterContact(one, other)).toEqual({
      ...everywhere('yes'),
      safeToText: 'no',
      safeToEmail: 'not_asked',
    });
  });
});

describe('carriedContact', () => {
  it.each(SAFE_ANSWERS.flatMap((kept) => SAFE_ANSWERS.map((sent) => [kept, sent] as const)))(
    'kept %s, sent %s',
    (kept, sent) => {
      const expected = sent === 'no' ? 'no' : kept;
      expect(carriedContact(everywhere(kept), everywhere(sent))).toEqual(everywhere(expected));
    },
  );
});

describe('answersToAskAgain', () => {
  const before = {
    ...everywhere('yes'),
    phone: '+447700900001',
    email: 'grace@example.org',
    address: '1 High Street',
    postcode: 'CO15 1AB',
  };
  it.each<[string, Parameters<typeof answersToAskAgain>[1], Partial<SafeContact>]>([
    ['nothing changed', {}, {}],
    ['the same number again', { phone: '+447700900001' }, {}],
    [
      'a new number',
      { phone: '+447700900002' },
      { safeToCall: 'not_asked', safeToText: 'not_asked', safeToLeaveMessage: 'not_asked' },
    ],
    [
      'a new number that is safe to text',
      { phone: '+447700900002', safeToText: 'yes' },
      { safeToCall: 'not_asked', safeToLeaveMessage: 'not_asked' },
    ],
    ['a new e-mail address', { email: 'okoro@example.org' }, { safeToEmail: 'not_asked' }],
    ['no e-mail address any more', { email: null }, { safeToEmail: 'not_asked' }],
    ['moved', { address: '2 High Street' }, { safeToWrite: 'not_asked' }],
    ['another postcode', { postcode: 'CO15 1AC' }, { safeToWrite: 'not_asked' }],
  ])('%s', (_what, change, expected) => {
    expect(answersToAskAgain(before, change)).toEqual(expected);
  });

  it('leaves a "no" alone', () => {
    expect(answersToAskAgain({ ...before, ...everywhere('no') }, { phone: null, email: null })).toEqual({});
  });
});

describe('deathProblems', () => {
  it.each<[string | null, number]>([
    [null, 0],
    ['2026-11-23', 0],
    ['1951-03-02', 0],
    ['2026-11-24', 1],
    ['1951-03-01', 1],
  ])('%s', (diedOn, problems) => {
    expect(deathProblems(diedOn, '1951-03-02', TODAY)).toHaveLength(problems);
  });
});
