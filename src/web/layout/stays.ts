import { londonTime } from '../../platform/clock/wall-clock.js';
import { PAGE_IDLE_MS, SEEN_EVERY_MS } from '../../identity/session.rules.js';

export interface Stays {
  /** Until a page left alone is signed out, at the earliest: how recent the last use was is known to the minute. */
  seconds: number;
  /** Until then at the latest. */
  idle: number;
  /** Until the session is over, however busy. */
  end: number;
  /** The same two for people. */
  minutes: number;
  clock: string;
}

/** How long a page that is shown now keeps its session. */
export const staysUntil = (endsAt: Date, now: Date): Stays => ({
  seconds: (PAGE_IDLE_MS - SEEN_EVERY_MS) / 1000,
  idle: PAGE_IDLE_MS / 1000,
  end: Math.floor((endsAt.getTime() - now.getTime()) / 1000),
  minutes: PAGE_IDLE_MS / 60_000,
  clock: londonTime(endsAt),
});
