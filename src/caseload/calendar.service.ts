import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit, auditedRead } from '../audit/audit.js';
import { standing } from '../identity/cover.queries.js';
import { derivedToken } from '../identity/token.rules.js';
import { reachFor } from '../permissions/reach.js';
import { type MemberActor, systemActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import { appointmentWithin } from './appointment.reach.js';
import { endOf } from './appointment.rules.js';
import type { CalendarFeedView, NewCalendarFeedView } from './calendar.dto.js';
import { icsOf } from './calendar.ics.js';

/** How far back a calendar still shows what was (days). */
const BACK_DAYS = 30;
const MOST = 1000;
const DAY_MS = 86_400_000;

interface EventRow {
  client_id: string;
  id: string;
  version: number;
  startsAt: Date;
  minutes: number;
  initials: string;
  [column: string]: unknown;
}

/**
 * A worker's appointments for their own calendar, behind an address of 256 bits that can be ended. It shows times and
 * initials: calendars are synchronised to telephones, shared with families and read by assistants.
 */
const INITIALS = sql`upper(left(c.first_name, 1)) || '.' || upper(left(c.last_name, 1)) || '.'`;

@Injectable()
export class Calendars {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** A new address. The one before, if any, ends. */
  make(actor: MemberActor): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'calendar.feed');
      await this.revoke(tx, actor);
      const id = newId();
      await tx.run(sql`
        insert into calendar_feed (hash, id, scheme_id, membership_id, created_at)
        values (${sha256(this.token(id))}, ${id}, ${tx.schemeId}, ${actor.membershipId}, ${tx.now})`);
      await audit(tx, { action: 'calendar.feed', subject: { kind: 'calendarFeed', id } });
      return id;
    });
  }

  end(actor: MemberActor): Promise<void> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'calendar.feed');
      const id = await this.revoke(tx, actor);
      if (id === null) throw Refusal.notFound();
      const subject = { kind: 'calendarFeed', id };
      await audit(tx, { action: 'calendar.feed', subject, details: { ended: true } });
    });
  }

  async get(actor: MemberActor): Promise<CalendarFeedView> {
    reachFor(actor, 'calendar.feed');
    const [feed] = await this.database.unscoped<{ id: string; createdAt: Date }>(sql`
      select id, created_at as "createdAt" from calendar_feed
      where scheme_id = ${actor.schemeId} and membership_id = ${actor.membershipId} and revoked_at is null`);
    if (!feed) throw Refusal.notFound();
    return feed;
  }

  /** For whoever has just made it, and never again. */
  async made(actor: MemberActor, id: string): Promise<NewCalendarFeedView> {
    const feed = await this.get(actor);
    if (feed.id !== id) throw Refusal.notFound();
    const address = `${this.config.publicUrl}/api/v1/calendars/${this.token(id)}.ics`;
    return { id, createdAt: feed.createdAt, address };
  }

  /** What a calendar reads. Forged, ended, and of somebody who is no longer here are all one. */
  async read(file: string): Promise<string> {
    const token = /^([A-Za-z0-9_-]{43})\.ics$/.exec(file)?.[1];
    if (token === undefined) throw Refusal.notFound();
    const [feed] = await this.database.unscoped<{ id: string; scheme_id: string; membership_id: string }>(sql`
      select f.id, f.scheme_id, f.membership_id from calendar_feed f
      join membership m on m.scheme_id = f.scheme_id and m.id = f.membership_id
      join user_account a on a.id = m.account_id
      where f.hash = ${sha256(token)} and f.revoked_at is null and ${standing(sql`m`)} and a.disabled_at is null`);
    if (!feed) throw Refusal.notFound();
    const { scheme_id: schemeId, membership_id: me } = feed;
    const now = this.clock.now();
    const rows = await this.database.read<EventRow>(
      schemeId,
      auditedRead(
        systemActor(schemeId, 'calendar feed'),
        now,
        {
          action: 'calendar.feed',
          subject: { kind: 'calendarFeed', id: feed.id },
          details: { membershipId: me },
        },
        sql`
        with mine as (
          select r.id from referral r
          where r.scheme_id = ${schemeId} and r.owner_kind = 'worker' and r.owner_id = ${me}
          union
          select a.referral_id from home_visit v
          join appointment a on a.scheme_id = v.scheme_id and a.id = v.appointment_id
          where v.scheme_id = ${schemeId} and v.worker_id = ${me})
        select r.client_id, a.id, a.version, a.starts_at as "startsAt", a.minutes,
          ${INITIALS} as initials
        from mine
        join referral r on r.scheme_id = ${schemeId} and r.id = mine.id
        join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        join appointment a on a.scheme_id = r.scheme_id and a.referral_id = r.id
        left join home_visit v on v.scheme_id = a.scheme_id and v.appointment_id = a.id
        where a.state = 'made' and a.starts_at > ${new Date(now.getTime() - BACK_DAYS * DAY_MS)}
          and coalesce(v.worker_id, r.owner_id) = ${me}
        order by a.starts_at, a.id limit ${MOST}`,
      ),
    );
    const events = rows.map((row) => ({ ...row, endsAt: endOf(row), summary: row.initials }));
    return icsOf('Appointments', events, now);
  }

  /** One appointment for a calendar of one's own: when, and initials. */
  async one(actor: MemberActor, appointmentId: string): Promise<string> {
    const now = this.clock.now();
    const within = appointmentWithin(actor, reachFor(actor, 'appointment.list'), now);
    const row = await this.database.maybe<EventRow & { state: string }>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'appointment.list', subject: { kind: 'appointment', id: appointmentId } },
        sql`
        select r.client_id, a.id, a.version, a.state, a.starts_at as "startsAt", a.minutes, ${INITIALS} as initials
        from appointment a
        join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
        join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        where a.scheme_id = ${actor.schemeId} and a.id = ${appointmentId} and ${within}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    if (row.state !== 'made') throw Refusal.illegalMove(row.state, 'export', 'It was cancelled.');
    return icsOf('Appointment', [{ ...row, endsAt: endOf(row), summary: row.initials }], now);
  }

  private async revoke(tx: Tx, actor: MemberActor): Promise<string | null> {
    const row = await tx.maybe<{ id: string }>(sql`
      update calendar_feed set revoked_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and membership_id = ${actor.membershipId} and revoked_at is null
      returning id`);
    return row?.id ?? null;
  }

  private token(id: string): string {
    return derivedToken(this.config.tokenKey, 'calendar', id);
  }
}
