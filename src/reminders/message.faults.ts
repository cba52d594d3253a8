import type { SendingChannel } from '../platform/messages/channel.types.js';
import type { MESSAGE_STATES, RecipientKind } from './message.types.js';

const WHO: Record<RecipientKind, string> = {
  client: 'them',
  provider: 'the group',
  referrer: 'whoever referred',
  staff: 'your colleague',
};

/** What a code means, the first that fits. Codes of a mail server come with RFC 3463's where it gives them. */
const CAUSES: readonly [RegExp, string][] = [
  [/EADDRESS|^wrong_address$|^55[013] 5\.1\./, 'There is nobody at that address or number.'],
  [/\b5\.7\.\d/, 'Their mail server takes no mail from us, or not this message.'],
  [/^5\d\d\b/, 'Their mail server refused it for good.'],
  [/^4\d\d\b/, 'The mail server could not take it just then.'],
  [
    /^(?:ECONNREFUSED|EDNS|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|.*CONNECT_TIMEOUT)$/,
    'Whoever carries our messages could not be reached.',
  ],
  [/ETIMEDOUT|TIMEOUT/, 'There was no answer in time.'],
  [/TLS|CERT/, 'There was no safe connection to be had.'],
  [/^(?:closed|ECONNECTION|ECONNRESET|ESOCKET|EPIPE|EPROTOCOL|UND_ERR_SOCKET)$/, 'The connection broke off.'],
  [/^process_lost$/, 'The program was stopped while it was being sent.'],
  [/^restored$/, 'A backup was restored that does not know whether it was sent.'],
  [/^not_delivered$/, 'It was taken, and did not arrive.'],
  [/^ETOOLONG$/, 'It is too long for a text message.'],
  [/^ENOCARRIER$/, 'Nobody carries such messages for us.'],
];

const OF_NOTIFY: readonly [RegExp, string][] = [
  [/^400 EADDRESS$/, 'There is nobody at that address or number.'],
  [/^429\b/, 'GOV.UK Notify takes no more from us just now.'],
  [/^40\d\b/, 'GOV.UK Notify did not accept it as we are set up.'],
  [/^5\d\d\b/, 'GOV.UK Notify had a fault.'],
];

/** Why a message was not even tried: something had changed since it was made. */
const CANCELLED: Readonly<Record<string, string>> = {
  moved_on: 'What it said was no longer true.',
  too_late: 'Its day was over.',
  switched_off: 'No such messages are wanted.',
  not_safe: 'That way of writing to them is not safe.',
  not_asked: 'Nobody has asked whether that way of writing to them is safe.',
  no_address: 'There is no address to write to.',
  paused: 'Messages to them are paused.',
  agreement_withdrawn: 'They no longer agree to be supported.',
  died: 'The person has died.',
  closed: 'Nobody works with them any more, who would hear an answer.',
  merged: 'Their record has become part of another.',
  left: 'They have left.',
  words: 'It would have told too much.',
  not_carried: 'Nobody carries such messages for us.',
};

const causeOf = (because: string, channel: SendingChannel): string => {
  const causes = channel === 'email' ? CAUSES : [...OF_NOTIFY, ...CAUSES];
  return causes.find(([code]) => code.test(because))?.[1] ?? 'It could not be sent.';
};

/** What became of a message and what there is to do, in plain words that name nobody; null where all is well. */
export function sayFault(message: {
  state: (typeof MESSAGE_STATES)[number];
  because: string | null;
  recipient: RecipientKind;
  channel: SendingChannel;
}): string | null {
  const { state, because, recipient, channel } = message;
  if (because === null) return null;
  const cause = causeOf(because, channel);
  switch (state) {
    case 'ready':
      return `${cause} It is tried again by itself.`;
    case 'failed':
      return `${cause} Reach ${WHO[recipient]} another way, or put right what was wrong and send it again.`;
    case 'unconfirmed':
      return `${cause} It may have arrived: ask ${WHO[recipient]} before it is sent again.`;
    case 'cancelled':
      return `Not sent. ${CANCELLED[because] ?? 'It was no longer wanted.'}`;
    case 'sending':
    case 'sent':
      return null;
  }
}
