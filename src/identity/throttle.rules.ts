/** Tries that cost nothing; from the next on, an account waits after each. */
export const FREE_TRIES = 5;
const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 15 * 60;

/** Tries older than this are forgotten. */
export const FORGET_AFTER_MS = 24 * 3_600_000;

/**
 * How long nobody may try again after so many tries without success. Short at first and never longer than a quarter of
 * an hour: a lasting lock would let anybody shut out a person whose address they know.
 */
export function waitSeconds(tries: number): number {
  if (tries < FREE_TRIES) return 0;
  return Math.min(FIRST_WAIT_SECONDS * 2 ** (tries - FREE_TRIES), LONGEST_WAIT_SECONDS);
}
