import { Temporal } from 'temporal-polyfill';
import { BANK_HOLIDAYS } from './bank-holidays.js';

const MONDAY = 1;
const SATURDAY = 6;

/** Anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8). */
function easterSunday(year: number): Temporal.PlainDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return new Temporal.PlainDate(year, Math.floor(n / 31), (n % 31) + 1);
}

const firstMonday = (year: number, month: number): Temporal.PlainDate => {
  const first = new Temporal.PlainDate(year, month, 1);
  return first.add({ days: (MONDAY - first.dayOfWeek + 7) % 7 });
};

const lastMonday = (year: number, month: number): Temporal.PlainDate => {
  const last = new Temporal.PlainDate(year, month, 1).add({ months: 1 }).subtract({ days: 1 });
  return last.subtract({ days: (last.dayOfWeek - MONDAY + 7) % 7 });
};

/** The next weekday that is not already a holiday. */
function substitute(day: Temporal.PlainDate, taken: string[]): Temporal.PlainDate {
  let candidate = day;
  while (candidate.dayOfWeek >= SATURDAY || taken.includes(candidate.toString()))
    candidate = candidate.add({ days: 1 });
  return candidate;
}

/** Banking and Financial Dealings Act 1971, schedule 1, with the days proclaimed every year since 1974 and 1978. */
function holidaysByRule(year: number): string[] {
  const easter = easterSunday(year);
  const christmas = substitute(new Temporal.PlainDate(year, 12, 25), []).toString();
  return [
    substitute(new Temporal.PlainDate(year, 1, 1), []),
    easter.subtract({ days: 2 }),
    easter.add({ days: 1 }),
    firstMonday(year, 5),
    lastMonday(year, 5),
    lastMonday(year, 8),
    christmas,
    substitute(new Temporal.PlainDate(year, 12, 26), [christmas]),
  ].map(String);
}

describe('BANK_HOLIDAYS', () => {
  it.each([2024, 2025, 2026, 2027, 2028])('of %d are those the rules give', (year) => {
    const listed = [...BANK_HOLIDAYS].filter((day) => day.startsWith(String(year)));
    expect(listed).toEqual(holidaysByRule(year).sort());
  });

  it('hold nothing else', () => {
    expect(BANK_HOLIDAYS.size).toBe(40);
  });

  it.each([
    [2024, '2024-03-31'],
    [2025, '2025-04-20'],
    [2026, '2026-04-05'],
    [2027, '2027-03-28'],
    [2028, '2028-04-16'],
    [2038, '2038-04-25'],
  ])('rest on the right Easter in %d', (year, sunday) => {
    expect(easterSunday(year).toString()).toBe(sunday);
  });

  // Shapes that 2024 to 2028 do not show.
  it.each([
    ['New Year’s Day on a Sunday', 2023, ['2023-01-02', '2023-12-25', '2023-12-26']],
    ['Christmas Day on a Sunday', 2016, ['2016-01-01', '2016-12-26', '2016-12-27']],
  ])('rules: %s', (_name, year, expected) => {
    expect(holidaysByRule(year)).toEqual(expect.arrayContaining(expected));
  });
});
