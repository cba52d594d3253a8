import type { Mail, MailOutcome } from '../mail/mail.types.js';

/** The ways by which a message leaves the product. What stays inside is a task on somebody's list. */
export const SENDING_CHANNELS = ['email', 'text', 'letter'] as const;
export type SendingChannel = (typeof SENDING_CHANNELS)[number];

/** Where what is sent by a channel ends up: with somebody, in a folder to be looked at, or refused. */
export const DESTINATIONS = ['people', 'files', 'nowhere'] as const;
export type Destination = (typeof DESTINATIONS)[number];

export interface TextMessage {
  /** One mobile number in E.164. */
  to: string;
  text: string;
  /** Names nobody. A message sent again carries the same, and whoever carries it can be asked for it. */
  reference: string;
}

export interface PostedLetter {
  /** Name and address, a line each, the postcode last: three to seven lines. */
  to: readonly string[];
  heading: string;
  text: string;
  reference: string;
}

/** One message to one recipient. */
export type OutgoingMessage =
  | ({ channel: 'email' } & Mail)
  | ({ channel: 'text' } & TextMessage)
  | ({ channel: 'letter' } & PostedLetter);

export interface SendResult {
  outcome: MailOutcome;
  /** Codes only: words of a server often quote the address. */
  code: string;
  /** What whoever carries it calls it; by this name they say later whether it arrived. */
  carrierId: string | null;
}

/**
 * What became of a message that was taken. `wrong_address`: nobody is there, and never will be. `not_delivered`: it did
 * not arrive, by no fault of the address. `not_known`: they have never heard of it.
 */
export type Receipt = 'delivered' | 'on_its_way' | 'wrong_address' | 'not_delivered' | 'not_known';
