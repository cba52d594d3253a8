import { CODE_MINUTES } from './reply-link.rules.js';

export interface ReplyLetter {
  subject: string;
  text: string;
}

/** The subject names nobody and nothing, and holds no code: it shows on locked telephones. */
export const codeLetter = (code: string): ReplyLetter => ({
  subject: 'Your code',
  text: [
    'Hello,',
    '',
    `Your code is ${code}`,
    '',
    `Enter it on the page you came from, within ${String(CODE_MINUTES)} minutes.`,
    'If you did not ask for it, you need do nothing. Please do not pass it on.',
    '',
  ].join('\n'),
});

/** References and links, never who or what for (P7). */
export function linksLetter(
  links: readonly { reference: string; link: string }[],
  leave: string,
): ReplyLetter {
  const list = links.flatMap(({ reference, link }) => [`${reference}: ${link}`, '']);
  return {
    subject: 'Your new links',
    text: [
      'Hello,',
      '',
      'You asked for new links:',
      '',
      ...list,
      'Each link works for 14 days and is for you only: please do not pass it on.',
      'If you did not ask for them, you need do nothing.',
      '',
      `I no longer help here: ${leave}`,
      '',
    ].join('\n'),
  };
}
