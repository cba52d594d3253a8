import type { FieldProblem } from '../platform/errors/refusal.js';
import type { Measure } from './measures.catalogue.js';

/** A measure in another language: the same questions and answers, in somebody's published or checked words. */
export interface Translation {
  title: string;
  intro: string;
  /** Who translated it, or where it was published. */
  source: string;
  items: TranslatedItem[];
}

export interface TranslatedItem {
  key: string;
  text: string;
  minLabel?: string;
  maxLabel?: string;
  options?: { value: number; label: string }[];
}

/** What is missing or too much: half a translation would ask half of the questions in a language nobody reads. */
export function translationProblems(measure: Measure, { items }: Translation): FieldProblem[] {
  const left = measure.items.filter(({ key }) => !items.some((item) => item.key === key));
  const missing = left.map(({ key }) => ({ field: 'items', message: `The question ${key} is missing` }));
  return [
    ...missing,
    ...items.flatMap((words, index): FieldProblem[] => {
      const field = `items.${String(index)}`;
      const item = measure.items.find(({ key }) => key === words.key);
      if (!item)
        return [{ field: `${field}.key`, message: 'This question is not part of the questionnaire' }];
      if (items.findIndex(({ key }) => key === words.key) < index) {
        return [{ field: `${field}.key`, message: 'This question is there already' }];
      }
      if (item.answer.kind === 'scale') {
        const both = words.minLabel !== undefined && words.maxLabel !== undefined;
        return both
          ? []
          : [{ field, message: 'Say what both ends of the scale mean: minLabel and maxLabel' }];
      }
      const given = (words.options ?? []).map(({ value }) => value).sort((a, b) => a - b);
      const wanted = item.answer.options.map(({ value }) => value).sort((a, b) => a - b);
      return JSON.stringify(given) === JSON.stringify(wanted)
        ? []
        : [{ field: `${field}.options`, message: `Give each of the answers ${wanted.join(', ')} once` }];
    }),
  ];
}

const RIGHT_TO_LEFT = new Set(['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** Which way a language is written. */
export const directionOf = (language: string): 'ltr' | 'rtl' =>
  RIGHT_TO_LEFT.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';
