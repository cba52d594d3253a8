import { addDays, addWorkingDays, atLondon, isWorkingDay } from '../platform/clock/calendar.js';

/** A year of working days around today, by number: 0 is the first, `today` the last that has begun. */
export class WorkingTime {
  private readonly dates: string[] = [];
  readonly today: number;

  constructor(
    readonly now: Date,
    todayDate: string,
    private readonly holidays: ReadonlySet<string>,
    daysBack: number,
    daysAhead = 120,
  ) {
    let today = 0;
    for (let offset = -daysBack; offset <= daysAhead; offset += 1) {
      const date = addDays(todayDate, offset);
      if (!isWorkingDay(date, holidays)) continue;
      if (offset <= 0) today = this.dates.length;
      this.dates.push(date);
    }
    this.today = today;
  }

  date(day: number): string {
    const date = this.dates[Math.max(0, Math.min(day, this.dates.length - 1))];
    if (date === undefined) throw new RangeError('No working day');
    return date;
  }

  /** A minute of the working day (0 is 09:00, 479 is 16:59), past or to come. */
  planned(day: number, minute: number): Date {
    const hour = 9 + Math.floor(minute / 60);
    const time = `${String(hour).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    return atLondon(this.date(day), time);
  }

  /** The same, never after now. */
  at(day: number, minute: number): Date {
    const at = this.planned(day, minute);
    return at > this.now ? new Date(this.now.getTime() - (480 - minute) * 1000) : at;
  }

  /** The end of the nth working day after a moment of `day`: what a deadline of n days is. */
  deadline(day: number, n: number): Date {
    return atLondon(addWorkingDays(this.date(day), n, this.holidays), '17:00');
  }
}
