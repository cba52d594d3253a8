import { ApiProperty } from '@nestjs/swagger';
import { Choice, ChoicesInQuery, Email, Text, Uuid } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';

/** Somebody is to sign in, or to sign in no more. */
export const STAFF_REQUEST_KINDS = ['join', 'leave'] as const;
export type StaffRequestKind = (typeof STAFF_REQUEST_KINDS)[number];

export const STAFF_REQUEST_STATES = ['open', 'granted', 'refused', 'withdrawn'] as const;
export type StaffRequestState = (typeof STAFF_REQUEST_STATES)[number];

export class StaffView {
  @ApiProperty({ format: 'uuid', description: 'The membership.' })
  id: string;

  @ApiProperty({ example: 'Priya Shah' })
  name: string;

  @ApiProperty({ format: 'date-time', description: 'Since when they are here.' })
  since: Date;

  @ApiProperty({ description: 'Whether it is you.' })
  you: boolean;

  @ApiProperty({ description: 'Somebody of yours asked that they sign in no more.' })
  leaving: boolean;
}

export class AskStaffInput {
  @Choice(STAFF_REQUEST_KINDS)
  kind: StaffRequestKind;

  @Text({ optional: true, max: 200, example: 'Dr Ali', description: 'Of somebody who is to sign in.' })
  name?: string;

  @Email({ optional: true, description: 'Of somebody who is to sign in: they are invited there.' })
  email?: string;

  @Uuid({ optional: true, description: 'The membership of whoever is to sign in no more.' })
  membershipId?: string;
}

export class RefuseStaffInput {
  @Text({ max: 500, description: 'Read by whoever asked.' })
  because: string;
}

export class StaffRequestsQuery extends PageQuery {
  @ChoicesInQuery(STAFF_REQUEST_STATES, { optional: true })
  state?: StaffRequestState[];
}

export class StaffRequestView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  organisationName: string;

  @ApiProperty({ enum: STAFF_REQUEST_KINDS })
  kind: StaffRequestKind;

  @ApiProperty({ example: 'Dr Ali' })
  name: string;

  @ApiProperty({ type: String, nullable: true })
  email: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'uuid' })
  membershipId: string | null;

  @ApiProperty({ enum: STAFF_REQUEST_STATES })
  state: StaffRequestState;

  @ApiProperty()
  askedBy: string;

  @ApiProperty({ format: 'date-time' })
  askedAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  settledAt: Date | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was not done.' })
  because: string | null;
}
