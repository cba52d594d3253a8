import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import type { LoneWorkerFlag } from '../clients/lone-worker-flag.types.js';
import { flagsOf } from '../clients/lone-worker-flags.service.js';
import { caresForPeople } from '../identity/cover.queries.js';
import { MatchingQueries } from '../onward-referrals/matching.queries.js';
import type { ToAct } from '../onward-referrals/onward.types.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { addDays, atLondon, daysBetween, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { londonTime } from '../platform/clock/wall-clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { ListingNamed } from '../providers/listing.dto.js';
import { LISTING_NAMED } from '../providers/listing-row.js';
import { listingNamed } from '../providers/listing.rules.js';
import type { ListingNamedRow } from '../providers/listing.types.js';
import { referralWithin } from '../referrals/referral.reach.js';
import type { AppointmentKind } from './appointment.types.js';
import type {
  AppointmentToday,
  CaseloadCounts,
  TodayQuery,
  DueItem,
  GroupReply,
  PersonToContact,
  TodayView,
} from './today.dto.js';

/** The longest list a screen can use; the counts tell of the rest. */
const SHOWN = 200;

/** Each is a search of its own, so that a day with many answers still opens at once. */
const PREPARED = 10;

/** Answers after which one turns to another group. */
const ASKS_FOR_ANOTHER: ReadonlySet<string> = new Set<ToAct>(['declined', 'expired', 'late_yes']);

type Section = 'overdue' | 'dueToday' | 'appointments' | 'groupReplies';

interface Row extends PersonToContact {
  section: Section;
  of_section: number;
  client_id: string;
  referralId: string;
  reference: string;
  ownerId: string;
  row_id: string;
  at: Date;
  what: string;
  unreached: number;
  minutes: number | null;
  place: string | null;
  listing: ListingNamedRow | null;
  organisation: (Pick<GroupReply, 'contactName' | 'groupPhone'> & { name: string }) | null;
  flags: LoneWorkerFlag[];
}

/** Today's first instant in London, and tomorrow's. */
interface Day {
  on: string;
  starts: Date;
  ends: Date;
}

@Injectable()
export class TodayQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly matching: MatchingQueries,
  ) {}

  /**
   * What waits for whoever acts for a caseload: late, due, booked, answered. One statement, which also records whom it
   * showed; where to turn next is worked out for what waits longest.
   */
  async today(actor: MemberActor, query: TodayQuery): Promise<TodayView> {
    const owners = await this.ownersFor(actor, 'today.read', query.workerId);
    const now = this.clock.now();
    const day = dayOf(now);
    const rows = await this.database.read<Row>(actor.schemeId, todayStatement(actor, owners, now), {
      plannedOnce: true,
    });
    const of = (section: Section): Row[] => rows.filter((row) => row.section === section);
    const count = (section: Section): number => of(section)[0]?.of_section ?? 0;
    const replies = of('groupReplies');
    const next = await this.matching.nextAfterEach(
      actor,
      replies
        .filter(({ what }) => ASKS_FOR_ANOTHER.has(what))
        .slice(0, PREPARED)
        .map(({ row_id }) => row_id),
    );
    const shared = (row: Row) => ({
      referralId: row.referralId,
      reference: row.reference,
      person: personOf(row),
      ownerId: row.ownerId,
      covering: row.ownerId !== actor.membershipId && actor.actsFor.includes(row.ownerId),
    });
    const due = (row: Row): DueItem => {
      const dueOn = londonDate(row.at);
      return {
        ...shared(row),
        why: row.what,
        dueOn,
        daysLate: daysBetween(dueOn, day.on),
        unreachedInARow: row.unreached,
      };
    };
    return {
      on: day.on,
      counts: {
        overdue: count('overdue'),
        dueToday: count('dueToday'),
        appointments: count('appointments'),
        groupReplies: count('groupReplies'),
      },
      overdue: of('overdue').map(due),
      dueToday: of('dueToday').map(due),
      appointments: of('appointments').map((row): AppointmentToday => ({
        ...shared(row),
        appointmentId: row.row_id,
        kind: row.what as AppointmentKind,
        startsAt: row.at,
        time: londonTime(row.at),
        minutes: row.minutes ?? 0,
        place: row.place,
        forColleague: !owners.includes(row.ownerId),
        flags: row.flags,
      })),
      groupReplies: replies.map((row): GroupReply => ({
        ...shared(row),
        onwardReferralId: row.row_id,
        toAct: row.what as ToAct,
        listing: listingOf(row, day.on),
        organisation: row.organisation?.name ?? '',
        contactName: row.organisation?.contactName ?? null,
        groupPhone: row.organisation?.groupPhone ?? null,
        since: row.at,
        nextCandidates: next.get(row.row_id) ?? null,
      })),
    };
  }

  /** How many behind each tab. Numbers only: nobody is shown, so nobody is listed in the audit record. */
  async counts(actor: MemberActor, query: TodayQuery): Promise<CaseloadCounts> {
    const owners = await this.ownersFor(actor, 'caseload.count', query.workerId);
    const now = this.clock.now();
    const [counts] = await this.database.read<CaseloadCounts & { [column: string]: number }>(
      actor.schemeId,
      countsStatement(actor, owners, now),
      { plannedOnce: true },
    );
    if (!counts) throw new Error('Counting gave no row.');
    return counts;
  }

  /** Whose caseloads: all this person acts for, or the one asked about if it is theirs to see. */
  private async ownersFor(
    actor: MemberActor,
    action: Action,
    workerId: string | undefined,
  ): Promise<readonly string[]> {
    if (workerId === undefined) return actor.actsFor;
    if (actor.actsFor.includes(workerId)) return [workerId];
    if (reachFor(actor, action) !== 'scheme') throw Refusal.notFound();
    const worker = await this.database.maybe(
      actor.schemeId,
      sql`select 1 from membership m where m.scheme_id = ${actor.schemeId} and m.id = ${workerId}
        and ${caresForPeople(sql`m`)}`,
    );
    if (!worker) throw Refusal.notFound();
    return [workerId];
  }
}

function dayOf(now: Date): Day {
  const on = londonDate(now);
  return { on, starts: atLondon(on, '00:00'), ends: atLondon(addDays(on, 1), '00:00') };
}

/** The open referrals of these owners. Reach is asked again here, so that the caseload can show nobody who is not held. */
function own(actor: MemberActor, action: Action, owners: readonly string[], now: Date): Sql {
  const reach = reachFor(actor, action) === 'scheme' ? 'scheme' : 'assigned';
  return sql`
    select r.id, r.client_id, r.reference, r.state, r.owner_id, r.next_at, r.next_kind
    from referral r
    where r.scheme_id = ${actor.schemeId} and r.owner_kind = 'worker' and r.owner_id = any(${[...owners]}::uuid[])
      and ${referralWithin(actor, reach, now)}`;
}

/** Everything that waits today, and in the same statement the record of whom it showed. */
export function todayStatement(actor: MemberActor, owners: readonly string[], now: Date): Sql {
  const day = dayOf(now);
  return auditedRead(
    actor,
    now,
    { action: 'today.read', details: { on: day.on } },
    pageFor(own(actor, 'today.read', owners, now), actor.schemeId, owners, day),
  );
}

export function countsStatement(actor: MemberActor, owners: readonly string[], now: Date): Sql {
  const day = dayOf(now);
  const { schemeId } = actor;
  return sql`
    with own as (${own(actor, 'caseload.count', owners, now)})
    select count(*)::integer as all,
      count(*) filter (where own.state = 'allocated')::integer as waiting,
      count(*) filter (where own.state = 'active')::integer as active,
      count(*) filter (where own.state = 'on_hold')::integer as "onHold",
      (select count(distinct o.referral_id)::integer from onward_referral o
        where o.scheme_id = ${schemeId} and o.referral_id = any(${OWN_IDS})
          and o.state in ('accepted', 'started')) as "withAGroup",
      count(*) filter (where own.next_at < ${day.starts})::integer as overdue,
      count(*) filter (where own.next_at >= ${day.starts} and own.next_at < ${day.ends})::integer as "dueToday",
      count(*) filter (where own.next_at is null)::integer as "withoutNextDate",
      (select count(*)::integer from own cross join lateral (${appointmentsOf(schemeId, day)}) a)
        + (select count(*)::integer from (${visitsOf(schemeId, owners, day)}) v
          where v.referral_id <> all(${OWN_IDS})) as "appointmentsToday",
      (select count(*)::integer from onward_referral o where ${waits(schemeId)}) as "groupReplies"
    from own`;
}

/** The limit keeps the planner to a short walk of the index for each referral, however many the scheme has that day. */
const appointmentsOf = (schemeId: string, { starts, ends }: Day): Sql => sql`
  select t.id, t.starts_at, t.kind, t.minutes, t.place from appointment t
  where t.scheme_id = ${schemeId} and t.referral_id = own.id and t.state = 'made'
    and t.starts_at >= ${starts} and t.starts_at < ${ends}
  order by t.starts_at limit 20`;

/**
 * Visits of the day that somebody of `owners` was sent on, whoever has the referral. A visit ends on the day it begins; only
 * one that was moved to late in the evening is back by the next.
 */
const visitsOf = (schemeId: string, owners: readonly string[], { starts, ends }: Day): Sql => sql`
  select t.id, t.referral_id, t.starts_at, t.kind, t.minutes, t.place
  from home_visit v join appointment t on t.scheme_id = v.scheme_id and t.id = v.appointment_id
  where v.scheme_id = ${schemeId} and v.worker_id = any(${[...owners]}::uuid[])
    and v.back_by >= ${starts} and v.back_by < ${ends}::timestamptz + interval '1 day'
    and t.state = 'made' and t.starts_at >= ${starts} and t.starts_at < ${ends}`;

/** Few of a caseload wait at a time: as a list, the index is walked once, and not for each referral. */
const OWN_IDS: Sql = sql`array(select own.id from own)`;

const waits = (schemeId: string): Sql => sql`
  o.scheme_id = ${schemeId} and o.referral_id = any(${OWN_IDS}) and o.to_act is not null`;

/** The person is looked up for what is shown alone. */
function pageFor(mine: Sql, schemeId: string, owners: readonly string[], day: Day): Sql {
  const shared = sql`own.id as referral_id, own.client_id, own.reference, own.owner_id`;
  return sql`
    with own as (${mine}),
    item as (
      select case when own.next_at < ${day.starts} then 'overdue' else 'dueToday' end as section, ${shared},
        own.id as row_id, own.next_at as at, own.next_kind as what,
        null::integer as minutes, null::text as place, null::uuid as listing_id, null::uuid as organisation_id
      from own where own.next_at < ${day.ends}
      union all
      select 'appointments', ${shared}, a.id, a.starts_at, a.kind, a.minutes, a.place, null, null
      from own cross join lateral (${appointmentsOf(schemeId, day)}) a
      union all
      select 'appointments', r.id, r.client_id, r.reference, r.owner_id, v.id, v.starts_at, v.kind, v.minutes, v.place,
        null, null
      from (${visitsOf(schemeId, owners, day)}) v
      join referral r on r.scheme_id = ${schemeId} and r.id = v.referral_id
      where v.referral_id <> all(${OWN_IDS}) and r.client_id is not null
      union all
      select 'groupReplies', ${shared}, o.id, o.updated_at, o.to_act, null, null, o.listing_id, o.organisation_id
      from onward_referral o join own on own.id = o.referral_id where ${waits(schemeId)}
    ),
    shown as (
      select item.*, count(*) over (partition by section)::integer as of_section,
        row_number() over (partition by section order by at, row_id) as position
      from item
    )
    select shown.section, shown.of_section, shown.client_id, shown.referral_id as "referralId", shown.reference,
      shown.owner_id as "ownerId", shown.row_id, shown.at, shown.what, shown.minutes,
      case when shown.what = 'home_visit' then coalesce(shown.place, nullif(concat_ws(', ', c.address, c.postcode), ''))
        else shown.place end as place,
      (select count(*)::integer from contact u where shown.section in ('overdue', 'dueToday')
        and u.scheme_id = ${schemeId} and u.referral_id = shown.referral_id and u.outcome <> 'reached'
        and not exists (select 1 from contact d where d.scheme_id = u.scheme_id and d.referral_id = u.referral_id
          and d.outcome = 'reached' and (d.at, d.id) > (u.at, u.id))) as unreached,
      (select ${LISTING_NAMED} from listing l
        where l.scheme_id = ${schemeId} and l.id = shown.listing_id) as listing,
      (select json_build_object('name', g.name, 'contactName', p.contact_name,
          'groupPhone', coalesce(p.contact_phone, g.phone))
        from organisation g left join provider p on p.scheme_id = g.scheme_id and p.organisation_id = g.id
        where g.scheme_id = ${schemeId} and g.id = shown.organisation_id) as organisation,
      case when shown.section = 'appointments' then ${flagsOf(schemeId, sql`shown.client_id`)}
        else '{}'::text[] end as flags,
      c.id as "clientId", c.first_name || ' ' || c.last_name as name, c.known_as as "knownAs", c.phone,
      c.safe_to_call as "safeToCall", c.safe_to_text as "safeToText", c.safe_to_leave_message as "safeToLeaveMessage",
      c.reach_through as "reachThrough", c.safety_flag as "safetyFlag", c.language, c.interpreter,
      c.access_needs as "accessNeeds"
    from shown join client c on c.scheme_id = ${schemeId} and c.id = shown.client_id
    where shown.position <= ${SHOWN}
    order by shown.at, shown.row_id`;
}

function listingOf({ listing, row_id }: Row, today: string): ListingNamed {
  if (!listing) throw new Error(`Onward referral ${row_id} has no service.`);
  return listingNamed(listing, today);
}

const personOf = (row: Row): PersonToContact => ({
  clientId: row.clientId,
  name: row.name,
  knownAs: row.knownAs,
  phone: row.phone,
  safeToCall: row.safeToCall,
  safeToText: row.safeToText,
  safeToLeaveMessage: row.safeToLeaveMessage,
  reachThrough: row.reachThrough,
  safetyFlag: row.safetyFlag,
  language: row.language,
  interpreter: row.interpreter,
  accessNeeds: row.accessNeeds,
});
