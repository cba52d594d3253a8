import { londonDate } from '../../platform/clock/calendar.js';
import type { RecordDocument } from '../../records/record-document.types.js';
import { readable } from './copy.words.js';

export const copyFile = (id: string): string => `what-we-hold-${id}.html`;

/** A copy in the words of `records/copy.njk`. */
export const copyPage = (document: RecordDocument, scheme: string): object => ({
  scheme,
  preparedOn: londonDate(new Date(document.preparedAt)),
  whoLooked: document.whoLooked,
  notShown: document.notShown,
  sections: document.sections.map(({ section, items }) => ({
    section,
    items: items.map(({ what, fields }) => ({
      what,
      fields: fields.map(({ label, value }) => ({ label, value: readable(value) })),
    })),
  })),
});
