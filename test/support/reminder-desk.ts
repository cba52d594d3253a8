import sql from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { DueReminders } from '../../src/reminders/due-reminders.service.js';
import { RemindersService } from '../../src/reminders/reminders.service.js';
import type { SubjectIds } from '../../src/reminders/reminder-facts.queries.js';
import { inScheme } from '../factories/episodes.js';
import type { TestScheme } from './people.js';

export interface ReminderRow {
  line: string;
  dueAt: string;
  outcome: string | null;
}

export type ReminderDesk = ReturnType<typeof reminderDesk>;

/** What a test of reminders looks at and sets going, in one scheme. */
export function reminderDesk(scheme: TestScheme) {
  const { betony } = scheme;
  const rows = <Row extends object>(statement: ReturnType<typeof sql>): Promise<Row[]> =>
    inScheme(scheme, (tx) => tx.rows<Row>(statement));
  return {
    plan: (subjects: SubjectIds, past?: 'told_before') =>
      inScheme(scheme, (tx) => betony.get(RemindersService).plan(tx, subjects, past ? { past } : {})),
    work: (at?: string) => {
      if (at) betony.clock.set(at);
      return betony.get(DueReminders).work(systemActor(scheme.id, 'reminders'));
    },
    reminders: async (subjectId: string): Promise<string[]> =>
      (
        await rows<{ line: string }>(sql`
          select concat_ws(' ', kind, step, to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI'), state, outcome)
            as line
          from reminder where scheme_id = ${scheme.id} and subject_id = ${subjectId} order by created_at, kind, step, due_at`)
      ).map((row) => row.line),
    tasks: async (subjectId: string): Promise<string[]> =>
      (
        await rows<{ line: string }>(sql`
          select concat_ws(' ', kind, audience, case when late then 'late' end, coalesce(outcome, 'open')) as line
          from task where scheme_id = ${scheme.id} and subject_id = ${subjectId} order by created_at, id`)
      ).map((row) => row.line),
    taskRows: (subjectId: string) =>
      rows<{
        id: string;
        kind: string;
        audience: string;
        audience_id: string | null;
        outcome: string | null;
      }>(sql`
        select id, kind, audience, audience_id, outcome from task
        where scheme_id = ${scheme.id} and subject_id = ${subjectId} order by created_at, id`),
    messages: (recipientId: string) =>
      rows<{
        id: string;
        kind: string;
        state: string;
        because: string | null;
        attempts: number;
        message_id: string;
        next_attempt_at: Date;
      }>(sql`
        select id, kind, state, because, attempts, message_id, next_attempt_at from message
        where scheme_id = ${scheme.id} and coalesce(client_id, organisation_id, membership_id) = ${recipientId}
        order by created_at, id`),
  };
}
