import type { FieldProblem } from '../platform/errors/refusal.js';
import type {
  AnswerType,
  Band,
  Direction,
  Measure,
  MeasureItem,
  MeasureScore,
} from './measures.catalogue.js';
import { rangeOf } from './measures.rules.js';

/** A scheme's own questionnaire as it was written: words, answers and how they are scored, as data. */
export interface Definition {
  title: string;
  licence: string;
  source: string;
  intro: string;
  items: { key: string; text: string; answer: GivenAnswer; direction: Direction }[];
  scores: GivenScore[];
}

export interface GivenAnswer {
  kind: 'scale' | 'options';
  min?: number;
  max?: number;
  minLabel?: string;
  maxLabel?: string;
  options?: { value: number; label: string }[];
}

export interface GivenScore {
  key: string;
  title: string;
  items: string[];
  rule: 'sum' | 'mean';
  reversed?: string[];
  direction: Direction;
  bands?: Band[];
}

/** On a page or a telephone more than eleven steps are not told apart, and no paper has more than a hundred. */
const MOST_STEPS = 100;
const KEY = /^[a-z][a-z0-9_]{0,39}$/;

/** What is wrong with the name of a questionnaire in the API. */
export const nameProblems = (name: string): FieldProblem[] =>
  KEY.test(name)
    ? []
    : [{ field: 'name', message: 'Use small letters, digits and _, beginning with a letter, 40 at most' }];

/** What is wrong with a questionnaire, by field. Words are the scheme's own affair; that it can be asked and scored is ours. */
export function definitionProblems({ items, scores }: Definition): FieldProblem[] {
  return [
    ...keyProblems('items', items),
    ...keyProblems('scores', scores),
    ...items.flatMap(({ answer }, index) => answerProblems(`items.${String(index)}.answer`, answer)),
    ...scores.flatMap((score, index) => scoreProblems(`scores.${String(index)}`, score, items)),
  ];
}

function keyProblems(list: string, rows: readonly { key: string }[]): FieldProblem[] {
  return rows.flatMap(({ key }, index): FieldProblem[] => {
    const field = `${list}.${String(index)}.key`;
    if (!KEY.test(key)) {
      return [{ field, message: 'Use small letters, digits and _, beginning with a letter, 40 at most' }];
    }
    const first = rows.findIndex((row) => row.key === key);
    return first < index ? [{ field, message: 'Another one has this key already' }] : [];
  });
}

function answerProblems(field: string, { kind, min, max, options }: GivenAnswer): FieldProblem[] {
  if (kind === 'scale') {
    if (min === undefined || max === undefined) return [{ field, message: 'Give min and max of the scale' }];
    if (max <= min) return [{ field: `${field}.max`, message: 'Must be more than min' }];
    const tooMany = max - min > MOST_STEPS;
    return tooMany ? [{ field: `${field}.max`, message: `Use ${String(MOST_STEPS)} steps at most` }] : [];
  }
  if (!options || options.length < 2) return [{ field: `${field}.options`, message: 'Give at least two' }];
  const values = new Set(options.map(({ value }) => value));
  return values.size < options.length
    ? [{ field: `${field}.options`, message: 'Give each answer a number of its own' }]
    : [];
}

function scoreProblems(field: string, score: GivenScore, items: Definition['items']): FieldProblem[] {
  const asked = new Set(items.map(({ key }) => key));
  const unknown = score.items.find((key) => !asked.has(key));
  if (unknown !== undefined) return [{ field: `${field}.items`, message: `There is no question ${unknown}` }];
  const stray = score.reversed?.find((key) => !score.items.includes(key));
  if (stray !== undefined) {
    return [{ field: `${field}.reversed`, message: `${stray} is not in this score` }];
  }
  const mixed = items.some(
    ({ key, direction }) =>
      score.items.includes(key) &&
      (direction === score.direction) === (score.reversed?.includes(key) ?? false),
  );
  if (mixed) {
    return [
      {
        field: `${field}.direction`,
        message: 'Every question must point the same way as the score, or be reversed',
      },
    ];
  }
  return bandProblems(`${field}.bands`, score, items);
}

function bandProblems(field: string, score: GivenScore, items: Definition['items']): FieldProblem[] {
  const bands = score.bands ?? [];
  if (bands.length === 0) return [];
  if (score.rule === 'mean')
    return [{ field, message: 'Bands are of whole numbers: leave them out of a mean' }];
  const { min, max } = rangeOfScore(score, items.map(itemOf));
  const meet = bands.every(({ from, to }, index) => {
    const before = bands[index - 1];
    return to >= from && from === (before ? before.to + 1 : min);
  });
  return meet && bands.at(-1)?.to === max
    ? []
    : [
        {
          field,
          message: `Give the bands in order, without gaps, from ${String(min)} to ${String(max)}`,
        },
      ];
}

function rangeOfScore(
  score: Pick<GivenScore, 'items' | 'rule'>,
  items: readonly MeasureItem[],
): { min: number; max: number } {
  const ranges = items.filter(({ key }) => score.items.includes(key)).map(({ answer }) => rangeOf(answer));
  const [min, max] = [
    ranges.reduce((sum, range) => sum + range.min, 0),
    ranges.reduce((sum, range) => sum + range.max, 0),
  ];
  const parts = score.rule === 'mean' ? ranges.length : 1;
  return { min: min / parts, max: max / parts };
}

const answerOf = ({ kind, min, max, minLabel, maxLabel, options }: GivenAnswer): AnswerType =>
  kind === 'scale'
    ? { kind, min: min ?? 0, max: max ?? 0, minLabel: minLabel ?? '', maxLabel: maxLabel ?? '' }
    : { kind, options: options ?? [] };

const itemOf = ({ key, text, answer, direction }: Definition['items'][number]): MeasureItem => ({
  key,
  text,
  answer: answerOf(answer),
  direction,
});

/** The same thing as those that ship, so that it is asked, scored and compared by the same code. */
export function measureFrom(id: string, version: number, definition: Definition): Measure {
  const items = definition.items.map(itemOf);
  return {
    id,
    version: String(version),
    title: definition.title,
    licence: definition.licence,
    source: definition.source,
    intro: definition.intro,
    items,
    scores: definition.scores.map((score): MeasureScore => ({
      key: score.key,
      title: score.title,
      items: score.items,
      rule: score.rule,
      reversed: score.reversed ?? [],
      direction: score.direction,
      bands: score.bands ?? [],
      ...rangeOfScore(score, items),
    })),
  };
}
