import { MOST_SEGMENTS, textSize } from '../platform/messages/text-size.rules.js';
import type { GroupLetter } from '../providers/group-address.rules.js';
import { CODE_MINUTES } from './reply-link.rules.js';

/** The subject names nobody and nothing, and holds no code: it shows on locked telephones, as a text does. */
export const codeLetter = (code: string): GroupLetter => ({
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
  texts: [
    `Betony: your code is ${code}. Enter it on the page you came from, within ${String(CODE_MINUTES)} minutes. If you did not ask for it, do nothing. Please do not pass it on.`,
  ],
});

export interface AnswerLink {
  reference: string;
  link: string;
}

/** References and links, never who or what for (P7). `listings` are links to what people are told about the group. */
export function linksLetter(
  links: readonly AnswerLink[],
  listings: readonly string[],
  home: string,
): GroupLetter {
  const list = links.flatMap(({ reference, link }) => [`${reference}: ${link}`, '']);
  const [first = ''] = [...links.map(({ link }) => link), ...listings];
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
      `I no longer help here: ${first}/leave`,
      '',
    ].join('\n'),
    texts: linksTexts(links, listings, home),
  };
}

/** A register names people, so that the message itself says no more than that there is one. */
export const registerLetter = (link: string): GroupLetter => ({
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
    `I no longer help here: ${link}/leave`,
    '',
  ].join('\n'),
  texts: [
    `Betony: please say who came to your group: ${link} It works for 14 days and is for you only. No longer help here? Say so there.`,
  ],
});

/** Somebody who asks in another's name fills their telephone with no more than this. */
const MOST_TEXTS = 3;
const AFTER = 'For you only. No longer help here? Say so there.';

/** As many links as go into three texts, what waits for an answer first; for the rest they sign in. */
function linksTexts(links: readonly AnswerLink[], listings: readonly string[], home: string): string[] {
  const lines = [
    ...links.map(({ reference, link }) => `${reference}: ${link}`),
    ...listings.map((link) => `What we tell people about your group: ${link}`),
  ];
  const more = `There is more: sign in at ${home}`;
  const texts: string[] = [];
  let left = lines;
  while (left.length > 0 && texts.length < MOST_TEXTS) {
    const last = texts.length === MOST_TEXTS - 1;
    const written = (count: number): string =>
      ['Betony:', ...left.slice(0, count), ...(last && count < left.length ? [more] : []), AFTER].join('\n');
    let count = left.length;
    while (count > 1 && textSize(written(count)).segments > MOST_SEGMENTS) count -= 1;
    texts.push(written(count));
    left = left.slice(count);
  }
  return texts;
}
