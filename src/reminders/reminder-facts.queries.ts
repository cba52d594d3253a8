import sql, { empty, type Sql } from 'sql-template-tag';
import { keptAs } from '../clients/client.reach.js';
import { UNBOOKED } from '../caseload/appointment.types.js';
import { agreesToSupport } from '../clients/support.queries.js';
import { absence, standing, substitute } from '../identity/cover.queries.js';
import { barredSince, type BarFacts } from '../onward-referrals/bar.rules.js';
import { askedAgain } from '../onward-referrals/onward-facts.queries.js';
import { safetyUnseenSince } from '../onward-referrals/onward.rules.js';
import { LIVE_STATES, type SafetyInstruction } from '../onward-referrals/onward.types.js';
import { learnedAt, type RisksLearned } from '../onward-referrals/risk.rules.js';
import type { FitChange } from '../onward-referrals/fit.rules.js';
import { BAR_FACTS, fitChanges, RISKS_LEARNED } from '../onward-referrals/risks.queries.js';
import { stillToAsk } from '../outcomes/asking.queries.js';
import { OCCASIONS } from '../outcomes/response.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import { PERIODS } from '../providers/rhythm.queries.js';
import { STORY_FROM } from '../stories/story.reach.js';
import { LEFT_WITH } from '../referrals/practice-move.reach.js';
import { HEARS, PRESENT_PRACTICE, SENDER_LEFT } from '../referrals/referral-hears.queries.js';
import { OPEN_STATES } from '../referrals/referral.types.js';
import { digestFrom, weekBefore, weekStart } from './week.rules.js';
import {
  SUBJECTS,
  type AppointmentFacts,
  type AreaMoveFacts,
  type PracticeMoveFacts,
  type HandoverFacts,
  type PracticeFacts,
  type ProgramFacts,
  type MembershipFacts,
  type RegisterFacts,
  type ApprovalFacts,
  type AssuranceFacts,
  type ClosureFacts,
  type ConcernFacts,
  type EscalationFacts,
  type Facts,
  type FeedbackFacts,
  type FlagFacts,
  type GapFacts,
  type ListingFacts,
  type OnwardFacts,
  type ReferralFacts,
  type SafeguardingFacts,
  type StaffRequestFacts,
  type StoryFacts,
  type SafetyMessageFacts,
  type TransferFacts,
  type WarmHandoverFacts,
  type WrittenMessageFacts,
  type SubjectKind,
} from './reminder.types.js';

export type SubjectIds = Partial<Record<SubjectKind, readonly string[]>>;

export const idsOf = (subjects: SubjectIds): string[] => [
  ...new Set(Object.values(subjects).flatMap((ids) => [...ids])),
];

/** The subjects of some rows, each once. */
export const subjectsOf = (rows: readonly { subject_kind: SubjectKind; subject_id: string }[]): SubjectIds =>
  Object.fromEntries(
    SUBJECTS.map((kind) => [
      kind,
      [...new Set(rows.filter((row) => row.subject_kind === kind).map((row) => row.subject_id))],
    ]),
  );

/** What the reminders of these subjects follow from, as this transaction sees it. A subject that is gone gives nothing. */
export async function factsOf(tx: Tx, subjects: SubjectIds): Promise<Facts[]> {
  // Many tables, a row or two of each: to plan it takes several times as long as to find them.
  const found = await tx.plannedOnce(() =>
    Promise.all(
      SUBJECTS.map((kind): [SubjectKind, readonly string[]] => [kind, subjects[kind] ?? []])
        .filter(([, ids]) => ids.length > 0)
        .map(([kind, ids]) => FACTS[kind](tx, ids)),
    ),
  );
  return found.flat();
}

/** Who here last moved what a task `t` about an offer to a group is about; what comes of it by the way moves nothing. */
export const MOVED_BY: Sql = sql`(
  select h.actor_id from onward_referral_history h
  where h.scheme_id = t.scheme_id and h.onward_referral_id = t.subject_id
    and h.action not in ('attend', 'seen', 'noted', 'setSafety', 'seenSafety')
  order by h.id desc limit 1)`;

/**
 * Since when whoever has the referral `r` has it, where somebody else gave it to them, themselves in another role being
 * nobody else, and nothing was logged since.
 */
const GIVEN_AT: Sql = sql`(
  select a.starts_at from referral_assignment a
  join membership has on has.scheme_id = a.scheme_id and has.id = a.owner_id
  left join membership gave on gave.scheme_id = a.scheme_id and gave.id = a.assigned_by
  where a.scheme_id = r.scheme_id and a.referral_id = r.id and a.ends_at is null and a.owner_id = r.owner_id
    and gave.account_id is distinct from has.account_id and (r.begun_at is null or r.begun_at < a.starts_at)
    and not exists (
      select 1 from contact k
      where k.scheme_id = a.scheme_id and k.referral_id = a.referral_id and k.created_at >= a.starts_at))`;

/** Who has the referral `r`, or had it last; null when nobody had, or who had has left. */
const ownerOf: Sql = sql`coalesce(r.owner_id, (
  select a.owner_id from referral_assignment a
  join membership m on m.scheme_id = a.scheme_id and m.id = a.owner_id
  where a.scheme_id = r.scheme_id and a.referral_id = r.id and ${standing(sql`m`)}
  order by a.starts_at desc, a.id desc limit 1))`;

const person: Sql = sql`coalesce(c.death_recorded_at is not null, false) as "died", c.date_of_birth::text as "bornOn"`;

interface PersonColumns {
  died: boolean;
  bornOn: string | null;
}

const withPerson = <Subject extends Facts['subject'], Row extends PersonColumns>(
  subject: Subject,
  { died, bornOn, ...row }: Row,
) => ({ ...row, subject, person: { died, bornOn } });

async function referralFacts(tx: Tx, ids: readonly string[]): Promise<ReferralFacts[]> {
  const rows = await tx.rows<Omit<ReferralFacts, 'subject' | 'person'> & PersonColumns>(sql`
    select r.id, r.id as "referralId", r.client_id as "clientId", ${person}, r.state,
      r.organisation_id as "organisationId", ${ownerOf} as "ownerId",
      (select m.id from membership m join user_account a on a.id = m.account_id
        where m.scheme_id = r.scheme_id and m.id = r.author_id and ${standing(sql`m`)} and a.kind = 'person') as "authorId",
      r.created_at as "createdAt", r.sent_at as "sentAt",
      r.returned_at as "returnedAt",
      r.accepted_at as "acceptedAt", r.allocated_at as "allocatedAt", ${GIVEN_AT} as "givenAt", r.begun_at as "begunAt",
      r.ended_at as "endedAt", r.next_at as "nextAt", r.may_ask_again as "mayAskAgain", ${HEARS} as "hears",
      exists (select 1 from organisation o
        where o.scheme_id = r.scheme_id and o.id = r.organisation_id and o.feedback_by = 'none') as "senderReadsHere",
      r.organisation_id is not null and ${SENDER_LEFT} as "senderLeft",
      (${PRESENT_PRACTICE} ->> 'organisationId')::uuid as "presentPracticeId",
      ${agreesToSupport(sql`r.scheme_id`, sql`r.client_id`)} as "agreed",
      exists (select 1 from measure_wish w
        where w.scheme_id = r.scheme_id and w.client_id = r.client_id and not w.ask) as "asksNothing",
      r.told_status as "toldStatus", r.told_at as "toldAt",
      case when r.state in ('allocated', 'active') then (
        select k.created_at from contact k
        where k.scheme_id = r.scheme_id and k.referral_id = r.id and k.at > coalesce((
          select max(reached.at) from contact reached
          where reached.scheme_id = r.scheme_id and reached.referral_id = r.id
            and reached.outcome = 'reached'), '-infinity')
        order by k.at, k.id offset 2 limit 1)
      end as "thirdUnreachedAt",
      u.choice as "unreachedChoice", u.chosen_at as "unreachedChosenAt",
      case when r.state in ('allocated', 'active', 'on_hold') then (
        select min(a.renew_on)::text from agreement a
        where a.scheme_id = r.scheme_id and a.client_id = r.client_id and a.withdrawn_at is null)
      end as "renewOn",
      (select v.review_on::text from plan v
        where v.scheme_id = r.scheme_id and v.referral_id = r.id) as "reviewOn",
      case when r.state in ('active', 'closed') then array(
        select o.occasion from unnest(${[...OCCASIONS]}::text[]) as o (occasion)
        where not exists (${stillToAsk(sql`r.scheme_id`, sql`r.id`, sql`o.occasion`)}))
      else '{}'::text[] end as "answered",
      r.state = 'active' and exists (
        select 1 from measure_response b
        where b.scheme_id = r.scheme_id and b.referral_id = r.id and b.occasion = 'baseline'
          and b.superseded_at is null) as "hasBaseline",
      r.state = 'closed' and exists (
        select 1 from measure_response b
        where b.scheme_id = r.scheme_id and b.referral_id = r.id and b.occasion = 'baseline' and b.superseded_at is null)
        and exists (${stillToAsk(sql`r.scheme_id`, sql`r.id`, sql`'closing'`)}) as "closingOpen"
    from referral r left join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
    left join lateral (
      select chosen.chosen_at, case when not exists (
        select 1 from contact k where k.scheme_id = r.scheme_id and k.referral_id = r.id
          and k.created_at > chosen.chosen_at
          and (k.outcome = 'reached' or k.kind = chosen.choice)) then chosen.choice end as choice
      from unreached_choice chosen
      where chosen.scheme_id = r.scheme_id and chosen.referral_id = r.id
      order by chosen.id desc limit 1) u on true
    where r.scheme_id = ${tx.schemeId} and r.id = any(${ids}::uuid[])`);
  return rows.map((row) => withPerson('referral', row));
}

interface RisksRow {
  learned: RisksLearned | null;
  bar: BarFacts | null;
  safetyInstructions: SafetyInstruction[];
}

async function onwardFacts(tx: Tx, ids: readonly string[]): Promise<OnwardFacts[]> {
  const rows = await tx.rows<
    Omit<OnwardFacts, 'subject' | 'person' | 'asOf' | 'riskSince' | 'barredSince' | 'safetyUnseenSince'> &
      PersonColumns &
      RisksRow & { safetySetAt: Date | null; safetySeenAt: Date | null }
  >(sql`
    select o.id, o.referral_id as "referralId", o.client_id as "clientId", ${person}, ${ownerOf} as "ownerId",
      o.state, ${RISKS_LEARNED} as learned, ${BAR_FACTS} as bar, o.safety_instructions as "safetyInstructions",
      o.safety_set_at as "safetySetAt", o.safety_seen_at as "safetySeenAt",
      o.offered_at as "offeredAt", o.clock_started_at as "clockStartedAt", o.answer_by as "answerBy",
      o.answered_at as "answeredAt", o.accepted_at as "acceptedAt", o.ended_at as "endedAt",
      o.end_side as "endSide", o.end_reason as "endReason", ${askedAgain(sql`o`)} as "askedAgain", o.seen_at as "seenAt", o.in_touch_by::text as "inTouchBy",
      o.in_touch_at as "inTouchAt",
      o.review_on::text as "reviewOn", o.to_act as "toAct",
      case when o.to_act is not null then coalesce((
        select max(h.at) from onward_referral_history h
        where h.scheme_id = o.scheme_id and h.onward_referral_id = o.id
          and h.action not in ('attend', 'seen', 'noted', 'setSafety', 'seenSafety')), o.updated_at)
      end as "toActSince",
      o.organisation_id as "organisationId", p.answers_by as "answersBy", p.quiet_days as "quietDays", ${PERIODS} as periods
    from onward_referral o
    join referral r on r.scheme_id = o.scheme_id and r.id = o.referral_id
    join provider p on p.scheme_id = o.scheme_id and p.organisation_id = o.organisation_id
    left join client c on c.scheme_id = o.scheme_id and c.id = o.client_id
    where o.scheme_id = ${tx.schemeId} and o.id = any(${ids}::uuid[])`);
  const since = (row: RisksRow & { offeredAt: Date }, changes: readonly FitChange[] = []) => ({
    riskSince: row.learned && learnedAt(row.learned, row, changes),
    barredSince: row.bar && barredSince(row.bar, row.learned?.said ?? [], row.offeredAt, tx.now, changes),
  });
  // Read where something is in the way alone: most of them have nothing, and many are planned at once.
  const inTheWay = rows.filter((row) => {
    const { riskSince, barredSince: barred } = since(row);
    return riskSince !== null || barred !== null;
  });
  const fit = await fitChanges(
    tx,
    inTheWay.map(({ id }) => id),
  );
  return rows.map(({ learned, bar, safetyInstructions, safetySetAt, safetySeenAt, ...row }) => ({
    ...withPerson('onward_referral', { ...row, asOf: tx.now }),
    safetyUnseenSince: safetyUnseenSince({ state: row.state, safetySetAt, safetySeenAt }),
    ...since({ learned, bar, safetyInstructions, offeredAt: row.offeredAt }, fit.get(row.id)),
  }));
}

/**
 * When an appointment `a` was last moved or called off on a side other than the person's, where they had been reminded of
 * it, by message or by whoever was asked to, and were told nothing since; and when they expect it still.
 */
const CHANGED: Sql = sql`(
  select last.at, (
      select coalesce(h.starts_before, h.starts_at) from appointment_history h
      where h.scheme_id = a.scheme_id and h.appointment_id = a.id and h.action in ('move', 'cancel') and h.at > last.told
      order by h.id limit 1) as expected
  from (
    select h.at, h.side, (
        select max(coalesce(m.sent_at, m.settled_at, m.claimed_at, d.done_at)) from reminder d
        left join message m on m.scheme_id = d.scheme_id and m.id = d.message_id
        where d.scheme_id = a.scheme_id and d.subject_id = a.id and d.state = 'done'
          and (m.state in ('sent', 'unconfirmed') and d.kind in ('appointment', 'appointment_changed')
            or d.kind = 'appointment' and (m.state = 'sending' or d.outcome = 'task'))) as told
    from appointment_history h
    where h.scheme_id = a.scheme_id and h.appointment_id = a.id and h.action in ('move', 'cancel')
    order by h.id desc limit 1) last
  where last.side <> 'client' and last.at > last.told)`;

async function appointmentFacts(tx: Tx, ids: readonly string[]): Promise<AppointmentFacts[]> {
  const rows = await tx.rows<Omit<AppointmentFacts, 'subject' | 'person'> & PersonColumns>(sql`
    select a.id, a.referral_id as "referralId", r.client_id as "clientId", ${person}, ${ownerOf} as "ownerId",
      a.state, a.starts_at as "startsAt", a.updated_at as "arrangedAt", changed.at as "changedAt",
      changed.expected as "expectedAt",
      coalesce(a.interpreter_booking = any(${UNBOOKED}::text[]), false) as unbooked,
      case when v.back_at is null then v.back_by end as "backBy", buddy.id as "buddyId", visitor.id as "visitorId",
      case when a.state = 'made' and v.set_out_at is null and v.back_at is null then (
        select max(f.recorded_at) from lone_worker_flag f
        join client flagged on flagged.scheme_id = f.scheme_id and flagged.id = f.client_id
        where f.scheme_id = v.scheme_id and f.ended_at is null and f.recorded_at > a.updated_at
          and r.client_id in (flagged.id, flagged.merged_into)) end as "flaggedAt"
    from appointment a
    left join lateral ${CHANGED} changed on true
    left join home_visit v on v.scheme_id = a.scheme_id and v.appointment_id = a.id
    left join membership buddy on buddy.scheme_id = v.scheme_id and buddy.id = v.buddy_id and ${standing(sql`buddy`)}
    left join membership visitor on visitor.scheme_id = v.scheme_id and visitor.id = v.worker_id and ${standing(sql`visitor`)}
    join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
    left join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
    where a.scheme_id = ${tx.schemeId} and a.id = any(${ids}::uuid[])`);
  return rows.map((row) => withPerson('appointment', row));
}

const NOBODY = { referralId: null, clientId: null, ownerId: null } as const;

const groupOpen: Sql = sql`p.closed_for_good_on is null and o.active as "groupOpen"`;

async function assuranceFacts(tx: Tx, ids: readonly string[]): Promise<AssuranceFacts[]> {
  const rows = await tx.rows<
    Pick<AssuranceFacts, 'id' | 'organisationId' | 'live' | 'lapsesOn' | 'groupOpen'>
  >(sql`
    select a.id, a.organisation_id as "organisationId", a.ended_at is null as live, a.lapses_on::text as "lapsesOn",
      ${groupOpen}
    from assurance_record a
    join provider p on p.scheme_id = a.scheme_id and p.organisation_id = a.organisation_id
    join organisation o on o.scheme_id = a.scheme_id and o.id = a.organisation_id
    where a.scheme_id = ${tx.schemeId} and a.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, ...NOBODY, subject: 'assurance' }));
}

async function concernFacts(tx: Tx, ids: readonly string[]): Promise<ConcernFacts[]> {
  const rows = await tx.rows<Pick<ConcernFacts, 'id' | 'clientId' | 'raisedAt' | 'reviewed'>>(sql`
    select k.id, k.client_id as "clientId", k.raised_at as "raisedAt", k.reviewed_at is not null as reviewed
    from concern k where k.scheme_id = ${tx.schemeId} and k.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...NOBODY, ...row, subject: 'concern' }));
}

async function closureFacts(tx: Tx, ids: readonly string[]): Promise<ClosureFacts[]> {
  const rows = await tx.rows<Pick<ClosureFacts, 'id' | 'organisationId' | 'closedAt' | 'stands'>>(sql`
    select c.id, c.organisation_id as "organisationId", c.closed_at as "closedAt", c.reopened_at is null as stands
    from provider_closure c where c.scheme_id = ${tx.schemeId} and c.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, ...NOBODY, subject: 'closure' }));
}

async function approvalFacts(tx: Tx, ids: readonly string[]): Promise<ApprovalFacts[]> {
  const rows = await tx.rows<Omit<ApprovalFacts, 'subject'>>(sql`
    select a.id, a.referral_id as "referralId", r.client_id as "clientId", a.asked_by as "ownerId", a.state,
      a.asked_at as "askedAt", a.decided_at as "decidedAt", r.state = any(${[...OPEN_STATES]}::text[]) and not exists (
        select 1 from onward_referral o
        where o.scheme_id = a.scheme_id and o.referral_id = a.referral_id and o.listing_id = a.listing_id
          and o.offered_at >= a.decided_at) as wanted
    from offer_approval a join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
    where a.scheme_id = ${tx.schemeId} and a.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, subject: 'approval' }));
}

async function gapFacts(tx: Tx, ids: readonly string[]): Promise<GapFacts[]> {
  const rows = await tx.rows<Pick<GapFacts, 'id' | 'openedAt' | 'open'>>(sql`
    select g.id, g.opened_at as "openedAt", g.closed_at is null as open
    from gap g where g.scheme_id = ${tx.schemeId} and g.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, ...NOBODY, subject: 'gap' }));
}

async function safetyMessageFacts(tx: Tx, ids: readonly string[]): Promise<SafetyMessageFacts[]> {
  const rows = await tx.rows<Omit<SafetyMessageFacts, 'subject' | 'person'> & PersonColumns>(sql`
    select m.id, m.referral_id as "referralId", r.client_id as "clientId", ${person}, ${ownerOf} as "ownerId",
      m.sent_at as "sentAt", m.answer_by as "answerBy", m.handed_over_at as "handedOverAt",
      m.not_sent_at as "notSentAt", m.read_at is not null as read
    from safety_message m
    join referral r on r.scheme_id = m.scheme_id and r.id = m.referral_id
    left join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
    where m.scheme_id = ${tx.schemeId} and m.id = any(${ids}::uuid[])`);
  return rows.map((row) => withPerson('safety_message', row));
}

async function warmHandoverFacts(tx: Tx, ids: readonly string[]): Promise<WarmHandoverFacts[]> {
  const rows = await tx.rows<Omit<WarmHandoverFacts, 'subject' | 'person'> & PersonColumns>(sql`
    select w.id, o.referral_id as "referralId", o.client_id as "clientId", ${person}, ${ownerOf} as "ownerId",
      w.state = 'arranged' as arranged, o.state in ('accepted', 'started') and c.death_recorded_at is null as wanted,
      w.meet_at as "meetAt", coalesce(o.ended_at, c.death_recorded_at, o.updated_at) as "offAt", m.id as "companionId"
    from warm_handover w
    join onward_referral o on o.scheme_id = w.scheme_id and o.id = w.onward_referral_id
    join referral r on r.scheme_id = o.scheme_id and r.id = o.referral_id
    left join client c on c.scheme_id = o.scheme_id and c.id = o.client_id
    left join membership m on m.scheme_id = w.scheme_id and m.id = w.goes_id and ${standing(sql`m`)}
    where w.scheme_id = ${tx.schemeId} and w.id = any(${ids}::uuid[])`);
  return rows.map((row) => withPerson('warm_handover', row));
}

/**
 * What something known now could leave unanswered or bar: of one referral, of the person a lone-worker flag is about, of one
 * service or of all of a group.
 */
export async function liveOffersOf(
  tx: Tx,
  of: { referralId: string } | { flagId: string } | { listingId: string } | { organisationId: string },
): Promise<string[]> {
  const which =
    'referralId' in of
      ? sql`o.referral_id = ${of.referralId}`
      : 'listingId' in of
        ? sql`o.listing_id = ${of.listingId}`
        : 'organisationId' in of
          ? sql`o.organisation_id = ${of.organisationId}`
          : sql`o.client_id = (
              select coalesce(c.merged_into, c.id) from lone_worker_flag f
              join client c on c.scheme_id = f.scheme_id and c.id = f.client_id
              where f.scheme_id = ${tx.schemeId} and f.id = ${of.flagId})`;
  const rows = await tx.rows<{ id: string }>(sql`
    select o.id from onward_referral o
    where o.scheme_id = ${tx.schemeId} and ${which} and o.state = any(${LIVE_STATES}::text[]) order by o.id`);
  return rows.map(({ id }) => id);
}

/** The visits still to come to the home of somebody whom a lone-worker flag is about. */
export async function visitsOf(tx: Tx, flagId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select a.id from lone_worker_flag f
    join client flagged on flagged.scheme_id = f.scheme_id and flagged.id = f.client_id
    join referral r on r.scheme_id = f.scheme_id and r.client_id = ${keptAs(sql`flagged`)}
    join appointment a on a.scheme_id = r.scheme_id and a.referral_id = r.id
    where f.scheme_id = ${tx.schemeId} and f.id = ${flagId} and a.kind = 'home_visit' and a.state = 'made'
      and a.starts_at > ${tx.now}
    order by a.id`);
  return rows.map(({ id }) => id);
}

/** The handovers still to come in which one of these takes somebody. */
export async function handoversTo(tx: Tx, membershipIds: readonly string[]): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select h.id from handover h
    where h.scheme_id = ${tx.schemeId} and h.state = 'planned' and exists (
      select 1 from handover_item i
      where i.scheme_id = h.scheme_id and i.handover_id = h.id and i.outcome = 'waiting'
        and i.to_id = any(${membershipIds}::uuid[]))
    order by h.id`);
  return rows.map(({ id }) => id);
}

/** Who goes along to what these onward referrals are about. */
export async function warmHandoversOf(tx: Tx, onwardReferralId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select id from warm_handover
    where scheme_id = ${tx.schemeId} and onward_referral_id = ${onwardReferralId} and state = 'arranged'`);
  return rows.map(({ id }) => id);
}

/** What is remembered of a group: its checks and its services. */
export async function subjectsOfGroup(tx: Tx, organisationId: string): Promise<SubjectIds> {
  const [row] = await tx.rows<{ assurance: string[]; listing: string[] }>(sql`
    select array(
        select a.id from assurance_record a
        where a.scheme_id = ${tx.schemeId} and a.organisation_id = ${organisationId} and a.ended_at is null) as assurance,
      array(
        select l.id from listing l
        where l.scheme_id = ${tx.schemeId} and l.organisation_id = ${organisationId}) as listing`);
  return row ?? {};
}

async function safeguardingFacts(tx: Tx, ids: readonly string[]): Promise<SafeguardingFacts[]> {
  const rows = await tx.rows<Omit<SafeguardingFacts, 'subject' | 'referralId'>>(sql`
    select s.id, coalesce(c.merged_into, c.id) as "clientId", m.id as "ownerId", s.state = 'open' as open,
      s.recorded_at as "recordedAt", s.follow_up_on::text as "followUpOn"
    from safeguarding s
    join client c on c.scheme_id = s.scheme_id and c.id = s.client_id
    left join safeguarding_lead l on l.scheme_id = s.scheme_id and l.membership_id = s.lead_id and l.ended_at is null
    left join membership m on m.scheme_id = l.scheme_id and m.id = l.membership_id and ${standing(sql`m`)}
    where s.scheme_id = ${tx.schemeId} and s.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, subject: 'safeguarding', referralId: null }));
}

async function flagFacts(tx: Tx, ids: readonly string[]): Promise<FlagFacts[]> {
  const rows = await tx.rows<Omit<FlagFacts, 'subject' | 'referralId'>>(sql`
    select f.id, c.id as "clientId", (
        select r.owner_id from referral r
        where r.scheme_id = c.scheme_id and r.client_id = c.id and r.owner_kind = 'worker' limit 1) as "ownerId",
      f.ended_at is null and c.death_recorded_at is null as live, f.review_on::text as "reviewOn"
    from lone_worker_flag f
    join client flagged on flagged.scheme_id = f.scheme_id and flagged.id = f.client_id
    join client c on c.scheme_id = f.scheme_id and c.id = ${keptAs(sql`flagged`)}
    where f.scheme_id = ${tx.schemeId} and f.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, subject: 'lone_worker_flag', referralId: null }));
}

async function storyFacts(tx: Tx, ids: readonly string[]): Promise<StoryFacts[]> {
  const rows = await tx.rows<Omit<StoryFacts, 'subject' | 'referralId'>>(sql`
    select s.id, c.id as "clientId", coalesce((
        select r.owner_id from referral r
        where r.scheme_id = c.scheme_id and r.client_id = c.id and r.owner_kind = 'worker' limit 1), (
        select m.id from membership m where m.scheme_id = s.scheme_id and m.id = s.written_by and ${standing(sql`m`)}))
        as "ownerId",
      s.state, c.death_recorded_at is not null as "hasDied", e.offered_at as "offeredAt",
      case when e.decision = 'sent_back' then e.decided_at end as "sentBackAt",
      array(select distinct k.expires_on::text from story_consent k
        where k.scheme_id = s.scheme_id and k.story_id = s.id and k.ended_at is null) as expiries,
      (select min(coalesce((k.expires_on + 1 + time '08:00') at time zone 'Europe/London', (
          select max(gone.ended_at) from story_consent gone
          where gone.scheme_id = p.scheme_id and gone.story_id = p.story_id and gone.use = p.use)))
        from story_printing p left join story_consent k on k.scheme_id = p.scheme_id and k.story_id = p.story_id
          and k.use = p.use and k.ended_at is null
        where p.scheme_id = s.scheme_id and p.story_id = s.id and p.settled is null) as "takeDownFrom"
    ${STORY_FROM}
    left join lateral (
      select last.offered_at, last.decision, last.decided_at from story_edition last
      where last.scheme_id = s.scheme_id and last.story_id = s.id order by last.number desc limit 1) e on true
    where s.scheme_id = ${tx.schemeId} and s.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, subject: 'story', referralId: null }));
}

async function feedbackFacts(tx: Tx, ids: readonly string[]): Promise<FeedbackFacts[]> {
  const rows = await tx.rows<Omit<FeedbackFacts, 'subject' | 'referralId' | 'clientId'>>(sql`
    select f.id, m.id as "ownerId", f.state, f.wants_answer as "wantsAnswer", f.received_at as "receivedAt",
      f.looked_at as "lookedAt"
    from client_feedback f
    left join membership m on m.scheme_id = f.scheme_id and m.id = f.reader_id and ${standing(sql`m`)}
    where f.scheme_id = ${tx.schemeId} and f.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, subject: 'client_feedback', referralId: null, clientId: null }));
}

async function escalationFacts(tx: Tx, ids: readonly string[]): Promise<EscalationFacts[]> {
  const rows = await tx.rows<Omit<EscalationFacts, 'subject' | 'referralId'>>(sql`
    select e.id, r.client_id as "clientId", m.id as "ownerId", e.raised_at as "raisedAt",
      e.acknowledged_at as "answeredAt"
    from escalation e
    left join referral r on r.scheme_id = e.scheme_id and r.id = e.referral_id
    left join membership m on m.scheme_id = e.scheme_id and m.id = e.raised_by and ${standing(sql`m`)}
    where e.scheme_id = ${tx.schemeId} and e.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, subject: 'escalation', referralId: null }));
}

async function transferFacts(tx: Tx, ids: readonly string[]): Promise<TransferFacts[]> {
  const rows = await tx.rows<Omit<TransferFacts, 'subject'>>(sql`
    select t.id, t.referral_id as "referralId", r.client_id as "clientId", ${ownerOf} as "ownerId", false as incoming,
      t.state, t.offered_at as "offeredAt", t.answer_by as "answerBy", t.ended_at as "endedAt",
      r.owner_kind is not distinct from 'worker' and not exists (
        select 1 from transfer newer
        where newer.scheme_id = t.scheme_id and newer.referral_id = t.referral_id and newer.id > t.id) as wanted
    from transfer t join referral r on r.scheme_id = t.scheme_id and r.id = t.referral_id
    where t.scheme_id = ${tx.schemeId} and t.id = any(${ids}::uuid[])
    union all
    select p.id, null, null, null, true, p.state, p.sent_at, p.answer_by, p.answered_at, true
    from transfer_parcel p
    where p.to_scheme_id = ${tx.schemeId} and p.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, subject: 'transfer' }));
}

async function registerFacts(tx: Tx, ids: readonly string[]): Promise<RegisterFacts[]> {
  const rows = await tx.rows<
    Pick<RegisterFacts, 'id' | 'organisationId' | 'askedAt' | 'empty' | 'groupOpen'>
  >(sql`
    select r.id, l.organisation_id as "organisationId", r.asked_at as "askedAt", ${groupOpen},
      r.state = 'open' and not exists (
        select 1 from attendance a
        join onward_referral o on o.scheme_id = a.scheme_id and o.id = a.onward_referral_id
        where o.scheme_id = r.scheme_id and o.listing_id = r.listing_id and a.session_on = r.session_on
          and a.session_at is not distinct from r.session_at)
      and exists (
        select 1 from onward_referral o
        where o.scheme_id = r.scheme_id and o.listing_id = r.listing_id and o.state in ('accepted', 'started')) as empty
    from register r
    join listing l on l.scheme_id = r.scheme_id and l.id = r.listing_id
    join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
    join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
    where r.scheme_id = ${tx.schemeId} and r.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, ...NOBODY, subject: 'register' }));
}

/** The referral is found before it is looked up: what is worked out in the place of a key is looked for in all of them. */
async function practiceMoveFacts(tx: Tx, ids: readonly string[]): Promise<PracticeMoveFacts[]> {
  const rows = await tx.rows<Omit<PracticeMoveFacts, 'subject' | 'toDecide'> & { decided: boolean }>(sql`
    select m.id, left_with.id as "referralId", coalesce(c.merged_into, c.id) as "clientId", ${ownerOf} as "ownerId",
      m.recorded_at as "recordedAt", m.decided_at is not null as decided
    from practice_move m
    join client c on c.scheme_id = m.scheme_id and c.id = m.client_id
    cross join lateral (select ${LEFT_WITH} as id offset 0) left_with
    left join referral r on r.scheme_id = m.scheme_id and r.id = left_with.id
    where m.scheme_id = ${tx.schemeId} and m.id = any(${ids}::uuid[]) and c.death_recorded_at is null`);
  return rows.map(({ decided, ...row }) => ({
    ...row,
    subject: 'practice_move',
    toDecide: !decided && row.referralId !== null,
  }));
}

async function areaMoveFacts(tx: Tx, ids: readonly string[]): Promise<AreaMoveFacts[]> {
  const rows = await tx.rows<Omit<AreaMoveFacts, 'subject'>>(sql`
    select m.id, m.referral_id as "referralId", r.client_id as "clientId", ${ownerOf} as "ownerId", m.state,
      m.recorded_at as "recordedAt", m.decided_at as "decidedAt", m.keep_until::text as "keepUntil", exists (
        select 1 from transfer t
        where t.scheme_id = m.scheme_id and t.referral_id = m.referral_id and t.offered_at >= m.decided_at) as offered
    from area_move m join referral r on r.scheme_id = m.scheme_id and r.id = m.referral_id
    where m.scheme_id = ${tx.schemeId} and m.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, subject: 'area_move' }));
}

async function handoverFacts(tx: Tx, ids: readonly string[]): Promise<HandoverFacts[]> {
  const rows = await tx.rows<Omit<HandoverFacts, 'subject' | 'referralId' | 'clientId'>>(sql`
    select h.id, giver.id as "ownerId", h.made_at as "plannedAt", h.ended_at as "endedAt",
      h.state = 'planned' and exists (
        select 1 from handover_item i
        join membership taker on taker.scheme_id = i.scheme_id and taker.id = i.to_id
        where i.scheme_id = h.scheme_id and i.handover_id = h.id and i.outcome = 'waiting' and (
          not ${standing(sql`taker`)} or exists (
            select 1 from cover c join scheme s on s.id = c.scheme_id
            where c.scheme_id = taker.scheme_id and c.worker_id = taker.id and ${absence(sql`c`, sql`h.effective_on`)}
              and coalesce(${substitute(sql`c`, sql`s`, sql`h.effective_on`)}, h.from_id) = h.from_id))) as "takerGone",
      exists (
        select 1 from handover_item i
        join referral r on r.scheme_id = i.scheme_id and r.id = i.referral_id and r.owner_id = h.from_id
        where i.scheme_id = h.scheme_id and i.handover_id = h.id and i.outcome = 'nobody_there') as undone
    from handover h
    left join membership giver on giver.scheme_id = h.scheme_id and giver.id = h.from_id and ${standing(sql`giver`)}
    where h.scheme_id = ${tx.schemeId} and h.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, referralId: null, clientId: null, subject: 'handover' }));
}

async function staffRequestFacts(tx: Tx, ids: readonly string[]): Promise<StaffRequestFacts[]> {
  const rows = await tx.rows<Pick<StaffRequestFacts, 'id' | 'open' | 'askedAt'>>(sql`
    select s.id, s.state = 'open' as open, s.asked_at as "askedAt" from staff_request s
    where s.scheme_id = ${tx.schemeId} and s.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, ...NOBODY, subject: 'staff_request' }));
}

async function writtenMessageFacts(tx: Tx, ids: readonly string[]): Promise<WrittenMessageFacts[]> {
  const rows = await tx.rows<Omit<WrittenMessageFacts, 'subject' | 'person'> & PersonColumns>(sql`
    select w.id, w.referral_id as "referralId", r.client_id as "clientId", ${person}, ${ownerOf} as "ownerId",
      r.owner_kind is not distinct from 'worker' as held, w.written_by as "writtenBy",
      w.channel, w.words, w.goes_at as "goesAt", w.taken_back_at is not null as "takenBack",
      exists (
        select 1 from reminder d join message m on m.scheme_id = d.scheme_id and m.id = d.message_id
        where d.scheme_id = w.scheme_id and d.subject_id = w.id and m.state not in ('ready', 'cancelled'))
      or exists (
        select 1 from task t
        where t.scheme_id = w.scheme_id and t.subject_id = w.id and t.kind = 'written_message') as settled
    from written_message w
    join referral r on r.scheme_id = w.scheme_id and r.id = w.referral_id
    left join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
    where w.scheme_id = ${tx.schemeId} and w.id = any(${ids}::uuid[])`);
  return rows.map((row) => withPerson('written_message', row));
}

async function programFacts(tx: Tx, ids: readonly string[]): Promise<ProgramFacts[]> {
  const rows = await tx.rows<Pick<ProgramFacts, 'id' | 'keyMadeAt' | 'keyEndsAt'>>(sql`
    select p.membership_id as id, last.created_at as "keyMadeAt", last.ends_at as "keyEndsAt"
    from program p
    join membership m on m.scheme_id = p.scheme_id and m.id = p.membership_id
    left join lateral (
      select k.created_at, k.ends_at from program_key k
      where k.membership_id = p.membership_id and k.revoked_at is null and m.ended_at is null
      order by k.ends_at desc limit 1) last on true
    where p.scheme_id = ${tx.schemeId} and p.membership_id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, ...NOBODY, subject: 'program' }));
}

async function practiceFacts(tx: Tx, ids: readonly string[]): Promise<PracticeFacts[]> {
  const day = weekStart(londonDate(tx.now), holidaysOf(await schemeSettings(tx)));
  const told = new Set(await withNewsInWeek(tx, day, ids));
  return ids.map((id) => ({
    ...NOBODY,
    subject: 'practice',
    id,
    organisationId: id,
    toldAt: told.has(id) ? digestFrom(day) : null,
  }));
}

/** Which of these organisations something came of in the seven days before a day, or has a referral back to answer. */
export async function withNewsInWeek(
  tx: Tx,
  day: string,
  organisationIds: readonly string[] | null,
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select o.id from organisation o
    where o.scheme_id = ${tx.schemeId} and o.weekly
      ${organisationIds === null ? empty : sql`and o.id = any(${organisationIds}::uuid[])`}
      and (
        select true from referral r
        where r.scheme_id = o.scheme_id and r.organisation_id = o.id
          and (r.state = 'returned' or greatest(r.sent_at, r.told_at) >= ${weekBefore(day)})
        limit 1)
    order by o.id`);
  return rows.map(({ id }) => id);
}

async function membershipFacts(tx: Tx, ids: readonly string[]): Promise<MembershipFacts[]> {
  const rows = await tx.rows<Pick<MembershipFacts, 'id' | 'goneAt' | 'hasPeople'>>(sql`
    select m.id, least(m.ended_at, m.disabled_at, m.user_disabled_at) as "goneAt", exists (
        select 1 from referral r
        where r.scheme_id = m.scheme_id and r.owner_id = m.id and r.owner_kind = 'worker') as "hasPeople"
    from membership m where m.scheme_id = ${tx.schemeId} and m.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, ...NOBODY, subject: 'membership' }));
}

/**
 * What goes with a referral, whoever has it: its newest transfers, a move out of the area, changes of practice to
 * decide, handovers in which nobody took it, whoever left without handing it over, and whatever else stands on the list
 * of somebody who is not its owner.
 */
export async function goesWith(tx: Tx, referralId: string): Promise<SubjectIds> {
  const asked = subjectsOf(
    await tx.rows<{ subject_kind: SubjectKind; subject_id: string }>(sql`
      select distinct t.subject_kind, t.subject_id from task t
      join referral r on r.scheme_id = t.scheme_id
        and (t.referral_id = r.id or (t.referral_id is null and t.client_id = r.client_id))
      where t.scheme_id = ${tx.schemeId} and r.id = ${referralId} and t.ended_at is null
        and t.occasion is not null and t.subject_kind <> 'referral'
        and t.audience in ('membership', 'managers') and t.audience_id is distinct from r.owner_id`),
  );
  const [row] = await tx.rows<
    Record<'area_move' | 'practice_move' | 'handover' | 'membership', string[]>
  >(sql`
    select array(
        select m.id from area_move m
        where m.scheme_id = r.scheme_id and m.referral_id = r.id order by m.id desc limit 1) as area_move,
      array(
        select m.id from practice_move m
        where m.scheme_id = r.scheme_id and m.client_id in (r.client_id, r.sent_client_id)
          and m.decided_at is null) as practice_move,
      array(
        select i.handover_id from handover_item i
        where i.scheme_id = r.scheme_id and i.referral_id = r.id and i.outcome = 'nobody_there') as handover,
      array(
        select distinct m.id from referral_assignment a
        join membership m on m.scheme_id = a.scheme_id and m.id = a.owner_id and not ${standing(sql`m`)}
        where a.scheme_id = r.scheme_id and a.referral_id = r.id) as membership
    from referral r where r.scheme_id = ${tx.schemeId} and r.id = ${referralId}`);
  return {
    ...asked,
    area_move: [...(asked.area_move ?? []), ...(row?.area_move ?? [])],
    practice_move: [...(asked.practice_move ?? []), ...(row?.practice_move ?? [])],
    transfer: [...(asked.transfer ?? []), ...(await transfersOf(tx, referralId))],
    handover: [...(asked.handover ?? []), ...(row?.handover ?? [])],
    membership: [...(asked.membership ?? []), ...(row?.membership ?? [])],
  };
}

/** What was tried to hand this over, the newest: it goes with the referral. */
async function transfersOf(tx: Tx, referralId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select id from transfer
    where scheme_id = ${tx.schemeId} and referral_id = ${referralId} order by id desc limit 2`);
  return rows.map(({ id }) => id);
}

/** The move for which somebody is handed over. */
export async function movesOfTransfer(tx: Tx, transferId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select m.id from transfer t
    join area_move m on m.scheme_id = t.scheme_id and m.referral_id = t.referral_id and m.state <> 'ended'
    where t.scheme_id = ${tx.schemeId} and t.id = ${transferId}`);
  return rows.map(({ id }) => id);
}

/** Handing somebody over anew takes back what an earlier try asked of people. */
export async function transfersBefore(tx: Tx, transferId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select earlier.id from transfer t
    join transfer earlier on earlier.scheme_id = t.scheme_id and earlier.referral_id = t.referral_id and earlier.id < t.id
    where t.scheme_id = ${tx.schemeId} and t.id = ${transferId} order by earlier.id desc limit 1`);
  return rows.map(({ id }) => id);
}

async function listingFacts(tx: Tx, ids: readonly string[]): Promise<ListingFacts[]> {
  const rows = await tx.rows<
    Pick<ListingFacts, 'id' | 'organisationId' | 'state' | 'confirmedOn' | 'publishedOn' | 'groupOpen'>
  >(sql`
    select l.id, l.organisation_id as "organisationId", l.state, l.confirmed_on::text as "confirmedOn",
      l.published_on::text as "publishedOn", ${groupOpen}
    from listing l
    join provider p on p.scheme_id = l.scheme_id and p.organisation_id = l.organisation_id
    join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
    where l.scheme_id = ${tx.schemeId} and l.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({ ...row, ...NOBODY, subject: 'listing' }));
}

/** Every subject of a person that could have a reminder: what a death, a merge or a change of contact rules touches. */
export async function subjectsOfClients(tx: Tx, clientIds: readonly string[]): Promise<SubjectIds> {
  const rows = await tx.rows<{ subject: SubjectKind; id: string }>(sql`
    select 'referral' as subject, r.id from referral r
    where r.scheme_id = ${tx.schemeId} and r.client_id = any(${clientIds}::uuid[])
    union all
    select 'onward_referral', o.id from onward_referral o
    where o.scheme_id = ${tx.schemeId} and o.client_id = any(${clientIds}::uuid[])
    union all
    select 'safety_message', m.id from safety_message m
    join referral r on r.scheme_id = m.scheme_id and r.id = m.referral_id
    where r.scheme_id = ${tx.schemeId} and r.client_id = any(${clientIds}::uuid[]) and m.read_at is null
    union all
    select 'warm_handover', w.id from warm_handover w
    join onward_referral o on o.scheme_id = w.scheme_id and o.id = w.onward_referral_id
    where o.scheme_id = ${tx.schemeId} and o.client_id = any(${clientIds}::uuid[]) and w.state = 'arranged'
    union all
    select 'approval', y.id from offer_approval y
    join referral r on r.scheme_id = y.scheme_id and r.id = y.referral_id
    where r.scheme_id = ${tx.schemeId} and r.client_id = any(${clientIds}::uuid[])
    union all
    select 'appointment', a.id from appointment a
    join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
    where r.scheme_id = ${tx.schemeId} and r.client_id = any(${clientIds}::uuid[])
      and a.state = 'made' and a.starts_at > ${tx.now}
    union all
    select 'practice_move', m.id from practice_move m
    where m.scheme_id = ${tx.schemeId} and m.client_id = any(${clientIds}::uuid[]) and m.decided_at is null
    union all
    select 'area_move', m.id from area_move m
    join referral r on r.scheme_id = m.scheme_id and r.id = m.referral_id
    where r.scheme_id = ${tx.schemeId} and r.client_id = any(${clientIds}::uuid[]) and m.state <> 'ended'
    union all
    select 'story', s.id from story s
    where s.scheme_id = ${tx.schemeId} and s.client_id = any(${clientIds}::uuid[]) and s.state <> 'withdrawn'
    union
    select d.subject_kind, d.subject_id from reminder d
    where d.scheme_id = ${tx.schemeId} and d.client_id = any(${clientIds}::uuid[]) and d.state = 'waiting'`);
  const of = (kind: SubjectKind): string[] => [
    ...new Set(rows.filter((row) => row.subject === kind).map((row) => row.id)),
  ];
  return {
    referral: of('referral'),
    onward_referral: of('onward_referral'),
    appointment: of('appointment'),
    safeguarding: of('safeguarding'),
    lone_worker_flag: of('lone_worker_flag'),
    approval: of('approval'),
    story: of('story'),
    escalation: of('escalation'),
    warm_handover: of('warm_handover'),
    safety_message: of('safety_message'),
    transfer: of('transfer'),
    practice_move: of('practice_move'),
    area_move: of('area_move'),
    written_message: of('written_message'),
  };
}

const FACTS: Record<SubjectKind, (tx: Tx, ids: readonly string[]) => Promise<Facts[]>> = {
  referral: referralFacts,
  onward_referral: onwardFacts,
  appointment: appointmentFacts,
  assurance: assuranceFacts,
  concern: concernFacts,
  approval: approvalFacts,
  closure: closureFacts,
  safeguarding: safeguardingFacts,
  lone_worker_flag: flagFacts,
  gap: gapFacts,
  story: storyFacts,
  client_feedback: feedbackFacts,
  escalation: escalationFacts,
  safety_message: safetyMessageFacts,
  warm_handover: warmHandoverFacts,
  transfer: transferFacts,
  practice_move: practiceMoveFacts,
  area_move: areaMoveFacts,
  register: registerFacts,
  handover: handoverFacts,
  practice: practiceFacts,
  staff_request: staffRequestFacts,
  written_message: writtenMessageFacts,
  program: programFacts,
  membership: membershipFacts,
  listing: listingFacts,
};
