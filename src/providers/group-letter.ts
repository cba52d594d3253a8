import type { Config } from '../platform/config/config.js';
import type { MessageSender } from '../platform/messages/message-sender.js';
import type { GroupAddress, GroupLetter } from './group-address.rules.js';

/**
 * What somebody asked for just now, sent at once by the group's own channel. Throws where it certainly did not go, so
 * that it is tried again: with the same id and the same letter, which the caller sees to. An e-mail that may have gone is
 * sent again too, since mailboxes show the same Message-ID once; a text is not, since telephones show it twice, and
 * whoever misses it asks again. Only where a later part of several certainly did not go do the earlier ones come twice.
 */
export async function sendToGroup(
  sender: MessageSender,
  config: Config,
  { channel, to }: GroupAddress,
  { subject, text, texts }: GroupLetter,
  id: string,
): Promise<void> {
  if (channel === 'email') {
    const messageId = `${id}@${new URL(config.publicUrl).hostname}`;
    const { outcome, code } = await sender.send({ channel, to, subject, text, messageId });
    if (outcome === 'failed' || outcome === 'unknown') throw new Error(`Nothing was sent: ${code}`);
    return;
  }
  for (const [index, part] of texts.entries()) {
    const reference = `${id}.${String(index + 1)}`;
    const { outcome, code } = await sender.send({ channel, to, text: part, reference });
    if (outcome === 'failed') throw new Error(`Nothing was sent: ${code}`);
  }
}
