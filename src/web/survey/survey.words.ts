import { SHARINGS, SURVEY_TOPICS } from '../../assets/survey.types.js';
import { inWords } from '../reply/reply.words.js';
import { type Speech, speechIn } from '../words/speech.js';
import { sayAll } from '../words/staff/staff-words.js';

/** What each box asks, in plain words. */
export const topicWords = (t: Speech['t']) =>
  Object.fromEntries(
    SURVEY_TOPICS.map((topic) => [
      topic,
      { title: t(`groups.topic.${topic}.title`), ask: t(`groups.topic.${topic}.ask`) },
    ]),
  ) as Record<(typeof SURVEY_TOPICS)[number], { title: string; ask: string }>;

export const sharingWords = (t: Speech['t']) => inWords(SHARINGS, (one) => t(`groups.sharing.${one}`));

/** The same to staff, who read what a group answered. */
const { t: english } = speechIn('en');
export const TOPIC_WORDS = sayAll(topicWords(english));
export const SHARING_WORDS = sayAll(sharingWords(english));
