import fc from 'fast-check';
import { BANK_HOLIDAYS } from './bank-holidays.js';
import {
  addDays,
  addMonths,
  addWorkingDays,
  atLondon,
  daysBetween,
  isWorkingDay,
  londonDate,
  momentIn,
  nextOnOrAfterWorkingDay,
  outOfQuietHours,
  workingDaysBetween,
  workingDeadline,
} from './calendar.js';

const NONE: ReadonlySet<string> = new Set();
const utc = (instant: string): Date => new Date(Date.parse(instant));

const anyDate = fc.nat({ max: 365 * 5 }).map((n) => addDays('2024-01-01', n));
const anyInstant = fc
  .nat({ max: 5 * 365 * 24 * 60 })
  .map((minutes) => new Date(Date.UTC(2024, 0, 1) + minutes * 60_000));

describe('londonDate', () => {
  it.each([
    ['winter, last second', '2026-01-15T23:59:59.999Z', '2026-01-15'],
    ['winter, midnight', '2026-01-16T00:00:00Z', '2026-01-16'],
    ['summer, an hour before midnight UTC', '2026-07-15T23:00:00Z', '2026-07-16'],
    ['summer, a moment earlier', '2026-07-15T22:59:59.999Z', '2026-07-15'],
    ['the day the clocks go forward', '2026-03-29T00:30:00Z', '2026-03-29'],
    ['the end of that day', '2026-03-29T23:00:00Z', '2026-03-30'],
    ['the evening before they go back', '2026-10-24T22:59:00Z', '2026-10-24'],
    ['the end of the day they go back', '2026-10-25T23:30:00Z', '2026-10-25'],
    ['new year', '2026-12-31T23:59:59Z', '2026-12-31'],
    ['leap day', '2028-02-29T12:00:00Z', '2028-02-29'],
  ])('%s', (_name, instant, expected) => {
    expect(londonDate(utc(instant))).toBe(expected);
  });
});

describe('momentIn', () => {
  it.each([
    ['2026-01-15', '2026-01-15T00:00:00.000Z'],
    ['2026-07-15', '2026-07-14T23:00:00.000Z'],
    ['2026-07-15T10:30', '2026-07-15T09:30:00.000Z'],
    ['2026-07-15T10:30:05.25', '2026-07-15T09:30:05.250Z'],
    ['2026-07-15T10:30:05Z', '2026-07-15T10:30:05.000Z'],
    ['2026-07-15T10:30+02:00', '2026-07-15T08:30:00.000Z'],
    ['2026-03-29T01:30', '2026-03-29T01:30:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(momentIn(text).toISOString()).toBe(instant);
  });
});

describe('atLondon', () => {
  it.each([
    ['winter', '2026-01-15', '09:00', '2026-01-15T09:00:00.000Z'],
    ['summer', '2026-07-15', '09:00', '2026-07-15T08:00:00.000Z'],
    ['midnight in summer', '2026-07-15', '00:00', '2026-07-14T23:00:00.000Z'],
    ['2026 spring, before the gap', '2026-03-29', '00:59', '2026-03-29T00:59:00.000Z'],
    ['2026 spring, start of the gap becomes 02:00', '2026-03-29', '01:00', '2026-03-29T01:00:00.000Z'],
    ['2026 spring, in the gap becomes 02:30', '2026-03-29', '01:30', '2026-03-29T01:30:00.000Z'],
    ['2026 spring, after the gap', '2026-03-29', '02:00', '2026-03-29T01:00:00.000Z'],
    ['2026 spring, that morning', '2026-03-29', '08:00', '2026-03-29T07:00:00.000Z'],
    ['2026 autumn, before the overlap', '2026-10-25', '00:59', '2026-10-24T23:59:00.000Z'],
    ['2026 autumn, the earlier 01:00', '2026-10-25', '01:00', '2026-10-25T00:00:00.000Z'],
    ['2026 autumn, the earlier 01:59', '2026-10-25', '01:59', '2026-10-25T00:59:00.000Z'],
    ['2026 autumn, after the overlap', '2026-10-25', '02:00', '2026-10-25T02:00:00.000Z'],
    ['2026 autumn, that morning', '2026-10-25', '08:00', '2026-10-25T08:00:00.000Z'],
    ['2027 spring, in the gap becomes 02:15', '2027-03-28', '01:15', '2027-03-28T01:15:00.000Z'],
    ['2027 spring, after the gap', '2027-03-28', '02:15', '2027-03-28T01:15:00.000Z'],
    ['2027 autumn, the earlier 01:30', '2027-10-31', '01:30', '2027-10-31T00:30:00.000Z'],
    ['2027 autumn, after the overlap', '2027-10-31', '02:30', '2027-10-31T02:30:00.000Z'],
  ])('%s', (_name, date, time, expected) => {
    expect(atLondon(date, time).toISOString()).toBe(expected);
  });

  it('keeps the same wall clock through both changes of 2026', () => {
    for (let date = '2026-01-01'; date <= '2026-12-31'; date = addDays(date, 1)) {
      const at = atLondon(date, '09:30');
      const shown = at.toLocaleString('en-GB', { timeZone: 'Europe/London', timeStyle: 'short' });
      expect([londonDate(at), shown]).toEqual([date, '09:30']);
    }
  });

  it.each([
    ['a date that does not occur', '2026-02-29', '09:00'],
    ['British order', '29/02/2028', '09:00'],
    ['a time on the date', '2026-02-28T10:00', '09:00'],
    ['another calendar', '2026-02-28[u-ca=hebrew]', '09:00'],
    ['no date', '', '09:00'],
    ['24:00', '2026-02-28', '24:00'],
    ['one digit', '2026-02-28', '9:00'],
    ['seconds', '2026-02-28', '09:00:00'],
    ['no time', '2026-02-28', ''],
  ])('refuses %s', (_name, date, time) => {
    expect(() => atLondon(date, time)).toThrow(RangeError);
  });
});

describe('isWorkingDay', () => {
  it.each([
    ['Thursday before Easter', '2026-04-02', true],
    ['Good Friday', '2026-04-03', false],
    ['Easter Saturday', '2026-04-04', false],
    ['Easter Sunday', '2026-04-05', false],
    ['Easter Monday', '2026-04-06', false],
    ['Tuesday after Easter', '2026-04-07', true],
    ['Christmas Eve', '2026-12-24', true],
    ['Boxing Day on a Saturday', '2026-12-26', false],
    ['its substitute', '2026-12-28', false],
    ['the day after', '2026-12-29', true],
    ['New Year’s Eve', '2026-12-31', true],
  ])('%s', (_name, date, expected) => {
    expect(isWorkingDay(date, BANK_HOLIDAYS)).toBe(expected);
  });

  it('goes by the holidays it is given', () => {
    expect(isWorkingDay('2026-04-03', NONE)).toBe(true);
    expect(isWorkingDay('2026-04-07', new Set(['2026-04-07']))).toBe(false);
  });
});

describe('addWorkingDays', () => {
  it.each([
    ['in the week', '2026-06-08', 3, '2026-06-11'],
    ['over a weekend', '2026-06-12', 1, '2026-06-15'],
    ['from a Saturday', '2026-06-13', 1, '2026-06-15'],
    ['from a Sunday', '2026-06-14', 2, '2026-06-16'],
    ['over Easter 2026', '2026-04-02', 1, '2026-04-07'],
    ['from Good Friday', '2026-04-03', 5, '2026-04-13'],
    ['over Easter 2027', '2027-03-25', 2, '2027-03-31'],
    ['over Christmas 2026', '2026-12-24', 1, '2026-12-29'],
    ['over the year’s end', '2026-12-30', 2, '2027-01-04'],
    ['over Christmas 2027, both days moved', '2027-12-24', 1, '2027-12-29'],
    ['over a New Year’s Day moved to the 3rd', '2027-12-31', 1, '2028-01-04'],
    ['five is a week', '2026-06-10', 5, '2026-06-17'],
    ['nought on a working day', '2026-06-10', 0, '2026-06-10'],
    ['nought on a Saturday', '2026-06-13', 0, '2026-06-15'],
    ['back over a weekend', '2026-06-15', -1, '2026-06-12'],
    ['back over Easter', '2026-04-07', -1, '2026-04-02'],
    ['back from a Sunday', '2026-06-14', -2, '2026-06-11'],
  ])('%s', (_name, date, n, expected) => {
    expect(addWorkingDays(date, n, BANK_HOLIDAYS)).toBe(expected);
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d days', (n) => {
    expect(() => addWorkingDays('2026-06-10', n, BANK_HOLIDAYS)).toThrow(RangeError);
  });

  it('ends on a working day, as many working days on as asked', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: 1, max: 60 }), (date, n) => {
        const end = addWorkingDays(date, n, BANK_HOLIDAYS);
        expect(isWorkingDay(end, BANK_HOLIDAYS)).toBe(true);
        expect(workingDaysBetween(date, end, BANK_HOLIDAYS)).toBe(n);
      }),
    );
  });

  it('comes back to where it began from a working day', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: 1, max: 60 }), (date, n) => {
        const start = nextOnOrAfterWorkingDay(date, BANK_HOLIDAYS);
        expect(addWorkingDays(addWorkingDays(start, n, BANK_HOLIDAYS), -n, BANK_HOLIDAYS)).toBe(start);
      }),
    );
  });
});

describe('workingDaysBetween', () => {
  it.each([
    ['the same day', '2026-06-10', '2026-06-10', 0],
    ['the next day', '2026-06-10', '2026-06-11', 1],
    ['Friday to Monday', '2026-06-12', '2026-06-15', 1],
    ['Saturday to Sunday', '2026-06-13', '2026-06-14', 0],
    ['Sunday back to Saturday', '2026-06-14', '2026-06-13', 0],
    ['over Easter 2026', '2026-04-02', '2026-04-07', 1],
    ['Monday back to Friday', '2026-06-15', '2026-06-12', -1],
    ['the whole of 2026', '2025-12-31', '2026-12-31', 253],
    ['the whole of 2027', '2026-12-31', '2027-12-31', 253],
  ])('%s', (_name, a, b, expected) => {
    expect(workingDaysBetween(a, b, BANK_HOLIDAYS)).toBe(expected);
  });

  it('counts what counting one by one counts', () => {
    fc.assert(
      fc.property(anyDate, fc.nat({ max: 120 }), (a, days) => {
        const b = addDays(a, days);
        let count = 0;
        for (let n = 1; n <= days; n += 1) if (isWorkingDay(addDays(a, n), BANK_HOLIDAYS)) count += 1;
        expect(workingDaysBetween(a, b, BANK_HOLIDAYS)).toBe(count);
        expect(workingDaysBetween(b, a, BANK_HOLIDAYS)).toBe(0 - count);
      }),
    );
  });
});

describe('workingDeadline', () => {
  it.each([
    ['sent on Friday evening, one day', '2026-06-12T22:00:00Z', 1, '2026-06-15T16:00:00.000Z'],
    [
      'sent after midnight in London, still Friday in UTC',
      '2026-06-11T23:30:00Z',
      1,
      '2026-06-15T16:00:00.000Z',
    ],
    ['into winter time', '2026-10-23T09:00:00Z', 1, '2026-10-26T17:00:00.000Z'],
    ['into summer time', '2026-03-27T09:00:00Z', 1, '2026-03-30T16:00:00.000Z'],
    ['2027 into winter time', '2027-10-29T09:00:00Z', 1, '2027-11-01T17:00:00.000Z'],
    ['2027 into summer time, over Easter', '2027-03-25T09:00:00Z', 1, '2027-03-30T16:00:00.000Z'],
    ['five days over Christmas', '2026-12-23T10:00:00Z', 5, '2027-01-04T17:00:00.000Z'],
    ['today', '2026-06-12T10:00:00Z', 0, '2026-06-12T16:00:00.000Z'],
  ])('%s', (_name, at, days, expected) => {
    expect(workingDeadline(utc(at), days, BANK_HOLIDAYS).toISOString()).toBe(expected);
  });

  it('ends at another time when told', () => {
    expect(workingDeadline(utc('2026-06-12T10:00:00Z'), 1, BANK_HOLIDAYS, '12:00').toISOString()).toBe(
      '2026-06-15T11:00:00.000Z',
    );
  });
});

describe('outOfQuietHours', () => {
  it.each([
    ['the last allowed minute', '2026-01-15T19:59:59.999Z', '2026-01-15T19:59:59.999Z'],
    ['20:00 in winter', '2026-01-15T20:00:00Z', '2026-01-16T08:00:00.000Z'],
    ['20:00 in summer', '2026-07-15T19:00:00Z', '2026-07-16T07:00:00.000Z'],
    ['19:30 in summer', '2026-07-15T18:30:00Z', '2026-07-15T18:30:00.000Z'],
    ['07:59 in winter', '2026-01-15T07:59:59.999Z', '2026-01-15T08:00:00.000Z'],
    ['08:00 in winter', '2026-01-15T08:00:00Z', '2026-01-15T08:00:00.000Z'],
    ['07:59 in summer', '2026-07-15T06:59:00Z', '2026-07-15T07:00:00.000Z'],
    ['midnight', '2026-01-16T00:00:00Z', '2026-01-16T08:00:00.000Z'],
    ['midnight in summer, the day before in UTC', '2026-07-15T23:00:00Z', '2026-07-16T07:00:00.000Z'],
    ['the night the clocks go forward in 2026', '2026-03-28T22:00:00Z', '2026-03-29T07:00:00.000Z'],
    ['inside that night', '2026-03-29T01:00:00Z', '2026-03-29T07:00:00.000Z'],
    ['the night the clocks go back in 2026', '2026-10-24T21:00:00Z', '2026-10-25T08:00:00.000Z'],
    ['the second 01:30 of that night', '2026-10-25T01:30:00Z', '2026-10-25T08:00:00.000Z'],
    ['the night the clocks go forward in 2027', '2027-03-27T20:00:00Z', '2027-03-28T07:00:00.000Z'],
    ['the night the clocks go back in 2027', '2027-10-30T19:00:00Z', '2027-10-31T08:00:00.000Z'],
    ['New Year’s Eve', '2026-12-31T23:00:00Z', '2027-01-01T08:00:00.000Z'],
  ])('%s', (_name, at, expected) => {
    expect(outOfQuietHours(utc(at)).toISOString()).toBe(expected);
  });

  it('never moves earlier, waits 12 or 13 hours at most, and is settled after one move', () => {
    fc.assert(
      fc.property(anyInstant, (at) => {
        const moved = outOfQuietHours(at);
        const waited = moved.getTime() - at.getTime();
        expect(waited).toBeGreaterThanOrEqual(0);
        expect(waited).toBeLessThanOrEqual(13 * 3_600_000);
        expect(outOfQuietHours(moved)).toBe(moved);
      }),
    );
  });
});

describe('days and months', () => {
  it.each([
    ['2026-12-31', 1, '2027-01-01'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2026-02-28', 1, '2026-03-01'],
    ['2026-03-28', 2, '2026-03-30'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-06-10', 0, '2026-06-10'],
  ])('%s and %d days is %s', (date, n, expected) => {
    expect(addDays(date, n)).toBe(expected);
  });

  it.each([
    ['2026-02-30', 1],
    ['2026-13-01', 1],
    ['2026-6-1', 1],
    ['2026-06-10T00:00Z', 1],
    ['2026-06-10', 0.5],
  ])('%s and %d days are no date', (date, n) => {
    expect(() => addDays(date, n)).toThrow(RangeError);
  });

  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2026-08-31', 3, '2026-11-30'],
    ['2026-11-15', 3, '2027-02-15'],
    ['2028-02-29', 12, '2029-02-28'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-06-10', 0, '2026-06-10'],
  ])('%s and %d months is %s', (date, n, expected) => {
    expect(addMonths(date, n)).toBe(expected);
  });

  it.each([
    ['2026-06-10', '2026-06-10', 0],
    ['2026-03-28', '2026-03-30', 2],
    ['2026-10-24', '2026-10-26', 2],
    ['2027-12-31', '2028-12-31', 366],
    ['2026-06-10', '2026-06-01', -9],
  ])('from %s to %s are %d days', (a, b, expected) => {
    expect(daysBetween(a, b)).toBe(expected);
  });

  it.each([
    ['2026-06-10', '2026-06-10'],
    ['2026-06-13', '2026-06-15'],
    ['2026-04-03', '2026-04-07'],
    ['2026-12-25', '2026-12-29'],
    ['2028-01-01', '2028-01-04'],
  ])('on or after %s the working day is %s', (date, expected) => {
    expect(nextOnOrAfterWorkingDay(date, BANK_HOLIDAYS)).toBe(expected);
  });
});
