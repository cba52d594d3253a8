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

/** References and links, never who or what for (P7). `listings` are links to what people are told about the group. */
export function linksLetter(
  links: readonly { reference: string; link: string }[],
  listings: readonly string[],
  leave: string,
): ReplyLetter {
  const list = links.flatMap(({ reference, link }) => [`${reference}: ${link}`, '']);
  return {
    subject: 'Your new links',
    text: [
      'Hello,',
      '',
      ...(list.length > 0
        ? ['You asked for new links:', '', ...list]
        : ['You asked for new links. Nothing is waiting for an answer from your group just now.', '']),
      ...(listings.length > 0
        ? ['What we tell people about your group, to check or to say that you are full:', '']
        : []),
      ...listings.flatMap((link) => [link, '']),
      'Each link works for 14 days and is for you only: please do not pass it on.',
      'If you did not ask for them, you need do nothing.',
      '',
      `I no longer help here: ${leave}`,
      '',
    ].join('\n'),
  };
}

/** A register names people, so that the message itself says no more than that there is one. */
export const registerLetter = (link: string, leave: string): ReplyLetter => ({
  subject: 'A register to fill in',
  text: [
    'Hello,',
    '',
    'Please say who came to your group:',
    '',
    link,
    '',
    'The link works for 14 days and is for you only: please do not pass it on.',
    '',
    `I no longer help here: ${leave}`,
    '',
  ].join('\n'),
});
