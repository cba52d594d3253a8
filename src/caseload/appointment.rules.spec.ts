import { move } from '../platform/pure/lifecycle.js';
import { APPOINTMENT_LIFECYCLE, APPOINTMENT_VERBS } from './appointment.lifecycle.js';
import {
  backBy,
  interpreterProblems,
  movedBooking,
  placeProblem,
  saysWhy,
  startsAt,
  type Said,
} from './appointment.rules.js';
import { APPOINTMENT_KINDS, APPOINTMENT_STATES } from './appointment.types.js';

const utc = (instant: string): Date => new Date(Date.parse(instant));
const now = utc('2026-03-23T10:00:00Z');

describe('startsAt', () => {
  it.each<[string, Said, string]>([
    ['in an hour', { on: '2026-03-23', time: '11:00' }, '2026-03-23T11:00:00.000Z'],
    ['a minute from now', { on: '2026-03-23', time: '10:01' }, '2026-03-23T10:01:00.000Z'],
    ['after the clocks go forward', { on: '2026-03-30', time: '11:00' }, '2026-03-30T10:00:00.000Z'],
    ['on that night, after the gap', { on: '2026-03-29', time: '02:00' }, '2026-03-29T01:00:00.000Z'],
    ['the earlier of two', { on: '2026-10-25', time: '01:30', which: 'earlier' }, '2026-10-25T00:30:00.000Z'],
    ['the later of two', { on: '2026-10-25', time: '01:30', which: 'later' }, '2026-10-25T01:30:00.000Z'],
    ['in exactly twelve months', { on: '2027-03-23', time: '09:00' }, '2027-03-23T09:00:00.000Z'],
  ])('reads %s', (_name, said, instant) => {
    const answer = startsAt(said, now);
    expect(answer.ok && answer.at.toISOString()).toBe(instant);
  });

  it.each<[string, Said, string]>([
    ['a time the clocks skip', { on: '2026-03-29', time: '01:30' }, 'time'],
    ['a time they skip, whichever is asked', { on: '2026-03-29', time: '01:30', which: 'later' }, 'time'],
    ['a time they show twice', { on: '2026-10-25', time: '01:30' }, 'which'],
    ['this minute', { on: '2026-03-23', time: '10:00' }, 'time'],
    ['an earlier hour today', { on: '2026-03-23', time: '08:00' }, 'time'],
    ['yesterday', { on: '2026-03-22', time: '11:00' }, 'on'],
    ['beyond twelve months', { on: '2027-03-24', time: '09:00' }, 'on'],
  ])('refuses %s', (_name, said, field) => {
    const answer = startsAt(said, now);
    expect(!answer.ok && answer.problem.field).toBe(field);
  });
});

describe('placeProblem', () => {
  it.each(APPOINTMENT_KINDS)('%s', (kind) => {
    expect(placeProblem(kind, 'Harwich library')).toBeNull();
    for (const nowhere of [undefined, null, '']) {
      expect(placeProblem(kind, nowhere)?.field ?? null).toBe(kind === 'place' ? 'place' : null);
    }
  });
});

describe('backBy', () => {
  const visit = { startsAt: utc('2026-11-25T14:00:00Z'), minutes: 45 };
  it.each<[string, string | undefined, string | null]>([
    ['half an hour after it ends', undefined, '2026-11-25T15:15:00.000Z'],
    ['when somebody says', '16:30', '2026-11-25T16:30:00.000Z'],
    ['not before it ends', '14:30', null],
    ['not before it begins', '09:00', null],
  ])('%s', (_name, time, expected) => {
    const answer = backBy(visit, time);
    expect(answer.ok ? answer.at.toISOString() : null).toBe(expected);
  });

  it.each([
    ['a time the clocks skip', '2027-03-28T00:30:00Z', '01:30', 'backBy'],
    ['a time that comes twice', '2027-10-31T00:10:00Z', '01:50', 'backBy'],
  ])('refuses %s', (_name, starts, time, field) => {
    const answer = backBy({ startsAt: utc(starts), minutes: 15 }, time);
    expect(!answer.ok && answer.problem.field).toBe(field);
  });
});

describe('interpreters', () => {
  it.each([
    [{ kind: 'professional' }, []],
    [{ kind: 'worker' }, []],
    [{ kind: 'own_choice', isAdult: true }, []],
    [{ kind: 'own_choice', isAdult: false }, ['isAdult']],
    [{ kind: 'own_choice' }, ['isAdult']],
  ] as const)('%j: %j', (given, fields) => {
    expect(interpreterProblems(given).map(({ field }) => field)).toEqual(fields);
  });

  it.each([
    ['professional', 'booked', 'wanted'],
    ['professional', 'confirmed', 'wanted'],
    ['professional', 'not_available', 'wanted'],
    ['professional', 'asked', 'wanted'],
    ['worker', 'confirmed', 'confirmed'],
    ['own_choice', 'confirmed', 'wanted'],
  ] as const)('%s, %s: %s once the time has moved', (kind, before, after) => {
    expect(movedBooking(kind, before)).toBe(after);
  });
});

it.each([
  [{ reason: 'unwell' }, true],
  [{ reason: 'other' }, false],
  [{ reason: 'other', note: null }, false],
  [{ reason: 'other', note: '' }, false],
  [{ reason: 'other', note: 'The bus was full' }, true],
])('%j says why it was called off: %s', (given, says) => {
  expect(saysWhy(given)).toBe(says);
});

describe('the lifecycle of an appointment', () => {
  const expected: Record<string, Record<string, string | null>> = {
    make: { new: 'made', made: null, cancelled: null },
    move: { new: null, made: 'made', cancelled: null },
    cancel: { new: null, made: 'cancelled', cancelled: null },
    interpret: { new: null, made: 'made', cancelled: null },
    setOut: { new: null, made: 'made', cancelled: null },
    back: { new: null, made: 'made', cancelled: null },
  };
  const cells = APPOINTMENT_VERBS.flatMap((verb) =>
    [null, ...APPOINTMENT_STATES].map((from) => [verb, from, expected[verb]?.[from ?? 'new']] as const),
  );

  it.each(cells)('%s from %p: %p', (verb, from, to) => {
    const answer = move(APPOINTMENT_LIFECYCLE, verb, from);
    expect(answer.ok ? answer.to : null).toBe(to);
  });
});
