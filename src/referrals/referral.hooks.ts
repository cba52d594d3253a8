import { Injectable } from '@nestjs/common';
import { Hook, HookSet } from '../platform/hooks/hook.js';
import type { Side } from '../platform/pure/lifecycle.js';
import type { ReferralVerb } from './referral.lifecycle.js';
import type {
  CloseNoResponse,
  EndReason,
  GoalEnding,
  HoldReason,
  ReferralState,
  Result,
  ToldOutcome,
} from './referral.types.js';

/** Why onward referrals are settled. */
export const SETTLING = ['closed', 'withdrawn', 'held', 'died', 'agreement_withdrawn'] as const;

export interface Moved {
  referralId: string;
  /** null for a draft: nobody is recorded yet. */
  clientId: string | null;
  action: ReferralVerb;
  /** null for a referral that is new. */
  from: ReferralState | null;
  /** `gone` for a discarded draft: there is no row any more. */
  to: ReferralState | 'gone';
}

export interface Settling {
  referralId: string;
  clientId: string;
  because: (typeof SETTLING)[number];
  /** Whether what has started ends too; a hold leaves it running. */
  endStarted: boolean;
  reason: EndReason | HoldReason | 'entered_in_error';
  side: Side;
}

export interface ClosingInput {
  result: Result;
  /** Why there is no closing response; null when there should be one. */
  noResponseBecause: CloseNoResponse | null;
  mayAskAgain: boolean;
  goals: readonly { id: string; status?: GoalEnding }[];
}

/** What modules above must take part in, in the transaction of the move, with client and referral locked. */
@Injectable()
export class ReferralHooks extends HookSet {
  /** Every verb, after its row is written: also those that leave the state as it was. */
  readonly moved = new Hook<Moved>('referrals.moved', ['onward-referrals', 'caseload', 'reminders']);

  /** Before a hold or an end: what was offered is taken back. */
  readonly settling = new Hook<Settling>('referrals.settling', ['onward-referrals']);

  /** Before a close by a person: handlers refuse (422) while answers are missing without a reason. */
  readonly closing = new Hook<{ referralId: string; clientId: string; input: ClosingInput }>(
    'referrals.closing',
    ['caseload', 'outcomes'],
  );

  /** What came of one that is closed, of what began since its sender sent it: each its part. */
  readonly outcome = new Hook<{ referralId: string; since: Date }, Partial<ToldOutcome>>(
    'referrals.outcome',
    ['onward-referrals', 'outcomes'],
  );
}
