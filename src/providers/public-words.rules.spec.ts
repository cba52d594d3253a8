import { wordsWarnings, type WarnedOf } from './public-words.rules.js';

const listing = {
  name: 'Tuesday lunch',
  description: 'Soup and company.',
  eligibilityNote: null,
  costNote: null,
  howToJoin: null,
  address: 'Refuge House, 12 High Street, Harwich',
  postcode: 'CO12 3AB',
  withholdLocation: false,
  publishable: true,
};
const HIDDEN = { withholdLocation: true };

describe('what is said of a service, before everybody reads it', () => {
  it.each<[string, Partial<typeof listing>, WarnedOf[]]>([
    ['Soup and company.', {}, []],
    ['Ring Mo on 07700 900123.', {}, ['phone']],
    ['Ring 07700900123', {}, ['phone']],
    ['Ring (01632) 960 001, evenings', {}, ['phone']],
    ['Text +44 7700 900 123', {}, ['phone']],
    ['0044 7700 900123', {}, ['phone']],
    ['mo.rahman@example.org', {}, ['email']],
    ['Write to <Mo@Example.ORG.UK>, or ring 07700-900-123', {}, ['phone', 'email']],
    ['From 0900 to 1030, 12 places, £3', {}, []],
    ['Tuesdays 10:00-12:00 and 14:00-16:00, 05/01/2027', {}, []],
    ['Charity 0123456, founded 1987', {}, []],
    ['Ask for @mo at the door', {}, []],
    ['At 12 High Street, by the church', {}, []],
    ['At 12 High Street, by the church', HIDDEN, ['place']],
    ['at 12, HIGH street', HIDDEN, ['place']],
    ['Come to Refuge house', HIDDEN, ['place']],
    ['Near CO12 3AB', HIDDEN, ['place']],
    ['Near co123ab', HIDDEN, ['place']],
    ['Anywhere in Harwich, CO12 or CO13', HIDDEN, []],
    ['In the high street', HIDDEN, []],
    ['Ring 07700 900123', { publishable: false }, []],
  ])('“%s”, %j: %j', (description, more, warned) => {
    const warnings = wordsWarnings({ ...listing, ...more, description });
    expect(warnings.map(({ field, of }) => [field, of])).toEqual(warned.map((of) => ['description', of]));
  });

  it.each(['name', 'eligibilityNote', 'costNote', 'howToJoin'] as const)(
    'is looked at in %s too',
    (field) => {
      expect(wordsWarnings({ ...listing, [field]: 'Ring 07700 900123' })).toEqual([
        { field, of: 'phone', message: expect.stringContaining('a telephone number here') },
      ]);
    },
  );

  it('keeps its time on a page of spaces and digits', () => {
    const description = `${'0 '.repeat(1000)}${'@'.repeat(1000)}${'a'.repeat(1000)}`;
    expect(wordsWarnings({ ...listing, description })).toEqual([]);
  });
});
