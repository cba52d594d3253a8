import sql, { type Sql } from 'sql-template-tag';
import { MOVED_BY } from './reminder-facts.queries.js';
import type { TaskKind } from './task.types.js';

interface AtOnce {
  text: boolean;
  atNight: boolean;
  mayBeLeftOut?: true;
  together?: true;
}

/**
 * Tasks that tomorrow's digest would tell too late: told at once, and once, to everybody whose list they stand on.
 * `text`: also to their telephone. `atNight`: also in the quiet hours, since somebody may be in danger now.
 * `mayBeLeftOut`: not to whoever wants it in the daily e-mail, or on the list alone; what concerns somebody's safety
 * cannot be. `together`: what comes within the hour after one waits for its end and is told in one.
 */
// prettier-ignore
export const TOLD_AT_ONCE: Partial<Record<TaskKind, AtOnce>> = {
  visit_overdue:     { text: true,  atNight: true },
  visit_flagged:     { text: true,  atNight: false },
  safety_message:    { text: true,  atNight: true },
  group_worried:     { text: false, atNight: true },
  safeguarding:      { text: false, atNight: true },
  safety_noted:      { text: false, atNight: false, mayBeLeftOut: true },
  death_told:        { text: true,  atNight: false },
  warm_handover:     { text: false, atNight: false },
  warm_handover_off: { text: true,  atNight: false },
  handover_undone:   { text: false, atNight: false },
  people_left:       { text: false, atNight: false },
  given:             { text: false, atNight: false, mayBeLeftOut: true, together: true },
  group_replied:     { text: false, atNight: false, mayBeLeftOut: true, together: true },
  page_message:      { text: false, atNight: false, mayBeLeftOut: true, together: true },
  cannot_come:       { text: false, atNight: false, mayBeLeftOut: true },
  key_ending:        { text: false, atNight: false, mayBeLeftOut: true },
  key_last_days:     { text: false, atNight: false, mayBeLeftOut: true },
  job_over:          { text: false, atNight: false, mayBeLeftOut: true },
};

const kindsThat = (is: 'mayBeLeftOut' | 'together'): string[] =>
  Object.entries(TOLD_AT_ONCE).flatMap(([kind, how]) => (how[is] ? [kind] : []));

export const MAY_BE_LEFT_OUT: readonly string[] = kindsThat('mayBeLeftOut');
export const TOGETHER: readonly string[] = kindsThat('together');

/**
 * Who here did what a task `t` tells of, where somebody here may have: nobody is written to about what they did themselves.
 * Whoever gives somebody to themselves makes no task.
 */
export const DONE_BY: Sql = sql`case t.kind
  when 'group_replied' then ${MOVED_BY}
  when 'safeguarding' then (
    select s.recorded_by from safeguarding s where s.scheme_id = t.scheme_id and s.id = t.subject_id)
  when 'visit_flagged' then (
    select f.recorded_by from lone_worker_flag f
    where f.scheme_id = t.scheme_id and f.client_id = t.client_id and f.ended_at is null
    order by f.recorded_at desc limit 1) end`;
