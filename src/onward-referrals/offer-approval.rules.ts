import type { ApprovalState, ApprovalVerb, OwnService } from './offer-approval.types.js';

/** What a worker is told who may not offer yet. */
export const SECOND_PERSON_WORDS = {
  worker: 'You work for this group yourself. Ask a second person to look first.',
  referrer: 'This group referred the person itself. Ask a second person to look first.',
} as const satisfies Record<OwnService, string>;

/** What somebody is told who is no second person to whoever asked. */
const TIED_WORDS = {
  worker: 'You work for this group yourself: somebody else has to approve it.',
  referrer: 'You referred the person yourself: somebody else has to approve it.',
} as const satisfies Record<OwnService, string>;

/**
 * Why somebody may not do this to an asking, or null. People are compared by account: whoever holds two roles is still
 * one person. Only who asked takes it back, and everybody but them decides; but nobody says yes who works for the group
 * or wrote the referral (`tie`).
 */
export function approvalRefusal(
  verb: ApprovalVerb,
  approval: { state: ApprovalState; askedByAccount: string; tie: OwnService | null },
  account: string | null,
): string | null {
  const own = account === approval.askedByAccount;
  if (verb === 'withdraw' && !own) return 'Only whoever asked takes it back. Refuse it instead.';
  if (verb !== 'withdraw' && own) return 'You asked for this yourself: somebody else has to look.';
  if (verb === 'approve' && approval.tie !== null) return TIED_WORDS[approval.tie];
  return approval.state === 'waiting' ? null : 'This has been decided already.';
}
