import { ApiProperty, PickType } from '@nestjs/swagger';
import { AGREED_HOW, type AgreedHow } from '../clients/agreement.types.js';
import { Choice, Choices, ChoicesInQuery, Text, Texts, YesNo } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { NEEDS, type Need } from '../platform/words/needs.js';
import { SentPerson } from '../referrals/referral.dto.js';
import { ImportView } from './batch.dto.js';
import { PERSON_ROW_OUTCOMES, VERDICTS, type PersonRowOutcome, type Verdict } from './batch.types.js';
import { NOT_READ, SHEET_FIELD_NAMES, type ColumnMeaning } from './referral-sheet.rules.js';

const MEANINGS = [...SHEET_FIELD_NAMES, NOT_READ];

export class BulkReferralFileQuery {
  @Text({ optional: true, max: 200, description: 'What the file is called. Nothing that names a person.' })
  name?: string;
}

export class CheckBulkReferral {
  @Texts({
    items: 100,
    max: 40,
    min: 1,
    optional: true,
    description: `What each column is, in the order of the headings, where it is not as recognised. Each one of: ${MEANINGS.join(', ')}.`,
  })
  columns?: string[];

  @Choice(AGREED_HOW, { description: 'How they agreed, where a row does not say.' })
  how: AgreedHow;

  @Choices(NEEDS, { optional: true, description: 'What they want help with, where a row does not say.' })
  reasons?: Need[];
}

export class DecideInput {
  @Choice(VERDICTS, { description: 'Whether they are the person of that earlier referral.' })
  verdict: Verdict;
}

export class ApproveBulkReferral {
  @YesNo({
    description:
      'Could anyone on this list come to harm in the next few days? A yes is refused and says what to do now.',
  })
  couldComeToHarm: boolean;
}

export class BulkReferralRowQuery extends PageQuery {
  @ChoicesInQuery(PERSON_ROW_OUTCOMES, { optional: true })
  outcome?: PersonRowOutcome[];
}

export class BulkReferralView extends PickType(ImportView, [
  'id',
  'version',
  'fileName',
  'encoding',
  'state',
  'because',
  'rows',
  'done',
  'kept',
  'partlyUndone',
  'createdAt',
  'createdBy',
  'checkedAt',
  'approvedAt',
  'appliedAt',
  'undoUntil',
  'undoneAt',
] as const) {
  @ApiProperty({ type: [String] })
  headings: string[];

  @ApiProperty({ enum: MEANINGS, isArray: true, description: 'What each heading is taken to be.' })
  columns: ColumnMeaning[];

  @ApiProperty({
    enum: AGREED_HOW,
    nullable: true,
    description: 'How they agreed, where a row does not say.',
  })
  how: AgreedHow | null;

  @ApiProperty({ enum: NEEDS, isArray: true, description: 'What goes for rows that say no reason.' })
  reasons: Need[];

  @ApiProperty({ description: 'Will be referred; once it is done: were referred.' })
  added: number;

  @ApiProperty({ description: 'Your organisation’s own referral of them is still open.' })
  same: number;

  @ApiProperty({ description: 'Look like somebody whom your organisation referred: say whether they are.' })
  alike: number;

  @ApiProperty({ description: 'Cannot be used: each row says everything that is wrong with it.' })
  refused: number;

  @ApiProperty({ description: 'How many are referred once it is approved as it stands.' })
  toSend: number;

  @ApiProperty({ description: 'Left out because it was stopped.' })
  ignored: number;

  @ApiProperty({ description: 'Of how many rows `done` counts.' })
  of: number;

  @ApiProperty({ type: String, format: 'date-time', description: 'When its rows are deleted.' })
  rowsKeptUntil: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  rowsDeletedAt: string | null;
}

export class OwnEarlierView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'K7RX-4PMW' })
  reference: string;

  @ApiProperty({ type: SentPerson, description: 'As your organisation wrote them down.' })
  client: SentPerson;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  sentAt: string | null;
}

/** Somebody as a list has them, right or wrong. */
export class ListedPerson {
  @ApiProperty({ type: String, nullable: true })
  firstName: string | null;

  @ApiProperty({ type: String, nullable: true })
  lastName: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'As the sheet writes it.' })
  dateOfBirth: string | null;

  @ApiProperty({ type: String, nullable: true })
  nhsNumber: string | null;
}

export class ListedProblem {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null where it is wrong with the row as a whole.',
  })
  column: string | null;

  @ApiProperty({ example: 'Check the NHS number: the last digit does not match' })
  reason: string;
}

export class BulkReferralRowView {
  @ApiProperty({ description: 'The row of the sheet; the heading is 1.' })
  row: number;

  @ApiProperty({ enum: PERSON_ROW_OUTCOMES })
  outcome: PersonRowOutcome;

  @ApiProperty({ type: ListedPerson, description: 'As the list has them.' })
  client: ListedPerson;

  @ApiProperty({
    type: [ListedProblem],
    description: 'Everything for which it is not used, each with its column.',
  })
  problems: ListedProblem[];

  @ApiProperty({ enum: VERDICTS, nullable: true })
  verdict: Verdict | null;

  @ApiProperty({
    type: OwnEarlierView,
    nullable: true,
    description: 'The referral it became, or your own earlier one.',
  })
  referral: OwnEarlierView | null;

  @ApiProperty({ type: String, nullable: true, description: 'After an undo: why it stays.' })
  keptBecause: string | null;
}
