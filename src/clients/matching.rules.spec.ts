import {
  compareFacts,
  likelihoodOf,
  matchesAmong,
  mustBeRuledOut,
  type FactComparison,
  type MatchFacts,
} from './matching.rules.js';

const grace: MatchFacts = {
  nhsNumber: '9990000018',
  firstName: 'Grace',
  lastName: 'Okoro',
  knownAs: null,
  dateOfBirth: '1951-03-02',
  postcode: 'CO15 1AB',
  phone: '+447700900001',
};

describe('compareFacts', () => {
  it.each<[string, Partial<MatchFacts>, Partial<FactComparison>]>([
    [
      'herself',
      {},
      {
        nhsNumber: 'same',
        firstName: 'same',
        lastName: 'same',
        dateOfBirth: 'same',
        postcode: 'same',
        phone: 'same',
      },
    ],
    ['no number', { nhsNumber: null }, { nhsNumber: 'unknown' }],
    ['another number', { nhsNumber: '9990000026' }, { nhsNumber: 'different' }],
    ['an initial', { firstName: 'G' }, { firstName: 'alike' }],
    ['the way she is called', { firstName: 'Gracie' }, { firstName: 'alike' }],
    ['a name that sounds the same', { firstName: 'Grayce' }, { firstName: 'alike' }],
    ['another first name', { firstName: 'Mary' }, { firstName: 'different' }],
    ['the name she is known by', { firstName: 'Adaeze', knownAs: 'Grace' }, { firstName: 'alike' }],
    ['capitals and marks', { lastName: 'OKÒRO' }, { lastName: 'same' }],
    ['a name that sounds alike', { lastName: 'Okorow' }, { lastName: 'alike' }],
    ['a letter left out', { lastName: 'Okro' }, { lastName: 'alike' }],
    ['two letters exchanged', { firstName: 'Garce' }, { firstName: 'alike' }],
    ['a letter too many', { firstName: 'Graxce' }, { firstName: 'alike' }],
    ['two letters wrong', { firstName: 'Glade' }, { firstName: 'different' }],
    ['a double name', { lastName: 'Bello-Okoro' }, { lastName: 'alike' }],
    ['another last name', { lastName: 'Smith' }, { lastName: 'different' }],
    ['day and month exchanged', { dateOfBirth: '1951-02-03' }, { dateOfBirth: 'alike' }],
    ['one digit wrong', { dateOfBirth: '1957-03-02' }, { dateOfBirth: 'alike' }],
    ['two digits wrong', { dateOfBirth: '1957-03-12' }, { dateOfBirth: 'different' }],
    ['the next district', { postcode: 'CO16 1AB' }, { postcode: 'different' }],
    ['the same district', { postcode: 'CO15 9ZZ' }, { postcode: 'alike' }],
    ['no postcode', { postcode: null }, { postcode: 'unknown' }],
    ['another phone', { phone: '+447700900002' }, { phone: 'different' }],
  ])('%s', (_what, change, expected) => {
    const other = { ...grace, ...change };
    expect(compareFacts(grace, other)).toMatchObject(expected);
    expect(compareFacts(other, grace)).toEqual(compareFacts(grace, other));
  });
});

describe('likelihoodOf', () => {
  const strangers: MatchFacts = {
    nhsNumber: null,
    firstName: 'Peter',
    lastName: 'Lindqvist',
    knownAs: null,
    dateOfBirth: '1988-12-25',
    postcode: 'M1 1AE',
    phone: '+447700900999',
  };
  it.each<[string, Partial<MatchFacts>, ReturnType<typeof likelihoodOf>]>([
    ['a stranger', {}, null],
    ['a stranger with her NHS number', { nhsNumber: grace.nhsNumber }, 'possible'],
    ['her number and birth date', { nhsNumber: grace.nhsNumber, dateOfBirth: grace.dateOfBirth }, 'certain'],
    ['her number and last name', { nhsNumber: grace.nhsNumber, lastName: 'Okoro' }, 'certain'],
    ['her number and first name', { nhsNumber: grace.nhsNumber, firstName: 'Grace' }, 'certain'],
    [
      'name and birth date, no number',
      { firstName: 'Grace', lastName: 'Okoro', dateOfBirth: grace.dateOfBirth },
      'likely',
    ],
    [
      'sound-alikes and birth date',
      { firstName: 'Gracie', lastName: 'Okorow', dateOfBirth: grace.dateOfBirth },
      'likely',
    ],
    [
      'name and birth date, another number',
      { nhsNumber: '9990000026', firstName: 'Grace', lastName: 'Okoro', dateOfBirth: grace.dateOfBirth },
      'possible',
    ],
    [
      'name alike and birth date, another number',
      { nhsNumber: '9990000026', firstName: 'Gracie', lastName: 'Okoro', dateOfBirth: grace.dateOfBirth },
      null,
    ],
    [
      'married since',
      { firstName: 'Grace', dateOfBirth: grace.dateOfBirth, postcode: grace.postcode },
      'likely',
    ],
    [
      'married and moved, same phone',
      { firstName: 'Grace', dateOfBirth: grace.dateOfBirth, phone: grace.phone },
      'likely',
    ],
    ['married and moved', { firstName: 'Grace', dateOfBirth: grace.dateOfBirth }, null],
    [
      'mistyped birth date, same home',
      { firstName: 'Grace', lastName: 'Okoro', dateOfBirth: '1951-02-03', postcode: grace.postcode },
      'likely',
    ],
    [
      'mistyped birth date, same phone',
      { firstName: 'Grace', lastName: 'Okoro', dateOfBirth: '1951-02-03', phone: grace.phone },
      'likely',
    ],
    ['mistyped birth date', { firstName: 'Grace', lastName: 'Okoro', dateOfBirth: '1951-02-03' }, 'possible'],
    ['her twin', { lastName: 'Okoro', dateOfBirth: grace.dateOfBirth, postcode: grace.postcode }, 'possible'],
    [
      'her grandmother of the same name',
      { firstName: 'Grace', lastName: 'Okoro', postcode: grace.postcode },
      'possible',
    ],
    ['the same name and phone', { firstName: 'Grace', lastName: 'Okoro', phone: grace.phone }, 'possible'],
    ['a namesake', { firstName: 'Grace', lastName: 'Okoro' }, null],
    ['born the same day', { dateOfBirth: grace.dateOfBirth }, null],
    ['a housemate', { postcode: grace.postcode, phone: grace.phone }, null],
  ])('%s', (_who, change, expected) => {
    expect(likelihoodOf(compareFacts(grace, { ...strangers, ...change }))).toBe(expected);
  });
});

describe('matchesAmong', () => {
  const likely = { ...grace, id: 'likely', nhsNumber: null };
  const possible = {
    ...grace,
    id: 'possible',
    nhsNumber: null,
    dateOfBirth: '1951-02-03',
    postcode: null,
    phone: null,
  };
  const certain = { ...grace, id: 'certain' };
  const nobody = { ...grace, id: 'nobody', nhsNumber: '9990000026', firstName: 'Peter' };

  it('leaves out those who are not the person and puts the likeliest first', () => {
    const found = matchesAmong(grace, [nobody, possible, likely, certain]);
    expect(found.map(({ candidate }) => candidate.id)).toEqual(['certain', 'likely', 'possible']);
  });

  it('asks to rule out only what is likely, and only what was not', () => {
    const found = matchesAmong(grace, [possible, likely, certain]);
    const asked = (ruledOut: string[]) =>
      found.filter((match) => mustBeRuledOut(match, ruledOut)).map(({ candidate }) => candidate.id);
    expect(asked([])).toEqual(['certain', 'likely']);
    expect(asked(['likely', 'possible'])).toEqual(['certain']);
    expect(asked(['likely', 'certain'])).toEqual([]);
  });
});
