import type { SendingChannel } from '../platform/messages/channel.types.js';
import type { ReminderKind } from './reminder.kinds.js';

/** A letter takes days: what is for tomorrow is not posted. */
const IN_TIME: Partial<Record<ReminderKind, readonly SendingChannel[]>> = {
  appointment: ['email', 'text'],
  appointment_changed: ['email', 'text'],
};

const ANY: readonly SendingChannel[] = ['email', 'text', 'letter'];

/** What somebody chose to send goes that way or a person does it. */
const CHOSEN: Partial<Record<ReminderKind, SendingChannel>> = { write_letter: 'letter', send_text: 'text' };

export const channelsOf = (kind: ReminderKind): readonly SendingChannel[] => {
  const chosen = CHOSEN[kind];
  return chosen === undefined ? (IN_TIME[kind] ?? ANY) : [chosen];
};

/** What somebody chose as "reach me through", where that is a way a message can go. */
const ASKED_FOR: Partial<Record<string, SendingChannel>> = { email: 'email', text: 'text', letter: 'letter' };

/**
 * The channel for a message to a person: of those that are safe and open (`usable`), the one they asked for, else
 * e-mail, else a text. A letter, which others in a house may open, only to those who asked for letters, or where
 * their worker chose one: what was `chosen` goes that way or not at all. Null when none is left, and then a person does it.
 */
export function channelFor(
  kind: ReminderKind,
  reachThrough: string | null,
  usable: (channel: SendingChannel) => boolean,
  chosen = CHOSEN[kind],
): SendingChannel | null {
  if (chosen !== undefined) return usable(chosen) ? chosen : null;
  const asked = ASKED_FOR[reachThrough ?? ''];
  const order: readonly SendingChannel[] = asked === undefined ? ['email', 'text'] : [asked, 'email', 'text'];
  return order.find(usable) ?? null;
}
