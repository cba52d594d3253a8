import fc from 'fast-check';
import { filledIn } from './pasted.fill.js';
import { readPasted } from './pasted.rules.js';

const TODAY = '2026-11-23';
const GRACE = {
  firstName: 'Grace',
  lastName: 'Okafor',
  dateOfBirth: '1948-03-02',
  nhsNumber: '9990000018',
};
const { firstName, lastName, dateOfBirth, nhsNumber } = GRACE;
const PHONE = { phone: '07700 900123' };
const LIVES = { address: '12 High Street\nLexden', postcode: 'CO3 4AB' };

/** Made up, in the manner of clinical systems, sheets, letters and hands. */
const LAYOUTS: [string, object][] = [
  ['Surname: OKAFOR\nForename: GRACE\nDOB: 02/03/1948\nNHS No: 999 000 0018', GRACE],
  [
    'Surname: OKAFOR\nDOB 02-Mar-1948\nNHS No. 999 000 0018\nTel 07700 900123',
    { lastName, dateOfBirth, nhsNumber, ...PHONE },
  ],
  [
    'OKAFOR, Grace (Mrs)  Born 02-Mar-1948 (78y)  Gender Female  NHS No. 999 000 0018  Usual GP ALI, A (Dr)',
    GRACE,
  ],
  [
    'OKAFOR, Grace (Mrs) Born 02-Mar-1948 (78y) Gender Female NHS No. 999 000 0018 Usual GP ALI, A (Dr)',
    GRACE,
  ],
  ['Okafor, Grace (Mrs)\t02 Mar 1948 (78 y)\tF\tNHS: 999 000 0018', GRACE],
  ['Name:\tOKAFOR, Grace (Mrs)\nDate of Birth:\t02-Mar-1948\nNHS Number:\t999 000 0018', GRACE],
  ['Patient Name\nGrace Okafor\nDate of Birth\n2 March 1948\nNHS Number\n999-000-0018', GRACE],
  ['Name: Mrs Grace Okafor', { firstName, lastName }],
  ['Name: OKAFOR Grace', { firstName, lastName }],
  [
    'First name\tSurname\tDOB\tNHS number\tMobile\nGrace\tOkafor\t02/03/1948\t9990000018\t07700900123',
    { ...GRACE, ...PHONE },
  ],
  ['First name,Last name,Date of birth,NHS number\nGrace,Okafor,02/03/1948,999 000 0018', GRACE],
  ['"Surname","Forename","D.O.B."\n"Okafor","Grace","1948-03-02"', { firstName, lastName, dateOfBirth }],
  ['NHS Number;Surname;Forename\n9990000018;OKAFOR;GRACE', { nhsNumber, firstName, lastName }],
  ['9990000018,OKAFOR,Grace,02/03/1948,07700 900123,CO3 4AB', { ...GRACE, ...PHONE, postcode: 'CO3 4AB' }],
  ['9990000018\tOKAFOR\tGrace\t02/03/1948', GRACE],
  ['OKAFOR|Grace|19480302|F|999 000 0018', GRACE],
  ['OKAFOR,Grace,Mrs,02/03/1948', { firstName, lastName, dateOfBirth }],
  [
    'Re: Mrs Grace Okafor, DOB 02/03/1948, NHS No 999 000 0018, 12 High Street, Colchester CO3 4AB',
    { ...GRACE, postcode: 'CO3 4AB' },
  ],
  [
    'Re: Mrs Grace Okafor  DOB: 2.3.1948\n12 High Street, Lexden, CO3 4AB',
    { firstName, lastName, dateOfBirth, postcode: 'CO3 4AB' },
  ],
  ['Mrs Grace Okafor\n12 High Street\nLexden\nCO3 4AB\n\nDear Mrs Okafor', { firstName, lastName, ...LIVES }],
  [
    'Hillside Surgery\n1 Mill Road\nCO1 1AA\nTel: 01632 960000\n\nMrs Grace Okafor\n12 High Street\nLexden\nCO3 4AB',
    { firstName, lastName, ...LIVES },
  ],
  [
    'Surname: Okafor\nForename: Grace\nAddress: 12 High Street\nLexden\nCO3 4AB\nMobile: 07700 900123',
    { firstName, lastName, ...LIVES, ...PHONE },
  ],
  [
    'Address: 12 High Street, Lexden, Colchester, CO3 4AB',
    { address: '12 High Street, Lexden, Colchester', postcode: 'CO3 4AB' },
  ],
  ['Address line 1: 12 High Street\nAddress line 2: Lexden\nPostcode: co3 4ab', LIVES],
  ['Address: No fixed abode', { noFixedAddress: 'yes' }],
  ['Home tel: 01632 960123\nMobile: 07700 900123', PHONE],
  ['Phone: +44 7700 900123 (daughter answers)', PHONE],
  ['E-mail: grace@example.org', { email: 'grace@example.org' }],
  ['Email address: <grace@example.org>', { email: 'grace@example.org' }],
  ['Surname: Okafor\nNext of kin: Femi Okafor Tel: 07700 900456', { lastName }],
  [
    'Surname: Okafor\nNext of kin\nName: Femi Bello\nTel: 07700 900456\n\nTel: 07700 900123',
    { lastName, ...PHONE },
  ],
  ['Surname: O’BRIEN-SMITH\nFirst name: MARY ANN', { lastName: 'O’Brien-Smith', firstName: 'Mary Ann' }],
  ['Surname: MCDONALD', { lastName: 'McDonald' }],
  ['Surname: van der Berg', { lastName: 'van der Berg' }],
  ['Name: Łukasz Żółć\nDOB: 1 styczeń 1970', { firstName: 'Łukasz', lastName: 'Żółć' }],
  ['DOB: March 2, 1948', { dateOfBirth }],
  ['DOB: 2nd Mar 1948', { dateOfBirth }],
  ['D.O.B. 1948-03-02 (78)', { dateOfBirth }],
  ['Surname = OKAFOR\r\nForename = Grace\r\nNHS = 999 000 0018', { firstName, lastName, nhsNumber }],
  [
    'Title: Mrs  Surname: Okafor  First name: Grace  Sex: F  Ethnicity: Black African',
    { firstName, lastName },
  ],
  ['\u200ESurname:\u00A0Okafor\u200F', { lastName }],
  ['Usual GP: Dr Ali\nDate: 20/11/2026\nDate registered: 01/04/1999\nSurname: Okafor', { lastName }],
  ['Dr A Ali\nHillside Surgery', {}],
  ['', {}],
];

describe('a text pasted from elsewhere', () => {
  it('has more than forty layouts here', () => {
    expect(LAYOUTS.length).toBeGreaterThan(40);
  });

  it.each(LAYOUTS)('%j', (text, found) => {
    expect(readPasted(text, TODAY).found).toEqual(found);
  });

  it.each([
    ['DOB: 02/03/48', '1948-03-02', 'century'],
    ['DOB: 03/25/1948', '1948-03-25', 'month before its day'],
    ['DOB: 31/02/1948', undefined, 'no real date'],
    ['DOB: 02/03/2048', undefined, 'in the future'],
    ['DOB: 02/03/1848', undefined, 'more than 120 years'],
    ['Mrs Grace Okafor  2 March 1948', '1948-03-02', 'Nothing says'],
    ['seen 02/03/1948 and 03/03/1950', undefined, ''],
    ['Mrs Grace Okafor\n2 March 1948 20/11/2026', undefined, ''],
  ])('%j is read as %s, with a doubt: %s', (text, day, doubt) => {
    const read = readPasted(text, TODAY);
    expect(read.found.dateOfBirth).toBe(day);
    expect(read.doubts.join()).toContain(doubt);
  });

  it.each([
    ['NHS No. 999 000 0019', 'the last digit does not match'],
    ['Name: Grace Adaeze Okafor', 'where the first name ends'],
    ['Mobile: 07700 900123\nHome tel: 01632 960123', '01632 960123'],
    ['A CO1 1AA and another CO3 4AB', 'Postcode: there is more than one'],
    ['Surname,Forename\nOkafor,Grace\nBello,Femi', 'more than one person'],
  ])('%j has a doubt: %s', (text, doubt) => {
    expect(readPasted(text, TODAY).doubts.join()).toContain(doubt);
  });
});

const NAMES = fc.constantFrom('Grace', 'Musa', 'Anwen', 'O’Neill', 'Zoë', 'Smith-Jones', 'Łucja', 'Bello');
const DAYS = fc.record({
  year: fc.integer({ min: 1907, max: 2025 }),
  month: fc.integer({ min: 1, max: 12 }),
  day: fc.integer({ min: 1, max: 28 }),
});
const SEPARATORS = fc.constantFrom(': ', ':\t', ' = ', ':');

describe('whoever it is about, and in whatever order', () => {
  it('what is labelled is found', () => {
    fc.assert(
      fc.property(
        NAMES,
        NAMES,
        DAYS,
        SEPARATORS,
        fc.constantFrom('/', '-', '.'),
        (first, last, at, colon, dot) => {
          const [month, day] = [at.month, at.day].map((part) => String(part).padStart(2, '0'));
          const lines = [
            `Surname${colon}${last.toUpperCase()}`,
            `Forename${colon}${first}`,
            `DOB${colon}${[day, month, String(at.year)].join(dot)}`,
            `NHS No${colon}999 000 0018`,
          ];
          for (const order of [lines, [...lines].reverse()])
            expect(readPasted(order.join('\n'), TODAY).found).toEqual({
              firstName: first,
              lastName: last,
              dateOfBirth: `${String(at.year)}-${String(month)}-${String(day)}`,
              nhsNumber: '9990000018',
            });
        },
      ),
    );
  });

  it('any text at all is read, and what is found is of the form that the boxes take', () => {
    const bits = fc.constantFrom(
      'Surname:',
      'DOB',
      'NHS',
      '\n',
      '\t',
      ',',
      '  ',
      'Tel',
      '02/03/1948',
      '999 000 0018',
      'CO3 4AB',
      'GP',
      'Okafor',
    );
    const texts = fc.array(fc.oneof(bits, fc.string({ unit: 'binary' })), { maxLength: 40 });
    fc.assert(
      fc.property(texts, (parts) => {
        const { found, doubts } = readPasted(parts.join(' '), TODAY);
        expect(found.nhsNumber ?? '9990000018').toMatch(/^\d{10}$/);
        expect(found.dateOfBirth ?? TODAY).toMatch(/^\d{4}-\d\d-\d\d$/);
        expect((found.dateOfBirth ?? TODAY) <= TODAY).toBe(true);
        expect(found.lastName ?? '').not.toMatch(/\d/);
        expect(doubts.every((one) => one !== '')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('what was typed is never changed', () => {
    const typed = fc.record({
      'client.lastName': fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
      'client.phone': fc.constantFrom('', '07700 900999'),
    });
    fc.assert(
      fc.property(typed, (values) => {
        const pasted = 'Surname: Okafor\nTel: 07700 900123';
        const filled = filledIn(values, pasted, TODAY);
        expect(filled.put).toEqual(values['client.phone'] === '' ? { 'client.phone': '07700 900123' } : {});
        expect(filled.lines.some((line) => line.startsWith('Last name is left as you typed it'))).toBe(
          values['client.lastName'].toLowerCase().replaceAll(/[\s,-]/g, '') !== 'okafor',
        );
      }),
    );
  });
});

describe('what a form is filled in with', () => {
  it('is named, and so is what was not there', () => {
    const { put, lines } = filledIn(
      { 'client.phone': '07700 900123' },
      'Surname: Okafor\nDOB: 02/03/48',
      TODAY,
    );
    expect(put).toEqual({
      'client.lastName': 'Okafor',
      'client.dateOfBirth.day': '2',
      'client.dateOfBirth.month': '3',
      'client.dateOfBirth.year': '1948',
    });
    expect(lines).toEqual([
      'Filled in: Last name, Date of birth.',
      'Not taken from it: NHS number, First name, Phone, E-mail address, Address, Postcode.',
      'The year of birth has two figures, so the century is a guess. Check it.',
    ]);
  });

  it('what is spelt otherwise and says the same is no difference', () => {
    const { lines } = filledIn(
      {
        'client.lastName': 'okafor',
        'client.dateOfBirth.day': '02',
        'client.dateOfBirth.month': '3',
        'client.dateOfBirth.year': '1948',
        'client.nhsNumber': '999 0000018',
        'client.phone': '07700 900123',
      },
      'Surname: OKAFOR\nDOB: 02/03/1948\nNHS: 999 000 0018\nTel: 07700900123',
      TODAY,
    );
    expect(lines.join()).not.toContain('left as you typed');
  });

  it('nothing pasted is said', () => {
    expect(filledIn({}, ' ', TODAY).lines).toEqual(['There is nothing in the box to fill in from.']);
  });
});
