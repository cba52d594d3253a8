import { derivedToken } from '../identity/token.rules.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import type { Catalogued } from './catalogue.rules.js';
import { mayBeAskedByLink } from './catalogue.rules.js';
import type { AnswerType, Measure, MeasureItem } from './measures.catalogue.js';
import type { Translation } from './translation.rules.js';

const DAY_MS = 86_400_000;
/** Long enough for a holiday; then the answers would be to another time. */
export const LINK_DAYS = 21;

export const linkUntil = (now: Date): Date => new Date(now.getTime() + LINK_DAYS * DAY_MS);

export const questionsToken = (key: string, linkId: string): string => derivedToken(key, 'questions', linkId);

/** Answers given so far, by `measure.item`; null is "rather not say". */
export type HalfFilled = Readonly<Record<string, number | null>>;

/** One page: one question. */
export interface Question {
  /** `ons4.satisfied`: which answer it is. */
  key: string;
  intro: string | null;
  text: string;
  choices: { value: number; label: string }[];
  /** Where the choices are numbers of a scale: what its ends mean. */
  ends: { low: string; high: string } | null;
}

/** Every question of these measures, in the order of the paper, one a page; in the words of a translation where there is one. */
export function questionsOf(
  measures: readonly { measure: Measure; translation: Translation | null }[],
): Question[] {
  return measures.flatMap(({ measure, translation }) =>
    measure.items.map((item, index): Question => {
      const words = translation?.items.find(({ key }) => key === item.key);
      return {
        key: `${measure.id}.${item.key}`,
        intro: index === 0 ? (translation?.intro ?? measure.intro) : null,
        text: words?.text ?? item.text,
        choices: choicesOf(item.answer, words?.options),
        ends:
          item.answer.kind === 'scale'
            ? { low: words?.minLabel ?? item.answer.minLabel, high: words?.maxLabel ?? item.answer.maxLabel }
            : null,
      };
    }),
  );
}

function choicesOf(
  answer: AnswerType,
  words: readonly { value: number; label: string }[] | undefined,
): Question['choices'] {
  if (answer.kind === 'options') {
    return answer.options.map(({ value, label }) => ({
      value,
      label: words?.find((one) => one.value === value)?.label ?? label,
    }));
  }
  return Array.from({ length: answer.max - answer.min + 1 }, (_, index) => {
    const value = answer.min + index;
    return { value, label: String(value) };
  });
}

export const RATHER_NOT = 'rather-not';

/** What a form sent for one question: a number, null for "rather not say", or what is wrong: nothing chosen, or none of these. */
export function answerIn(
  { choices }: Pick<Question, 'choices'>,
  sent: string | undefined,
): { value: number | null } | { problem: 'none' | 'another' } {
  if (sent === RATHER_NOT) return { value: null };
  const chosen = choices.find(({ value }) => String(value) === sent);
  if (chosen) return { value: chosen.value };
  return { problem: sent === undefined || sent === '' ? 'none' : 'another' };
}

/** The first question without an answer, by its place from 1; null when all have one. */
export function firstOpen(questions: readonly Question[], answers: HalfFilled): number | null {
  const index = questions.findIndex(({ key }) => answers[key] === undefined);
  return index === -1 ? null : index + 1;
}

/** The answers to one measure, by item. */
export const answersTo = ({ id, items }: Measure, answers: HalfFilled): Record<string, number | null> =>
  Object.fromEntries(items.map(({ key }) => [key, answers[`${id}.${key}`] ?? null]));

/** What is wrong with asking these by link; each once, and only what a page may ask. */
export function linkProblems(catalogue: readonly Catalogued[], measures: readonly string[]): FieldProblem[] {
  return measures.flatMap((id, index): FieldProblem[] => {
    const field = `measures.${String(index)}`;
    const found = catalogue.findLast(({ measure }) => measure.id === id);
    if (!found) return [{ field, message: 'There is no such questionnaire' }];
    if (found.because !== null) return [{ field, message: found.because }];
    return mayBeAskedByLink(found)
      ? []
      : [{ field, message: 'This one is asked only while you are with them, never by link' }];
  });
}

/** As somebody reads a question out over the telephone: the words, then the answers to choose from. */
export function readAloud({ text, answer }: MeasureItem): string {
  if (answer.kind === 'scale') {
    const [low, high] = [`${String(answer.min)} is “${answer.minLabel}”`, `“${answer.maxLabel}”`];
    return `${text} Please give a number from ${String(answer.min)} to ${String(answer.max)}, where ${low} and ${String(answer.max)} is ${high}.`;
  }
  const labels = answer.options.map(({ label }) => `“${label}”`);
  return `${text} Would you say: ${labels.slice(0, -1).join(', ')} or ${labels.at(-1) ?? ''}?`;
}
