import { ApiProperty } from '@nestjs/swagger';
import { Choice, ChoicesInQuery, DateOnly, Text, Uuid, WholeNumber } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { HELP_KINDS, MOST_IN_A_HOUSEHOLD, MOST_QUANTITY, type HelpKind } from './help.types.js';

const UNTOLD = { optional: true, nullable: true } as const;

class HelpGiven {
  @Choice(HELP_KINDS)
  kind: HelpKind;

  @WholeNumber({ optional: true, min: 1, max: MOST_QUANTITY, description: 'How many; 1 unless told.' })
  quantity?: number;

  @WholeNumber({
    ...UNTOLD,
    min: 1,
    max: MOST_IN_A_HOUSEHOLD,
    description: 'People in the household it was for.',
  })
  householdMembers?: number | null;

  @DateOnly({ description: 'The day it was given.' })
  givenOn: string;
}

export class RecordHelp extends HelpGiven {
  @Text({ ...UNTOLD, max: 1000 })
  note?: string | null;
}

export class RecordHelpForClient extends RecordHelp {
  @Uuid({ ...UNTOLD, description: 'Who gave it; your own organisation unless told.' })
  organisationId?: string | null;
}

/** No name, and no words in which somebody could be named. */
export class RecordTally extends HelpGiven {
  @Uuid({ ...UNTOLD, description: 'Where; null where nobody knows.' })
  neighbourhoodId?: string | null;

  @Uuid({ ...UNTOLD, description: 'Who gave it; your own organisation unless told.' })
  organisationId?: string | null;
}

export class AmendHelp {
  @Choice(HELP_KINDS, { optional: true })
  kind?: HelpKind;

  @WholeNumber({ optional: true, min: 1, max: MOST_QUANTITY })
  quantity?: number;

  @WholeNumber({ ...UNTOLD, min: 1, max: MOST_IN_A_HOUSEHOLD })
  householdMembers?: number | null;

  @DateOnly({ optional: true })
  givenOn?: string;

  @Uuid({ ...UNTOLD, description: 'Of a tally only.' })
  neighbourhoodId?: string | null;

  @Text({ ...UNTOLD, max: 1000, description: 'Not of a tally.' })
  note?: string | null;

  @Text({ max: 500, description: 'Why it is put right.' })
  reason: string;
}

export class VoidHelp {
  @Text({ max: 500, description: 'Why it should not be there.' })
  reason: string;
}

export class TallyListQuery extends PageQuery {
  @ChoicesInQuery(HELP_KINDS, { optional: true })
  kind?: HelpKind[];

  @Uuid({ optional: true })
  organisationId?: string;

  @Uuid({ optional: true })
  neighbourhoodId?: string;

  @DateOnly({ optional: true })
  from?: string;

  @DateOnly({ optional: true })
  to?: string;
}

export class HelpView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ description: 'Its ETag is "v" and this number.' })
  version: number;

  @ApiProperty({ enum: HELP_KINDS })
  kind: HelpKind;

  @ApiProperty()
  quantity: number;

  @ApiProperty({ type: Number, nullable: true })
  householdMembers: number | null;

  @ApiProperty({ format: 'date' })
  givenOn: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  organisationName: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Who wrote it down; null where it came by link.',
  })
  recordedBy: string | null;

  @ApiProperty({ description: 'A tally: nobody is named.' })
  tally: boolean;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null for a group.' })
  clientId: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  onwardReferralId: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  neighbourhoodId: string | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  recordedAt: Date;

  @ApiProperty({ description: 'Recorded by mistake: in no figure.' })
  voided: boolean;

  @ApiProperty({ type: String, nullable: true })
  voidReason: string | null;
}

export class HelpChangeView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, format: 'date-time' })
  at: Date;

  @ApiProperty({ example: 'help.amended' })
  action: string;

  @ApiProperty({ type: String, nullable: true })
  by: string | null;

  @ApiProperty({ type: String, nullable: true })
  reason: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  changes: Record<string, unknown>;
}
