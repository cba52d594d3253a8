export interface Attachment {
  name: string;
  type: string;
  content: string;
}

export interface Mail {
  /** One address. A message to two people would tell each of the other. */
  to: string;
  subject: string;
  text: string;
  /** Without angle brackets. A repeat carries the same, so that the reader's mailbox can tell. */
  messageId: string;
  /** Only to an address that may carry it: whoever sends has looked. */
  documents?: readonly Attachment[];
}

/**
 * What became of a message. `refused`: never try this again. `failed`: it was not taken, try later. `unknown`: the
 * connection died after the text was given, so it may or may not have been taken.
 */
export type MailOutcome = 'sent' | 'refused' | 'failed' | 'unknown';

export interface MailResult {
  outcome: MailOutcome;
  /** Codes only, such as `550 5.1.1` or `ETIMEDOUT`: a server's words often quote the address. */
  code: string;
}
