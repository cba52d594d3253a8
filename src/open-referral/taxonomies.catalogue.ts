import { ACCESS_NEEDS, type AccessNeed } from '../platform/words/access.js';
import { NEEDS, type Need } from '../platform/words/needs.js';
import { wordId } from './hsds-ids.rules.js';

/** Our own lists of words, as the open format's taxonomies. A service carries them as attributes. */

export interface Term {
  id: string;
  name: string;
  description: string;
  taxonomy: string;
  taxonomy_id: string;
  code: string;
}

export interface Taxonomy {
  id: string;
  name: string;
  description: string;
  version: string;
  taxonomy_terms: Term[];
}

const NEED_WORDS = {
  loneliness: ['Loneliness', 'Company and friendship for people who are lonely or cut off'],
  bereavement: ['Bereavement', 'Support after somebody has died'],
  debt_and_money: ['Debt and money', 'Help with debts, benefits and managing money'],
  housing: ['Housing', 'Help to find, keep or improve a home'],
  food: ['Food', 'Meals, food parcels and affordable food'],
  inactivity: ['Being active', 'Sport, walking and gentle movement'],
  low_mood: ['Low mood and worry', 'Support with mood, worry and everyday mental wellbeing'],
  carer_support: ['Carers', 'Support for people who look after somebody'],
  work_and_learning: ['Work and learning', 'Help to find work, volunteer or learn something'],
  digital: ['Digital', 'Help to use phones, computers and the internet'],
  long_term_condition: ['Long-term conditions', 'Living well with a long-term illness or disability'],
  domestic_difficulty: ['Difficulties at home', 'Support with difficult or unsafe relationships at home'],
  practical_help: ['Practical help', 'Shopping, lifts, small jobs and other practical help'],
  creativity_and_nature: ['Creativity and nature', 'Arts, crafts, music, gardens and the outdoors'],
  faith_and_belonging: ['Faith and belonging', 'Places to belong to, of faith or of community'],
  other: ['Other', 'Something else'],
} as const satisfies Record<Need, readonly [name: string, description: string]>;

const sentence = (code: string): string =>
  `${code.slice(0, 1).toUpperCase()}${code.slice(1)}`.replaceAll('_', ' ').replace(/^Bsl$/, 'BSL');

function taxonomy(
  kind: string,
  name: string,
  description: string,
  words: readonly (readonly [code: string, name: string, description: string])[],
): Taxonomy {
  const id = wordId(`taxonomy ${kind}`);
  return {
    id,
    name,
    description,
    version: '1',
    taxonomy_terms: words.map(([code, termName, termDescription]) => ({
      id: wordId(`${kind} ${code}`),
      name: termName,
      description: termDescription,
      taxonomy: name,
      taxonomy_id: id,
      code,
    })),
  };
}

export const NEEDS_TAXONOMY = taxonomy(
  'need',
  'What people ask help with',
  'Why people are referred to social prescribing, in the words of Betony',
  NEEDS.map((code) => [code, ...NEED_WORDS[code]] as const),
);

export const ACCESS_TAXONOMY = taxonomy(
  'access',
  'What helps people take part',
  'Access and communication support, after the Accessible Information Standard and the Equality Act 2010',
  ACCESS_NEEDS.map((code) => [code, sentence(code), sentence(code)] as const),
);

export const JOINING_TAXONOMY = taxonomy(
  'joining',
  'How people take part',
  'Whether people come to be helped or to help, in the words of Betony',
  [['volunteer_role', 'Volunteer role', 'People join to help others']],
);

export const TAXONOMIES = [NEEDS_TAXONOMY, ACCESS_TAXONOMY, JOINING_TAXONOMY];

export const TERMS = new Map(
  TAXONOMIES.flatMap(({ taxonomy_terms }) => taxonomy_terms).map((term) => [term.id, term]),
);

export const termOfNeed = (need: Need): Term => known(wordId(`need ${need}`));
export const termOfAccess = (access: AccessNeed): Term => known(wordId(`access ${access}`));

function known(id: string): Term {
  const term = TERMS.get(id);
  if (!term) throw new Error('A word without a term');
  return term;
}

export const VOLUNTEER_ROLE = known(wordId('joining volunteer_role'));
