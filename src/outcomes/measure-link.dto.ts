import { ApiProperty } from '@nestjs/swagger';
import {
  Choice,
  LanguageCode,
  NestedList,
  Text,
  Texts,
  WholeNumber,
  YesNo,
} from '../platform/http/fields.js';
import { OCCASIONS, type Occasion } from './response.types.js';

export class MakeMeasureLinkInput {
  @Choice(OCCASIONS)
  occasion: Occasion;

  @Texts({
    min: 1,
    items: 5,
    max: 50,
    description: 'Which questionnaires, in this order. The newest versions are asked.',
  })
  measures: string[];

  @LanguageCode({ optional: true, description: 'One that is loaded for all of them; English unless told.' })
  language?: string;
}

export class MeasureLinkView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ enum: OCCASIONS })
  occasion: Occasion;

  @ApiProperty({ type: [String] })
  measures: string[];

  @ApiProperty()
  language: string;

  @ApiProperty({ enum: ['open', 'answered', 'revoked', 'expired'] })
  state: 'open' | 'answered' | 'revoked' | 'expired';

  @ApiProperty({ description: 'Questions answered so far, kept until it is sent.' })
  answeredSoFar: number;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ format: 'date-time' })
  expiresAt: Date;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Shown when it is made, to be handed over, and not again.',
  })
  address: string | null;
}

export class QuestionnaireWishInput {
  @YesNo({ description: 'False: no questionnaires. Links end at once, and nothing is asked or reminded of.' })
  ask: boolean;
}

export class QuestionnaireWishView {
  @ApiProperty()
  ask: boolean;

  @ApiProperty({
    enum: ['worker', 'link'],
    nullable: true,
    type: String,
    description: 'Null where nobody said.',
  })
  saidBy: 'worker' | 'link' | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  recordedAt: Date | null;
}

class TranslatedOptionInput {
  @WholeNumber({ min: -1000, max: 1000 })
  value: number;

  @Text({ max: 200 })
  label: string;
}

class TranslatedItemInput {
  @Text({ max: 40 })
  key: string;

  @Text({ max: 500 })
  text: string;

  @Text({ optional: true, max: 200 })
  minLabel?: string;

  @Text({ optional: true, max: 200 })
  maxLabel?: string;

  @NestedList(() => TranslatedOptionInput, { optional: true, max: 20 })
  options?: TranslatedOptionInput[];
}

export class LoadTranslationInput {
  @Text({ max: 50, example: 'ons4' })
  measure: string;

  @Text({ max: 20, example: '1' })
  version: string;

  @LanguageCode()
  language: string;

  @Text({ max: 200 })
  title: string;

  @Text({ max: 1000 })
  intro: string;

  @Text({ max: 500, description: 'Where it was published, or who translated and who checked it.' })
  source: string;

  @NestedList(() => TranslatedItemInput, { min: 1, max: 50 })
  items: TranslatedItemInput[];
}
