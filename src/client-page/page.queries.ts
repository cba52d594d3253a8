import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { auditedRead } from '../audit/audit.js';
import { sharedPart } from '../caseload/plan.rules.js';
import { icsOf } from '../caseload/calendar.ics.js';
import type { ActionStatus, PlanContent, PlanSection } from '../caseload/plan.types.js';
import { AgreementsQueries } from '../clients/agreements.queries.js';
import { clientWithin } from '../clients/client.reach.js';
import { PeopleCloseQueries } from '../clients/people-close.queries.js';
import { SHARED_ITEMS } from '../clients/people-close.types.js';
import { MeasureLinks } from '../outcomes/measure-links.service.js';
import { LIVE_STATES } from '../onward-referrals/onward.types.js';
import { reachFor } from '../permissions/reach.js';
import type { ClientActor, MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { londonTime } from '../platform/clock/wall-clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { without } from '../platform/pure/without.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { WORKER_STATES } from '../referrals/referral.types.js';
import { STORY_FROM } from '../stories/story.reach.js';
import type {
  OwnPageView,
  PageAgreementView,
  PageAppointmentView,
  PageContactView,
  PageMessageView,
  PagePlanView,
  PageQuestionnaireView,
  PageStoryView,
  PageSupporterView,
} from './page.dto.js';
import { type Ring, WHO_TO_RING } from './page-visitors.js';
import { refuseWithout } from './page-items.js';
import { planAsRead } from './page-plan.rules.js';
import { sentTo, TO_ANSWER } from './sent-groups.queries.js';
import { effectsOf, mayTakeBack } from './withdrawing.rules.js';

interface OfClient {
  client_id: string;
}

type AppointmentRow = Omit<PageAppointmentView, 'on' | 'time'> & OfClient;

/** As many as fit a page, and more than anybody has ahead. */
const MOST_APPOINTMENTS = 20;
const MOST_MESSAGES = 20;
const MOST_STORIES = 20;

/** What a person sees of themselves, and a supporter of what they were given. Each reading is in the audit record. */
@Injectable()
export class OwnPageQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly agreements: AgreementsQueries,
    private readonly people: PeopleCloseQueries,
    private readonly links: MeasureLinks,
  ) {}

  async home(actor: ClientActor): Promise<OwnPageView> {
    const own = actor.supporterId === null;
    const groups = own
      ? sql`(
        select count(*)::int from (${sentTo(actor, this.clock.now())}) sent
        where sent.answer is null and ${TO_ANSWER})`
      : sql`0`;
    const [row] = await this.read<{ scheme: string; name: string; ring: Ring; groups: number } & OfClient>(
      actor,
      'page.home',
      sql`
      select c.id as client_id, h.name as scheme, coalesce(c.known_as, c.first_name) as name, ${WHO_TO_RING} as ring,
        ${groups} as groups
      from client c join scheme h on h.id = c.scheme_id
      where c.scheme_id = ${actor.schemeId} and c.id = ${actor.clientId}`,
    );
    if (!row) throw Refusal.notFound();
    const items = SHARED_ITEMS.filter((item) => own || actor.items.includes(item));
    const coming = items.includes('appointments') ? await this.appointments(actor) : [];
    const waiting = items.includes('questionnaires') ? await this.questionnaires(actor) : [];
    const { scheme, name, ring } = row;
    return {
      scheme,
      name,
      own,
      items,
      worker: ring.name === null ? null : { name: ring.name },
      phone: ring.phone,
      next: coming.find(({ cancelled }) => !cancelled) ?? null,
      questionnaires: waiting.length,
      groups: row.groups,
    };
  }

  /** The parts of the version they were given, newest first among their referrals; null where none was given. */
  async plan(actor: ClientActor): Promise<PagePlanView | null> {
    const within = referralWithin(actor, reachFor(actor, 'plan.read'), this.clock.now());
    const [row] = await this.read<
      {
        sharedAt: Date | null;
        sections: PlanSection[];
        content: PlanContent;
        now: Record<string, ActionStatus>;
        written: boolean;
      } & OfClient
    >(
      actor,
      'page.plan',
      sql`
      select ${actor.clientId}::uuid as client_id, given.*
      from (select 1) one left join lateral (
        select s.shared_at as "sharedAt", s.sections, v.content,
          r.state = any(${[...WORKER_STATES]}::text[]) as written, (
            select coalesce(jsonb_object_agg(a.id, a.status), '{}') from action a
            where a.scheme_id = p.scheme_id and a.plan_id = p.id and a.dropped_at is null) as now
        from referral r
        join plan p on p.scheme_id = r.scheme_id and p.referral_id = r.id
        join plan_share s on s.scheme_id = p.scheme_id and s.plan_id = p.id
        join plan_version v on v.scheme_id = s.scheme_id and v.plan_id = s.plan_id and v.number = s.number
        where r.scheme_id = ${actor.schemeId} and ${within} and r.state <> 'entered_in_error'
          and s.recipient = 'client' and s.ended_at is null
        order by s.shared_at desc limit 1) given on true`,
    );
    if (!row || row.sharedAt === null) return null;
    const mayTick = row.written && actor.supporterId === null;
    const given = sharedPart(row.content, row.sections);
    return { sharedAt: row.sharedAt, ...planAsRead(given, { now: row.now, mayTick }) };
  }

  /** What is to come, soonest first, those called off too. Nothing of what keeps a worker safe is in it. */
  async appointments(actor: ClientActor): Promise<PageAppointmentView[]> {
    const now = this.clock.now();
    const within = referralWithin(actor, reachFor(actor, 'appointment.list'), now);
    const rows = await this.listed<AppointmentRow>(
      actor,
      'page.appointments',
      sql`
      select a.id, a.kind, a.starts_at as "startsAt", a.minutes, a.place, a.interpreter is not null as interpreter,
        a.state = 'cancelled' as cancelled
      from referral r join appointment a on a.scheme_id = r.scheme_id and a.referral_id = r.id
      where r.scheme_id = ${actor.schemeId} and ${within} and a.starts_at > ${now}
      order by a.starts_at, a.id limit ${MOST_APPOINTMENTS}`,
    );
    return rows.map((row) => ({ ...row, on: londonDate(row.startsAt), time: londonTime(row.startsAt) }));
  }

  /**
   * One that is to come, for a calendar of theirs. Somebody else may read that calendar: it says that there is an
   * appointment, and where only for whoever has no safety flag.
   */
  async calendarOf(actor: ClientActor, id: string): Promise<string> {
    const now = this.clock.now();
    const within = referralWithin(actor, reachFor(actor, 'appointment.list'), now);
    const [row] = await this.read<
      { id: string; version: number; startsAt: Date; endsAt: Date; location: string | null } & OfClient
    >(
      actor,
      'page.appointments',
      sql`
      select r.client_id, a.id, a.version, a.starts_at as "startsAt",
        a.starts_at + make_interval(mins => a.minutes) as "endsAt",
        case when a.kind = 'place' and not c.safety_flag then a.place end as location
      from appointment a
      join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
      join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
      where a.scheme_id = ${actor.schemeId} and a.id = ${id} and ${within} and a.state = 'made' and a.starts_at > ${now}`,
    );
    if (!row) throw Refusal.notFound();
    return icsOf('Appointment', [{ ...without(row, 'client_id'), summary: 'Appointment' }], now);
  }

  /** What they told that is kept to be shown, and what they agree to today. What they took back is not here. */
  async stories(actor: ClientActor): Promise<PageStoryView[]> {
    reachFor(actor, 'story.list');
    const today = londonDate(this.clock.now());
    return this.listed<PageStoryView>(
      actor,
      'page.stories',
      sql`
      select s.id, s.title, coalesce(s.anonymised, s.words) as words, coalesce((
          select jsonb_agg(jsonb_build_object('use', k.use, 'until', k.expires_on) order by k.use)
          from story_consent k
          where k.scheme_id = s.scheme_id and k.story_id = s.id and k.ended_at is null
            and k.expires_on >= ${today}::date), '[]') as uses
      ${STORY_FROM}
      where s.scheme_id = ${actor.schemeId} and c.id = ${actor.clientId} and s.state <> 'withdrawn'
      order by s.id desc limit ${MOST_STORIES}`,
    );
  }

  /** Those that still open: whoever opens one is asked nothing that they are no longer to be asked. */
  async questionnaires(actor: ClientActor): Promise<PageQuestionnaireView[]> {
    const now = this.clock.now();
    const within = referralWithin(actor, reachFor(actor, 'response.list'), now);
    const rows = await this.listed<Omit<PageQuestionnaireView, 'address'>>(
      actor,
      'page.questionnaires',
      sql`
      select l.id, l.occasion, l.expires_at as until
      from referral r
      join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
      join measure_link l on l.scheme_id = r.scheme_id and l.referral_id = r.id
      left join measure_wish w on w.scheme_id = r.scheme_id and w.client_id = r.client_id
      where r.scheme_id = ${actor.schemeId} and ${within} and l.answered_at is null and l.revoked_at is null
        and l.expires_at > ${now} and not c.safety_flag and coalesce(w.ask, true)
      order by l.created_at, l.id`,
    );
    return rows.map((row) => ({ ...row, address: this.links.address(row.id) }));
  }

  /** Live ones first. Who decided and what was noted of it stays with the record. */
  async agreed(actor: ClientActor): Promise<PageAgreementView[]> {
    const [agreements, takesPart] = await Promise.all([
      this.agreements.list(actor, actor.clientId),
      this.groupsWithThem(actor),
    ]);
    return agreements.map(({ id, organisationId, organisationName, scope, agreedOn, basis, withdrawnAt }) => {
      const takeBack = mayTakeBack({ basis, withdrawnAt });
      const withThem = organisationId !== null && takesPart.has(organisationId);
      return {
        id,
        organisation: organisationName,
        scope,
        agreedOn,
        withdrawnAt,
        mayTakeBack: takeBack,
        placeEnds: withThem,
        effects: takeBack ? effectsOf(scope, organisationName, withThem) : [],
      };
    });
  }

  async supporters(actor: ClientActor): Promise<(PageSupporterView & { version: number })[]> {
    const named = await this.people.supporters(actor, actor.clientId);
    return named
      .filter(({ endedAt }) => endedAt === null)
      .map(({ id, name, role, shares, version }) => ({ id, name, role, shares, version }));
  }

  async contact(actor: ClientActor): Promise<PageContactView> {
    const within = clientWithin(actor, reachFor(actor, 'client.get'), this.clock.now());
    const [row] = await this.read<PageContactView & OfClient>(
      actor,
      'page.contact',
      sql`
      select c.id as client_id, c.phone, c.email, nullif(concat_ws(', ', c.address, c.postcode), '') as address,
        jsonb_build_object('call', c.safe_to_call, 'text', c.safe_to_text, 'email', c.safe_to_email,
          'write', c.safe_to_write, 'leave_message', c.safe_to_leave_message) as channels,
        c.reach_through as "reachThrough", c.reach_note as "reachNote", c.language, c.version
      from client c where c.scheme_id = ${actor.schemeId} and c.id = ${actor.clientId} and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    return without(row, 'client_id');
  }

  /** What was written on the page, newest first: the person sees all of it, a supporter their own. */
  async messages(actor: ClientActor): Promise<PageMessageView[]> {
    refuseWithout(actor, 'messages');
    const whose = actor.supporterId === null ? sql`true` : sql`w.supporter_id = ${actor.supporterId}`;
    return this.listed<PageMessageView>(
      actor,
      'page.messages',
      sql`
      select ${MESSAGE}
      where w.scheme_id = ${actor.schemeId} and w.client_id = ${actor.clientId} and ${whose}
      order by w.id desc limit ${MOST_MESSAGES}`,
    );
  }

  /** The same for whoever works with the person. */
  async messagesOf(actor: MemberActor, clientId: string): Promise<PageMessageView[]> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'clientPage.get'), now);
    const rows = await this.database.read<{ id: string | null } & Omit<PageMessageView, 'id'> & OfClient>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        {
          action: 'clientPage.get',
          subject: { kind: 'client', id: clientId },
          details: { part: 'messages' },
        },
        sql`
        select c.id as client_id, written.*
        from client c left join lateral (
          select ${MESSAGE} where w.scheme_id = c.scheme_id and w.client_id = c.id
          order by w.id desc limit ${MOST_MESSAGES}) written on true
        where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}
        order by written.id desc`,
      ),
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(({ id, ...row }) => (id === null ? [] : { id, ...without(row, 'client_id') }));
  }

  private async groupsWithThem(actor: ClientActor): Promise<Set<string>> {
    const rows = await this.database.read<{ id: string }>(
      actor.schemeId,
      sql`
      select distinct organisation_id as id from onward_referral
      where scheme_id = ${actor.schemeId} and client_id = ${actor.clientId}
        and state = any(${LIVE_STATES}::text[])`,
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** A list that may be empty is recorded as a reading all the same. */
  private async listed<Row>(actor: ClientActor, action: Act, list: Sql): Promise<Row[]> {
    const rows = await this.read<{ seen: Row | null } & Row & OfClient>(
      actor,
      action,
      sql`
      select ${actor.clientId}::uuid as client_id, shown.*
      from (select 1) one left join lateral (${list}) shown on true`,
    );
    return rows
      .filter((row) => (row as { id?: string | null }).id != null)
      .map((row) => without(row, 'client_id') as unknown as Row);
  }

  private read<Row extends OfClient>(actor: ClientActor, action: Act, page: Sql): Promise<Row[]> {
    const subject = { kind: 'client', id: actor.clientId };
    const details = actor.supporterId === null ? {} : { supporterId: actor.supporterId };
    return this.database.read<Row>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), { action, subject, details }, page),
    );
  }
}

const MESSAGE = sql`w.id, w.words, w.sent_at as "sentAt", (
    select s.name from supporter s where s.scheme_id = w.scheme_id and s.id = w.supporter_id) as supporter
  from page_message w`;
