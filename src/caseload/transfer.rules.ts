import { answersOf, type NewPerson } from '../clients/person.rules.js';
import { canonicalJson, sha256 } from '../platform/pure/hash.js';
import { without } from '../platform/pure/without.js';
import { ABOUT_ME, ABOUT_ME_PROMPTS } from './plan.types.js';
import type { Carries, TransferItem } from './transfer.types.js';

/** All that could travel of somebody, before anything is chosen. */
export interface Whole extends Required<Omit<Carries, 'person'>> {
  person: NewPerson;
}

const ABOUT_THEM = ['sex', 'gender', 'ethnicity', 'faithPreference', 'faithTradition'] as const;

/** What travels of it, and nothing else: what is needed to take somebody on, and each part that was chosen. */
export function carriesOf(whole: Whole, items: readonly TransferItem[]): Carries {
  const has = (item: TransferItem): boolean => items.includes(item);
  const answers = answersOf(whole.person);
  return {
    person: has('about_them') ? answers : without(answers, ...ABOUT_THEM),
    practice: whole.practice,
    needs: whole.needs,
    ...(has('reasons') && { reasons: whole.reasons }),
    ...(has('risks') && { risks: whole.risks }),
    ...(has('plan') && { plan: whole.plan }),
    ...(has('contacts') && { contacts: whole.contacts }),
  };
}

/** Says whether two are the same: what was looked at, and what would be sent now. */
export const digestOf = (carries: Carries): string => sha256(canonicalJson(carries));

const sentence = (code: string): string => {
  const words = code
    .replaceAll(/([A-Z])/g, ' $1')
    .replaceAll('_', ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const said = (value: unknown): string => {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (Array.isArray(value)) return value.join(', ').replaceAll('_', ' ');
  return String(value);
};

const lines = (facts: object): string[] =>
  Object.entries(facts)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${sentence(name)}: ${said(value)}`);

const part = (title: string, body: readonly string[]): string[] =>
  body.length === 0 ? [] : [title, ...body.map((line) => `  ${line}`), ''];

function planLines(plan: NonNullable<Carries['plan']>): string[] {
  const { aboutMe, goals, ...rest } = plan;
  return [
    ...ABOUT_ME_PROMPTS.flatMap((prompt) => {
      const words = aboutMe[prompt];
      return words === null ? [] : [`${ABOUT_ME[prompt]}: ${words}`];
    }),
    ...lines(rest),
    ...goals.flatMap((goal) => [
      `Goal: ${goal.words} (importance ${String(goal.importance)}, ${sentence(goal.status).toLowerCase()})`,
      ...goal.actions.map((action) => `  Action: ${action.what} (${sentence(action.status).toLowerCase()})`),
    ]),
  ];
}

/** The copy for another scheme, as text that anybody can open, print and read. */
export function transferDocument(
  carries: Carries,
  about: { from: string; to: string; reference: string; on: string },
): string {
  return [
    `Handed over by ${about.from} to ${about.to}`,
    `Our reference: ${about.reference}. Written on ${about.on}.`,
    'Please tell us that it arrived. Until you do, we go on supporting this person.',
    '',
    ...transferParts(carries),
  ].join('\n');
}

/** What travels, line by line in words: the same on a page before it goes as in the copy. */
export function transferParts(carries: Carries): string[] {
  const { reasons, risks, plan, contacts } = carries;
  return [
    ...part('Who they are, and how to reach them safely', lines(carries.person)),
    ...part('Practice', carries.practice === null ? [] : [carries.practice]),
    ...part('What they want help with', [said(carries.needs)]),
    ...part('In words', reasons ? lines(reasons) : []),
    ...part('Risks', risks ? lines(risks) : []),
    ...part('Their plan', plan ? planLines(plan) : []),
    ...part(
      'Contacts',
      (contacts ?? []).map(
        ({ on, kind, outcome }) => `${on}: ${sentence(kind)}, ${sentence(outcome).toLowerCase()}`,
      ),
    ),
  ];
}
