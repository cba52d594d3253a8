import { ApiProperty } from '@nestjs/swagger';
import { AGREED_HOW, type AgreedHow } from '../clients/agreement.types.js';
import {
  Choice,
  Choices,
  ChoicesInQuery,
  DateOnly,
  LanguageCode,
  Text,
  Texts,
  Uuid,
} from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import {
  CONSENT_ENDINGS,
  CONSENT_MONTHS,
  CONSENT_MONTHS_MAX,
  PRINTING_ENDS,
  STORY_ACTIONS,
  STORY_BASES,
  STORY_DECISIONS,
  STORY_MAX,
  STORY_STATES,
  STORY_USES,
  type PrintingEnd,
  type StoryAction,
  type StoryBasis,
  type StoryDecision,
  type StoryState,
  type StoryUse,
} from './story.types.js';

const LEFT_OUT = { optional: true, nullable: true } as const;
const ANONYMISED = 'The same without anybody who could be recognised. Only this is ever shown outside.';

export class StoryConsentInput {
  @Choice(STORY_USES, { description: 'Each use is agreed to by itself.' })
  use: StoryUse;

  @Choice(STORY_BASES, {
    description: 'Nobody else’s best interests decision puts somebody’s words in a report.',
  })
  basis: StoryBasis;

  @Text({ ...LEFT_OUT, max: 200, description: 'Who agreed, where it was not the person.' })
  decidedBy?: string | null;

  @DateOnly({ ...LEFT_OUT, description: 'When the power of attorney or order was seen.' })
  authoritySeenOn?: string | null;

  @DateOnly()
  agreedOn: string;

  @Choice(AGREED_HOW)
  how: AgreedHow;

  @DateOnly({
    optional: true,
    description: `The last day; ${String(CONSENT_MONTHS)} months unless said, at most ${String(CONSENT_MONTHS_MAX)}.`,
  })
  expiresOn?: string;
}

export class WriteStoryInput {
  @Text({ max: 200, description: 'A heading that names nobody.' })
  title: string;

  @Text({ max: STORY_MAX, description: 'In the person’s own words.' })
  words: string;

  @Text({ ...LEFT_OUT, max: STORY_MAX, description: ANONYMISED })
  anonymised?: string | null;

  @LanguageCode({ optional: true, description: 'English unless said.' })
  language?: string;

  @DateOnly({ optional: true, description: 'Today unless said.' })
  toldOn?: string;

  @Choice(AGREED_HOW, { description: 'How it was told.' })
  toldHow: AgreedHow;
}

export class AmendStoryInput {
  @Text({ optional: true, max: 200 })
  title?: string;

  @Text({ optional: true, max: STORY_MAX })
  words?: string;

  @Text({ ...LEFT_OUT, max: STORY_MAX, description: ANONYMISED })
  anonymised?: string | null;

  @LanguageCode({ optional: true })
  language?: string;
}

export class ApproveStoryInput {
  @Texts({
    max: 200,
    items: 200,
    description:
      'Every word of `lookAt` that you have looked at: names nobody, or nobody who could be recognised.',
  })
  lookedAt: string[];

  @Text({ ...LEFT_OUT, max: 2000 })
  note?: string | null;
}

export class SendBackStoryInput {
  @Text({ max: 2000, description: 'What must change before it can be shown.' })
  note: string;
}

export class WithdrawStoryInput {
  @Choices(STORY_USES, {
    optional: true,
    min: 1,
    description: 'The uses taken back; the whole story unless said.',
  })
  uses?: StoryUse[];

  @Choice(AGREED_HOW, { description: 'How they said so. No reason is asked for.' })
  how: AgreedHow;
}

export class PrintStoryInput {
  @Choice(STORY_USES)
  use: StoryUse;

  @Text({ max: 500, description: 'Where it stands, so that somebody can find it again.' })
  place: string;

  @DateOnly({ optional: true, description: 'Today unless said.' })
  printedOn?: string;
}

export class SettlePrintingInput {
  @Choice(PRINTING_ENDS)
  result: PrintingEnd;

  @Text({
    ...LEFT_OUT,
    max: 1000,
    description: 'Needed where it cannot be taken back: what was done instead.',
  })
  note?: string | null;
}

export class StoriesQuery extends PageQuery {
  @ChoicesInQuery(STORY_STATES, { optional: true })
  state?: StoryState[];

  @Uuid({ optional: true })
  clientId?: string;
}

export class StoryLine {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty()
  clientName: string;

  @ApiProperty({ enum: STORY_STATES })
  state: StoryState;

  @ApiProperty()
  title: string;

  @ApiProperty({ enum: STORY_USES, isArray: true, description: 'What it may be used for today.' })
  usableFor: StoryUse[];

  @ApiProperty({ type: String, nullable: true })
  writtenBy: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;
}

export class StoryConsentView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: STORY_USES })
  use: StoryUse;

  @ApiProperty({ enum: STORY_BASES })
  basis: StoryBasis;

  @ApiProperty({ type: String, nullable: true })
  decidedBy: string | null;

  @ApiProperty({ format: 'date' })
  agreedOn: string;

  @ApiProperty({ enum: AGREED_HOW })
  how: AgreedHow;

  @ApiProperty({ format: 'date' })
  expiresOn: string;

  @ApiProperty({ type: String, nullable: true })
  recordedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt: string | null;

  @ApiProperty({ enum: CONSENT_ENDINGS, nullable: true })
  endedBecause: (typeof CONSENT_ENDINGS)[number] | null;
}

export class StoryEditionView {
  @ApiProperty()
  number: number;

  @ApiProperty()
  title: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null once the story is withdrawn.' })
  words: string | null;

  @ApiProperty({ type: String, nullable: true })
  offeredBy: string | null;

  @ApiProperty({ format: 'date-time' })
  offeredAt: string;

  @ApiProperty({ enum: STORY_DECISIONS, nullable: true })
  decision: StoryDecision | null;

  @ApiProperty({ type: [String] })
  lookedAt: string[];

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, nullable: true })
  decidedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  decidedAt: string | null;
}

export class StoryPrintingView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: STORY_USES })
  use: StoryUse;

  @ApiProperty({ description: 'Which edition stands there.' })
  edition: number;

  @ApiProperty()
  place: string;

  @ApiProperty({ format: 'date' })
  printedOn: string;

  @ApiProperty({ type: String, nullable: true })
  recordedBy: string | null;

  @ApiProperty({ description: 'True while it stands somewhere that is no longer agreed to.' })
  toTakeDown: boolean;

  @ApiProperty({ enum: PRINTING_ENDS, nullable: true })
  settled: PrintingEnd | null;

  @ApiProperty({ type: String, nullable: true })
  settledNote: string | null;
}

export class StoryView extends StoryLine {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Their own words; null once the story is withdrawn.',
  })
  words: string | null;

  @ApiProperty({ type: String, nullable: true, description: ANONYMISED })
  anonymised: string | null;

  @ApiProperty()
  language: string;

  @ApiProperty({ format: 'date' })
  toldOn: string;

  @ApiProperty({ enum: AGREED_HOW })
  toldHow: AgreedHow;

  @ApiProperty({
    type: [String],
    description: 'Words of the anonymised form that could be names: look at each.',
  })
  lookAt: string[];

  @ApiProperty({
    type: [String],
    description: 'Of these, names that the record knows: of the person, and of those close to them.',
  })
  namesOfRecord: string[];

  @ApiProperty({ type: [StoryConsentView], description: 'Newest first, those that ended too.' })
  consents: StoryConsentView[];

  @ApiProperty({ type: [StoryEditionView], description: 'What was given to a second reader, newest first.' })
  editions: StoryEditionView[];

  @ApiProperty({ type: [StoryPrintingView], description: 'Where it stands by now, newest first.' })
  printings: StoryPrintingView[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  withdrawnAt: Date | null;

  @ApiProperty({
    enum: STORY_ACTIONS,
    isArray: true,
    description: 'What whoever asks may do with it as it stands: `read` is to approve it or to send it back.',
  })
  actions: StoryAction[];
}
