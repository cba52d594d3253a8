import {
  columnOf,
  columnsProblem,
  NOT_READ,
  PeopleSoFar,
  readRow,
  recognise,
  SHEET_FIELD_NAMES,
  sheetWord,
  TEMPLATE,
  withStandIns,
} from './referral-sheet.rules.js';

const HEADINGS = [
  'Forename',
  'Surname',
  'DOB',
  'Agreed on',
  'Agreed with',
  'Known risks',
  'Reasons',
  'Shoe size',
];
const COLUMNS = recognise(HEADINGS);
const CELLS = {
  Forename: 'Grace',
  Surname: 'Okoro',
  DOB: '2/3/1951',
  'Agreed on': '16.11.2026',
  'Agreed with': 'Dr Ali',
  'Known risks': 'None known',
  Reasons: 'Debt and money; loneliness, loneliness',
  'Shoe size': '38',
};
const read = (cells: Record<string, string> = {}, defaults = {}) =>
  readRow(HEADINGS, COLUMNS, { ...CELLS, ...cells }, { how: 'phone', ...defaults });

describe('a list of people', () => {
  it('knows its columns by what sheets call them', () => {
    expect(COLUMNS).toEqual([
      'firstName',
      'lastName',
      'dateOfBirth',
      'agreedOn',
      'agreedWith',
      'risks',
      'reasons',
      NOT_READ,
    ]);
    expect(recognise(['NHS_Number', 'E-mail', 'Date of birth', 'Born'])).toEqual([
      'nhsNumber',
      'email',
      'dateOfBirth',
      NOT_READ,
    ]);
    const [headings = [], person = []] = TEMPLATE;
    expect(recognise(headings)).toEqual(SHEET_FIELD_NAMES);
    const cells = Object.fromEntries(headings.map((heading, at) => [heading, person[at] ?? '']));
    expect(readRow(headings, recognise(headings), cells, { how: 'video' }).problems).toEqual([]);
  });

  it.each([
    [[...COLUMNS.slice(1)], 'Say of every column what it is'],
    [[...COLUMNS.slice(0, -1), 'shoes'], 'Select from the list what each column is'],
    [[...COLUMNS.slice(0, -1), 'risks'], 'Two columns are both “Risks”. Keep one of them'],
    [[NOT_READ, ...COLUMNS.slice(1)], 'Say which column is: First name. Without it nobody can be referred'],
  ])('needs each column said once: %#', (columns, problem) => {
    expect(columnsProblem(HEADINGS, columns)).toBe(problem);
  });

  it('can be read once all that a referral needs is there', () => {
    expect(columnsProblem(HEADINGS, COLUMNS)).toBeNull();
  });

  it('says a row as the API would have it', () => {
    expect(read()).toEqual({
      problems: [],
      send: {
        client: { firstName: 'Grace', lastName: 'Okoro', dateOfBirth: '1951-03-02' },
        agreement: { basis: 'agreed', agreedOn: '2026-11-16', how: 'phone', agreedWith: 'Dr Ali' },
        reasons: ['debt_and_money', 'loneliness'],
        noKnownRisks: true,
        couldComeToHarm: false,
      },
    });
    expect(read({ Reasons: '', 'Known risks': 'falls|infection' }, { reasons: ['food'] })).toMatchObject({
      send: { reasons: ['food'], risks: ['falls', 'infection'] },
    });
    // Left for the API to refuse: a year of two figures may be either century.
    expect(read({ DOB: '2/3/51' })).toMatchObject({ send: { client: { dateOfBirth: '2/3/51' } } });
  });

  it.each([
    [{ 'Agreed on': ' ' }, 'Agreed on', 'Invite them first'],
    [{ 'Agreed with': '' }, 'Agreed with', 'Invite them first'],
    [{ Reasons: 'shoes' }, 'Reasons', 'We do not know “shoes”. Use: loneliness'],
    [{ 'Known risks': '' }, 'Known risks', 'Say which risks are known, or “none known”'],
    [{ 'Known risks': 'none; falls' }, 'Known risks', 'Say either “none known” or which'],
    [{ 'Known risks': 'dragons' }, 'Known risks', 'We do not know “dragons”. Say “none known”, or use: '],
  ])('refuses what a form could not say: %#', (cells, column, reason) => {
    expect(read(cells).problems).toEqual([{ column, reason: expect.stringContaining(reason) }]);
  });

  it('names everything that is wrong with a row', () => {
    const { problems } = read({
      'Agreed on': '',
      'Agreed with': '',
      Reasons: 'shoes',
      'Known risks': 'dragons',
    });
    expect(problems.map(({ column }) => column)).toEqual([
      'Agreed on',
      'Agreed with',
      'Reasons',
      'Known risks',
    ]);
  });

  it('puts something right where an answer was wrong, and nothing where none is needed', () => {
    const { send } = read({ Forename: '', Reasons: 'shoes' });
    const sent = { ...send, client: { ...(send['client'] as object), nhsNumber: '1' } };
    const fields = ['client.firstName', 'client.nhsNumber', 'reasons', 'noKnownRisks'];
    expect(withStandIns(sent, fields)).toMatchObject({ client: { firstName: 'A', lastName: 'Okoro' } });
    expect(withStandIns(sent, fields)).toMatchObject({ reasons: ['loneliness'], risks: ['falls'] });
    expect(withStandIns(sent, fields)).not.toHaveProperty('client.nhsNumber');
    expect(withStandIns(sent, ['risks'])).not.toHaveProperty('noKnownRisks');
    expect(sent).toMatchObject({ client: { nhsNumber: '1' }, reasons: ['shoes'] });
  });

  it('takes yes, no and not asked as answers of how to reach somebody, and nothing else', () => {
    const headings = [...HEADINGS, 'Safe to call', 'Safe to text', 'How they agreed', 'Language', 'Note'];
    const said = (more: Record<string, string>) =>
      readRow(headings, recognise(headings), { ...CELLS, ...more }, { how: 'phone' });
    expect(
      said({
        'Safe to call': 'Y',
        'Safe to text': 'not asked',
        'How they agreed': 'In person',
        Language: 'PL',
      }),
    ).toMatchObject({
      send: {
        client: { safeToCall: 'yes', safeToText: 'not_asked', language: 'pl' },
        agreement: { how: 'in_person' },
      },
    });
    expect(said({ 'Safe to call': 'perhaps' })).toMatchObject({ problems: [{ column: 'Safe to call' }] });
    expect(said({ 'How they agreed': 'by owl' })).toMatchObject({
      problems: [{ column: 'How they agreed' }],
    });
    expect(said({ Note: 'Likes tea' })).toMatchObject({ send: { note: 'Likes tea' } });
  });

  it('names the column of what the API refuses', () => {
    expect(columnOf('client.dateOfBirth', HEADINGS, COLUMNS)).toBe('DOB');
    expect(columnOf('noKnownRisks', HEADINGS, COLUMNS)).toBe('Known risks');
    expect(columnOf('client.phone', HEADINGS, COLUMNS)).toBe('Phone');
    expect(columnOf('client.underAgeBasis', HEADINGS, COLUMNS)).toBe('DOB');
    expect(sheetWord('agreedHow')).toBe('Agreed how');
    expect(sheetWord('Shoe size')).toBe('Shoe size');
  });

  it('tells namesakes apart by their numbers, and nobody from themselves', () => {
    const people = new PeopleSoFar();
    const person = (nhsNumber: string | null, firstName = 'Grace') => ({
      client: {
        ...(nhsNumber ? { nhsNumber } : {}),
        firstName,
        lastName: 'Okoro',
        dateOfBirth: '1951-03-02',
      },
    });
    expect(people.find(person('999 000 0018'), 2)).toBeUndefined();
    expect(people.find(person('9990000018', 'Gracie'), 3)).toBe(2);
    expect(people.find(person('9990000026'), 4)).toBeUndefined();
    expect(people.find(person(null, 'GRACE'), 5)).toBe(2);
    expect(people.find(person(null, 'Musa'), 6)).toBeUndefined();
  });
});
