/*
 * When something is due, in words, and worked out without the product's own calendar: the days of two years are written
 * down here from https://www.gov.uk/bank-holidays and https://www.gov.uk/when-do-the-clocks-change, so that a fault in
 * one calendar is not in the other.
 */

const DAY_MS = 86_400_000;

/** England and Wales. */
export const HOLIDAYS_WRITTEN_DOWN = [
  '2026-12-25 2026-12-28 2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28',
  '2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26',
].flatMap((line) => line.split(' '));

/** First and last day on which London is an hour ahead of UTC by day. */
const SUMMERS = [
  ['2026-03-29', '2026-10-24'],
  ['2027-03-28', '2027-10-30'],
  ['2028-03-26', '2028-10-28'],
] as const;

const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export const isWorkday = (date: string): boolean =>
  ![0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()) && !HOLIDAYS_WRITTEN_DOWN.includes(date);

/** By day: between two and midnight, when a date is wholly in one time or the other. */
export function inLondon(date: string, time: string): Date {
  const summer = SUMMERS.some(([first, last]) => first <= date && date <= last);
  return new Date(Date.parse(`${date}T${time}:00Z`) - (summer ? 3_600_000 : 0));
}

const LONDON = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/London',
  dateStyle: 'short',
  timeStyle: 'short',
});

/** "2027-03-28 10:00", as a clock on the wall shows it. */
export const onTheWall = (at: Date): string => LONDON.format(at);

function step(date: string, term: string): string {
  const [, count = '', unit] = /^(-?\d+)(d|wd|m)$/.exec(term) ?? [];
  if (unit === undefined) throw new Error(`${term} is neither days (3d), working days (3wd) nor months (3m)`);
  const n = Number(count);
  if (unit === 'd') return dateOf(dayNumber(date) + n);
  if (unit === 'm') {
    const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
    const last = new Date(Date.UTC(year, month + n, 0)).getUTCDate();
    return new Date(Date.UTC(year, month - 1 + n, Math.min(day, last))).toISOString().slice(0, 10);
  }
  // Nought is the day itself, or the next on which people work.
  let at = dayNumber(date);
  if (n === 0) while (!isWorkday(dateOf(at))) at += 1;
  for (let left = Math.abs(n); left > 0;) {
    at += Math.sign(n);
    if (isWorkday(dateOf(at))) left -= 1;
  }
  return dateOf(at);
}

/** "14d": a day counted from the London day of a moment. "3m 7d", "14d -2wd": one after another. */
export const dateBy = (rule: string, from: Date): string =>
  rule.split(' ').reduce(step, onTheWall(from).slice(0, 10));

/** "now", or "14d 3wd 17:00": days as above, and a time on the wall. */
export function momentBy(rule: string, from: Date): Date {
  if (rule === 'now') return from;
  const at = rule.lastIndexOf(' ');
  return inLondon(dateBy(rule.slice(0, at), from), rule.slice(at + 1));
}
