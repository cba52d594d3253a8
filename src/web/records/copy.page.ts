import { londonDate } from '../../platform/clock/calendar.js';
import type { Section } from '../../records/person-data.catalogue.js';
import type { RecordDocument } from '../../records/record-document.types.js';
import { type Key, type Speech, speechBy } from '../words/speech.js';
import { readable } from './copy.words.js';

export const copyFile = (id: string): string => `what-we-hold-${id}.html`;

const HEADINGS: Record<Section, Key> = {
  'About you': 'copy.section.aboutYou',
  'People close to you': 'copy.section.close',
  'What you agreed to': 'copy.section.agreed',
  'Your referrals': 'copy.section.referrals',
  'Your contacts with us': 'copy.section.contacts',
  'Your plan': 'copy.section.plan',
  'Your appointments': 'copy.section.appointments',
  Groups: 'copy.section.groups',
  'Help you were given': 'copy.section.help',
  'How you answered our questions': 'copy.section.answers',
  'Your stories': 'copy.section.stories',
  Safety: 'copy.section.safety',
  Messages: 'copy.section.messages',
  'What you told us about our service': 'copy.section.service',
  'Your own page': 'copy.section.page',
  'Your requests': 'copy.section.requests',
};

/** A copy under headings in the language that it says the person reads. What was written stays as it was written. */
export function copyPage(
  document: RecordDocument,
  scheme: string,
): { speech: Speech; [name: string]: unknown } {
  const speech = speechBy(...languagesIn(document));
  return {
    speech,
    scheme,
    preparedOn: speech.date(londonDate(new Date(document.preparedAt))),
    whoLooked: document.whoLooked,
    notShown: document.notShown,
    sections: document.sections.map(({ section, items }) => ({
      heading: speech.t(HEADINGS[section]),
      items: items.map(({ what, fields }) => ({
        what,
        fields: fields.map(({ label, value }) => ({ label, value: readable(value) })),
      })),
    })),
  };
}

/** The newest record of them first: others may have been joined to it. */
const languagesIn = ({ sections }: RecordDocument): unknown[] =>
  sections
    .flatMap(({ items }) => items)
    .filter(({ id }) => id.startsWith('client:'))
    .flatMap(({ fields }) => fields.filter(({ name }) => name === 'language'))
    .map(({ value }) => value)
    .reverse();
