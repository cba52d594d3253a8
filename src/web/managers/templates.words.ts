import { say, sayAll } from '../words/staff/staff-words.js';

/** Whom a message is for, by the first part of its name. */
const FOR: Record<string, string> = sayAll({
  account: 'Whoever signs in',
  break_glass: 'A manager',
  claim: 'Whoever says that a group is theirs',
  client: 'A person',
  page: 'A person',
  reply: 'A group',
  safety: 'A practice',
  webhook: 'An administrator',
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
  code: 'A code',
  factor: 'Something about signing in has changed',
  factor_by_mail: 'Said there: codes come by mail',
  factor_codes_renewed: 'Said there: new recovery codes',
  factor_recovery_used: 'Said there: a recovery code was used',
  factor_removed: 'Said there: the password alone',
  factor_reset: 'Said there: reset by somebody else',
  factor_set_up: 'Said there: an app was set up',
  invitation: 'An invitation',
  new_device: 'Signed in from somewhere new',
  new_password: 'A link to set a new password',
  password_changed: 'The password was changed',
  opened: 'A record was opened in an emergency',
  approved: 'The group is theirs',
  prove: 'Show that the address is theirs',
  refused: 'The group is not theirs',
  replaced: 'Somebody else answers for the group now',
  links: 'The links they asked for',
  register: 'Who came?',
  message: 'Something about somebody’s safety',
  off: 'A program is not told any more',
});

/** A text is put together of such lines. */
const LINES = /^links_/;

/** "A group" and "Can you help somebody?" for `group.offer_made.text`. */
export function templateInWords(name: string): { to: string; about: string } {
  const [first = '', ...rest] = name.split('.').filter((part) => part !== 'text' && part !== 'letter');
  const item = rest.join('.') || first;
  const plain = item.replaceAll('_', ' ');
  return {
    to: FOR[first] ?? say('Somebody'),
    about: LINES.test(item)
      ? say('A line of the links they asked for')
      : (ABOUT[item] ?? plain.charAt(0).toUpperCase() + plain.slice(1)),
  };
}
