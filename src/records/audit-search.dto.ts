import { ApiProperty } from '@nestjs/swagger';
import { AREAS, type Area } from '../audit/acts.js';
import { Choice, DateOnly, Uuid } from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import { ROLES, type Role } from '../platform/actor/actor.types.js';

export const DID = ['looked', 'wrote'] as const;
export type Did = (typeof DID)[number];

export class AuditQuery extends PageQuery {
  @Uuid({ optional: true, description: 'What touched or showed this person’s record, or one joined to it.' })
  clientId?: string;

  @Uuid({ optional: true, description: 'What this user did, under any of their roles.' })
  userId?: string;

  @Choice(AREAS, { optional: true, description: 'What it was about.' })
  about?: Area;

  @Choice(DID, { optional: true, description: 'Only what changed nothing, or only what did something.' })
  did?: Did;

  @DateOnly({ optional: true, description: 'The first day; 30 days before the last unless told.' })
  from?: string;

  @DateOnly({
    optional: true,
    description: 'The last day; today unless told. At most a year after the first.',
  })
  to?: string;

  @SortInQuery(['at'], '-at')
  sort?: Sort<'at'>;
}

export class WhoQuery {
  @DateOnly({ optional: true, description: 'The first day; 30 days before the last unless told.' })
  from?: string;

  @DateOnly({
    optional: true,
    description: 'The last day; today unless told. At most a year after the first.',
  })
  to?: string;
}

class AuditedPerson {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;
}

export class AuditEntryView {
  @ApiProperty({ description: 'Its number in the record of this scheme' })
  id: string;

  @ApiProperty({ format: 'date-time' })
  at: Date;

  @ApiProperty({ description: 'A name; `Betony` for what comes round by itself' })
  who: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  userId: string | null;

  @ApiProperty({ enum: ROLES, nullable: true, description: 'The role they did it under' })
  role: Role | null;

  @ApiProperty({ example: 'client.get' })
  action: string;

  @ApiProperty({ description: 'The same in words' })
  did: string;

  @ApiProperty({
    type: [AuditedPerson],
    description: 'Whose records: the person asked about, else the first five by name',
  })
  people: AuditedPerson[];

  @ApiProperty({ description: 'How many people’s records in all' })
  peopleCount: number;
}

export class AuditWhoView {
  @ApiProperty()
  who: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  userId: string | null;

  @ApiProperty({ enum: ROLES, nullable: true })
  role: Role | null;

  @ApiProperty({ type: String, nullable: true, description: 'The organisation they did it for' })
  organisation: string | null;

  @ApiProperty()
  looked: number;

  @ApiProperty({ description: 'How often they did anything but look' })
  did: number;

  @ApiProperty({ format: 'date-time' })
  lastAt: Date;
}
