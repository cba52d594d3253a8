import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { LinkActor, MemberActor } from '../platform/actor/actor.types.js';
import { daysBetween, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { counted, inOrder, type Orders, type Total } from '../platform/database/listed.js';
import { columnsAs } from '../platform/database/entity-sql.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, encodeCursor, type Page } from '../platform/http/pagination.js';
import { DEFAULT_SETTINGS, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import type { Presence } from '../platform/words/circumstances.js';
import type { Need } from '../platform/words/needs.js';
import { gatesFor, type ReadOne, type RhythmicProvider } from '../providers/gates.queries.js';
import type { Gate } from '../providers/listing.gates.js';
import type { ListingRow } from '../providers/listing.types.js';
import { referralWithin } from '../referrals/referral.reach.js';
import {
  agreedScopes,
  askedAgain,
  clientFacts,
  groupFacts,
  offerSubject,
  PERSON_COLUMNS,
  type OfferSubject,
} from './onward-facts.queries.js';
import { firstClock, missingScopes } from './onward-offers.service.js';
import type {
  AttendanceView,
  GatesQuery,
  GatesView,
  GroupOnwardView,
  OfferInput,
  OnwardHistoryView,
  OnwardListQuery,
  OnwardSort,
  OnwardView,
  PreviewView,
} from './onward.dto.js';
import { OnwardReferral } from './onward.entity.js';
import { isGroup, onwardWithin } from './onward.reach.js';
import { LISTING_NAMED } from '../providers/listing-row.js';
import { freshnessOf } from '../providers/listing.rules.js';
import { LONG_SILENCE_DAYS } from '../providers/rhythm.types.js';
import { type Clock as OfferClock, groupSees, OFFER_SCOPE, offerRefusals } from './onward.rules.js';
import { BAR_FACTS, RISK_FACTS } from './risks.queries.js';
import { LIVE_STATES, type OnlyFor } from './onward.types.js';
import { groupView, workerView, type GroupRow, type WorkerRow } from './onward.view.js';

/** What is asked of the gates; what is left out is the referral's own reasons, nothing, and one person. */
interface GateQuestion {
  listingId: string;
  periodId?: string | null;
  needs?: Need[];
  confirmed?: OnlyFor[];
  mustAvoid?: Presence[];
  people?: number;
}

const COMMON = sql`
  ${columnsAs(OnwardReferral, 'o')}, ${LISTING_NAMED} as listing,
  (select json_build_object('id', q.id, 'name', q.name) from place_period q
    where q.scheme_id = o.scheme_id and q.id = o.period_id) as period,
  json_build_object('id', g.id, 'name', g.name) as organisation,
  ${agreedScopes(sql`o.client_id`, sql`o.organisation_id`)} as agreed, ${askedAgain(sql`o`)} as "askedAgain",
  (s.settings ->> 'afterEndingCalendarDays')::int as "afterEndingDays"`;

const JOINED = sql`
  join listing l on l.scheme_id = o.scheme_id and l.id = o.listing_id
  join organisation g on g.scheme_id = o.scheme_id and g.id = o.organisation_id
  join scheme s on s.id = o.scheme_id`;

@Injectable()
export class OnwardQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** A group is shown its step; those who work with the client are shown everything that was arranged. */
  async get(actor: MemberActor, id: string): Promise<OnwardView | GroupOnwardView> {
    const fact = { action: 'onward.get', subject: { kind: 'onward_referral', id } } as const;
    const [view] = this.views(actor, await this.read(actor, fact, sql`o.id = ${id}`, 1));
    if (!view) throw Refusal.notFound();
    return view;
  }

  /** What whoever holds a link is shown: the group's step, never more. */
  async byLink(actor: LinkActor): Promise<GroupOnwardView> {
    const { kind, id } = actor.about;
    const [row] = await this.read(actor, { action: 'onward.get', subject: { kind, id } }, sql`true`, 1);
    if (!row) throw Refusal.notFound();
    return groupView(actor, row, this.clock.now());
  }

  async list(actor: MemberActor, query: OnwardListQuery): Promise<Page<OnwardView | GroupOnwardView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const order = onwardOrder(actor, query);
    const which = sql`${listed(actor, query)} and ${order.after}`;
    const rows = await this.read(actor, { action: 'onward.list' }, which, limit, order.order);
    const last = rows.at(-1);
    return {
      items: this.views(actor, rows),
      next: last?.more ? encodeCursor([last.id]) : null,
    };
  }

  async count(actor: MemberActor, query: OnwardListQuery): Promise<number> {
    const within = onwardWithin(actor, reachFor(actor, 'onward.list'), this.clock.now());
    const few = sql`
      select 1 from onward_referral o
      where o.scheme_id = ${actor.schemeId} and ${within} and ${listed(actor, query)}`;
    return (await this.database.maybe<Total>(actor.schemeId, counted(few)))?.total ?? 0;
  }

  /** All of one referral, newest first. Nothing of it in reach is 404, unless the referral itself is. */
  async ofReferral(actor: MemberActor, referralId: string): Promise<(OnwardView | GroupOnwardView)[]> {
    const fact = { action: 'onward.list', subject: { kind: 'referral', id: referralId } } as const;
    const rows = await this.read(actor, fact, sql`o.referral_id = ${referralId}`, MOST_OF_A_REFERRAL);
    if (rows.length === 0 && !(await this.reachesReferral(actor, referralId))) throw Refusal.notFound();
    return this.views(actor, rows);
  }

  private async reachesReferral(actor: MemberActor, referralId: string): Promise<boolean> {
    const reach = reachFor(actor, 'onward.list');
    if (reach === 'organisation') return false;
    const found = await this.database.maybe(
      actor.schemeId,
      sql`
        select 1 from referral r
        where r.scheme_id = ${actor.schemeId} and r.id = ${referralId}
          and ${referralWithin(actor, reach, this.clock.now())}`,
    );
    return found !== null;
  }

  /** Every move, oldest first; for those who work with the client. */
  async history(actor: MemberActor, id: string): Promise<OnwardHistoryView[]> {
    const now = this.clock.now();
    const within = onwardWithin(actor, reachFor(actor, 'onward.history'), now);
    const page = sql`
      select o.client_id, h.id, h.at, h.action, h.from_state as "from", h.to_state as "to",
        coalesce(h.actor_name, p.name) as by, h.reason, h.side, h.note
      from onward_referral o
      join onward_referral_history h on h.scheme_id = o.scheme_id and h.onward_referral_id = o.id
      left join membership m on m.scheme_id = h.scheme_id and m.id = h.actor_id
      left join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
      where o.scheme_id = ${actor.schemeId} and o.id = ${id} and ${within}
      order by h.id`;
    const rows = await this.database.read<OnwardHistoryView>(
      actor.schemeId,
      auditedRead(actor, now, { action: 'onward.history', subject: { kind: 'onward_referral', id } }, page),
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.map(({ at, action, from, to, by, reason, side, note }) => ({
      at,
      action,
      from,
      to,
      by,
      reason,
      side,
      note,
    }));
  }

  async attendance(actor: MemberActor | LinkActor, id: string): Promise<AttendanceView[]> {
    const now = this.clock.now();
    const within = onwardWithin(actor, reachFor(actor, 'onward.get'), now);
    const page = sql`
      select o.client_id, f.id, f.session_on::text as "sessionOn", to_char(f.session_at, 'HH24:MI') as "sessionAt",
        f.result, f.people, f.note, f.recorded_at as "recordedAt"
      from onward_referral o
      left join attendance f on f.scheme_id = o.scheme_id and f.onward_referral_id = o.id
      where o.scheme_id = ${actor.schemeId} and o.id = ${id} and ${within}
      order by f.session_on, f.session_at`;
    const rows = await this.database.read<Omit<AttendanceView, 'id'> & { id: string | null }>(
      actor.schemeId,
      auditedRead(actor, now, { action: 'attendance.list', subject: { kind: 'onward_referral', id } }, page),
    );
    // The onward referral is there with or without facts; without it, it is out of reach.
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(({ id: factId, sessionOn, sessionAt, result, people, note, recordedAt }) =>
      factId === null ? [] : [{ id: factId, sessionOn, sessionAt, result, people, note, recordedAt }],
    );
  }

  async attendanceFact(actor: MemberActor, id: string, factId: string): Promise<AttendanceView> {
    const fact = (await this.attendance(actor, id)).find((one) => one.id === factId);
    if (!fact) throw Refusal.notFound();
    return fact;
  }

  /** Every gate between the person of a referral and a service, before anything personal is typed into an offer. */
  async gates(actor: MemberActor, listingId: string, query: GatesQuery): Promise<GatesView> {
    const { referralId, needs, confirmed, mustAvoid, people, periodId } = query;
    const { gates } = await this.subject(actor, 'listing.checkGates', referralId, {
      listingId,
      ...(periodId === undefined ? {} : { periodId }),
      needs,
      confirmed,
      mustAvoid,
      people,
    });
    return { passed: gates.every(({ passed }) => passed), gates };
  }

  /** Exactly what the group will see, and everything that stands in the way. Nothing is kept. */
  async preview(actor: MemberActor, referralId: string, input: OfferInput): Promise<PreviewView> {
    const now = this.clock.now();
    const { subject, gates, settings, listing, provider } = await this.subject(
      actor,
      'onward.offer',
      referralId,
      input,
    );
    const asked = { contactRoute: input.contactRoute, sharesAccess: input.sharesAccess ?? true };
    const missing = missingScopes(subject, asked, input.agreement?.scope ?? []);
    const refusals = offerRefusals({
      referralState: subject.referralState,
      alreadyLive: subject.alreadyLive,
      waiting: subject.waiting,
      liveOffers: settings.liveOffers,
      gates,
      toWaitingList: input.toWaitingList ?? false,
      supported: subject.supported,
      missing,
      contactRoute: input.contactRoute,
      client: subject,
      risk: subject,
      safetyInstructions: input.safetyInstructions ?? [],
      secondPerson: subject.secondPerson,
    }).map(({ because }) => because);
    const agreed = [...subject.agreed, ...(input.agreement?.scope ?? [])];
    const facts = groupFacts(
      subject,
      {
        ...asked,
        calledBy: input.calledBy ?? (subject.initialsOnly ? 'initials' : 'first_name'),
        needs: input.needs,
        helpNote: input.helpNote ?? null,
        howSoon: input.howSoon,
        safetyInstructions: input.safetyInstructions ?? [],
        confirmed: input.confirmed ?? [],
      },
      agreed,
      now,
    );
    return {
      service: {
        id: listing.id,
        name: listing.name,
        group: provider.name,
        needs: listing.needs,
        forWhom: listing.forWhom,
        answersBy: provider.answersBy,
        replyWithinDays: provider.replyWithinDays,
        ...toldAndDue(firstClock(now, provider, settings), now),
        periods: subject.periods,
      },
      mayBeOffered: refusals.length === 0,
      refusals,
      gates,
      agreementMissing: missing,
      freshness: freshnessOf(subject.listingConfirmedOn, londonDate(now)),
      secondPersonNeeded: subject.secondPerson,
      whenAsked: groupSees(facts, 'asked', agreed),
      afterYes: groupSees(facts, 'taking_part', agreed),
    };
  }

  private async subject(
    actor: MemberActor,
    action: 'listing.checkGates' | 'onward.offer',
    referralId: string,
    asked: GateQuestion,
  ): Promise<{
    subject: OfferSubject;
    gates: Gate[];
    settings: SchemeSettings;
    listing: ListingRow;
    provider: RhythmicProvider;
  }> {
    const now = this.clock.now();
    const { schemeId } = actor;
    const within = referralWithin(actor, reachFor(actor, action), now);
    const name = action === 'onward.offer' ? 'onward.preview' : action;
    const subject = await this.database.maybe<OfferSubject>(
      schemeId,
      auditedRead(
        actor,
        now,
        { action: name, subject: { kind: 'referral', id: referralId } },
        offerSubject(actor, referralId, asked.listingId, within),
      ),
    );
    if (!subject) throw Refusal.notFound();
    const settings = { ...DEFAULT_SETTINGS, ...subject.settings };
    const facts = clientFacts(
      subject,
      {
        needs: asked.needs ?? subject.reasons,
        confirmed: asked.confirmed ?? [],
        mustAvoid: asked.mustAvoid ?? [],
        people: asked.people ?? 1,
      },
      now,
    );
    const read: ReadOne = (statement) => this.database.maybe(schemeId, statement);
    const { gates, listing, provider } = await gatesFor(
      read,
      schemeId,
      asked.listingId,
      facts,
      settings,
      now,
      asked.periodId ?? null,
    );
    return { subject, gates, settings, listing, provider };
  }

  private async read(
    actor: MemberActor | LinkActor,
    fact: { action: Act; subject?: { kind: string; id: string } },
    which: Sql,
    limit: number,
    order = NEWEST_FIRST,
  ): Promise<Row[]> {
    const now = this.clock.now();
    return this.database.read<Row>(
      actor.schemeId,
      auditedRead(actor, now, fact, onwardPage(actor, which, limit, now, order)),
    );
  }

  private views(actor: MemberActor, rows: Row[]): (OnwardView | GroupOnwardView)[] {
    const now = this.clock.now();
    return rows.map((row) => (isGroup(actor) ? groupView(actor, row, now) : workerView(actor, row, now)));
  }
}

type Row = WorkerRow & GroupRow & { more: boolean };

/** Two at once for years on end: nobody comes near, and a list without an end is not given. */
const MOST_OF_A_REFERRAL = 200;

/** What a list asks for beyond its reach. */
export function listed(actor: MemberActor, query: OnwardListQuery): Sql {
  const states = query.state ?? null;
  // What an agreement no longer covers is shown to its group as withdrawn, so it is found there too.
  const shown = isGroup(actor)
    ? sql`case when o.state = any(${LIVE_STATES}::text[])
        and not ${OFFER_SCOPE} = any(${agreedScopes(sql`o.client_id`, sql`o.organisation_id`)})
        then 'withdrawn' else o.state end`
    : sql`o.state`;
  const waits =
    query.toAct === undefined ? sql`true` : query.toAct ? sql`o.to_act is not null` : sql`o.to_act is null`;
  return sql`(${states}::text[] is null or ${shown} = any(${states}::text[])) and ${waits}`;
}

const NEWEST_FIRST = sql`o.id desc`;

/** By name of the group, in words of a select of its own: a page in the usual order joins nobody to find its rows. */
const GROUP = sql`(select g.name_key from organisation g where g.scheme_id = o.scheme_id and g.id = o.organisation_id)`;
const ORDERS: Orders<OnwardSort> = { offered: [], group: [GROUP], state: [sql`o.state`] };

/** Newest first unless told. */
export const onwardOrder = (actor: MemberActor, query: OnwardListQuery): { order: Sql; after: Sql } =>
  inOrder(ORDERS, query.sort ?? '-offered', {
    id: sql`o.id`,
    rows: sql`onward_referral o where o.scheme_id = ${actor.schemeId}`,
    last: decodeIdCursor(query.after),
  });

/** The page as its reader may see it, newest first unless told. The row beyond it only tells that there is one, and is shown to nobody. */
export function onwardPage(
  actor: MemberActor | LinkActor,
  which: Sql,
  limit: number,
  now: Date,
  order = NEWEST_FIRST,
): Sql {
  const within = onwardWithin(actor, reachFor(actor, 'onward.list'), now);
  const group = isGroup(actor);
  const columns = group
    ? sql`${PERSON_COLUMNS}, ${comesAlong(now)}, ${shownToGroup(now)} as client_id,
        c.safety_flag as flagged`
    : sql`${ATTENDANCES} as attendances, ${OPENED} as "openedAt", ${TO_RING} as "group", l.schedule, ${RISK_FACTS} as risk, ${BAR_FACTS} as bar, o.client_id`;
  const person = group ? sql`join client c on c.scheme_id = o.scheme_id and c.id = o.client_id` : sql``;
  return sql`
    with few as (
      select o.id from onward_referral o
      where o.scheme_id = ${actor.schemeId} and ${within} and ${which}
      order by ${order} limit ${limit + 1}),
    page_of as (
      select o.id, (select count(*) from few) > ${limit} as more
      from few join onward_referral o on o.scheme_id = ${actor.schemeId} and o.id = few.id
      order by ${order} limit ${limit})
    select ${COMMON}, ${POSITION} as position, ${columns}, page_of.more
    from page_of join onward_referral o on o.scheme_id = ${actor.schemeId} and o.id = page_of.id ${JOINED} ${person}
    order by ${order}`;
}

/** Long after an ending a group is shown nothing of the person, so that reading is no reading of theirs. */
const shownToGroup = (now: Date): Sql => sql`
  case when o.ended_at is null or o.ended_at + make_interval(days => coalesce(
    (s.settings ->> 'afterEndingCalendarDays')::int, ${DEFAULT_SETTINGS.afterEndingCalendarDays})) > ${now}
    then o.client_id end`;

const comesAlong = (now: Date): Sql => sql`
  (select w.meet_at from warm_handover w
    where w.scheme_id = o.scheme_id and w.onward_referral_id = o.id and w.state = 'arranged'
      and w.meet_at > ${now}) as "companionAt",
  (select split_part(u.name, ' ', 1) from warm_handover w
    join membership m on m.scheme_id = w.scheme_id and m.id = w.goes_id
    join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id
    where w.scheme_id = o.scheme_id and w.onward_referral_id = o.id and w.state = 'arranged') as companion`;

const POSITION = sql`
  case when o.state = 'waitlisted' then (
    select count(*)::int from onward_referral w
    where w.scheme_id = o.scheme_id and w.listing_id = o.listing_id and w.state = 'waitlisted'
      and w.period_id is not distinct from o.period_id
      and (w.answered_at, w.id) <= (o.answered_at, o.id)) end`;

/** A number of the organisation serves where the group itself gave none. */
const TO_RING = sql`(
  select json_build_object('contactName', p.contact_name, 'phone', coalesce(p.contact_phone, one.phone),
    'howToWorkWithUs', p.how_to_work_with_us, 'written', coalesce(p.answers_by <> 'phone', false)
      and coalesce(p.contact_email, p.contact_phone, one.email) is not null)
  from organisation one
  left join provider p on p.scheme_id = one.scheme_id and p.organisation_id = one.id
  where one.scheme_id = o.scheme_id and one.id = o.organisation_id)`;

/**
 * When a link or somebody of the group first read it, as the record of who looked has it: nothing more is kept, and a page
 * that is only read changes nothing. A mailbox that opens links to check them is in it too.
 */
const OPENED = sql`(
  select min(e.at) from audit_entry e
  where e.scheme_id = o.scheme_id and e.subject_id = o.id and e.action = 'onward.get' and e.at >= o.offered_at
    and (e.actor_kind = 'link' or (e.actor_kind = 'member' and e.actor_id in (
      select m.id from membership m where m.scheme_id = o.scheme_id and m.organisation_id = o.organisation_id
        and m.role = 'provider_member'))))`;

const ATTENDANCES = sql`(
  select coalesce(json_agg(json_build_object('sessionOn', f.session_on,
    'sessionAt', to_char(f.session_at, 'HH24:MI'), 'result', f.result)), '[]')
  from attendance f where f.scheme_id = o.scheme_id and f.onward_referral_id = o.id)`;

const toldAndDue = ({ clockStartedAt, answerBy }: OfferClock, now: Date) => ({
  mayBeToldAt: clockStartedAt,
  answerBy,
  toldLate:
    clockStartedAt !== null && daysBetween(londonDate(now), londonDate(clockStartedAt)) > LONG_SILENCE_DAYS,
});
