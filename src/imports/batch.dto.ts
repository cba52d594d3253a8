import { ApiProperty } from '@nestjs/swagger';
import { Choice, ChoicesInQuery, Text, Texts, YesNo, YesNoInQuery } from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import { ListingNamed } from '../providers/listing.dto.js';
import { LISTING_STATES, type ListingState } from '../providers/listing.types.js';
import {
  BATCH_KINDS,
  BATCH_STATES,
  ROW_OUTCOMES,
  VERDICTS,
  type BatchKind,
  type BatchState,
  type RowOutcome,
  type Verdict,
} from './batch.types.js';
import { MOST_COLUMNS, NOT_READ } from './headings.rules.js';

export class ImportFeedInput {
  @Text({
    max: 500,
    description: 'The base address of an Open Referral feed, on the public internet.',
    example: 'https://directory.example.org/open-referral',
  })
  address: string;
}

export class ImportFileQuery {
  @Choice(BATCH_KINDS, {
    description:
      'What kind of file: JSON or NDJSON for open-referral, else CSV. Users need the permission to invite.',
  })
  kind: BatchKind;

  @Text({ optional: true, max: 200, description: 'What the file is called.' })
  name?: string;

  @Text({
    optional: true,
    max: 100,
    description: 'For open-referral: whose directory it is. Files of one directory update each other.',
    example: 'Saltwick Council',
  })
  source?: string;

  @YesNoInQuery({
    optional: true,
    description:
      'For a CSV whose headings are not all known: keep it as `uploaded`, until somebody says what its columns are. Else it is refused.',
  })
  sayColumns?: boolean;
}

export class SayColumns {
  @Texts({
    items: MOST_COLUMNS,
    max: 40,
    min: 1,
    description: `What each column is, in the order of \`headings\`: one of \`mayBe\`, or \`${NOT_READ}\` for nothing of ours.`,
    example: ['name', 'description', NOT_READ, 'kind'],
  })
  columns: string[];
}

export class ApproveImport {
  @YesNo({ optional: true, description: 'Needed where rows were refused: import the others without them.' })
  leaveOutRefused?: boolean;
}

export class DecideRow {
  @Choice(VERDICTS, {
    description: '`same`: it is that one, which stays as it is here. `different`: it is new, and comes in.',
  })
  verdict: Verdict;
}

export const IMPORT_SORTS = ['made', 'kind', 'state', 'rows'] as const;
export type ImportSort = (typeof IMPORT_SORTS)[number];

export class ImportListQuery extends PageQuery {
  @ChoicesInQuery(BATCH_STATES, { optional: true })
  state?: BatchState[];

  @SortInQuery(IMPORT_SORTS, '-made')
  sort?: Sort<ImportSort>;
}

export class ImportRowQuery extends PageQuery {
  @ChoicesInQuery(ROW_OUTCOMES, { optional: true })
  outcome?: RowOutcome[];

  @YesNoInQuery({ optional: true, description: 'Only rows with a warning, or without.' })
  warned?: boolean;
}

const MOMENT = { type: String, format: 'date-time', nullable: true } as const;

export class NotKeptView {
  @ApiProperty({ example: 'contacts' })
  field: string;

  @ApiProperty()
  rows: number;
}

export class RowWarningView {
  @ApiProperty({ example: 'charity_contact_postcode' })
  column: string;

  @ApiProperty({ example: 'Not a postcode, so it is left out' })
  reason: string;
}

export class ImportView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ description: 'Its ETag is "v" and this number.' })
  version: number;

  @ApiProperty({ enum: BATCH_KINDS })
  kind: BatchKind;

  @ApiProperty({ description: 'With a record’s own id, what makes it the same from one import to the next.' })
  source: string;

  @ApiProperty({ type: String, nullable: true })
  address: string | null;

  @ApiProperty({ type: String, nullable: true })
  fileName: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Windows-1252' })
  encoding: string | null;

  @ApiProperty({
    enum: BATCH_STATES,
    description: 'fetching, approved and undoing go on by themselves: `done` says how far.',
  })
  state: BatchState;

  @ApiProperty({ type: String, nullable: true, description: 'Why it failed.' })
  because: string | null;

  @ApiProperty()
  rows: number;

  @ApiProperty({ description: 'New here.' })
  added: number;

  @ApiProperty()
  changed: number;

  @ApiProperty()
  same: number;

  @ApiProperty({
    description:
      'They look like services that are here. Only those are brought of which somebody says that they are new.',
  })
  alike: number;

  @ApiProperty()
  refused: number;

  @ApiProperty({ description: 'Of no use here, such as services that have ended.' })
  ignored: number;

  @ApiProperty({
    description: 'Brought by an earlier import, and no longer in the feed. Look at them; nothing is deleted.',
  })
  gone: number;

  @ApiProperty({ description: 'Rows that are taken without some of their values: they say which and why.' })
  warned: number;

  @ApiProperty({
    type: [NotKeptView],
    description: 'Fields of the file that we have no place for, and how many rows had something in them.',
  })
  notKept: NotKeptView[];

  @ApiProperty({
    type: [String],
    description:
      'What is odd about it as a whole, such as a total that does not match what came. Nothing is refused for it: look at it before you approve.',
    example: [
      'It says that it has 40 services, and 37 came. Look whether some are missing before you approve it.',
    ],
  })
  remarks: string[];

  @ApiProperty({
    type: [String],
    description: 'What we take to be so where the list does not say it. Look at it before you approve.',
  })
  assumed: string[];

  @ApiProperty({ type: [String], description: 'Of a CSV: the headings of its columns.' })
  headings: string[];

  @ApiProperty({
    type: [String],
    description: `What each of them is: one of \`mayBe\`, or \`${NOT_READ}\`. It can be said differently until it is approved.`,
  })
  columns: string[];

  @ApiProperty({ type: [String], description: 'What the columns of such a list can be.' })
  mayBe: string[];

  @ApiProperty({ description: 'Rows read, written or taken back so far.' })
  done: number;

  @ApiProperty({
    description:
      'Rows not taken back, or not wholly, because somebody here had changed or used them: they say why.',
  })
  kept: number;

  @ApiProperty({ description: 'Undone, but for the rows that were kept.' })
  partlyUndone: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'Who brought it; null at the command line.' })
  createdBy: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  @ApiProperty(MOMENT)
  checkedAt: string | null;

  @ApiProperty(MOMENT)
  approvedAt: string | null;

  @ApiProperty(MOMENT)
  appliedAt: string | null;

  @ApiProperty({ ...MOMENT, description: 'Until when it can be undone.' })
  undoUntil: string | null;

  @ApiProperty(MOMENT)
  undoneAt: string | null;

  @ApiProperty({ ...MOMENT, nullable: false, description: 'Until when its rows are kept.' })
  rowsKeptUntil: string;

  @ApiProperty({ ...MOMENT, description: 'When they were deleted.' })
  rowsDeletedAt: string | null;
}

/** A service that is here, as a row is put beside it. */
export class AlikeListingView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;

  @ApiProperty()
  organisationName: string;

  @ApiProperty()
  description: string;

  @ApiProperty({ type: String, nullable: true })
  address: string | null;

  @ApiProperty({ type: String, nullable: true })
  postcode: string | null;

  @ApiProperty({ enum: LISTING_STATES })
  state: ListingState;
}

export class ImportRowView {
  @ApiProperty({ description: 'The row of a sheet (the heading is 1), or the number in a feed.' })
  row: number;

  @ApiProperty({ enum: ROW_OUTCOMES })
  outcome: RowOutcome;

  @ApiProperty({ type: String, nullable: true })
  sourceId: string | null;

  @ApiProperty({ type: [RowWarningView], description: 'Everything for which it was refused.' })
  problems: RowWarningView[];

  @ApiProperty({ type: [RowWarningView], description: 'Values left out of a row that is taken, and why.' })
  warnings: RowWarningView[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'After an undo: what of it stays, and why. Rows of which nothing stays are gone.',
  })
  keptBecause: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'As it came.' })
  raw: unknown;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'What we make of it.',
  })
  value: unknown;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  organisationId: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  listingId: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  assetId: string | null;

  @ApiProperty({
    type: AlikeListingView,
    nullable: true,
    description: 'Of a row that is alike: the service that it looks like.',
  })
  like: AlikeListingView | null;

  @ApiProperty({
    enum: VERDICTS,
    nullable: true,
    type: String,
    description: 'Whether it is that one; null while nobody has said.',
  })
  verdict: Verdict | null;
}

export class GoneListingView {
  @ApiProperty({ type: ListingNamed })
  listing: ListingNamed;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  state: string;

  @ApiProperty()
  source: string;

  @ApiProperty({ type: String, format: 'date-time' })
  goneSince: string;
}
