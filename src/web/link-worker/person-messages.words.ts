import type { CodeChannel } from '../../client-page/page.types.js';
import type { NoEntry, NotSent } from '../../client-page/sent-groups.dto.js';
import type { Channel, ChannelOffReason } from '../../clients/client.types.js';
import type { CLIENT_SWITCHES } from '../../reminders/message.types.js';
import type { NoWay, WrittenState } from '../../reminders/written-message.types.js';
import { sayAll } from '../words/staff/staff-words.js';

/** What a person is sent by itself. */
export const SENT_WORDS: Record<(typeof CLIENT_SWITCHES)[number], string> = sayAll({
  appointment: 'Reminder of an appointment',
  appointment_changed: 'An appointment moved or called off',
  measure_baseline: 'Questions at the start',
  measure_review: 'Questions on the way',
  measure_closing: 'Questions at the end',
  measure_3_months: 'Questions three months after',
  measure_6_months: 'Questions six months after',
  waiting_list: 'Still on a waiting list',
});

export const WAY_WORDS: Record<Channel, string> = sayAll({
  call: 'Ringing them',
  text: 'Texts',
  email: 'E-mails',
  write: 'Letters',
  leave_message: 'Leaving a message',
});

export const OFF_WORDS: Record<ChannelOffReason, string> = sayAll({
  wrong_number: 'It is a wrong number or address',
  bounced: 'What we sent came back',
  asked: 'They asked us to stop',
  not_safe: 'It is not safe',
});

/** Why nothing can be sent to somebody in some way. */
export const NO_WAY_WORDS: Record<NoWay, string> = sayAll({
  died: 'they died',
  merged: 'this record was joined to another',
  paused: 'nothing is sent until somebody has looked at how they may be reached',
  not_safe: 'they said that it is not safe',
  not_asked: 'nobody asked them whether it is safe',
  no_address: 'nothing is known to send it to',
  agreement_withdrawn: 'they do not agree to be supported any more',
  not_carried: 'nothing is sent this way here',
  closed: 'nobody works with them now, who would hear an answer',
});

/** The same where what is sent stands on their own page. */
const NO_ENTRY_WORDS: Record<NoEntry, string> = sayAll({
  no_page: 'they have no page of their own, where it would stand',
  no_code: 'a code sent this way would not open their page',
});
export const noEntryInWords = (because: NoWay | NoEntry): string =>
  because === 'no_page' || because === 'no_code' ? NO_ENTRY_WORDS[because] : NO_WAY_WORDS[because];

export const NOT_SENT_WORDS: Record<NotSent, string> = sayAll({
  not_open: 'it is not published for everybody',
  not_suitable: 'as things stand it does not suit them',
  asked: 'the group is being asked about them, or has them',
});

export const WRITTEN_STATE_WORDS: Record<WrittenState, string> = sayAll({
  waiting: 'Waits to go',
  going: 'On its way',
  sent: 'Sent',
  not_sent: 'Not sent: say it another way',
  not_known: 'Nobody knows whether it arrived',
  taken_back: 'Taken back',
});

export const CODE_WORDS: Record<CodeChannel, string> = sayAll({ text: 'Text', email: 'E-mail' });
