import type { Key, Speech, Values } from '../words/speech.js';

/** A notice is its sections, in this order; whom to complain to stands after the last. */
export interface Section {
  heading: Key;
  texts: readonly Key[];
}

/** What people who help in groups are told of what is kept of them. Plain words, since nobody signs for them. */
export const FOR_GROUPS: readonly Section[] = [
  { heading: 'privacy.groups.who.heading', texts: ['privacy.groups.who.text'] },
  {
    heading: 'privacy.groups.what.heading',
    texts: ['privacy.groups.what.contact', 'privacy.groups.what.answers', 'privacy.groups.what.never'],
  },
  {
    heading: 'privacy.groups.sees.heading',
    texts: ['privacy.groups.sees.team', 'privacy.groups.sees.nobodyElse'],
  },
  { heading: 'privacy.groups.long.heading', texts: ['privacy.groups.long.text'] },
  { heading: 'privacy.groups.rights.heading', texts: ['privacy.groups.rights.ask'] },
];

/** What people whom a scheme supports are told, after who keeps it. */
export const FOR_PEOPLE: readonly Section[] = [
  {
    heading: 'privacy.groups.what.heading',
    texts: ['privacy.people.what.you', 'privacy.people.what.support', 'privacy.people.what.from'],
  },
  { heading: 'privacy.people.why.heading', texts: ['privacy.people.why.text', 'privacy.people.why.agree'] },
  {
    heading: 'privacy.groups.sees.heading',
    texts: [
      'privacy.people.sees.team',
      'privacy.people.sees.practice',
      'privacy.people.sees.groups',
      'privacy.people.sees.harm',
    ],
  },
  {
    heading: 'privacy.groups.long.heading',
    texts: ['privacy.people.long.years', 'privacy.people.long.then'],
  },
  {
    heading: 'privacy.people.rights.heading',
    texts: ['privacy.people.rights.copy', 'privacy.people.rights.correct', 'privacy.people.rights.object'],
  },
];

export const inSections = (notice: readonly Section[], { t }: Speech, values: Values = {}) =>
  notice.map(({ heading, texts }) => ({ heading: t(heading), texts: texts.map((text) => t(text, values)) }));
