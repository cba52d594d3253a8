export const MESSAGE_KINDS = ['client', 'group', 'referrer', 'inbox', 'digest'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

export const MESSAGE_STATES = ['ready', 'sending', 'sent', 'failed', 'unconfirmed', 'cancelled'] as const;

export const RECIPIENT_KINDS = ['client', 'provider', 'referrer', 'staff'] as const;
export type RecipientKind = (typeof RECIPIENT_KINDS)[number];

/**
 * What became of one attempt. `sent`: the mail server took it. `refused`: it never will. `failed`: it certainly did not,
 * and may later. `unknown`: it may have.
 */
export const ATTEMPTS = ['sent', 'refused', 'failed', 'unknown'] as const;
export type Attempt = (typeof ATTEMPTS)[number];

/** One person or inbox; exactly one of the three is set. */
export interface Recipient {
  kind: RecipientKind;
  clientId: string | null;
  organisationId: string | null;
  membershipId: string | null;
}
