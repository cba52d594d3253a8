import type { RegisterByLink } from '../../onward-referrals/reply.queries.js';
import { sayDay } from './reply.page.js';
import { manyField, whoField } from './register.forms.js';
import { REGISTER_WORDS } from './reply.words.js';

/** A page with more would not open on an old phone: whoever keeps so long a register signs in. */
export const MOST_ON_PAGE = 60;

const CHOICES = [
  { value: '', text: 'Choose' },
  ...Object.entries(REGISTER_WORDS).map(([value, text]) => ({ value, text })),
];

/** What the template of a register puts in. `values` are what was typed, where a form comes back. */
export function registerPage(view: RegisterByLink, values: Record<string, string>) {
  const { scheme, group, phone, service, sessionOn, sessionAt, register } = view;
  const time = sessionAt === null ? '' : `, ${sessionAt}`;
  const typed = Object.keys(values).length > 0;
  const wordOf = (result: keyof typeof REGISTER_WORDS | null): string =>
    result === null ? 'Not marked' : REGISTER_WORDS[result];
  const people = (register?.people ?? []).map((person) => {
    const { onwardReferralId: id, calledBy, people: offered, result, came } = person;
    const [who, many] = [whoField(id), manyField(id)];
    const chosen = typed ? (values[who] ?? '') : (result ?? '');
    return {
      who,
      many,
      calledBy,
      offered,
      came: typed ? (values[many] ?? '') : came === null ? '' : String(came),
      word: wordOf(result),
      choices: CHOICES.map((one) => ({ ...one, selected: one.value === chosen })),
    };
  });
  return {
    scheme,
    group,
    phone,
    service,
    session: `${sayDay(sessionOn)}${time}`,
    code: register === null,
    final: register?.state === 'final',
    tooMany: people.length > MOST_ON_PAGE,
    people: people.length > MOST_ON_PAGE ? [] : people,
    walkIns: typed ? (values['walkIns'] ?? '') : String(register?.walkIns ?? 0),
    corrections: (register?.corrections ?? []).map(({ onwardReferralId, result, reason, by, at }) => ({
      calledBy:
        register?.people.find((person) => person.onwardReferralId === onwardReferralId)?.calledBy ??
        'Somebody',
      word: wordOf(result),
      reason,
      by: by ?? 'the scheme',
      on: sayDay(new Date(at)),
    })),
  };
}
