import { type FieldProblem, Refusal } from '../../platform/errors/refusal.js';
import { Choice, NestedList, Text, WholeNumber } from '../../platform/http/fields.js';
import type { QuestionnaireInput } from '../../outcomes/questionnaire.dto.js';
import { rowsTogether, type Form } from '../layout/forms.js';

const DIRECTIONS = ['higher_better', 'lower_better'] as const;
type Better = (typeof DIRECTIONS)[number];
const KINDS = ['scale', 'options'] as const;
const RULES = ['sum', 'mean'] as const;
const RANGE = { min: -1000, max: 1000 };
export const MOST_QUESTIONS = 50;

class QuestionInForm {
  @Text({ max: 500 })
  text: string;

  @Choice(DIRECTIONS)
  better: Better;
}

/** Questions that are all answered alike and make one number: what most groups of questions are. Over the API more can be said. */
export class PlainQuestionnaire {
  @Text({ max: 200 })
  title: string;

  @Text({ max: 40 })
  name: string;

  @Text({ max: 1000 })
  intro: string;

  @Text({ max: 500 })
  licence: string;

  @Text({ max: 500 })
  source: string;

  @NestedList(() => QuestionInForm, { min: 1, max: MOST_QUESTIONS })
  questions: QuestionInForm[];

  @Choice(KINDS)
  kind: (typeof KINDS)[number];

  @WholeNumber({ ...RANGE, optional: true })
  min?: number;

  @WholeNumber({ ...RANGE, optional: true })
  max?: number;

  @Text({ max: 200, optional: true })
  minLabel?: string;

  @Text({ max: 200, optional: true })
  maxLabel?: string;

  @Text({ max: 3000, optional: true })
  options?: string;

  @Choice(RULES)
  rule: (typeof RULES)[number];

  @Choice(DIRECTIONS)
  direction: Better;
}

export const questionsSent = (body: unknown): Form['values'] => rowsTogether(body, 'questions', ['better']);

/** As the API takes it: every question with a key of its own, and one number of all of them. */
export function inFull(plain: PlainQuestionnaire): QuestionnaireInput {
  const { title, name, intro, licence, source, questions, kind, rule, direction } = plain;
  const { min, max, minLabel, maxLabel } = plain;
  const scale = { min, max, minLabel, maxLabel };
  const answer = kind === 'options' ? { kind, options: optionsIn(plain.options ?? '') } : { kind, ...scale };
  const items = questions.map(({ text, better }, index) => ({
    key: `q${String(index + 1)}`,
    text,
    answer,
    direction: better,
  }));
  const turned = items.filter((one) => one.direction !== direction).map(({ key }) => key);
  return {
    title,
    name,
    intro,
    licence,
    source,
    items,
    scores: [
      {
        key: 'all',
        title,
        items: items.map(({ key }) => key),
        rule,
        direction,
        ...(turned.length > 0 ? { reversed: turned } : {}),
      },
    ],
  };
}

/** One answer a line, its number first: "0 Never". */
function optionsIn(text: string): { value: number; label: string }[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, value = '', label = ''] = /^(-?\d{1,4})[\s:=.)]{1,3}(\S.{0,199})$/.exec(line) ?? [];
      if (label === '')
        throw Refusal.invalidField('options', 'Begin each line with its number, like 0 Never');
      return { value: Number(value), label };
    });
}

/** The box that a field of the API came from. */
function boxOf(field: string): string {
  const [list, number = '', part = '', inner] = field.split('.');
  if (list === 'scores') return part;
  if (list !== 'items') return field;
  return part === 'text' ? `questions.${number}.text` : (inner ?? 'min');
}

/** What is wrong with the whole, beside the boxes it came from; of what is so of every question, once. */
export async function besideBoxes<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 422) throw error;
    const problems = ((error.extra['errors'] as FieldProblem[] | undefined) ?? []).map(
      ({ field, message }) => ({
        field: boxOf(field),
        message: message.replace('Give min and max of the scale', 'Give the lowest and the highest number'),
      }),
    );
    throw Refusal.invalid([...new Map(problems.map((one) => [one.field, one])).values()]);
  }
}
