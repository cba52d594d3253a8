import { emailHash } from '../identity/account.rules.js';
import type { SendingChannel } from '../platform/messages/channel.types.js';
import { sha256 } from '../platform/pure/hash.js';
import { isUkMobile, normaliseUkPhone } from '../platform/pure/phone.js';
import type { AnswersBy } from './provider.types.js';

/** Where a group is written to: an e-mail address, or a mobile number in E.164. */
export interface GroupAddress {
  channel: Exclude<SendingChannel, 'letter'>;
  to: string;
}

/** The same thing said both ways. */
export interface GroupLetter {
  subject: string;
  text: string;
  /** Each of at most two parts. */
  texts: readonly string[];
}

export interface GroupFacts {
  answersBy: AnswersBy;
  contactEmail: string | null;
  contactPhone: string | null;
  organisationEmail: string | null;
  /** Hashes of addresses at which somebody said that they no longer help. */
  left: readonly string[];
}

/** A UK mobile number in E.164, however it was typed; null for anything a text cannot reach. */
export function ukMobile(text: string): string | null {
  const phone = normaliseUkPhone(text);
  return phone !== null && isUkMobile(phone) ? phone : null;
}

/**
 * The one choice of channel: a text to a group that answers by text, else an e-mail to whom the group named, else to the
 * organisation's own address unless somebody left there. Null when none leads anywhere.
 */
export function groupAddress(facts: GroupFacts): GroupAddress | null {
  const { answersBy, contactEmail, contactPhone, organisationEmail, left } = facts;
  const mobile = answersBy === 'text' && contactPhone !== null ? ukMobile(contactPhone) : null;
  if (mobile !== null) return { channel: 'text', to: mobile };
  if (contactEmail !== null) return { channel: 'email', to: contactEmail };
  if (organisationEmail === null || left.includes(emailHash(organisationEmail))) return null;
  return { channel: 'email', to: organisationEmail };
}

/** What is kept instead of a number: 64 hexadecimal digits. All numbers can be tried, so it goes when the number goes. */
export const phoneHash = (phone: string): string => sha256(`phone:${phone}`);

export const addressHash = ({ channel, to }: GroupAddress): string =>
  channel === 'text' ? phoneHash(to) : emailHash(to);

export const isSameAddress = (a: GroupAddress | null, b: GroupAddress | null): boolean =>
  a !== null && b !== null && a.channel === b.channel && addressHash(a) === addressHash(b);
