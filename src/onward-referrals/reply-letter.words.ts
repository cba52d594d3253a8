import { templatesIn, type Words } from '../platform/messages/templates.js';
import { MOST_SEGMENTS, textSize } from '../platform/messages/text-size.rules.js';
import { spokenPhone } from '../platform/pure/phone.js';
import type { GroupLetter } from '../providers/group-address.rules.js';
import { NOTICE_WORDS } from '../providers/privacy-notice.js';
import { CODE_MINUTES } from './reply-link.rules.js';

const { render } = templatesIn(new URL('templates', import.meta.url));

/** A line of a letter. */
const line = (name: string, words: Words = {}): string => render(`reply.links_${name}.text`, words).text;

/** The subject names nobody and nothing, and holds no code: it shows on locked telephones, as a text does. */
export function codeLetter(code: string): GroupLetter {
  const words = { code, minutes: String(CODE_MINUTES) };
  return { ...render('reply.code', words), texts: [render('reply.code.text', words).text] };
}

/** With where to read what is kept of whoever reads it. What makes a text too long goes in one of its own. */
export function withNotice({ subject, text, texts }: GroupLetter, privacy: string): GroupLetter {
  const last = texts.at(-1) ?? '';
  const longer = `${last.trimEnd()}${NOTICE_WORDS.text}${privacy}`;
  const fits = textSize(longer).segments <= MOST_SEGMENTS;
  return {
    subject,
    text: `${text.trimEnd()}${NOTICE_WORDS.email}${privacy}\n`,
    texts: fits ? [...texts.slice(0, -1), longer] : [...texts, `Betony.${NOTICE_WORDS.text}${privacy}`],
  };
}

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
  /** A worker sends them: nobody of the group asked. */
  sent?: boolean;
  answers: readonly AnswerLink[];
  /** Links to what people are told about the group; the name of the service in an e-mail only, since it may say what for. */
  listings: readonly { name: string; link: string }[];
  /** There are more than these. */
  more: boolean;
  /** Where somebody of the group can sign in; null where nobody has an account. */
  signIn: string | null;
  /** The scheme's number. */
  phone: string | null;
}

/** What waits for an answer first. */
const STANDS: readonly AnswerStands[] = ['asked', 'yes', 'waiting', 'ended'];

/** References, days and links, never who or what for (P7). */
export function linksLetter(fresh: FreshLinks): GroupLetter {
  const { group, answers, listings } = fresh;
  const list = (heading: string, of: readonly AnswerLink[]): string[] =>
    of.length === 0
      ? []
      : [
          line(heading),
          ...of.map(({ reference, askedOn, link }) => line('one', { reference, day: askedOn, link })),
        ];
  const others = answers.filter(({ first }) => !first);
  const links = [
    ...list(
      'first',
      answers.filter(({ first }) => first),
    ),
    ...STANDS.flatMap((stands) =>
      list(
        stands,
        others.filter((one) => one.stands === stands),
      ),
    ),
    ...(listings.length > 0 ? [line('listings')] : []),
    ...listings.map(({ name, link }) => line('service', { name, link })),
    ...(fresh.more ? [moreWords(fresh)] : []),
  ];
  const [leave = ''] = [...answers, ...listings].map(({ link }) => link);
  return {
    ...render('reply.links', {
      opening: line(openingOf(fresh), { group }),
      links: links.map((each) => `${each}\n\n`).join(''),
      leave: `${leave}/leave`,
    }),
    texts: linksTexts(fresh),
  };
}

const openingOf = ({ sent, answers }: FreshLinks): string => {
  if (sent) return 'opening_sent';
  return answers.length > 0 ? 'opening' : 'opening_none';
};

/** Only those who have an account are told to sign in. */
function moreWords({ signIn, phone }: FreshLinks): string {
  if (signIn !== null) return line('more_sign_in', { link: signIn });
  return phone === null ? line('more') : line('more_ring', { phone: spokenPhone(phone) });
}

/** A register names people, so that the message itself says no more than that there is one. */
export const registerLetter = (link: string): GroupLetter => ({
  ...render('reply.register', { link }),
  texts: [render('reply.register.text', { link }).text],
});

/** Somebody who asks in another's name fills their telephone with no more than this. */
const MOST_TEXTS = 3;

/** As many links as go into three texts, what was asked from and what waits for an answer first. */
function linksTexts(fresh: FreshLinks): string[] {
  const { answers, listings } = fresh;
  const order = [...answers].sort((a, b) => Number(b.first) - Number(a.first));
  const lines = [
    ...order.map(({ reference, link }) => `${reference}: ${link}`),
    ...listings.map(({ link }, index) =>
      listings.length === 1
        ? line('listing', { link })
        : line('listing_of', { link, number: String(index + 1), count: String(listings.length) }),
    ),
  ];
  const more = moreWords(fresh);
  const texts: string[] = [];
  let left = lines;
  while (left.length > 0 && texts.length < MOST_TEXTS) {
    const last = texts.length === MOST_TEXTS - 1;
    const written = (count: number): string => {
      const rest = count < left.length ? last : fresh.more;
      const links = [...left.slice(0, count), ...(rest ? [more] : [])].join('\n');
      return render('reply.links.text', { links }).text;
    };
    let count = left.length;
    while (count > 1 && textSize(written(count)).segments > MOST_SEGMENTS) count -= 1;
    texts.push(written(count));
    left = left.slice(count);
  }
  return texts;
}
