import { ApiProperty } from '@nestjs/swagger';
import {
  Choice,
  ChoicesInQuery,
  DateOnly,
  Moment,
  Nested,
  Text,
  Uuid,
  YesNo,
} from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import {
  NOT_AN_EMERGENCY,
  SAFEGUARDING_ABOUT,
  SAFEGUARDING_KINDS,
  SAFEGUARDING_OUTCOMES,
  SAFEGUARDING_STATES,
  SAFEGUARDING_TOLD,
  WHAT_MAX,
  type SafeguardingAbout,
  type SafeguardingKind,
  type SafeguardingOutcome,
  type SafeguardingState,
  type SafeguardingTold,
} from './safeguarding.types.js';

const LEFT_OUT = { optional: true, nullable: true } as const;

export class SafeguardingStepInput {
  @Choice(SAFEGUARDING_TOLD)
  told: SafeguardingTold;

  @Text({ ...LEFT_OUT, max: 200, description: 'Their name or desk.' })
  whom?: string | null;

  @Moment({ optional: true, description: 'When they were told; now unless said.' })
  at?: string;

  @Text({ ...LEFT_OUT, max: 100, description: 'The number they gave, such as an incident number.' })
  reference?: string | null;

  @Text({ ...LEFT_OUT, max: 4000 })
  note?: string | null;
}

export class RecordSafeguardingInput {
  @YesNo({ description: `True once this was read: ${NOT_AN_EMERGENCY}` })
  understood: boolean;

  @Choice(SAFEGUARDING_KINDS)
  kind: SafeguardingKind;

  @Choice(SAFEGUARDING_ABOUT, { description: 'Who may come to harm.' })
  about: SafeguardingAbout;

  @Text({
    max: WHAT_MAX,
    description: 'What was seen or said. Never leaves the scheme, and no group reads it.',
  })
  what: string;

  @DateOnly(LEFT_OUT)
  happenedOn?: string | null;

  @Nested(() => SafeguardingStepInput, { description: 'What was done so far. "Nobody yet" is an answer.' })
  done: SafeguardingStepInput;

  @Uuid({ ...LEFT_OUT, description: 'The safeguarding lead who takes it; the managers unless one is named.' })
  leadId?: string | null;

  @DateOnly({ optional: true, description: 'When it is looked at again; the next working day unless said.' })
  followUpOn?: string;
}

export class AddSafeguardingStep extends SafeguardingStepInput {
  @DateOnly({ optional: true, description: 'The next day it is looked at.' })
  followUpOn?: string;

  @Uuid({ optional: true, description: 'Another safeguarding lead who takes it from here.' })
  leadId?: string;
}

export class CloseSafeguardingInput {
  @Choice(SAFEGUARDING_OUTCOMES)
  outcome: SafeguardingOutcome;

  @Text({ max: 4000, description: 'Why nothing more needs doing.' })
  note: string;
}

export class ReadSafeguardingInput {
  @Text({ min: 10, max: 1000, description: 'Why you need to read it. The safeguarding leads see this.' })
  reason: string;
}

export class SafeguardingQuery extends PageQuery {
  @ChoicesInQuery(SAFEGUARDING_STATES, { optional: true })
  state?: SafeguardingState[];

  @Uuid({ optional: true })
  clientId?: string;
}

/** That there is one, and where it stands: without a word of it. */
export class SafeguardingLine {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty()
  clientName: string;

  @ApiProperty({ enum: SAFEGUARDING_STATES })
  state: SafeguardingState;

  @ApiProperty({ format: 'date' })
  followUpOn: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  leadId: string | null;

  @ApiProperty({ type: String, nullable: true })
  lead: string | null;

  @ApiProperty({ type: String, nullable: true })
  recordedBy: string | null;

  @ApiProperty({ format: 'date-time' })
  recordedAt: Date;
}

export class SafeguardingStepView {
  @ApiProperty({ enum: SAFEGUARDING_TOLD })
  told: SafeguardingTold;

  @ApiProperty({ type: String, nullable: true })
  whom: string | null;

  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({ type: String, nullable: true })
  reference: string | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, nullable: true })
  by: string | null;
}

export class SafeguardingReadingView {
  @ApiProperty({ type: String, nullable: true })
  by: string | null;

  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty()
  reason: string;
}

export class SafeguardingView extends SafeguardingLine {
  @ApiProperty({ enum: SAFEGUARDING_KINDS })
  kind: SafeguardingKind;

  @ApiProperty({ enum: SAFEGUARDING_ABOUT })
  about: SafeguardingAbout;

  @ApiProperty()
  what: string;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  happenedOn: string | null;

  @ApiProperty({ type: [SafeguardingStepView], description: 'What was done, oldest first.' })
  steps: SafeguardingStepView[];

  @ApiProperty({ type: [SafeguardingReadingView], description: 'Managers who read it, and why.' })
  readings: SafeguardingReadingView[];

  @ApiProperty({ enum: SAFEGUARDING_OUTCOMES, nullable: true })
  outcome: SafeguardingOutcome | null;

  @ApiProperty({ type: String, nullable: true })
  closingNote: string | null;

  @ApiProperty({ type: String, nullable: true })
  closedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  closedAt: Date | null;
}

export class SafeguardingLeadView {
  @ApiProperty({ format: 'uuid' })
  membershipId: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ type: String, nullable: true })
  phone: string | null;
}

export class CouncilNumbersView {
  @ApiProperty({ type: String, nullable: true, description: 'About an adult.' })
  adults: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'About a child.' })
  children: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'In the evening, at night and at weekends.' })
  outOfHours: string | null;
}

export class SafeguardingWordsView {
  @ApiProperty({ description: 'To be read before anything is written down.' })
  interruption: string;

  @ApiProperty({ type: String, nullable: true, description: 'The scheme’s own number.' })
  phone: string | null;

  @ApiProperty({ description: 'The council’s safeguarding teams, as the scheme has entered them.' })
  council: CouncilNumbersView;

  @ApiProperty({ type: [SafeguardingLeadView] })
  leads: SafeguardingLeadView[];
}
