import type { Destination, SendingChannel } from '../../platform/messages/channel.types.js';
import type { DropReason, MESSAGE_STATES, RecipientKind } from '../../reminders/message.types.js';
import { sayAll } from '../words/staff/staff-words.js';

export const MESSAGE_STATE_WORDS: Record<(typeof MESSAGE_STATES)[number], string> = sayAll({
  ready: 'Waits to go out',
  sending: 'Going out',
  sent: 'Sent',
  failed: 'Did not go out',
  unconfirmed: 'May have gone out',
  cancelled: 'No longer needed',
});

export const RECIPIENT_WORDS: Record<RecipientKind, string> = sayAll({
  client: 'A person',
  provider: 'A group',
  referrer: 'Whoever referred somebody',
  staff: 'Somebody who works here',
});

export const DROP_WORDS: Record<DropReason, string> = sayAll({
  done_another_way: 'Done another way',
  no_longer_wanted: 'No longer wanted',
  cannot_be_done: 'It cannot be done',
});

export const CHANNEL_WORDS: Record<SendingChannel, string> = sayAll({
  email: 'E-mail',
  text: 'Text message',
  letter: 'Letter',
});

export const DESTINATION_WORDS: Record<Destination, string> = sayAll({
  people: 'To people',
  files: 'Into a folder only: nobody gets it',
  nowhere: 'Not set up: a person is asked instead',
});

/** What the installation depends on, by the names that readiness has for it. */
export const CHECK_WORDS: Record<string, string> = sayAll({
  database: 'Database',
  migrations: 'Its tables',
  queue: 'Queue of work',
});
