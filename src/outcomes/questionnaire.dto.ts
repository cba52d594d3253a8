import { ApiProperty } from '@nestjs/swagger';
import { Choice, NestedList, Nested, Text, Texts, WholeNumber, YesNo } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { type Direction, MEASURES } from './measures.catalogue.js';
import { QUESTIONNAIRE_STATES, type QuestionnaireState } from './questionnaire.types.js';

const SWITCHED = MEASURES.flatMap(({ id, until }) => (until === undefined ? [] : [id]));
const DIRECTIONS = ['higher_better', 'lower_better'] as const;
const RANGE = { min: -1000, max: 1000 };

class OptionInput {
  @WholeNumber(RANGE)
  value: number;

  @Text({ max: 200 })
  label: string;
}

class AnswerInput {
  @Choice(['scale', 'options'])
  kind: 'scale' | 'options';

  @WholeNumber({ ...RANGE, optional: true, description: 'Of a scale.' })
  min?: number;

  @WholeNumber({ ...RANGE, optional: true, description: 'Of a scale.' })
  max?: number;

  @Text({ optional: true, max: 200, description: 'What the lowest number of a scale means.' })
  minLabel?: string;

  @Text({ optional: true, max: 200, description: 'What the highest number of a scale means.' })
  maxLabel?: string;

  @NestedList(() => OptionInput, { optional: true, max: 20, description: 'The answers to choose from.' })
  options?: OptionInput[];
}

class ItemInput {
  @Text({ max: 40, example: 'belong' })
  key: string;

  @Text({ max: 500, example: 'How often do you feel that you belong where you live?' })
  text: string;

  @Nested(() => AnswerInput)
  answer: AnswerInput;

  @Choice(DIRECTIONS, { description: 'Which way is better for the person.' })
  direction: Direction;
}

class BandInput {
  @Text({ max: 40 })
  key: string;

  @Text({ max: 100 })
  label: string;

  @WholeNumber({ min: -100_000, max: 100_000 })
  from: number;

  @WholeNumber({ min: -100_000, max: 100_000 })
  to: number;
}

class ScoreInput {
  @Text({ max: 40, example: 'belonging' })
  key: string;

  @Text({ max: 200 })
  title: string;

  @Texts({ min: 1, max: 40, items: 50, description: 'The keys of its questions.' })
  items: string[];

  @Choice(['sum', 'mean'])
  rule: 'sum' | 'mean';

  @Texts({ optional: true, max: 40, items: 50, description: 'Questions counted from the other end.' })
  reversed?: string[];

  @Choice(DIRECTIONS)
  direction: Direction;

  @NestedList(() => BandInput, { optional: true, max: 20, description: 'Without gaps over the whole range.' })
  bands?: BandInput[];
}

export class AmendQuestionnaireInput {
  @Text({ optional: true, max: 200 })
  title?: string;

  @Text({ optional: true, max: 500, description: 'Who allows you to ask these words.' })
  licence?: string;

  @Text({ optional: true, max: 500, description: 'Where it is from.' })
  source?: string;

  @Text({ optional: true, max: 1000, description: 'Read out or shown before the first question.' })
  intro?: string;

  @NestedList(() => ItemInput, { optional: true, min: 1, max: 50 })
  items?: ItemInput[];

  @NestedList(() => ScoreInput, { optional: true, min: 1, max: 20 })
  scores?: ScoreInput[];
}

export class QuestionnaireInput {
  @Text({
    max: 40,
    example: 'belonging',
    description: 'Its name in the API, to which `own_` is added. One that exists gets its next version.',
  })
  name: string;

  @Text({ max: 200 })
  title: string;

  @Text({ max: 500, description: 'Who allows you to ask these words.' })
  licence: string;

  @Text({ max: 500, description: 'Where it is from.' })
  source: string;

  @Text({ max: 1000, description: 'Read out or shown before the first question.' })
  intro: string;

  @NestedList(() => ItemInput, { min: 1, max: 50 })
  items: ItemInput[];

  @NestedList(() => ScoreInput, { min: 1, max: 20 })
  scores: ScoreInput[];
}

export class RetireQuestionnaireInput {
  @Text({ max: 500, description: 'Why it is no longer asked. Answers given to it stay.' })
  because: string;
}

export class QuestionnaireQuery extends PageQuery {
  @Choice(QUESTIONNAIRE_STATES, { optional: true })
  state?: QuestionnaireState;
}

export class QuestionnaireView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ description: 'Of the record, for If-Match; the version people are asked is `number`.' })
  version: number;

  @ApiProperty({ example: 'own_belonging' })
  measure: string;

  @ApiProperty({ example: 1 })
  number: number;

  @ApiProperty({ enum: QUESTIONNAIRE_STATES })
  state: QuestionnaireState;

  @ApiProperty()
  title: string;

  @ApiProperty()
  licence: string;

  @ApiProperty()
  source: string;

  @ApiProperty()
  intro: string;

  @ApiProperty({ type: [ItemInput] })
  items: ItemInput[];

  @ApiProperty({ type: [ScoreInput] })
  scores: ScoreInput[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  publishedAt: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  retiredAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  retiredBecause: string | null;
}

export class SwitchMeasureInput {
  @Choice(SWITCHED, { description: 'One that is not asked everywhere.' })
  measure: string;

  @YesNo()
  on: boolean;

  @Text({
    optional: true,
    nullable: true,
    max: 200,
    description: 'Of the scheme’s own licence, where the measure needs one.',
  })
  licenceReference?: string | null;
}
