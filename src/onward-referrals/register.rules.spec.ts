import type { Session } from '../providers/listing.types.js';
import type { Period } from '../providers/rhythm.types.js';
import type { Attendance } from './onward.types.js';
import {
  aroundFinal,
  lastMetOn,
  markProblems,
  meetsOn,
  notBegun,
  sessionAtOf,
  sessionsJustOver,
} from './register.rules.js';

const marks = (...results: Attendance[]) =>
  results.map((result, index) => ({ onwardReferralId: String(index), result }));

describe('markProblems', () => {
  it.each<[string, Parameters<typeof markProblems>, string[]]>([
    ['some came and some did not', [marks('attended', 'late', 'absent_logistics'), [], 3], []],
    ['nobody yet', [[], [], 0], []],
    [
      'it did not happen, for everybody',
      [marks('session_did_not_happen', 'session_did_not_happen'), [], 0],
      [],
    ],
    ['it did not happen for one of two', [marks('session_did_not_happen', 'attended'), [], 0], ['marks']],
    ['it did not happen, after somebody came', [marks('session_did_not_happen'), ['late'], 0], ['marks']],
    ['somebody came, after it did not happen', [marks('attended'), ['session_did_not_happen'], 0], ['marks']],
    ['walk-ins at one that did not happen', [marks('session_did_not_happen'), [], 2], ['walkIns']],
    ['the same person twice', [[...marks('attended'), ...marks('late')], [], 0], ['marks']],
  ])('%s', (_name, given, fields) => {
    expect(markProblems(...given).map(({ field }) => field)).toEqual(fields);
  });
});

describe('meetsOn', () => {
  it.each<[string, Parameters<typeof meetsOn>[0], string, boolean]>([
    ['every week', { every: 'week' }, '2026-11-27', true],
    ['the second week, of which nobody said which', { every: 'fortnight' }, '2026-11-27', false],
    ['the second week from there', { every: 'fortnight', on: '2026-11-13' }, '2026-11-27', true],
    [
      'the second week back from there, over the clocks',
      { every: 'fortnight', on: '2026-11-13' },
      '2026-10-16',
      true,
    ],
    ['the week between', { every: 'fortnight', on: '2026-11-13' }, '2026-11-20', false],
    ['the month, of which nobody said which week', { every: 'month' }, '2026-11-27', false],
    ['the fourth of the month', { every: 'month', on: '2026-10-23' }, '2026-11-27', true],
    ['the third, where it is the fourth', { every: 'month', on: '2026-10-23' }, '2026-11-20', false],
    ['the first', { every: 'month', on: '2026-11-06' }, '2027-01-01', true],
    ['the last, said by a fifth', { every: 'month', on: '2026-10-30' }, '2026-11-27', true],
    ['a fourth that is not the last', { every: 'month', on: '2026-10-30' }, '2027-01-22', false],
    ['a fifth, where it is the fourth', { every: 'month', on: '2026-11-27' }, '2027-01-29', false],
  ])('%s', (_name, session, day, expected) => {
    expect(meetsOn(session, day)).toBe(expected);
  });
});

describe('lastMetOn', () => {
  const friday = { day: 'friday', from: '12:00', to: '14:00', every: 'week' } as const;
  const month = { ...friday, every: 'month', on: '2026-10-23' } as const;
  it.each<[string, Session[], string, string, string | null]>([
    ['the week before', [friday], '2026-11-02', '2026-11-26T10:00:00Z', '2026-11-20'],
    ['today, once it has begun', [friday], '2026-11-02', '2026-11-27T12:00:00Z', '2026-11-27'],
    ['not before', [friday], '2026-11-02', '2026-11-27T11:59:00Z', '2026-11-20'],
    ['by London’s clock', [friday], '2026-08-01', '2026-08-28T11:00:00Z', '2026-08-28'],
    ['none since they were asked', [friday], '2026-11-23', '2026-11-26T10:00:00Z', null],
    [
      'the later of two',
      [friday, { ...friday, day: 'tuesday' }],
      '2026-11-02',
      '2026-11-26T10:00:00Z',
      '2026-11-24',
    ],
    ['a month ago', [month], '2026-10-01', '2026-11-26T10:00:00Z', '2026-10-23'],
    ['where nobody said when', [], '2026-10-01', '2026-11-26T10:00:00Z', null],
  ])('%s', (_name, schedule, since, now, expected) => {
    expect(lastMetOn(schedule, [], since, new Date(now))).toBe(expected);
  });

  it.each<[string, Period['kind'], string, string, string | null]>([
    ['none on which the group was closed', 'closed', '2026-12-24', '2026-12-26', '2026-12-18'],
    ['none where it was closed all the time', 'closed', '2026-11-30', '2026-12-26', null],
    ['one on which it only did less', 'shorter', '2026-12-24', '2026-12-26', '2026-12-25'],
  ])('%s', (_name, kind, from, until, expected) => {
    const periods = [{ kind, name: 'Christmas', from, until }];
    expect(lastMetOn([friday], periods, '2026-12-01', new Date('2026-12-28T10:00:00Z'))).toBe(expected);
  });
});

describe('sessionsJustOver', () => {
  const fridays = {
    day: 'friday',
    from: '10:00',
    to: '12:00',
    every: 'fortnight',
    on: '2026-11-13',
  } as const;
  it.each<[string, string, string[]]>([
    ['as it ends', '2026-11-27T12:00:00Z', ['2026-11-27 10:00']],
    ['a minute before', '2026-11-27T11:59:00Z', []],
    ['the next morning', '2026-11-28T09:00:00Z', ['2026-11-27 10:00']],
    ['a day after', '2026-11-28T12:00:00Z', []],
    ['a week later', '2026-11-20T12:00:00Z', []],
  ])('%s', (_name, at, expected) => {
    const found = sessionsJustOver([fridays], [], new Date(at));
    expect(found.map(({ sessionOn, sessionAt }) => `${sessionOn} ${sessionAt}`)).toEqual(expected);
  });
});

describe('the time of a session of which only the day was said', () => {
  const monday = { day: 'monday', from: '10:00', to: '12:00', every: 'week' } as const;
  const later = { ...monday, from: '14:00', to: '15:00' };
  it.each<[string, (string | null)[], Session[], string | null]>([
    ['the only one that is known of', ['09:00'], [monday], '09:00'],
    ['none, where that had none', [null], [monday], null],
    ['none, where several are known of', ['09:00', null], [monday], null],
    ['the only one of that weekday', [], [monday, { ...later, day: 'tuesday' }], '10:00'],
    ['none, where there are two', [], [monday, later], null],
    [
      'that which meets in this week',
      [],
      [monday, { ...later, every: 'fortnight', on: '2026-11-16' }],
      '10:00',
    ],
    ['none, where nobody knows which week', [], [monday, { ...later, every: 'month' }], null],
    ['none without a schedule', [], [], null],
  ])('is %s', (_which, known, schedule, at) => {
    expect(sessionAtOf('2026-11-23', known, schedule)).toBe(at);
  });
});

describe('notBegun', () => {
  it.each<[string, string, string | null, string, boolean]>([
    ['as it begins', '2026-11-23', '10:00', '2026-11-23T10:00:00Z', false],
    ['a minute before', '2026-11-23', '10:00', '2026-11-23T09:59:00Z', true],
    ['a minute before, in summer', '2026-07-20', '10:00', '2026-07-20T08:59:00Z', true],
    ['as it begins, in summer', '2026-07-20', '10:00', '2026-07-20T09:00:00Z', false],
    ['in the hour that does not occur', '2026-03-29', '01:30', '2026-03-29T01:29:00Z', true],
    ['at no time in particular', '2026-11-23', null, '2026-11-23T00:00:00Z', false],
  ])('%s', (_name, on, at, now, refused) => {
    expect(notBegun(on, at, new Date(now)) !== null).toBe(refused);
  });
});

describe('aroundFinal', () => {
  const monday = { day: 'monday', from: '10:00', to: '12:00', every: 'week' } as const;
  const other = { ...monday, from: '14:00', every: 'fortnight', on: '2026-11-16' } as const;
  const final = { at: '10:00', state: 'final' } as const;
  it.each<[string, string | null, Parameters<typeof aroundFinal>[1], Session[], boolean]>([
    ['any time while nothing is final', '03:00', [{ at: '10:00', state: 'open' }], [monday], false],
    ['the final one itself, whose own lock holds', '10:00', [final], [monday], false],
    ['a time of nobody’s', '03:00', [final], [monday], true],
    ['no time', null, [final], [monday], true],
    ['a time beside one at none', '10:00', [{ at: null, state: 'final' }], [], true],
    ['a time of the week', '14:00', [final], [monday, { ...monday, from: '14:00' }], false],
    ['a time of another weekday', '14:00', [final], [{ ...monday, from: '14:00', day: 'tuesday' }], true],
    ['a time of the week between', '14:00', [final], [monday, other], true],
    ['a time in a week nobody knows', '14:00', [final], [monday, { ...other, on: null }], false],
    ['a time whose register was opened', '15:00', [final, { at: '15:00', state: 'open' }], [monday], false],
  ])('%s', (_name, sessionAt, registers, schedule, around) => {
    expect(aroundFinal({ sessionOn: '2026-11-23', sessionAt }, registers, schedule)).toBe(around);
  });
});
