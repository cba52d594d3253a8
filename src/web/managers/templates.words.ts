import { say, sayAll } from '../words/staff/staff-words.js';

/** Whom a message is for, by the first part of its name. */
const FOR: Record<string, string> = sayAll({
  client: 'A person',
  group: 'A group',
  referrer: 'Whoever referred somebody',
  digest: 'Somebody who works here',
  notice: 'Somebody who works here',
  inbox: 'A practice',
  weekly: 'A practice',
});

/** Those whose code says too little. */
const ABOUT: Record<string, string> = sayAll({
  frame: 'Beginning and end of every message',
  keeper: 'Who keeps their information',
  thanks: 'Thanks for an answer by text',
  measure: 'Questions about how they feel',
  measure_link: 'Questions about how they feel, by link',
  questions: 'Questions about how they feel',
  questions_link: 'Questions about how they feel, by link',
  appointment: 'Before an appointment',
  unreached: 'After tries without an answer',
  offer_made: 'Can you help somebody?',
  reply_wanted: 'We have not heard from you yet',
  in_touch: 'Did you get in touch?',
  listing_check: 'Is this still right?',
  assurance_lapsing: 'A safety check lapses',
  register_wanted: 'Who came?',
  digest: 'What there is to do today',
  notice: 'Something new at once',
  inbox: 'Something waits for the practice',
  weekly: 'The week',
});

/** "A group" and "Can you help somebody?" for `group.offer_made.text`. */
export function templateInWords(name: string): { to: string; about: string } {
  const [first = '', ...rest] = name.split('.').filter((part) => part !== 'text' && part !== 'letter');
  const item = rest.join('.') || first;
  const plain = item.replaceAll('_', ' ');
  return {
    to: FOR[first] ?? say('Somebody'),
    about: ABOUT[item] ?? plain.charAt(0).toUpperCase() + plain.slice(1),
  };
}
