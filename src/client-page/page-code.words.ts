import type { OutgoingMessage } from '../platform/messages/channel.types.js';
import { ENGLISH, templatesIn, withEnglish } from '../platform/messages/templates.js';
import { CODE_MINUTES } from './page.rules.js';
import type { CodeChannel } from './page.types.js';

const { render, of, draftNote } = templatesIn(new URL('templates', import.meta.url));

/**
 * Says nothing but the code: neither who sends it nor what it opens, for whoever else reads that telephone. In the language
 * they read, where that is known and there are words in it.
 */
export function codeMessage(
  channel: CodeChannel,
  to: string,
  code: string,
  id: string,
  host: string,
  reads: string | null,
): OutgoingMessage {
  const words = { code, minutes: String(CODE_MINUTES) };
  const language = reads !== null && of.has(reads) ? reads : ENGLISH;
  if (channel === 'text')
    return { channel, to, text: render('page.code.text', words, language).text, reference: id };
  const letter = withEnglish(render('page.code', words, language), draftNote(language), () =>
    render('page.code', words),
  );
  return { channel, to, ...letter, messageId: `${id}@${host}` };
}
