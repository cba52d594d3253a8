import type { RegisterByLink } from '../../onward-referrals/reply.queries.js';
import { manyField, whoField } from './register.forms.js';
import type { Speech } from '../words/speech.js';
import { registerWords } from './reply.words.js';

/** A page with more would not open on an old phone: whoever keeps so long a register signs in. */
export const MOST_ON_PAGE = 60;

/** What the template of a register puts in. `values` are what was typed, where a form comes back. */
export function registerPage(
  view: RegisterByLink,
  values: Record<string, string>,
  { day, hour, t }: Speech,
  most = MOST_ON_PAGE,
) {
  const { scheme, group, phone, service, sessionOn, sessionAt, register, undoUntil } = view;
  const words = registerWords(t);
  const choices = [
    { value: '', text: t('common.choose') },
    ...Object.entries(words).map(([value, text]) => ({ value, text })),
  ];
  const typed = Object.keys(values).some((name) => name !== '_version');
  const wordOf = (result: keyof typeof words | null): string =>
    result === null ? t('reply.register.notMarked') : words[result];
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
      choices: choices.map((one) => ({ ...one, selected: one.value === chosen })),
    };
  });
  return {
    scheme,
    group,
    phone,
    session:
      sessionAt === null
        ? t('reply.register.when', { service, day: day(sessionOn) })
        : t('reply.register.whenAt', { service, day: day(sessionOn), time: sessionAt }),
    code: register === null,
    version: register?.version ?? 0,
    final: register?.state === 'final',
    undoUntil: undoUntil && hour(undoUntil),
    tooMany: people.length > most,
    people: people.length > most ? [] : people,
    walkIns: typed ? (values['walkIns'] ?? '') : String(register?.walkIns ?? 0),
    corrections: (register?.corrections ?? []).map(({ onwardReferralId, result, reason, by, at }) => ({
      calledBy:
        register?.people.find((person) => person.onwardReferralId === onwardReferralId)?.calledBy ??
        t('reply.register.somebody'),
      word: wordOf(result),
      reason,
      by: by ?? t('reply.register.scheme'),
      on: day(new Date(at)),
    })),
  };
}

/** What stands in it by now, for whoever marked it meanwhile from an older page. */
export function registerOvertaken({ register }: RegisterByLink, { t }: Speech): string {
  const words = registerWords(t);
  const now = [
    ...(register?.people ?? []).map(
      ({ calledBy, result }) =>
        `${calledBy}: ${result === null ? t('reply.register.notMarked') : words[result]}`,
    ),
    `${t('reply.register.others')}: ${String(register?.walkIns ?? 0)}`,
  ].join('; ');
  return t('service.overtaken', { now: `${now}.` });
}
