import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly, NestedList, Text, YesNo, YesNoInQuery } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import {
  FIELD_DECISIONS,
  REMOVAL_REASONS,
  type Decision,
  type FieldDecision,
  type RecordDocument,
  type RemovalReason,
} from './record-document.types.js';
import {
  ACCESS_STATES,
  ASKED_BY,
  KEPT_BECAUSE,
  RELEASED_HOW,
  RETENTION_DECISIONS,
  type AccessState,
  type AskedBy,
  type KeptBecause,
  type ReleasedHow,
  type RetentionDecision,
} from './record.types.js';

export class AskForCopyInput {
  @DateOnly({ optional: true, description: 'The day they asked; today unless told. A month runs from it.' })
  askedOn?: string;

  @Choice(ASKED_BY)
  askedBy: AskedBy;

  @Text({ optional: true, max: 200, description: 'Who asks on their behalf, and by what authority.' })
  representative?: string;

  @Text({ min: 3, max: 300, description: 'How you made sure who is asking.' })
  identityChecked: string;
}

export class DecideFieldInput {
  @Text({ max: 100, description: 'The id of the item.' })
  item: string;

  @Text({ max: 100, description: 'The name of the field.' })
  field: string;

  @Choice(FIELD_DECISIONS)
  decision: FieldDecision;

  @Choice(REMOVAL_REASONS, { optional: true, description: 'Needed to remove something.' })
  reason?: RemovalReason;
}

export class ReviewCopyInput {
  @NestedList(() => DecideFieldInput, { max: 5000 })
  decisions: DecideFieldInput[];

  @YesNo({
    optional: true,
    description: 'You have read every other marked field that is open to you, and they may be shown.',
  })
  showTheRest?: boolean;
}

export class ReleaseCopyInput {
  @Choice(RELEASED_HOW)
  how: ReleasedHow;
}

export class RefuseCopyInput {
  @Text({ min: 10, max: 1000, description: 'In words for the person, who may complain about it.' })
  because: string;
}

export class CopiesQuery extends PageQuery {
  @YesNoInQuery({ optional: true, description: 'Those released or refused; those under way unless told.' })
  settled?: boolean;
}

export class CopyLine {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty({ description: 'Whose record it is' })
  name: string;

  @ApiProperty({ enum: ACCESS_STATES })
  state: AccessState;

  @ApiProperty({ format: 'date' })
  askedOn: string;

  @ApiProperty({ format: 'date', description: 'One month after they asked.' })
  dueOn: string;

  @ApiProperty()
  overdue: boolean;
}

export class ToDecideView {
  @ApiProperty()
  item: string;

  @ApiProperty()
  field: string;
}

export class DecisionView extends ToDecideView {
  @ApiProperty({ enum: FIELD_DECISIONS })
  decision: FieldDecision;

  @ApiProperty({ enum: REMOVAL_REASONS, nullable: true })
  reason: RemovalReason | null;
}

export class CopyView extends CopyLine {
  @ApiProperty()
  version: number;

  @ApiProperty({ enum: ASKED_BY })
  askedBy: AskedBy;

  @ApiProperty({ type: String, nullable: true })
  representative: string | null;

  @ApiProperty()
  identityChecked: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  preparedAt: Date | null;

  @ApiProperty({ type: [DecisionView] })
  decisions: Decision[];

  @ApiProperty({
    type: [ToDecideView],
    description: 'Fields that may tell of somebody else, not decided yet.',
  })
  toDecide: ToDecideView[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  releasedAt: Date | null;

  @ApiProperty({ enum: RELEASED_HOW, nullable: true })
  releasedHow: ReleasedHow | null;

  @ApiProperty({ type: String, nullable: true })
  refusedBecause: string | null;
}

export class DocumentQuery {
  @YesNoInQuery({ optional: true, description: 'With the marks for the review and nothing removed.' })
  forReview?: boolean;
}

class RecordFieldView {
  @ApiProperty()
  name: string;

  @ApiProperty()
  label: string;

  @ApiProperty({ description: 'Text, number, list or object, as it was recorded.' })
  value: unknown;

  @ApiProperty({ required: false, description: 'It may tell of somebody else.' })
  others?: true;
}

class RecordItemView {
  @ApiProperty()
  id: string;

  @ApiProperty()
  what: string;

  @ApiProperty({ type: [RecordFieldView] })
  fields: RecordFieldView[];
}

class RecordSectionView {
  @ApiProperty()
  section: string;

  @ApiProperty({ type: [RecordItemView] })
  items: RecordItemView[];
}

class LookView {
  @ApiProperty({ format: 'date' })
  on: string;

  @ApiProperty()
  who: string;

  @ApiProperty()
  did: string;

  @ApiProperty()
  times: number;
}

class NotShownView {
  @ApiProperty()
  what: string;

  @ApiProperty()
  because: string;
}

export class RecordDocumentView {
  @ApiProperty({ enum: ['betony-record-1'] })
  format: RecordDocument['format'];

  @ApiProperty({ format: 'date-time' })
  preparedAt: string;

  @ApiProperty({ type: [RecordSectionView] })
  sections: RecordDocument['sections'];

  @ApiProperty({ type: [LookView], description: 'Who looked at the record or wrote in it, by day.' })
  whoLooked: RecordDocument['whoLooked'];

  @ApiProperty({ type: [NotShownView] })
  notShown: RecordDocument['notShown'];
}

export class PlaceHoldInput {
  @Text({ min: 3, max: 500 })
  reason: string;
}

export class LegalHoldView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  reason: string;

  @ApiProperty()
  placedAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  liftedAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  liftedBecause: string | null;
}

export class KeptLongEnoughView {
  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ format: 'date' })
  lastContactOn: string;

  @ApiProperty({ format: 'date' })
  keptUntil: string;
}

export class ReviewRetentionInput {
  @Choice(RETENTION_DECISIONS)
  decision: RetentionDecision;

  @Choice(KEPT_BECAUSE, { optional: true, description: 'Needed to keep it longer.' })
  because?: KeptBecause;

  @DateOnly({ optional: true, description: 'When to ask again; needed to keep it longer.' })
  keepUntil?: string;
}

export class RetentionQuery extends PageQuery {
  @YesNoInQuery({ optional: true, description: 'Only those destroyed: the certificates.' })
  destroyed?: boolean;
}

export class RetentionReviewView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty({ enum: RETENTION_DECISIONS })
  decision: RetentionDecision;

  @ApiProperty()
  because: string;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  keepUntil: string | null;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  destroyOn: string | null;

  @ApiProperty()
  decidedBy: string;

  @ApiProperty()
  decidedAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  cancelledAt: Date | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Something came in between, so that nothing was destroyed.',
  })
  overtakenAt: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  destroyedAt: Date | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    nullable: true,
    description: 'The certificate: how many rows of which tables went.',
  })
  rows: Record<string, number> | null;
}
