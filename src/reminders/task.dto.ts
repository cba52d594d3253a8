import { ApiProperty } from '@nestjs/swagger';
import { Choice, YesNoInQuery } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { TASK_AUDIENCES, TASK_KINDS, TASK_SUBJECTS } from './task.types.js';

export const WHOSE_TASKS = ['mine', 'everybody'] as const;

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

export class TaskView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: TASK_KINDS })
  kind: string;

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

  @ApiProperty({ type: TaskClient, nullable: true, description: 'Shown to link workers and managers only' })
  client: TaskClient | null;

  @ApiProperty({ format: 'date-time' })
  dueAt: Date;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt: Date | null;

  @ApiProperty({ type: String, enum: ['finished', 'moved_on'], nullable: true })
  outcome: string | null;
}
