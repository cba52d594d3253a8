/** `quiet`: no messages, such as a holy day; the group's clock runs on. `closed`: no new offers, and no clock. */
export const PERIOD_KINDS = ['closed', 'shorter', 'extra', 'quiet'] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** A time when a group changes, such as Ramadan 2027. Dates are 'YYYY-MM-DD' and both count. */
export interface Period {
  kind: PeriodKind;
  name: string;
  from: string;
  until: string;
}

/** Hours of every week without messages, such as a service. ISO weekday; times are 'HH:MM' in London. */
export interface QuietTime {
  day: number;
  from: string;
  to: string;
}

/** When a group may be written to. Quiet days are ISO weekdays. */
export interface Rhythm {
  quietDays: readonly number[];
  quietTimes: readonly QuietTime[];
  periods: readonly Period[];
}

/** Nobody plans further ahead. */
export const LONGEST_PERIOD_DAYS = 366;
/** Whoever is silent for longer had better be rung. */
export const LONG_SILENCE_DAYS = 3;
export const MOST_PERIODS = 60;
export const MOST_QUIET_TIMES = 30;
