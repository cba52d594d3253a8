import { NEEDS, type Need } from '../../platform/words/needs.js';
import { PRESENCES } from '../../platform/words/circumstances.js';
import { LEVELS, LIMITS } from '../../providers/provider.types.js';
import { inWords } from '../reply/reply.words.js';
import type { Speech } from '../words/speech.js';

type Say = Speech['t'];

/** What is told of a service, as the group that runs it reads it. */
export const limitWords = (t: Say) => inWords(LIMITS, (one) => t(`service.limit.${one}`));
export const presenceWords = (t: Say) => inWords(PRESENCES, (one) => t(`service.present.${one}`));
export const levelWords = (t: Say) => inWords(LEVELS, (one) => t(`service.level.${one}`));

/** Each by itself, in a list of boxes: elsewhere they stand within a sentence. */
export const needsAlone = ({ t, tag }: Speech): Record<Need, string> =>
  inWords(NEEDS, (need) => {
    const text = t(`reply.need.${need}`);
    return text.charAt(0).toLocaleUpperCase(tag) + text.slice(1);
  });
