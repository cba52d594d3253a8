import fc from 'fast-check';
import {
  changesBetween,
  choiceProblem,
  contactProblems,
  happenedAt,
  isThirdUnreached,
  unreachedInARow,
  wrongChannels,
  type ChoiceFacts,
  type ContactFacts,
} from './contact.rules.js';
import {
  CONTACT_KINDS,
  CONTACT_OUTCOMES,
  UNREACHED_CHOICES,
  type ContactOutcome,
  type UnreachedChoice,
} from './contact.types.js';

const utc = (instant: string): Date => new Date(Date.parse(instant));
const now = utc('2026-11-23T10:00:00Z');
const referredAt = utc('2026-11-10T09:30:00Z');
const facts = (changes: Partial<ContactFacts> = {}): ContactFacts => ({
  kind: 'phone',
  outcome: 'reached',
  at: utc('2026-11-23T09:45:00Z'),
  nextOn: '2026-11-30',
  ...changes,
});
const fieldsOf = (changes: Partial<ContactFacts>, at = now) =>
  contactProblems(facts(changes), { now: at, referredAt }).map((problem) => problem.field);

describe('happenedAt', () => {
  it.each<[string, Parameters<typeof happenedAt>[0], string]>([
    ['now, where nothing is said', {}, '2026-11-23T10:00:00Z'],
    ['now, where it is today', { on: '2026-11-23' }, '2026-11-23T10:00:00Z'],
    ['the moment that is given', { at: '2026-11-20T14:30:00Z' }, '2026-11-20T14:30:00Z'],
    ['noon of a day', { on: '2026-11-20' }, '2026-11-20T12:00:00Z'],
    ['noon of the day of the referral, which came before', { on: '2026-11-10' }, '2026-11-10T12:00:00Z'],
    ['noon of a day before the referral, to be refused', { on: '2026-11-09' }, '2026-11-09T12:00:00Z'],
  ])('is %s', (_name, said, at) => {
    expect(happenedAt(said, { now, referredAt })).toEqual(utc(at));
  });

  it('is the moment of the referral on its day, where that came after noon', () => {
    const later = utc('2026-11-10T15:20:00Z');
    const at = happenedAt({ on: '2026-11-10' }, { now, referredAt: later });
    expect([at, contactProblems(facts({ at }), { now, referredAt: later })]).toEqual([later, []]);
  });
});

describe('contactProblems', () => {
  it.each<[string, Partial<ContactFacts>]>([
    ['an ordinary call', {}],
    ['this very moment', { at: now }],
    ['the moment of the referral', { at: referredAt }],
    ['a next contact today', { nextOn: '2026-11-23' }],
    ['a next contact in exactly twelve months', { nextOn: '2027-11-23' }],
    ['an amendment, which chooses no date', { nextOn: undefined }],
  ])('accepts %s', (_name, changes) => {
    expect(fieldsOf(changes)).toEqual([]);
  });

  it.each<[string, Partial<ContactFacts>, string[]]>([
    ['a second in the future', { at: utc('2026-11-23T10:00:01Z') }, ['at']],
    ['a second before the referral', { at: utc('2026-11-10T09:29:59Z') }, ['at']],
    ['a next contact yesterday', { nextOn: '2026-11-22' }, ['nextOn']],
    ['a next contact in twelve months and a day', { nextOn: '2027-11-24' }, ['nextOn']],
    ['a wrong number at a meeting', { kind: 'meeting', outcome: 'wrong_number' }, ['outcome']],
    [
      'everything at once',
      { kind: 'visit', outcome: 'wrong_number', at: utc('2027-01-01T00:00:00Z'), nextOn: '2020-01-01' },
      ['at', 'outcome', 'nextOn'],
    ],
  ])('refuses %s', (_name, changes, fields) => {
    expect(fieldsOf(changes)).toEqual(fields);
  });

  it('takes today from the clock in London, not from UTC', () => {
    const lateInSummer = utc('2027-07-01T23:30:00Z');
    expect(fieldsOf({ nextOn: '2027-07-01' }, lateInSummer)).toEqual(['nextOn']);
    expect(fieldsOf({ nextOn: '2027-07-02' }, lateInSummer)).toEqual([]);
  });
});

describe('wrongChannels', () => {
  it.each([
    ['phone', ['call', 'text', 'leave_message']],
    ['text', ['call', 'text', 'leave_message']],
    ['email', ['email']],
    ['letter', ['write']],
    ['visit', []],
    ['video', []],
    ['meeting', []],
    ['drop_in', []],
  ] as const)('%s: %p', (kind, channels) => {
    expect(wrongChannels(kind)).toEqual(channels);
  });

  it('says of every kind whether a wrong number is possible', () => {
    for (const kind of CONTACT_KINDS) {
      const refused = fieldsOf({ kind, outcome: 'wrong_number' }).includes('outcome');
      expect(refused).toBe(wrongChannels(kind).length === 0);
    }
  });
});

describe('unreachedInARow', () => {
  it.each<[ContactOutcome[], number]>([
    [[], 0],
    [['reached'], 0],
    [['no_answer'], 1],
    [['no_answer', 'reached', 'no_answer'], 1],
    [['wrong_number', 'message_left', 'no_answer'], 3],
    [['no_answer', 'no_answer', 'no_answer', 'no_answer', 'reached'], 4],
  ])('%p: %d', (outcomes, count) => {
    expect(unreachedInARow(outcomes)).toBe(count);
  });

  it('is nought as soon as somebody is reached, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...CONTACT_OUTCOMES)), (before) => {
        expect(unreachedInARow(['reached', ...before])).toBe(0);
      }),
    );
  });
});

describe('isThirdUnreached', () => {
  it.each([
    [0, 1, false],
    [1, 2, false],
    [2, 3, true],
    [1, 4, true],
    [3, 4, false],
    [3, 3, false],
    [4, 0, false],
    [0, 0, false],
  ])('from %d to %d: %p', (before, after, asks) => {
    expect(isThirdUnreached(before, after)).toBe(asks);
  });
});

describe('changesBetween', () => {
  it('keeps what the changed fields said, and what they say now', () => {
    const before = { note: 'Rang', minutes: 10, kind: 'phone' };
    const after = { note: 'Rang twice', minutes: 10, kind: 'text' };
    expect(changesBetween(before, after, ['note', 'kind'])).toEqual({
      note: { from: 'Rang', to: 'Rang twice' },
      kind: { from: 'phone', to: 'text' },
    });
    expect(changesBetween(before, after, [])).toEqual({});
  });
});

describe('choiceProblem', () => {
  const all: ChoiceFacts = {
    unreached: 3,
    safeToText: 'yes',
    hasPhone: true,
    safeToWrite: 'yes',
    hasAddress: true,
    hears: 'progress',
  };
  const may = (changes: Partial<ChoiceFacts>): UnreachedChoice[] =>
    UNREACHED_CHOICES.filter((choice) => choiceProblem(choice, { ...all, ...changes }) === null);

  it.each<[string, Partial<ChoiceFacts>, UnreachedChoice[]]>([
    ['everything is known and safe', {}, ['letter', 'text', 'ask_practice', 'close']],
    ['there were only two tries', { unreached: 2 }, []],
    ['a text was never asked about', { safeToText: 'not_asked' }, ['letter', 'ask_practice', 'close']],
    ['there is no number', { hasPhone: false }, ['letter', 'ask_practice', 'close']],
    [
      'a letter was never asked about',
      { safeToWrite: 'not_asked' },
      ['letter', 'text', 'ask_practice', 'close'],
    ],
    ['a letter is not safe', { safeToWrite: 'no' }, ['text', 'ask_practice', 'close']],
    ['there is no address', { hasAddress: false }, ['text', 'ask_practice', 'close']],
    ['nobody referred', { hears: null }, ['letter', 'text', 'close']],
    ['the referrer may hear nothing', { hears: 'nothing' }, ['letter', 'text', 'close']],
  ])('when %s', (_name, changes, choices) => {
    expect(may(changes)).toEqual(choices);
  });
});
