/** A stolen access token is worth this long; the session behind it is looked up at every request all the same. */
export const ACCESS_SECONDS = 10 * 60;

/** A working day. Then the password is asked for again, however busy the session was. */
export const SESSION_MS = 12 * 3_600_000;

/** Pages left alone this long ask for the password again: the desk may be shared. */
export const PAGE_IDLE_MS = 30 * 60_000;

/** How exact "last used" is. Writing it at every request would cost more than it tells. */
export const SEEN_EVERY_MS = 60_000;

/** Within this, a refresh token may be shown again: the answer to the first showing can get lost on the way. */
export const REFRESH_GRACE_MS = 30_000;

export interface ShownToken {
  usedAt: Date | null;
  expiresAt: Date;
  /** Whether the token that followed this one has been shown in its turn; null where none followed. */
  successorUsed: boolean | null;
}

export type RefreshAnswer = 'rotate' | 'repeat' | 'expired' | 'reuse';

/**
 * What a refresh token that was shown deserves. `repeat` gives the same successor once more, so that no second line of
 * tokens comes into being; `reuse` means two people hold the line, and ends the session.
 */
export function answerRefresh(token: ShownToken, now: Date): RefreshAnswer {
  if (token.usedAt !== null) {
    const inGrace = now.getTime() - token.usedAt.getTime() <= REFRESH_GRACE_MS;
    return inGrace && token.successorUsed === false ? 'repeat' : 'reuse';
  }
  return token.expiresAt <= now ? 'expired' : 'rotate';
}
