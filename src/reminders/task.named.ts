import sql, { join, type Sql } from 'sql-template-tag';
import { PRESENT_PRACTICE } from '../referrals/referral-hears.queries.js';
import type { TASK_SUBJECTS, TaskKind } from './task.types.js';

/*
 * Whom a task `t`, beside its referral `r`, names besides the person: which organisation is meant by what it is about, and
 * which colleague. Whoever is to ring somebody must not have to look for who that is.
 */

const of = (table: Sql, column: Sql): Sql =>
  sql`(select x.${column} from ${table} x where x.scheme_id = t.scheme_id and x.id = t.subject_id)`;

// prettier-ignore
const ORGANISATION_OF: Partial<Record<(typeof TASK_SUBJECTS)[number], Sql>> = {
  organisation:    sql`t.subject_id`,
  onward_referral: of(sql`onward_referral`, sql`organisation_id`),
  approval:        of(sql`offer_approval`, sql`organisation_id`),
  assurance:       of(sql`assurance_record`, sql`organisation_id`),
  closure:         of(sql`provider_closure`, sql`organisation_id`),
  concern:         of(sql`concern`, sql`organisation_id`),
  listing:         of(sql`listing`, sql`organisation_id`),
  safety_message:  of(sql`safety_message`, sql`organisation_id`),
  message:         of(sql`message`, sql`organisation_id`),
  register: sql`(
    select l.organisation_id from register x join listing l on l.scheme_id = x.scheme_id and l.id = x.listing_id
    where x.scheme_id = t.scheme_id and x.id = t.subject_id)`,
  warm_handover: sql`(
    select o.organisation_id from warm_handover x
    join onward_referral o on o.scheme_id = x.scheme_id and o.id = x.onward_referral_id
    where x.scheme_id = t.scheme_id and x.id = t.subject_id)`,
};

/** Of a referral some kinds mean whoever sent it, or whoever has to hear of it now. */
const ORGANISATION_FOR: Partial<Record<TaskKind, Sql>> = {
  returned: sql`r.organisation_id`,
  closing_present: sql`(${PRESENT_PRACTICE} ->> 'organisationId')::uuid`,
};

// prettier-ignore
const COLLEAGUE_FOR: Partial<Record<TaskKind, Sql>> = {
  visit_overdue: sql`(
    select v.worker_id from home_visit v where v.scheme_id = t.scheme_id and v.appointment_id = t.subject_id)`,
  own_service:           of(sql`offer_approval`, sql`asked_by`),
  warm_handover_outcome: of(sql`warm_handover`, sql`goes_id`),
  escalation:            of(sql`escalation`, sql`raised_by`),
  escalation_answered:   of(sql`escalation`, sql`acknowledged_by`),
  handover_taker_gone:   of(sql`handover`, sql`from_id`),
  handover_undone:       of(sql`handover`, sql`from_id`),
  people_left:           sql`t.subject_id`,
};

const whens = (column: Sql, table: Readonly<Record<string, Sql>>): Sql =>
  join(
    Object.entries(table).map(([name, id]) => sql`when ${column} = ${name} then ${id}`),
    ' ',
  );

export const ORGANISATION_NAMED: Sql = sql`case ${whens(sql`t.kind`, ORGANISATION_FOR)}
  ${whens(sql`t.subject_kind`, ORGANISATION_OF)} end`;

export const COLLEAGUE_NAMED: Sql = sql`case ${whens(sql`t.kind`, COLLEAGUE_FOR)} end`;
