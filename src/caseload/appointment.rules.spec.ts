import { move } from '../platform/pure/lifecycle.js';
import { APPOINTMENT_LIFECYCLE, APPOINTMENT_VERBS } from './appointment.lifecycle.js';
import { placeProblem, startsAt, type Said } from './appointment.rules.js';
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

describe('the lifecycle of an appointment', () => {
  const expected: Record<string, Record<string, string | null>> = {
    make: { new: 'made', made: null, cancelled: null },
    move: { new: null, made: 'made', cancelled: null },
    cancel: { new: null, made: 'cancelled', cancelled: null },
  };
  const cells = APPOINTMENT_VERBS.flatMap((verb) =>
    [null, ...APPOINTMENT_STATES].map((from) => [verb, from, expected[verb]?.[from ?? 'new']] as const),
  );

  it.each(cells)('%s from %p: %p', (verb, from, to) => {
    const answer = move(APPOINTMENT_LIFECYCLE, verb, from);
    expect(answer.ok ? answer.to : null).toBe(to);
  });
});
