import { CANNOT_COME_REASONS } from '../../client-page/page.dto.js';
import { FEEDBACK_ABOUT, FEEDBACK_KINDS } from '../../feedback/feedback.types.js';
import type { Key, Speech } from '../words/speech.js';

const inWords = <Code extends string>(codes: readonly Code[], word: (code: Code) => string) =>
  Object.fromEntries(codes.map((code) => [code, word(code)])) as Record<Code, string>;

export const reasonWords = (t: Speech['t']) => inWords(CANNOT_COME_REASONS, (code) => t(`my.reason.${code}`));
export const feedbackWords = (t: Speech['t']) =>
  inWords(FEEDBACK_KINDS, (code) => t(`my.feedbackKind.${code}`));
export const aboutWords = (t: Speech['t']) =>
  inWords(FEEDBACK_ABOUT, (code) => t(`my.feedbackAbout.${code}`));

/** Languages most often asked for; a worker writes down any other. */
export const OFFERED_LANGUAGES = [
  'en',
  'cy',
  'ar',
  'bn',
  'bfi',
  'fa',
  'gu',
  'ne',
  'pa',
  'pl',
  'pt',
  'ro',
  'so',
  'uk',
  'ur',
  'zh',
];

/** What is refused to somebody on their own page, as those say it who refuse; and how the page says it. */
export const REFUSALS: Readonly<Record<string, Key>> = {
  'Enter an e-mail address or a UK mobile number': 'my.refused.address',
  'Choose who supports you': 'my.refused.scheme',
  'Please talk to us before you let somebody see more': 'my.supporter.talkFirst',
  'Please talk to us: we change this together with you.': 'my.refused.safety',
  'It has begun already. Log a contact instead.': 'my.refused.past',
  'This was taken back already, or somebody else decided it. Please talk to us about it.':
    'my.refused.decided',
  'This step is somebody else’s. You can write to us about it.': 'my.refused.notYours',
};

export const saidOf = (message: string): Key | null =>
  Object.hasOwn(REFUSALS, message) ? (REFUSALS[message] ?? null) : null;
