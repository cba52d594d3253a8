import { ApiProperty } from '@nestjs/swagger';
import { Answers, Choice, DateOnly, Text, YesNoInQuery } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { MODES, OCCASIONS, type Mode, type Occasion } from './response.types.js';

const ANSWERS = {
  description: 'Every question of the measure by its key; null is "prefer not to say".',
  example: { satisfied: 4, worthwhile: 5, happy: null, anxious: 7 },
};

export class RecordResponseInput {
  @Text({ max: 50, example: 'ons4' })
  measure: string;

  @Text({ max: 20, example: '1', description: 'The version that was asked; only the newest is taken.' })
  version: string;

  @Choice(OCCASIONS)
  occasion: Occasion;

  @DateOnly({ description: 'The date in London on which it was answered.' })
  answeredOn: string;

  @Choice(MODES)
  mode: Mode;

  @Answers(ANSWERS)
  answers: Record<string, unknown>;
}

export class CorrectResponseInput {
  @Choice(OCCASIONS, { optional: true, description: 'Unless it stays as it was.' })
  occasion?: Occasion;

  @DateOnly({ optional: true, description: 'Unless it stays as it was.' })
  answeredOn?: string;

  @Choice(MODES, { optional: true, description: 'Unless it stays as it was.' })
  mode?: Mode;

  @Answers({ ...ANSWERS, optional: true })
  answers?: Record<string, unknown>;

  @Text({ max: 500, description: 'Why. What was recorded before stays in the trail.' })
  reason: string;
}

export class VoidResponseInput {
  @Text({ max: 500, description: 'Why it should never have been recorded here.' })
  reason: string;
}

export class ResponseQuery extends PageQuery {
  @Text({ optional: true, max: 50, example: 'ons4' })
  measure?: string;

  @YesNoInQuery({ optional: true, description: 'Also what was corrected or recorded in error since.' })
  superseded?: boolean;
}

export class ChangeQuery {
  @Text({ max: 50, example: 'ons4' })
  measure: string;

  @Choice(OCCASIONS.slice(1), {
    optional: true,
    description: 'The follow-up to compare; the latest unless told.',
  })
  occasion?: Occasion;
}

export class ResponseView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ example: 'ons4' })
  measure: string;

  @ApiProperty({ example: '1' })
  version: string;

  @ApiProperty({ enum: OCCASIONS })
  occasion: Occasion;

  @ApiProperty({ format: 'date' })
  answeredOn: string;

  @ApiProperty({ enum: MODES })
  mode: Mode;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer', nullable: true } })
  answers: Record<string, number | null>;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number', nullable: true },
    description: 'Null where an answer it needs was not given. ONS4 has four scores and no sum.',
  })
  scores: Record<string, number | null>;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', nullable: true } })
  bands: Record<string, string | null>;

  @ApiProperty({ type: String, nullable: true })
  recordedBy: string | null;

  @ApiProperty({ format: 'date-time' })
  recordedAt: Date;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The response this one puts right.',
  })
  correctsId: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  supersededAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  supersededBy: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was corrected or struck out.' })
  supersededBecause: string | null;
}

class AnswerOption {
  @ApiProperty()
  value: number;

  @ApiProperty()
  label: string;
}

class AnswerShape {
  @ApiProperty({ enum: ['scale', 'options'] })
  kind: string;

  @ApiProperty({ required: false })
  min?: number;

  @ApiProperty({ required: false })
  max?: number;

  @ApiProperty({ required: false })
  minLabel?: string;

  @ApiProperty({ required: false })
  maxLabel?: string;

  @ApiProperty({ required: false, type: [AnswerOption] })
  options?: readonly AnswerOption[];
}

class MeasureItemView {
  @ApiProperty({ example: 'satisfied' })
  key: string;

  @ApiProperty({ description: 'Word for word; not to be changed.' })
  text: string;

  @ApiProperty({ type: AnswerShape })
  answer: AnswerShape;

  @ApiProperty({ enum: ['higher_better', 'lower_better'] })
  direction: string;
}

class BandView {
  @ApiProperty()
  key: string;

  @ApiProperty()
  label: string;

  @ApiProperty()
  from: number;

  @ApiProperty()
  to: number;
}

class MeasureScoreView {
  @ApiProperty()
  key: string;

  @ApiProperty()
  title: string;

  @ApiProperty({ type: [String] })
  items: readonly string[];

  @ApiProperty()
  min: number;

  @ApiProperty()
  max: number;

  @ApiProperty({ enum: ['higher_better', 'lower_better'] })
  direction: string;

  @ApiProperty({ type: [BandView] })
  bands: readonly BandView[];
}

export class MeasureView {
  @ApiProperty({ example: 'ons4' })
  id: string;

  @ApiProperty({ example: '1' })
  version: string;

  @ApiProperty({
    description: 'False for a version that was replaced: its answers stay, it is not asked any more.',
  })
  current: boolean;

  @ApiProperty()
  title: string;

  @ApiProperty()
  licence: string;

  @ApiProperty()
  source: string;

  @ApiProperty({ description: 'Read out or shown before the first question.' })
  intro: string;

  @ApiProperty({ type: [MeasureItemView] })
  items: readonly MeasureItemView[];

  @ApiProperty({ type: [MeasureScoreView] })
  scores: readonly MeasureScoreView[];
}

class ComparedResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: OCCASIONS })
  occasion: Occasion;

  @ApiProperty({ format: 'date' })
  answeredOn: string;

  @ApiProperty({
    enum: MODES,
    description: 'People answer differently in different ways: read a change of mode with care.',
  })
  mode: Mode;
}

class ScoreChange {
  @ApiProperty()
  key: string;

  @ApiProperty()
  title: string;

  @ApiProperty({ type: Number, nullable: true })
  before: number | null;

  @ApiProperty({ type: Number, nullable: true })
  after: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'After less before; null when either is missing.',
  })
  difference: number | null;

  @ApiProperty({ enum: ['improved', 'same', 'worse'], nullable: true })
  direction: 'improved' | 'same' | 'worse' | null;
}

export class ChangeView {
  @ApiProperty()
  measure: string;

  @ApiProperty({ type: ComparedResponse, nullable: true })
  baseline: ComparedResponse | null;

  @ApiProperty({ type: ComparedResponse, nullable: true })
  followUp: ComparedResponse | null;

  @ApiProperty({ type: 'integer', nullable: true })
  daysBetween: number | null;

  @ApiProperty({ type: [ScoreChange] })
  changes: ScoreChange[];

  @ApiProperty({ type: String, nullable: true, description: 'Why there is nothing to compare.' })
  because: string | null;
}
