import {
  assuredToday,
  coveredUntil,
  coverOf,
  NEEDED,
  neededFor,
  recordProblems,
  type LiveRecord,
} from './assurance.rules.js';
import { CHECKED_LEVELS, REQUIREMENTS, type Requirement } from './assurance.types.js';

const TODAY = '2026-11-23';
const LATER = '2027-06-01';
const PLAIN = { food: [], remit: [] };

const record = (requirement: Requirement, changes: Partial<LiveRecord> = {}): LiveRecord => ({
  requirement,
  level: 'alone_or_vulnerable',
  lapsesOn: LATER,
  ...changes,
});
const all = (changes: Partial<Record<Requirement, Partial<LiveRecord> | null>> = {}): LiveRecord[] =>
  REQUIREMENTS.flatMap((one) => {
    const change = changes[one];
    return change === null ? [] : [record(one, change)];
  });
const until = (records: LiveRecord[], group: Parameters<typeof coverOf>[1] = PLAIN) =>
  coverOf(records, group).map((one) => one.until);

describe('what each level needs', () => {
  it('is every requirement at its own level and above it', () => {
    for (const requirement of REQUIREMENTS) {
      const group = { food: ['halal' as const], remit: [] };
      const levels = CHECKED_LEVELS.filter((level) => neededFor(level, group).includes(requirement));
      expect(levels).toEqual(CHECKED_LEVELS.slice(CHECKED_LEVELS.indexOf(NEEDED[requirement].from)));
    }
  });

  it.each([
    ['nothing to do with food', PLAIN, false],
    ['food of its own', { food: ['vegetarian' as const], remit: [] }, true],
    ['food as what it takes on', { food: [], remit: ['food' as const] }, true],
    ['something else it takes on', { food: [], remit: ['debt_and_money' as const] }, false],
  ])('asks for food hygiene with %s: %j', (_name, group, asked) => {
    expect(neededFor('personal_contact', group).includes('food_hygiene')).toBe(asked);
    expect(neededFor('alone_or_vulnerable', group).includes('food_hygiene')).toBe(asked);
  });
});

describe('cover', () => {
  it('needs everything, and lasts as long as what lapses first', () => {
    expect(until([])).toEqual([null, null]);
    expect(until(all())).toEqual([LATER, LATER]);
    expect(until(all({ insurance: { lapsesOn: '2027-01-01' } }))).toEqual(['2027-01-01', '2027-01-01']);
    expect(until(all({ dbs_practice: { lapsesOn: '2027-01-01' } }))).toEqual([LATER, '2027-01-01']);
    expect(until(all({ dbs_practice: null }))).toEqual([LATER, null]);
  });

  it.each(REQUIREMENTS)('is not there without %s where it is needed', (requirement) => {
    const group = { food: ['kosher' as const], remit: [] };
    const cover = coverOf(all({ [requirement]: null }), group);
    for (const { level, missing, until: end } of cover) {
      const needed = neededFor(level, group).includes(requirement);
      expect({ missing, end }).toEqual(
        needed ? { missing: [requirement], end: null } : { missing: [], end: LATER },
      );
    }
  });

  it('of a higher level wants checks good enough for it', () => {
    expect(until(all({ insurance: { level: 'personal_contact' } }))).toEqual([LATER, null]);
  });

  it('keeps a lapse that is past, so that it can be told', () => {
    expect(until(all({ insurance: { lapsesOn: '2026-11-01' } }))).toEqual(['2026-11-01', '2026-11-01']);
  });

  it('of the higher level never lasts longer than that of the lower', () => {
    for (const one of REQUIREMENTS) {
      const [contact, alone] = until(all({ [one]: { lapsesOn: '2026-12-01' } }), {
        food: ['halal'],
        remit: [],
      });
      expect(alone! <= contact!).toBe(true);
    }
  });
});

describe('on a day', () => {
  it.each([
    [null, null, 'open_door', null, false],
    [TODAY, null, 'personal_contact', TODAY, false],
    ['2026-11-22', null, 'open_door', null, true],
    [LATER, TODAY, 'alone_or_vulnerable', TODAY, false],
    [LATER, '2026-11-22', 'personal_contact', LATER, true],
    ['2026-11-22', '2026-11-22', 'open_door', null, true],
  ] as const)('cover until %s and %s is %s', (personalContactUntil, aloneUntil, level, end, lapsed) => {
    const provider = { personalContactUntil, aloneUntil };
    expect(assuredToday(provider, TODAY)).toEqual({
      assuredLevel: level,
      assuredUntil: end,
      assuranceLapsed: lapsed,
    });
    expect(CHECKED_LEVELS.map((one) => coveredUntil(provider, one))).toEqual([
      personalContactUntil,
      aloneUntil,
    ]);
  });
});

describe('what is wrong with a record', () => {
  type Record = Parameters<typeof recordProblems>[0];
  const right: Record = {
    requirement: 'insurance',
    level: 'personal_contact',
    exemptBecause: null,
    checkedBy: null,
    checkedOn: TODAY,
    lapsesOn: LATER,
    leadName: null,
    deputyName: null,
    note: null,
  };
  const policy = { requirement: 'safeguarding_policy', leadName: 'Rose', deputyName: 'Ann' } as const;
  const cases: [string, Partial<Record>, string[]][] = [
    ['nothing', {}, []],
    ['looked at tomorrow', { checkedOn: '2026-11-24' }, ['checkedOn']],
    ['looked at six years ago', { checkedOn: '2020-11-24' }, ['checkedOn']],
    ['lapsed yesterday', { lapsesOn: '2026-11-22' }, ['lapsesOn']],
    ['lapses today', { lapsesOn: TODAY }, []],
    ['good for ten years', { lapsesOn: '2036-11-22' }, ['lapsesOn']],
    ['a policy with its people', policy, []],
    ['a policy without a deputy', { ...policy, deputyName: null }, ['deputyName']],
    ['a policy with one person twice', { ...policy, deputyName: 'Rose' }, ['deputyName']],
    [
      'an exemption from the policy',
      { ...policy, leadName: null, deputyName: null, exemptBecause: 'New' },
      [],
    ],
    ['people where none belong', { leadName: 'Rose' }, ['leadName']],
    ['DBS practice for a level that needs none', { requirement: 'dbs_practice' }, ['level']],
    ['a certificate number', { note: 'DBS 001234567890 seen' }, ['note']],
    ['a spaced certificate number', { note: 'DBS 0012 3456 7890' }, ['note']],
    ['a certificate number in an exemption', { exemptBecause: '001234567890' }, ['exemptBecause']],
    ['a telephone number and a date', { note: 'Rang 01255 423 456 on 2026-11-20' }, []],
  ];
  it.each(cases)('%s', (_name, wrong, fields) => {
    expect(recordProblems({ ...right, ...wrong }, TODAY).map(({ field }) => field)).toEqual(fields);
  });
});
