import type { FieldProblem } from '../platform/errors/refusal.js';
import { normaliseUkPhone } from '../platform/pure/phone.js';
import {
  CONTACT_LENGTH,
  GROUP_NAME_LENGTH,
  SURVEY_TOPICS,
  SHARINGS,
  WORDS_LENGTH,
  type SurveyAnswer,
  type SurveyForm,
  type Sharing,
} from './survey.types.js';

const EMAIL = /^[^@\s<>"',;:\\()[\]]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$/;

/** Line breaks as one kind, no other control characters, nothing around it. */
const tidy = (text = ''): string =>
  text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim();
const orNull = (text: string): string | null => (text === '' ? null : text);

/** Whatever is not one of ours is private: nobody is made public by a slip. */
const sharing = (text = ''): Sharing =>
  (SHARINGS as readonly string[]).includes(text) ? (text as Sharing) : 'private';

/**
 * Reads the form "what your group has to offer": texts by name, each topic's words under its name and who may know under
 * `<topic>Sharing`. Gives what was said, and by field what must be put right first. `asksName`: the link is a
 * neighbourhood's, so that whoever answers has to say which group they are.
 */
export function readSurvey(
  sent: Readonly<Record<string, string>>,
  asksName: boolean,
): { form: SurveyForm; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const long = (field: string, text: string, most: number): void => {
    if (text.length > most)
      problems.push({ field, message: `Use ${most.toLocaleString('en-GB')} letters or fewer` });
  };
  const groupName = asksName ? orNull(tidy(sent['groupName'])) : null;
  if (asksName && groupName === null)
    problems.push({ field: 'groupName', message: 'Enter the name of your group' });
  long('groupName', groupName ?? '', GROUP_NAME_LENGTH);
  const answers = SURVEY_TOPICS.flatMap((topic): SurveyAnswer[] => {
    const words = tidy(sent[topic]);
    long(topic, words, WORDS_LENGTH);
    return words === '' ? [] : [{ topic, words, sharing: sharing(sent[`${topic}Sharing`]) }];
  });
  if (answers.length === 0) {
    problems.push({ field: SURVEY_TOPICS[0], message: 'Write something in at least one of the five boxes' });
  }
  const contactName = orNull(tidy(sent['contactName']));
  long('contactName', contactName ?? '', CONTACT_LENGTH);
  const contactEmail = orNull(tidy(sent['contactEmail']));
  if (contactEmail !== null && !(contactEmail.length <= 254 && EMAIL.test(contactEmail))) {
    problems.push({ field: 'contactEmail', message: 'Enter an e-mail address, like name@example.org' });
  }
  const phone = orNull(tidy(sent['contactPhone']));
  const contactPhone = phone === null ? null : normaliseUkPhone(phone.slice(0, CONTACT_LENGTH));
  if (phone !== null && contactPhone === null) {
    problems.push({ field: 'contactPhone', message: 'Enter a UK phone number, like 07700 900 982' });
  }
  return { form: { groupName, contactName, contactEmail, contactPhone, answers }, problems };
}

/**
 * What an answer becomes: nothing while it is private; a service in review where people may be sent and the group is
 * one that offers services; otherwise something for the map.
 */
export function becomes(
  answer: Pick<SurveyAnswer, 'sharing'>,
  provides: boolean,
): 'listing' | 'asset' | null {
  if (answer.sharing === 'private') return null;
  return answer.sharing === 'send' && provides ? 'listing' : 'asset';
}
