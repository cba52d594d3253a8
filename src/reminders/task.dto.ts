import { ApiProperty } from '@nestjs/swagger';
import { SAFE_ANSWERS, type SafeAnswer } from '../clients/client.types.js';
import { Choice, YesNoInQuery } from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import { TASK_AUDIENCES, TASK_KINDS, TASK_SUBJECTS, type TaskKind } from './task.types.js';

export const WHOSE_TASKS = ['mine', 'everybody'] as const;

export const TASK_SORTS = ['due', 'what'] as const;
export type TaskSort = (typeof TASK_SORTS)[number];

export class TasksQuery extends PageQuery {
  @Choice(WHOSE_TASKS, {
    optional: true,
    description: "`mine` unless told, with what is covered for others. `everybody` is a manager's.",
  })
  whose?: (typeof WHOSE_TASKS)[number];

  @Choice(TASK_KINDS, { optional: true })
  kind?: string;

  @YesNoInQuery({ optional: true, description: 'Only those asked before, when nothing happened.' })
  late?: boolean;

  @YesNoInQuery({ optional: true, description: 'Those that have ended instead of those that are open.' })
  ended?: boolean;

  @SortInQuery(TASK_SORTS, 'due')
  sort?: Sort<TaskSort>;
}

export class TaskSubject {
  @ApiProperty({ enum: TASK_SUBJECTS })
  kind: string;

  @ApiProperty({ format: 'uuid' })
  id: string;
}

export class TaskClient {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;
}

export class TaskPerson extends TaskClient {
  @ApiProperty({
    description: 'Whether you may open their record. Where you may not, only the name is told.',
  })
  isInReach: boolean;

  @ApiProperty({ type: String, nullable: true })
  phone: string | null;

  @ApiProperty({ enum: SAFE_ANSWERS })
  safeToCall: SafeAnswer;

  @ApiProperty({ enum: SAFE_ANSWERS })
  safeToText: SafeAnswer;

  @ApiProperty({ enum: SAFE_ANSWERS })
  safeToLeaveMessage: SafeAnswer;
}

export class TaskOrganisation {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'The Pantry' })
  name: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Who answers for a group, if somebody is named.',
  })
  contactName: string | null;

  @ApiProperty({ type: String, nullable: true })
  phone: string | null;
}

export class TaskColleague {
  @ApiProperty({ format: 'uuid', description: 'Their membership' })
  id: string;

  @ApiProperty({ example: 'Sam Okoro' })
  name: string;

  @ApiProperty({ type: String, nullable: true })
  phone: string | null;
}

export class TaskView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: TASK_KINDS })
  kind: TaskKind;

  @ApiProperty({ description: 'What there is to do, in a few words that name nobody.' })
  words: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'For a message that did not arrive, or may not have: what is known of that, in plain words. For a group that is worried about somebody at a session: which group, service and day.',
  })
  why: string | null;

  @ApiProperty({ enum: TASK_AUDIENCES, description: 'Whose list it is on' })
  audience: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The membership or organisation',
  })
  audienceId: string | null;

  @ApiProperty({ description: 'Asked before, and nothing happened' })
  late: boolean;

  @ApiProperty()
  subject: TaskSubject;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  referralId: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: "The referral's reference; no group is shown it",
  })
  reference: string | null;

  @ApiProperty({ type: TaskPerson, nullable: true, description: 'Shown to link workers and managers only' })
  client: TaskPerson | null;

  @ApiProperty({
    type: TaskOrganisation,
    nullable: true,
    description:
      'The group, or whoever referred, that it is about and that may have to be rung. Shown to link workers and managers only.',
  })
  organisation: TaskOrganisation | null;

  @ApiProperty({
    type: TaskColleague,
    nullable: true,
    description: 'A colleague it is about, such as one who is not back from a visit.',
  })
  colleague: TaskColleague | null;

  @ApiProperty({ format: 'date-time' })
  dueAt: Date;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt: Date | null;

  @ApiProperty({ type: String, enum: ['finished', 'moved_on'], nullable: true })
  outcome: string | null;
}
