import { ApiProperty } from '@nestjs/swagger';
import { Choice, ChoicesInQuery, DateOnly, Text, Texts, Uuid, WholeNumber } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { COVER_REASONS, COVER_STATES, type CoverReason, type CoverState } from './cover.types.js';

const NOBODY = { optional: true, nullable: true } as const;

export class LinkWorkersQuery extends PageQuery {
  @Text({ optional: true, max: 100, description: 'The beginning of the name.' })
  name?: string;
}

export class AmendLinkWorkerInput {
  @WholeNumber({ optional: true, min: 0, max: 500, description: 'How many referrals at once.' })
  caseloadLimit?: number;

  @Texts({ optional: true, max: 35, items: 20, example: ['en', 'pl'] })
  languages?: string[];

  @Texts({
    optional: true,
    max: 100,
    items: 50,
    example: ['CO15', 'CO16'],
    description: 'Postcode districts: what a suggestion for somebody new goes by.',
  })
  areas?: string[];
}

export class StandingCoverInput {
  @Uuid({ ...NOBODY, description: 'A link worker or manager; null for nobody.' })
  membershipId?: string | null;
}

export class AbsentInput {
  @Uuid({
    ...NOBODY,
    description: 'Who covers. Without one the standing cover of the scheme, else the team.',
  })
  coverId?: string | null;

  @DateOnly({ ...NOBODY, description: 'The last day away, if it is known.' })
  endsOn?: string | null;
}

export class ArrangeCoverInput extends AbsentInput {
  @Uuid({ description: 'Who will be away.' })
  workerId: string;

  @Choice(COVER_REASONS)
  reason: CoverReason;

  @DateOnly()
  startsOn: string;
}

export class CoversQuery extends PageQuery {
  @Uuid({ optional: true })
  workerId?: string;

  @ChoicesInQuery(COVER_STATES, { optional: true, description: 'Current and upcoming unless told.' })
  state?: CoverState[];
}

export class AbsenceView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: COVER_REASONS })
  reason: CoverReason;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  endsOn: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Who does the work meanwhile. Null when it falls to the team.',
  })
  coverId: string | null;

  @ApiProperty({ type: String, nullable: true })
  coverName: string | null;
}

export class LinkWorkerView {
  @ApiProperty({ format: 'uuid' })
  membershipId: string;

  @ApiProperty({ format: 'uuid' })
  userId: string;

  @ApiProperty({ example: 'Sam Reed' })
  name: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  organisationName: string;

  @ApiProperty()
  triages: boolean;

  @ApiProperty({ description: 'Referrals owned and not ended.' })
  caseload: number;

  @ApiProperty({ example: 40 })
  caseloadLimit: number;

  @ApiProperty({ description: 'How many more fit; never below nought.' })
  room: number;

  @ApiProperty({ type: [String] })
  languages: string[];

  @ApiProperty({ type: [String] })
  areas: string[];

  @ApiProperty({ type: AbsenceView, nullable: true, description: 'Null when at work today.' })
  absence: AbsenceView | null;

  @ApiProperty()
  version: number;
}

export class CoverView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  workerId: string;

  @ApiProperty()
  workerName: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  coverId: string | null;

  @ApiProperty({ type: String, nullable: true })
  coverName: string | null;

  @ApiProperty({ enum: COVER_REASONS })
  reason: CoverReason;

  @ApiProperty({ format: 'date' })
  startsOn: string;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  endsOn: string | null;

  @ApiProperty({ enum: COVER_STATES })
  state: CoverState;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;
}
