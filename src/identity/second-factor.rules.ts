import { randomInt } from 'node:crypto';
import { generateSecret, generateURI, verifySync } from 'otplib';
import type { Role } from '../platform/actor/actor.types.js';

/** What somebody shows beside a password: a code from an app, or one sent to their work mailbox. */
export const FACTOR_KINDS = ['totp', 'mail'] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];

/** What a session was opened with. A recovery code stands in for the app; an organisation may have seen to it itself. */
export const SHOWN_FACTORS = ['totp', 'recovery', 'mail', 'organisation'] as const;
export type ShownFactor = (typeof SHOWN_FACTORS)[number];

/** What the scheme of one membership says of its role. */
export interface FactorPolicy {
  offered: boolean;
  required: boolean;
  /** A code to the work mailbox is enough. */
  mailWillDo: boolean;
}

export interface FactorAsked {
  asks: FactorKind | null;
  /** An app has to be set up, after the code from the mailbox has shown that it is not just anybody with the password. */
  thenSetUp: boolean;
}

/**
 * What is asked beside a right password. A factor that was set up is always asked for; beyond that the strictest of the
 * schemes somebody works in decides, since one sign-in leads to all of them.
 */
export function factorToAsk(kept: FactorKind | null, policies: readonly FactorPolicy[]): FactorAsked {
  if (kept === 'totp') return { asks: 'totp', thenSetUp: false };
  const required = policies.filter((policy) => policy.required);
  if (required.some((policy) => !policy.mailWillDo)) return { asks: 'mail', thenSetUp: true };
  return { asks: kept === 'mail' || required.length > 0 ? 'mail' : null, thenSetUp: false };
}

/**
 * Whether a code to the mailbox is enough by itself, without a password: for somebody who answers for groups and does nothing
 * else anywhere, where no scheme asks for a second factor and they have set none up.
 */
export const byCodeAlone = (
  kept: FactorKind | null,
  memberships: readonly { role: Role; required: boolean }[],
): boolean =>
  kept === null &&
  memberships.length > 0 &&
  memberships.every(({ role, required }) => role === 'provider_member' && !required);

/** Whether a session opened with this may act where that policy holds. */
export const enough = (shown: ShownFactor | null, { required, mailWillDo }: FactorPolicy): boolean =>
  !required || (shown !== null && (shown !== 'mail' || mailWillDo));

const STEP_SECONDS = 30;
const SIX_DIGITS = /^\d{6}$/;

/** 160 bits, as RFC 4226 recommends, in the base32 that people can type where nothing can be scanned. */
export const newTotpSecret = (): string => generateSecret({ length: 20 });

/** What an app reads from the picture. */
export const totpAddress = (secret: string, schemeName: string, email: string): string =>
  generateURI({ issuer: `Betony ${schemeName}`, label: email, secret });

/**
 * The time step of a right code, or null. Right is the code of this half minute, the one before or the one after, for
 * clocks that differ (RFC 6238, 5.2); a step that was shown before, or an earlier one, is not.
 */
export function stepOfCode(secret: string, code: string, now: Date, usedStep: number): number | null {
  if (!SIX_DIGITS.test(code)) return null;
  const found = verifySync({
    secret,
    token: code,
    epoch: Math.floor(now.getTime() / 1000),
    epochTolerance: STEP_SECONDS,
  });
  if (!found.valid || !('timeStep' in found)) return null;
  return found.timeStep > usedStep ? found.timeStep : null;
}

/** As typed: spaces and hyphens are only for the eye, and letters that look like digits are those digits. */
export const normaliseCode = (typed: string): string =>
  typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');

export const isSixDigits = (code: string): boolean => SIX_DIGITS.test(code);

export const RECOVERY_CODES = 10;
const RECOVERY_LENGTH = 10;
/** Crockford's base32: nothing in it looks like something else. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Ten codes of 50 random bits, normalised. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () =>
    Array.from({ length: RECOVERY_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join(''),
  );

/** In two halves, as people write them down. */
export const spokenRecoveryCode = (code: string): string => `${code.slice(0, 5)}-${code.slice(5)}`;
