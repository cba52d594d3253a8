import type { OutgoingMessage } from '../platform/messages/channel.types.js';
import { templatesIn } from '../platform/messages/templates.js';
import { CODE_MINUTES } from './page.rules.js';
import type { CodeChannel } from './page.types.js';

const { render } = templatesIn(new URL('templates', import.meta.url));

/** Says nothing but the code: neither who sends it nor what it opens, for whoever else reads that telephone. */
export function codeMessage(
  channel: CodeChannel,
  to: string,
  code: string,
  id: string,
  host: string,
): OutgoingMessage {
  const words = { code, minutes: String(CODE_MINUTES) };
  if (channel === 'text') return { channel, to, text: render('page.code.text', words).text, reference: id };
  return { channel, to, ...render('page.code', words), messageId: `${id}@${host}` };
}
