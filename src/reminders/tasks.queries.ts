import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { spokenDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { counted, inOrder, type Orders, type Total } from '../platform/database/listed.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, type Page, pageOf } from '../platform/http/pagination.js';
import { holidaysOf, DEFAULT_SETTINGS, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { without } from '../platform/pure/without.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import { clientWithin } from '../clients/client.reach.js';
import { sayFault } from './message.faults.js';
import type {
  TaskColleague,
  TaskOrganisation,
  TaskPerson,
  TaskSort,
  TasksQuery,
  TaskView,
} from './task.dto.js';
import { COLLEAGUE_NAMED, ORGANISATION_NAMED } from './task.named.js';
import { listMoment, type ListMoment, meAs, onListOf } from './task.reach.js';
import { taskWords } from './task.types.js';

interface TaskRow extends Omit<TaskView, 'words' | 'why' | 'subject'> {
  subjectKind: string;
  subjectId: string;
  client_id: string | null;
  client: TaskPerson | null;
  organisation: TaskOrganisation | null;
  colleague: TaskColleague | null;
  message: Parameters<typeof sayFault>[0] | null;
  /** Of a worry about nobody in particular. */
  group: string | null;
  service: string | null;
  sessionOn: string | null;
}

/** Beyond so many the number beside “To do” says no more. */
export const MOST_TOLD = 99;

@Injectable()
export class TasksQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async list(actor: MemberActor, query: TasksQuery): Promise<Page<TaskView>> {
    const asked = tasksAsked(actor, query, await this.moment(actor.schemeId));
    const limit = query.limit ?? DEFAULT_LIMIT;
    const { order, after } = inOrder(query.ended ? ENDED_ORDERS : ORDERS, query.sort ?? 'due', {
      id: sql`t.id`,
      rows: sql`task t where t.scheme_id = ${actor.schemeId}`,
      last: decodeIdCursor(query.after),
    });
    const page = sql`
      ${columns(actor, this.clock.now())}
      where ${asked} and ${after} order by ${order} limit ${limit + 1}`;
    const rows = await this.database.read<TaskRow>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), { action: 'task.list', shows: limit }, page),
      { plannedOnce: true },
    );
    const { items, next } = pageOf(rows, limit, (row) => [row.id]);
    return { items: items.map(viewOf), next };
  }

  async count(actor: MemberActor, query: TasksQuery): Promise<number> {
    const asked = tasksAsked(actor, query, await this.moment(actor.schemeId));
    const few = sql`select 1 from task t cross join ${meAs(actor)} as me where ${asked}`;
    return (await this.database.maybe<Total>(actor.schemeId, counted(few)))?.total ?? 0;
  }

  /** How much stands on their own list now; beyond `MOST_TOLD` nobody counts. Names nobody. */
  async open(actor: MemberActor): Promise<number> {
    const within = tasksWithin(actor, 'task.list', await this.moment(actor.schemeId), false);
    const [row] = await this.database.read<{ open: number }>(
      actor.schemeId,
      sql`select count(*)::int as open from (
        select 1 from task t cross join ${meAs(actor)} as me
        where t.scheme_id = ${actor.schemeId} and ${within} and t.ended_at is null limit ${MOST_TOLD + 1}) few`,
    );
    return row?.open ?? 0;
  }

  async get(actor: MemberActor, id: string): Promise<TaskView> {
    const within = tasksWithin(actor, 'task.list', await this.moment(actor.schemeId), true);
    const page = sql`${columns(actor, this.clock.now())} where t.scheme_id = ${actor.schemeId} and t.id = ${id} and ${within}`;
    const subject = { kind: 'task', id };
    const row = await this.database.maybe<TaskRow>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), { action: 'task.get', subject }, page),
    );
    if (!row) throw Refusal.notFound();
    return viewOf(row);
  }

  private async moment(schemeId: string): Promise<ListMoment> {
    const [row] = await this.database.unscoped<{ settings: Partial<SchemeSettings> }>(
      sql`select settings from scheme where id = ${schemeId}`,
    );
    return listMoment(this.clock.now(), holidaysOf({ ...DEFAULT_SETTINGS, ...row?.settings }));
  }
}

const ORDERS: Orders<TaskSort> = { due: [sql`t.due_at`], what: [sql`t.kind`, sql`t.due_at`] };
const ENDED_ORDERS: Orders<TaskSort> = { due: [sql`t.ended_at`], what: [sql`t.kind`, sql`t.ended_at`] };

function tasksAsked(actor: MemberActor, { whose, ended, kind, late }: TasksQuery, at: ListMoment): Sql {
  return sql`t.scheme_id = ${actor.schemeId} and ${tasksWithin(actor, 'task.list', at, whose === 'everybody')}
    and ${ended ? sql`t.ended_at is not null` : sql`t.ended_at is null`}
    and ${kind === undefined ? sql`true` : sql`t.kind = ${kind}`}
    and ${late === undefined ? sql`true` : sql`t.late = ${late}`}`;
}

/** Which tasks `t`, beside a row `me`, somebody reaches. A manager reaches them all, and is shown their own first. */
export function tasksWithin(actor: MemberActor, action: Action, at: ListMoment, all: boolean): Sql {
  return reachFor(actor, action) === 'scheme' && all ? sql`true` : onListOf(sql`t`, sql`me`, at);
}

/**
 * Names and numbers are for those who support the person. A practice sees the reference of what it sent, a group and an administrator neither. Whoever
 * is asked about somebody who is not theirs, as when a colleague is not back from a visit, is told the name and no number.
 */
const columns = (actor: MemberActor, now: Date): Sql => {
  const referral = actor.role !== 'provider_member' && actor.role !== 'administrator';
  const named = actor.role === 'link_worker' || actor.role === 'scheme_manager';
  const inReach = named ? clientWithin(actor, reachFor(actor, 'client.get'), now) : sql`false`;
  return sql`
    select t.id, t.kind, t.audience, t.audience_id as "audienceId", t.late, t.subject_kind as "subjectKind",
      t.subject_id as "subjectId", ${referral ? sql`t.referral_id` : sql`null::uuid`} as "referralId",
      ${referral ? sql`r.reference` : sql`null::text`} as reference, t.due_at as "dueAt",
      t.created_at as "createdAt", t.ended_at as "endedAt", t.outcome,
      case when m.id is not null then json_build_object('state', m.state, 'because', m.because,
        'recipient', m.recipient_kind, 'channel', m.channel) end as message,
      o.name as "group", l.name as service, g.session_on::text as "sessionOn",
      ${named ? sql`c.id` : sql`null::uuid`} as client_id,
      ${
        named
          ? sql`case when c.id is not null then json_build_object('id', c.id,
              'name', coalesce(c.known_as, c.first_name) || ' ' || c.last_name, 'isInReach', ${inReach},
              'phone', case when ${inReach} then c.phone end, 'safeToCall', c.safe_to_call,
              'safeToText', c.safe_to_text, 'safeToLeaveMessage', c.safe_to_leave_message) end`
          : sql`null::json`
      } as client,
      ${named ? ORGANISATION : sql`null::json`} as organisation,
      ${named ? colleagueBeside(actor) : sql`null::json`} as colleague
    from task t cross join ${meAs(actor)} as me
    left join message m on t.subject_kind = 'message' and m.scheme_id = t.scheme_id and m.id = t.subject_id
    left join register g on t.kind = 'group_worried' and t.subject_kind = 'register' and g.scheme_id = t.scheme_id
      and g.id = t.subject_id
    left join listing l on t.kind = 'group_worried' and t.subject_kind in ('register', 'listing')
      and l.scheme_id = t.scheme_id and l.id = coalesce(g.listing_id, t.subject_id)
    left join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
    left join referral r on r.scheme_id = t.scheme_id and r.id = t.referral_id
    left join client c on c.scheme_id = t.scheme_id and c.id = t.client_id`;
};

const ORGANISATION: Sql = sql`(
  select json_build_object('id', named.id, 'name', named.name, 'contactName', p.contact_name,
    'phone', coalesce(p.contact_phone, named.phone))
  from organisation named
  left join provider p on p.scheme_id = named.scheme_id and p.organisation_id = named.id
  where named.scheme_id = t.scheme_id and named.id = ${ORGANISATION_NAMED})`;

/** Nobody is named to themselves. */
const colleagueBeside = (actor: MemberActor): Sql => sql`(
  select json_build_object('id', w.id, 'name', u.name, 'phone', u.phone)
  from membership w join user_profile u on u.scheme_id = w.scheme_id and u.account_id = w.account_id
  where w.scheme_id = t.scheme_id and w.id = ${COLLEAGUE_NAMED} and w.id <> ${actor.membershipId})`;

const viewOf = ({
  subjectKind,
  subjectId,
  message,
  group,
  service,
  sessionOn,
  ...row
}: TaskRow): TaskView => ({
  ...without(row, 'client_id'),
  words: taskWords(row.kind),
  why: message === null ? worryOf(group, service, sessionOn) : sayFault(message),
  subject: { kind: subjectKind, id: subjectId },
});

/** "The Pantry: Lunch, on 23 November 2026". */
function worryOf(group: string | null, service: string | null, sessionOn: string | null): string | null {
  if (group === null || service === null) return null;
  return `${group}: ${service}${sessionOn === null ? '' : `, on ${spokenDate(sessionOn)}`}`;
}
