import { ApiProperty } from '@nestjs/swagger';
import { AGREED_HOW, type AgreedHow } from '../clients/agreement.types.js';
import { Choice, ChoicesInQuery, Text, Uuid, YesNo } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import {
  FEEDBACK_ABOUT,
  FEEDBACK_ACTIONS,
  FEEDBACK_FROM,
  FEEDBACK_KINDS,
  FEEDBACK_MAX,
  FEEDBACK_STATES,
  type FeedbackAbout,
  type FeedbackAction,
  type FeedbackFrom,
  type FeedbackKind,
  type FeedbackState,
} from './feedback.types.js';

export class GiveFeedbackInput {
  @Choice(FEEDBACK_KINDS)
  kind: FeedbackKind;

  @Choice(FEEDBACK_ABOUT)
  about: FeedbackAbout;

  @Uuid({
    optional: true,
    nullable: true,
    description:
      'The membership it is about; whoever has their referral unless said. Only where it is about a worker.',
  })
  workerId?: string | null;

  @Text({ max: FEEDBACK_MAX, description: 'In their own words.' })
  words: string;

  @YesNo({ description: 'Whether they want to hear what came of it.' })
  wantsAnswer: boolean;

  @Choice(FEEDBACK_FROM, { optional: true, description: 'The person themselves unless said.' })
  toldBy?: FeedbackFrom;

  @Choice(AGREED_HOW)
  toldHow: AgreedHow;
}

export class AnswerFeedbackInput {
  @Text({ max: FEEDBACK_MAX, description: 'What was found, done, and said to the person.' })
  answer: string;

  @Choice(AGREED_HOW, { description: 'How they were told.' })
  how: AgreedHow;
}

export class FeedbackQuery extends PageQuery {
  @ChoicesInQuery(FEEDBACK_STATES, { optional: true })
  state?: FeedbackState[];

  @ChoicesInQuery(FEEDBACK_KINDS, { optional: true })
  kind?: FeedbackKind[];
}

/** That it arrived. Whoever wrote it down for somebody may be the one it is about, so it repeats nothing. */
export class FeedbackReceipt {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'date-time' })
  receivedAt: Date;

  @ApiProperty({ description: 'What happens next, in words to say to the person.' })
  next: string;
}

export class FeedbackView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty()
  clientName: string;

  @ApiProperty({ enum: FEEDBACK_KINDS })
  kind: FeedbackKind;

  @ApiProperty({ enum: FEEDBACK_ABOUT })
  about: FeedbackAbout;

  @ApiProperty({ type: String, nullable: true })
  worker: string | null;

  @ApiProperty()
  words: string;

  @ApiProperty()
  wantsAnswer: boolean;

  @ApiProperty({ enum: FEEDBACK_FROM })
  toldBy: FeedbackFrom;

  @ApiProperty({ enum: AGREED_HOW })
  toldHow: AgreedHow;

  @ApiProperty({ type: String, nullable: true, description: 'Null where they wrote it themselves.' })
  recordedBy: string | null;

  @ApiProperty({ format: 'date-time' })
  receivedAt: Date;

  @ApiProperty({ enum: FEEDBACK_STATES })
  state: FeedbackState;

  @ApiProperty({ type: String, nullable: true })
  lookedAtBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lookedAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  answer: string | null;

  @ApiProperty({ enum: AGREED_HOW, nullable: true })
  answeredHow: AgreedHow | null;

  @ApiProperty({ type: String, nullable: true })
  answeredBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  answeredAt: Date | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the worker could read it.',
  })
  releasedAt: Date | null;

  @ApiProperty({ enum: FEEDBACK_ACTIONS, isArray: true, description: 'What this member may do now.' })
  actions: FeedbackAction[];
}
