import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { addDays, atLondon, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { londonTime } from '../platform/clock/wall-clock.js';
import { Database } from '../platform/database/database.js';
import { moment } from '../platform/database/moment.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  DEFAULT_LIMIT,
  decodeMomentCursor,
  pageOf,
  type Page,
  type PageQuery,
} from '../platform/http/pagination.js';
import { without } from '../platform/pure/without.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { flagsOf } from '../clients/lone-worker-flags.service.js';
import type { AppointmentHistoryView, AppointmentView, HomeVisitView } from './appointment.dto.js';
import { appointmentWithin } from './appointment.reach.js';
import { nameOf } from './by-whom.js';

type Row = Omit<AppointmentView, 'on' | 'time' | 'visit'> & {
  client_id: string;
  starts_text: string;
  visit: Omit<HomeVisitView, 'backByTime'> | null;
};

const APPOINTMENT = sql`a.id, a.version, a.referral_id as "referralId", a.kind, a.state, a.starts_at as "startsAt",
  a.minutes, a.place, a.note,
  (select p.name from membership m join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
    where m.id = a.made_by and m.scheme_id = a.scheme_id) as "madeBy",
  case when a.interpreter is not null then jsonb_build_object('kind', a.interpreter, 'language', a.interpreter_language,
    'booking', a.interpreter_booking, 'notFromMyCommunity', a.not_from_my_community) end as interpreter,
  (select jsonb_build_object('workerId', v.worker_id, 'worker', ${nameOf(sql`a.scheme_id`, sql`v.worker_id`)},
      'buddyId', v.buddy_id, 'buddy', ${nameOf(sql`a.scheme_id`, sql`v.buddy_id`)},
      'address', nullif(concat_ws(', ', c.address, c.postcode), ''), 'backBy', ${moment(sql`v.back_by`)},
      'note', v.note, 'setOutAt', ${moment(sql`v.set_out_at`)}, 'backAt', ${moment(sql`v.back_at`)})
    from home_visit v join client c on c.scheme_id = v.scheme_id and c.id = r.client_id
    where v.scheme_id = a.scheme_id and v.appointment_id = a.id) as visit,
  ${flagsOf(sql`a.scheme_id`, sql`r.client_id`)} as flags, a.starts_at::text as starts_text`;

/** More than a team has in a week. */
const MOST = 500;

/** In a list of several people. */
export interface AppointmentOfSomebody {
  appointment: AppointmentView;
  clientId: string;
  name: string;
  worker: string | null;
}

@Injectable()
export class AppointmentsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(actor: Actor, appointmentId: string): Promise<AppointmentView> {
    const found = await this.database.maybe<Row>(
      actor.schemeId,
      this.audited(
        actor,
        'appointment',
        appointmentId,
        sql`
        select r.client_id, ${APPOINTMENT}
        from appointment a join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
        where a.scheme_id = ${actor.schemeId} and a.id = ${appointmentId} and ${this.one(actor)}`,
      ),
    );
    if (!found) throw Refusal.notFound();
    return viewOf(found);
  }

  /** The next one to come; null where there is none. */
  async coming(actor: Actor, referralId: string): Promise<AppointmentView | null> {
    const found = await this.database.maybe<Row>(
      actor.schemeId,
      this.audited(
        actor,
        'referral',
        referralId,
        sql`
        select r.client_id, ${APPOINTMENT}
        from appointment a join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
        where a.scheme_id = ${actor.schemeId} and a.referral_id = ${referralId} and a.state = 'made'
          and a.starts_at > ${this.clock.now()} and ${this.within(actor)}
        order by a.starts_at, a.id limit 1`,
      ),
    );
    return found && viewOf(found);
  }

  /** Latest first, so that what is to come heads the list. */
  async list(actor: Actor, referralId: string, query: PageQuery): Promise<Page<AppointmentView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const [at, id] = decodeMomentCursor(query.after);
    const rows = await this.database.read<Omit<Row, 'id'> & { id: string | null }>(
      actor.schemeId,
      this.audited(
        actor,
        'referral',
        referralId,
        sql`
        select r.client_id, page.* from referral r left join lateral (
          select ${APPOINTMENT} from appointment a
          where a.scheme_id = r.scheme_id and a.referral_id = r.id
            and (${at}::timestamptz is null or (a.starts_at, a.id) < (${at}::timestamptz, ${id}::uuid))
          order by a.starts_at desc, a.id desc limit ${limit + 1}
        ) page on true
        where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${this.within(actor)}
        order by page."startsAt" desc, page.id desc`,
      ),
    );
    if (rows.length === 0) throw Refusal.notFound();
    const appointments = rows.filter((row): row is Row => row.id !== null);
    const page = pageOf(appointments, limit, (row) => [row.starts_text, row.id]);
    return { items: page.items.map(viewOf), next: page.next };
  }

  /** What somebody goes to or rings at between two days, the visits they were sent on among it, in order; anybody's for null. */
  async between(
    actor: Actor,
    { workerId, from, until }: { workerId: string | null; from: string; until: string },
  ): Promise<AppointmentOfSomebody[]> {
    const now = this.clock.now();
    const rows = await this.database.read<Row & { name: string; worker: string | null }>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'appointment.list' },
        sql`
        with days as (
          select a.id from referral r
          join appointment a on a.scheme_id = r.scheme_id and a.referral_id = r.id
          where r.scheme_id = ${actor.schemeId} and a.state = 'made'
            and (${workerId}::uuid is null or r.owner_id = ${workerId})
            and a.starts_at >= ${atLondon(from, '00:00')} and a.starts_at < ${atLondon(until, '00:00')}
          union
          select v.appointment_id from home_visit v
          where v.scheme_id = ${actor.schemeId} and v.worker_id = ${workerId}
            and v.back_by >= ${atLondon(from, '00:00')} and v.back_by < ${atLondon(addDays(until, 1), '00:00')})
        select r.client_id, ${APPOINTMENT}, c.first_name || ' ' || c.last_name as name,
          ${nameOf(sql`a.scheme_id`, sql`coalesce(v.worker_id, r.owner_id)`)} as worker
        from days
        join appointment a on a.scheme_id = ${actor.schemeId} and a.id = days.id
        join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
        join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        left join home_visit v on v.scheme_id = a.scheme_id and v.appointment_id = a.id
        where a.state = 'made' and ${this.one(actor)}
          and a.starts_at >= ${atLondon(from, '00:00')} and a.starts_at < ${atLondon(until, '00:00')}
          and (${workerId}::uuid is null or coalesce(v.worker_id, r.owner_id) = ${workerId})
        order by a.starts_at, a.id limit ${MOST}`,
      ),
    );
    return rows.map(({ name, worker, ...row }) => ({
      appointment: viewOf(row),
      clientId: row.client_id,
      name,
      worker,
    }));
  }

  /** Made, moved and cancelled, by whom and why; oldest first. */
  async history(actor: Actor, appointmentId: string): Promise<AppointmentHistoryView[]> {
    const rows = await this.database.read<AppointmentHistoryView & { client_id: string }>(
      actor.schemeId,
      this.audited(
        actor,
        'appointment',
        appointmentId,
        sql`
        select r.client_id, h.at, h.action, coalesce(h.actor_name, p.name) as by, h.side, h.reason, h.note,
          h.starts_at as "startsAt", h.starts_before as "startsBefore"
        from appointment a join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
        join appointment_history h on h.scheme_id = a.scheme_id and h.appointment_id = a.id
        left join membership m on m.scheme_id = h.scheme_id and m.id = h.actor_id
        left join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
        where a.scheme_id = ${actor.schemeId} and a.id = ${appointmentId} and ${this.one(actor)}
        order by h.id`,
      ),
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.map((row) => without(row, 'client_id'));
  }

  private one(actor: Actor): Sql {
    return appointmentWithin(actor, reachFor(actor, 'appointment.list'), this.clock.now());
  }

  private within(actor: Actor): Sql {
    return referralWithin(actor, reachFor(actor, 'appointment.list'), this.clock.now());
  }

  private audited(actor: Actor, kind: string, id: string, page: Sql): Sql {
    return auditedRead(actor, this.clock.now(), { action: 'appointment.list', subject: { kind, id } }, page);
  }
}

function viewOf(row: Row): AppointmentView {
  const { startsAt, visit } = row;
  return {
    ...without(row, 'client_id', 'starts_text', 'visit'),
    visit: visit && { ...visit, backByTime: londonTime(new Date(visit.backBy)) },
    on: londonDate(startsAt),
    time: londonTime(startsAt),
  };
}
