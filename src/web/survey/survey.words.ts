import type { SurveyTopic, Sharing } from '../../assets/survey.types.js';
import { sayAll } from '../words/staff/staff-words.js';

/** What each box asks, in plain words. */
export const TOPIC_WORDS: Record<SurveyTopic, { title: string; ask: string }> = sayAll({
  people: {
    title: 'People',
    ask: 'Who in your group likes to help others? For example: three drivers, somebody who was a nurse.',
  },
  space: {
    title: 'Space',
    ask: 'Is there a room, a kitchen, a garden or a van that others could use? When is it free?',
  },
  skills: {
    title: 'Skills',
    ask: 'What are people in your group good at? For example: cooking, filling in forms, speaking Polish.',
  },
  time: {
    title: 'Time',
    ask: 'When could somebody give an hour or two? For example: Tuesday mornings, school holidays.',
  },
  reach: {
    title: 'Whom you reach',
    ask: 'Whom do you know well? For example: which streets, ages, languages or communities.',
  },
});

export const SHARING_WORDS: Record<Sharing, string> = sayAll({
  private: 'Keep it private',
  tell: 'Tell people about us',
  send: 'Send people to us',
});
