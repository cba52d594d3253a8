export const MESSAGE_KINDS = ['client', 'group', 'referrer', 'inbox', 'digest', 'weekly', 'notice'] as const;
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

/** How somebody who works here hears of what is asked of them: in an e-mail of its own, in the daily one, or on their list alone. */
export const TELLINGS = ['at_once', 'daily', 'list'] as const;
export type Telling = (typeof TELLINGS)[number];

/** Why nobody sends it any more. */
export const DROP_REASONS = ['done_another_way', 'no_longer_wanted', 'cannot_be_done'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What can be switched off for clients: what they are told without anybody having asked just then. */
export const CLIENT_SWITCHES = [
  'appointment',
  'appointment_changed',
  'measure_baseline',
  'measure_review',
  'measure_closing',
  'measure_3_months',
  'measure_6_months',
  'waiting_list',
] as const;
/** What groups are sent that a scheme may do without. */
export const GROUP_SWITCHES = [
  'reply_wanted',
  'in_touch',
  'how_did_it_go',
  'assurance_lapsing',
  'listing_check',
  'register_wanted',
] as const;
/** All of it, with what practices and colleagues are sent. */
export const SCHEME_SWITCHES = [
  ...CLIENT_SWITCHES,
  ...GROUP_SWITCHES,
  'closing_summary',
  'closing_present',
  'digest',
  'weekly',
] as const;
