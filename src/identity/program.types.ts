import type { Role } from '../platform/actor/actor.types.js';

/** Roles a program may have: those whose work is to send, to answer and to count. Nobody's care is in the hands of a program. */
export const PROGRAM_ROLES = [
  'referrer',
  'provider_member',
  'commissioner',
] as const satisfies readonly Role[];
export type ProgramRole = (typeof PROGRAM_ROLES)[number];

export const KEY_STATES = ['live', 'ended', 'revoked'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** One in use and the one that takes its place. */
export const MOST_LIVE_KEYS = 2;
/** Days a key may be good for, and is unless told. */
export const KEY_DAYS = 366;
/** How long the key before a new one goes on, unless told. */
export const OLD_KEY_DAYS = 7;
export const LONGEST_OLD_KEY_DAYS = 30;

export const PER_MINUTE = 120;
export const MOST_PER_MINUTE = 6000;
export const MOST_ADDRESSES = 20;
