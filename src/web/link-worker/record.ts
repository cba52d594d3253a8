import type { PersonHead } from '../../referrals/person-head.queries.js';
import { say, sayAll } from '../words/staff/staff-words.js';

/** The pages of one person's record, in the order of the work on it. */
const PAGES = sayAll([
  { name: 'summary', text: 'Summary', path: '' },
  { name: 'timeline', text: 'Timeline', path: '/timeline' },
  { name: 'conversation', text: 'Conversation', path: '/conversation' },
  { name: 'plan', text: 'Plan', path: '/plan' },
  { name: 'groups', text: 'Groups', path: '/groups' },
  { name: 'questionnaires', text: 'Questionnaires', path: '/questionnaires' },
  { name: 'documents', text: 'Documents', path: '/documents' },
  { name: 'sharing', text: 'Sharing', path: '/sharing' },
  { name: 'details', text: 'Details', path: '/details' },
] as const);

export type RecordPage = (typeof PAGES)[number]['name'];

/** Where else of a record one can go from here. */
export const recordPages = (
  clientId: string,
  current: RecordPage,
): { text: string; href: string; current: boolean }[] =>
  PAGES.map(({ name, text, path }) => ({
    text,
    href: `/desk/people/${clientId}${path}`,
    current: name === current,
  }));

/** Titles stay in the browser's history: none names a person. */
export const recordTitle = (what: string, person: PersonHead): string =>
  `${what}: ${person.firstName.charAt(0)}${person.lastName.charAt(0)}, ${person.current?.reference ?? say('no referral')}`;
