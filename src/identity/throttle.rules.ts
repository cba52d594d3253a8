import { isIP } from 'node:net';
import { networkOf, plainAddress } from './program.rules.js';

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
export function waitSeconds(tries: number, free = FREE_TRIES): number {
  if (tries < free) return 0;
  return Math.min(FIRST_WAIT_SECONDS * 2 ** (tries - free), LONGEST_WAIT_SECONDS);
}

/** One that asks, as far as the network tells: whoever has IPv6 has all addresses of a /64. */
export function askerAt(address: string): string {
  const plain = plainAddress(address);
  return isIP(plain) === 6 ? (networkOf(`${plain}/64`) ?? plain) : plain;
}
