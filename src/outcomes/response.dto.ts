import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  Answers,
  Choice,
  Choices,
  DateOnly,
  Nested,
  Text,
  YesNo,
  YesNoInQuery,
} from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { STANDINGS, type Standing } from './catalogue.rules.js';
import { RISK_STEPS, type RiskStep } from './questionnaire.types.js';
import {
  MODES,
  OCCASIONS,
  UNANSWERED_BECAUSE,
  type Mode,
  type Occasion,
  type UnansweredBecause,
} from './response.types.js';

const ANSWERS = {
  description: 'Every question of the measure by its key; null is "prefer not to say".',
  example: { satisfied: 4, worthwhile: 5, happy: null, anxious: 7 },
};

/** Wanted with an answer that must not wait, such as thoughts of being better off dead; refused without one. */
export class RiskInput {
  @YesNo({ description: 'You have read what to do now: the prompt of the questionnaire.' })
  seen: boolean;

  @Choices(RISK_STEPS, { min: 1, description: 'What was done at once.' })
  steps: RiskStep[];

  @Text({ optional: true, nullable: true, max: 2000 })
  note?: string | null;
}

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

  @Nested(() => RiskInput, { optional: true })
  risk?: RiskInput;
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

  @Nested(() => RiskInput, { optional: true })
  risk?: RiskInput;

  @Text({ max: 500, description: 'Why. What was recorded before stays in the trail.' })
  reason: string;
}

export class UnansweredInput {
  @Text({ max: 50, example: 'ons4' })
  measure: string;

  @Choice(UNANSWERED_BECAUSE)
  because: UnansweredBecause;
}

/** A questionnaire that was due and has no answers. */
export class UnansweredView {
  @ApiProperty({ example: 'ons4' })
  measure: string;

  @ApiProperty()
  title: string;

  @ApiProperty({ enum: OCCASIONS })
  occasion: Occasion;

  @ApiProperty({ example: 'declined', description: 'Why there are none.' })
  because: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null where the product wrote it.' })
  recordedBy: string | null;

  @ApiProperty()
  recordedAt: Date;
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

class RiskView {
  @ApiProperty({ enum: RISK_STEPS, isArray: true })
  steps: RiskStep[];

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, nullable: true })
  seenBy: string | null;

  @ApiProperty({ format: 'date-time' })
  seenAt: Date;
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

  @ApiProperty({
    type: RiskView,
    nullable: true,
    description: 'What was done about an answer that must not wait.',
  })
  risk: RiskView | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null where they answered by themselves, by link.',
  })
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

  @ApiProperty({ description: 'The same read out, with the answers to choose from: for the telephone.' })
  aloud: string;

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

class ReliableChangeView {
  @ApiProperty()
  points: number;

  @ApiProperty()
  source: string;
}

class MeasureScoreView {
  @ApiProperty()
  key: string;

  @ApiProperty()
  title: string;

  @ApiProperty({ type: [String] })
  items: readonly string[];

  @ApiProperty({ required: false, enum: ['sum', 'mean'], description: 'The sum unless it says otherwise.' })
  rule?: string;

  @ApiProperty({ required: false, type: [String], description: 'Counted from the other end.' })
  reversed?: readonly string[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'What each sum stands for, where the published figure is another.',
  })
  table?: Readonly<Record<number, number>>;

  @ApiProperty({ required: false, type: ReliableChangeView })
  reliableChange?: ReliableChangeView;

  @ApiProperty()
  min: number;

  @ApiProperty()
  max: number;

  @ApiProperty({ enum: ['higher_better', 'lower_better'] })
  direction: string;

  @ApiProperty({ type: [BandView] })
  bands: readonly BandView[];
}

class RiskRuleView {
  @ApiProperty({ description: 'Which question.' })
  item: string;

  @ApiProperty({ description: 'Every answer above this number.' })
  above: number;

  @ApiProperty({ description: 'What to do now, to be shown at once.' })
  prompt: string;
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

  @ApiProperty({ enum: STANDINGS, description: 'Only `asked` may be asked now.' })
  standing: Standing;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is not asked.' })
  because: string | null;

  @ApiProperty({ description: 'The person may answer by themselves, by link.' })
  byLink: boolean;

  @ApiProperty({ description: 'Asked only in person, by phone or video.' })
  withWorker: boolean;

  @ApiProperty({ type: RiskRuleView, nullable: true })
  risk: RiskRuleView | null;

  @ApiProperty()
  title: string;

  @ApiProperty()
  licence: string;

  @ApiProperty({ type: String, nullable: true, description: 'The reference of the scheme’s own licence.' })
  licenceReference: string | null;

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

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'Whether it is more than chance; null where nothing is published.',
  })
  reliable: boolean | null;
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
