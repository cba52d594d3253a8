import fc from 'fast-check';
import { londonDate } from './calendar.js';
import { londonTime, readLondon } from './wall-clock.js';

describe('readLondon', () => {
  it.each([
    ['winter', '2026-01-15', '09:00', undefined, '2026-01-15T09:00:00.000Z'],
    ['summer', '2026-07-15', '09:00', undefined, '2026-07-15T08:00:00.000Z'],
    ['the last minute before the gap', '2027-03-28', '00:59', undefined, '2027-03-28T00:59:00.000Z'],
    ['the first minute after the gap', '2027-03-28', '02:00', undefined, '2027-03-28T01:00:00.000Z'],
    ['the last minute before the overlap', '2026-10-25', '00:59', undefined, '2026-10-24T23:59:00.000Z'],
    ['the first minute after the overlap', '2026-10-25', '02:00', undefined, '2026-10-25T02:00:00.000Z'],
    ['the earlier of two', '2026-10-25', '01:30', 'earlier', '2026-10-25T00:30:00.000Z'],
    ['the later of two', '2026-10-25', '01:30', 'later', '2026-10-25T01:30:00.000Z'],
    ['an ordinary day, whichever is asked', '2026-10-26', '01:30', 'later', '2026-10-26T01:30:00.000Z'],
  ] as const)('%s', (_name, date, time, which, expected) => {
    const answer = readLondon(date, time, which);
    expect(answer.ok && answer.at.toISOString()).toBe(expected);
  });

  it.each([
    ['2026-03-29', '01:00', undefined, 'does_not_exist'],
    ['2026-03-29', '01:59', 'later', 'does_not_exist'],
    ['2027-03-28', '01:30', 'earlier', 'does_not_exist'],
    ['2026-10-25', '01:00', undefined, 'happens_twice'],
    ['2026-10-25', '01:59', undefined, 'happens_twice'],
    ['2027-10-31', '01:30', undefined, 'happens_twice'],
  ] as const)('refuses %s %s (%s): %s', (date, time, which, because) => {
    expect(readLondon(date, time, which)).toEqual({ ok: false, because });
  });

  it.each([
    ['2026-02-30', '09:00'],
    ['26-02-03', '09:00'],
    ['2026-02-03', '24:00'],
    ['2026-02-03', '9:00'],
  ])('throws on %s %s', (date, time) => {
    expect(() => readLondon(date, time)).toThrow(RangeError);
  });

  it('says back what the clock showed, whenever it accepts', () => {
    const minute = fc.nat({ max: 3 * 366 * 24 * 60 }).map((n) => new Date(Date.UTC(2026, 0, 1) + n * 60_000));
    fc.assert(
      fc.property(minute, (at) => {
        const [date, time] = [londonDate(at), londonTime(at)];
        const both = (['earlier', 'later'] as const).map((which) => readLondon(date, time, which));
        expect(both.some((answer) => answer.ok && answer.at.getTime() === at.getTime())).toBe(true);
      }),
    );
  });
});
