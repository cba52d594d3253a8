import { MOST_SEGMENTS, textSize } from '../platform/messages/text-size.rules.js';
import { spokenPhone } from '../platform/pure/phone.js';
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

/** Where one stands, as far as a letter may say: never who, and never what for. */
export type AnswerStands = 'asked' | 'yes' | 'waiting' | 'ended';

export interface AnswerLink {
  reference: string;
  link: string;
  stands: AnswerStands;
  /** "23 November", the day the group was asked. */
  askedOn: string;
  /** It is what the link was about that somebody asked from. */
  first: boolean;
}

export interface FreshLinks {
  /** Said in an e-mail only: whoever answers for two groups has to know which. */
  group: string;
  answers: readonly AnswerLink[];
  /** Links to what people are told about the group. */
  listings: readonly string[];
  /** There are more than these. */
  more: boolean;
  /** Where somebody of the group can sign in; null where nobody has an account. */
  signIn: string | null;
  /** The scheme's number. */
  phone: string | null;
}

const HEADINGS: Record<AnswerStands, string> = {
  asked: 'Waiting for your answer:',
  yes: 'Your group said yes:',
  waiting: 'On your waiting list:',
  ended: 'Come to an end lately. Please look once more:',
};

/** References, days and links, never who or what for (P7). */
export function linksLetter(fresh: FreshLinks): GroupLetter {
  const { group, answers, listings } = fresh;
  const list = (heading: string, of: readonly AnswerLink[]): string[] =>
    of.length === 0
      ? []
      : [
          heading,
          '',
          ...of.flatMap((one) => [`${one.reference} (asked on ${one.askedOn}): ${one.link}`, '']),
        ];
  const others = answers.filter(({ first }) => !first);
  const [leave = ''] = [...answers.map(({ link }) => link), ...listings];
  return {
    subject: 'Your new links',
    text: [
      'Hello,',
      '',
      ...(answers.length > 0
        ? [`You asked for new links for ${group}.`, '']
        : [`You asked for new links. Nothing is waiting for an answer from ${group} just now.`, '']),
      ...list(
        'What your old link was about:',
        answers.filter(({ first }) => first),
      ),
      ...(Object.keys(HEADINGS) as AnswerStands[]).flatMap((stands) =>
        list(
          HEADINGS[stands],
          others.filter((one) => one.stands === stands),
        ),
      ),
      ...(listings.length > 0
        ? ['What we tell people about your group, to check or to say that you are full:', '']
        : []),
      ...listings.flatMap((link) => [link, '']),
      ...(fresh.more ? [moreWords(fresh), ''] : []),
      'Each link works for 14 days and is for you only: please do not pass it on.',
      'If you did not ask for them, you need do nothing.',
      '',
      `I no longer help here: ${leave}/leave`,
      '',
    ].join('\n'),
    texts: linksTexts(fresh),
  };
}

/** Only those who have an account are told to sign in. */
function moreWords({ signIn, phone }: FreshLinks): string {
  if (signIn !== null) return `There is more: sign in at ${signIn}`;
  return phone === null
    ? 'There is more: answer these, then ask again.'
    : `There is more: answer these, then ask again, or ring ${spokenPhone(phone)}.`;
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

/** As many links as go into three texts, what was asked from and what waits for an answer first. */
function linksTexts(fresh: FreshLinks): string[] {
  const { answers, listings } = fresh;
  const order = [...answers].sort((a, b) => Number(b.first) - Number(a.first));
  const lines = [
    ...order.map(({ reference, link }) => `${reference}: ${link}`),
    ...listings.map((link) => `What we tell people about your group: ${link}`),
  ];
  const more = moreWords(fresh);
  const texts: string[] = [];
  let left = lines;
  while (left.length > 0 && texts.length < MOST_TEXTS) {
    const last = texts.length === MOST_TEXTS - 1;
    const written = (count: number): string => {
      const rest = count < left.length ? last : fresh.more;
      return ['Betony:', ...left.slice(0, count), ...(rest ? [more] : []), AFTER].join('\n');
    };
    let count = left.length;
    while (count > 1 && textSize(written(count)).segments > MOST_SEGMENTS) count -= 1;
    texts.push(written(count));
    left = left.slice(count);
  }
  return texts;
}
