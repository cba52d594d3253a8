import { HELP_KINDS, type HelpKind } from '../../assets/help.types.js';
import { inWords } from '../reply/reply.words.js';
import { type Speech, speechIn } from '../words/speech.js';
import { sayAll } from '../words/staff/staff-words.js';

export const helpWords = (t: Speech['t']): Record<HelpKind, string> =>
  inWords(HELP_KINDS, (kind) => t(`groups.help.${kind}`));

/** The same to staff. */
export const HELP_WORDS = sayAll(helpWords(speechIn('en').t));
