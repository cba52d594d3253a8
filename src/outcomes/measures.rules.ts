import type { AnswerType, Measure, MeasureScore } from './measures.catalogue.js';
import { currentMeasure, findMeasure } from './measures.catalogue.js';

export interface ScoreProblem {
  /** The key of the item, or 'measureId' or 'version'. */
  field: string;
  message: string;
}

export type Scored =
  | {
      ok: true;
      /** One figure for each score of the measure; null where an item it needs was not answered. */
      scores: Record<string, number | null>;
      /** The key of the band each banded score falls in, null with its score. Scores without bands are absent. */
      bands: Record<string, string | null>;
    }
  | { ok: false; problems: ScoreProblem[] };

/** What `scoreOf` does, for a measure that ships with the product. Unknown measures and versions are told as problems. */
export function score(
  measureId: string,
  version: string,
  answers: Readonly<Record<string, unknown>>,
): Scored {
  const measure = findMeasure(measureId, version);
  return measure ? scoreOf(measure, answers) : { ok: false, problems: [unknownMeasure(measureId)] };
}

/**
 * Scores one set of answers, keyed by item. Every item must be there: null means "prefer not to say", and makes null
 * of the score it belongs to, since a sum of fewer items would look like a better or worse one. Refuses unknown items
 * and answers that are not among those offered; all problems are told at once.
 */
export function scoreOf(measure: Measure, answers: Readonly<Record<string, unknown>>): Scored {
  const problems = problemsWith(measure, answers);
  if (problems.length > 0) return { ok: false, problems };

  const scores: Record<string, number | null> = {};
  const bands: Record<string, string | null> = {};
  for (const definition of measure.scores) {
    const figure = figureOf(measure, definition, answers);
    scores[definition.key] = figure;
    if (definition.bands.length > 0) bands[definition.key] = bandOf(definition, figure);
  }
  return { ok: true, scores, bands };
}

function unknownMeasure(measureId: string): ScoreProblem {
  return currentMeasure(measureId)
    ? { field: 'version', message: 'There is no such version of this questionnaire' }
    : { field: 'measureId', message: 'There is no such questionnaire' };
}

function problemsWith(measure: Measure, answers: Readonly<Record<string, unknown>>): ScoreProblem[] {
  const problems: ScoreProblem[] = [];
  for (const { key, answer } of measure.items) {
    if (!Object.hasOwn(answers, key) || answers[key] === undefined) {
      problems.push({ field: key, message: 'Answer this question, or select "Prefer not to say"' });
    } else if (answers[key] !== null && !isOffered(answer, answers[key])) {
      problems.push({ field: key, message: whatIsOffered(answer) });
    }
  }
  const asked = new Set(measure.items.map((item) => item.key));
  for (const key of Object.keys(answers)) {
    if (!asked.has(key))
      problems.push({ field: key, message: 'This question is not part of the questionnaire' });
  }
  return problems;
}

function isOffered(answer: AnswerType, value: unknown): boolean {
  if (answer.kind === 'options') return answer.options.some((option) => option.value === value);
  return Number.isInteger(value) && Number(value) >= answer.min && Number(value) <= answer.max;
}

function whatIsOffered(answer: AnswerType): string {
  if (answer.kind === 'scale') return `Enter a whole number from ${answer.min} to ${answer.max}`;
  const offered = answer.options.map((option) => `${option.value} (${option.label})`);
  return `Select one of: ${offered.join(', ')}`;
}

function figureOf(
  { items }: Measure,
  { items: keys, rule, reversed = [], table }: MeasureScore,
  answers: Readonly<Record<string, unknown>>,
): number | null {
  const values = keys.map((key) => {
    const value = answers[key] ?? null;
    const item = items.find((one) => one.key === key);
    if (value === null || !item || !reversed.includes(key)) return value;
    const { min, max } = rangeOf(item.answer);
    return min + max - Number(value);
  });
  if (values.includes(null)) return null;
  const sum = values.reduce<number>((total, value) => total + Number(value), 0);
  if (rule === 'mean') return sum / values.length;
  return table ? (table[sum] ?? null) : sum;
}

/** The least and the greatest number an answer can have. */
export function rangeOf(answer: AnswerType): { min: number; max: number } {
  if (answer.kind === 'scale') return { min: answer.min, max: answer.max };
  const values = answer.options.map(({ value }) => value);
  return { min: Math.min(...values), max: Math.max(...values) };
}

function bandOf({ bands }: MeasureScore, figure: number | null): string | null {
  if (figure === null) return null;
  return bands.find(({ from, to }) => figure >= from && figure <= to)?.key ?? null;
}
