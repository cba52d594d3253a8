import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { absence, caresForPeople, standing } from '../identity/cover.queries.js';
import { CASELOAD_LIMIT } from '../link-workers/link-workers.queries.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { daysBetween, londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { DEFAULT_LIMIT, decodeIdCursor, pageOf, type Page } from '../platform/http/pagination.js';
import type {
  CaseloadWeight,
  RoomQuery,
  RoomSuggestion,
  SupervisionCase,
  SupervisionQuery,
  WeightsQuery,
} from './workload.dto.js';
import {
  caseloadWeight,
  complexity,
  fullness,
  SUPERVISION_PROMPTS,
  supervisionPrompts,
  withRoom,
  type CaseFacts,
} from './workload.rules.js';

/** How many are weighed to suggest from, and how many suggested: those with most room by number first. */
const WEIGHED = 20;
const SUGGESTED = 5;

/** A row with the fields of a view, and no class. */
type Plain<View> = { [Field in keyof View]: View[Field] };

interface Worker {
  workerId: string;
  name: string;
  limit: number;
  absent: boolean;
}

type CaseRow = CaseFacts & { ownerId: string };
type SupervisedRow = CaseRow & { client_id: string; referralId: string; reference: string; name: string };

const london = (moment: Sql): Sql => sql`(${moment} at time zone 'Europe/London')::date::text`;

/** What the rules ask of each live case of these owners: `r` is its referral and `c` its client. */
const caseColumns = sql`r.owner_id as "ownerId", r.state = 'on_hold' as "onHold", ${london(sql`r.next_at`)} as "nextOn",
  ${london(sql`coalesce(r.allocated_at, r.accepted_at, r.created_at)`)} as "takenOn",
  ${london(sql`k.last_at`)} as "lastContactOn", ${london(sql`k.reached_at`)} as "lastReachedOn",
  (select count(*)::integer from contact u where u.scheme_id = r.scheme_id and u.referral_id = r.id
    and u.outcome <> 'reached' and u.at > coalesce(k.reached_at, '-infinity')) as "unreachedInARow",
  cardinality(r.reasons) as reasons, c.interpreter <> 'not_needed' as "needsInterpreter", c.safety_flag as "safetyFlag",
  (select count(*)::integer from onward_referral o where o.scheme_id = r.scheme_id and o.referral_id = r.id
    and o.state in ('offered', 'waitlisted', 'accepted', 'started')) as "liveOffers",
  p.id is not null as "hasPlan", p.review_on::text as "reviewOn",
  (select min(a.confidence) from action a where a.scheme_id = p.scheme_id and a.plan_id = p.id
    and a.dropped_at is null and a.status in ('to_do', 'under_way')) as "leastConfidence",
  exists (select 1 from unreached_choice x where x.scheme_id = r.scheme_id and x.referral_id = r.id
    and x.chosen_at > coalesce(k.reached_at, '-infinity')) as chosen`;

/** The limits keep the planner to one look-up for each case, where it would rather read every client of the scheme. */
const CASES = sql`
  cross join lateral (
    select o.first_name, o.last_name, o.interpreter, o.safety_flag from client o
    where o.scheme_id = r.scheme_id and o.id = r.client_id limit 1) c
  left join lateral (
    select o.scheme_id, o.id, o.review_on from plan o
    where o.scheme_id = r.scheme_id and o.referral_id = r.id limit 1) p on true
  left join lateral (
    select max(t.at) as last_at, max(t.at) filter (where t.outcome = 'reached') as reached_at
    from contact t where t.scheme_id = r.scheme_id and t.referral_id = r.id) k on true`;

/** Link workers, and a manager for as long as they have people of one who left. */
const WITH_A_CASELOAD = sql`(m.role = 'link_worker' or (m.role = 'scheme_manager' and exists (
  select 1 from referral r where r.scheme_id = m.scheme_id and r.owner_id = m.id and r.owner_kind = 'worker')))`;

@Injectable()
export class WorkloadQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The team by its rows, oldest membership first; a worker sees their own. Numbers only: nobody is shown. */
  async weights(actor: MemberActor, query: WeightsQuery): Promise<Page<CaseloadWeight>> {
    const reach = reachFor(actor, 'caseload.weigh');
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const mine = reach === 'scheme' ? sql`true` : sql`m.id = ${actor.membershipId}`;
    const workers = await this.workers(
      actor,
      sql`${WITH_A_CASELOAD} and ${mine} and (${after}::uuid is null or m.id > ${after}::uuid)`,
      sql`m.id`,
      limit + 1,
    );
    const page = pageOf(workers, limit, ({ workerId }) => [workerId]);
    return { items: await this.weigh(actor, page.items), next: page.next };
  }

  /** Who has room for one more: there today, under their limit, the least full by weight first. */
  async room(actor: MemberActor, { language }: RoomQuery): Promise<RoomSuggestion[]> {
    reachFor(actor, 'caseload.suggest');
    const held = sql`(select count(*) from referral r where r.scheme_id = m.scheme_id and r.owner_id = m.id
      and r.owner_kind = 'worker')`;
    const limit = sql`coalesce(w.caseload_limit, ${CASELOAD_LIMIT})`;
    const workers = await this.workers(
      actor,
      sql`m.role = 'link_worker' and (${language ?? null}::text is null or ${language ?? null} = any(w.languages)) and ${held} < ${limit}
        and not ${this.away()}`,
      sql`${limit} - ${held} desc, m.id`,
      WEIGHED,
    );
    const weighed = await this.weigh(actor, workers);
    return withRoom(weighed)
      .slice(0, SUGGESTED)
      .map((one) => ({
        ...one,
        because: `Room for ${String(one.room)} more; ${String(Math.round((one.fullness ?? 1) * 100))}% full by weight, ${String(one.due)} due within a week.`,
      }));
  }

  /** What a worker's cases give reason to talk over, those with most reasons first. */
  async supervision(actor: MemberActor, query: SupervisionQuery): Promise<SupervisionCase[]> {
    const reach = reachFor(actor, 'supervision.read');
    const workerId = query.workerId ?? (reach === 'scheme' ? null : actor.membershipId);
    if (workerId === null)
      throw Refusal.invalidField('workerId', 'Say whose cases: those of a link worker, or your own');
    if (reach !== 'scheme' && workerId !== actor.membershipId) throw Refusal.notFound();
    if (workerId !== actor.membershipId) await this.refuseStranger(actor, workerId);
    const now = this.clock.now();
    const today = londonDate(now);
    const rows = await this.database.read<SupervisedRow>(
      actor.schemeId,
      supervisionStatement(actor, workerId, now),
    );
    return rows
      .map(({ client_id: clientId, referralId, reference, name, nextOn, ...facts }) => {
        const prompts = supervisionPrompts({ ...facts, nextOn }, today);
        const words = prompts.map((prompt) => SUPERVISION_PROMPTS[prompt]);
        return { referralId, clientId, reference, name, nextOn, prompts, words };
      })
      .filter(({ prompts }) => prompts.length > 0)
      .sort((a, b) => b.prompts.length - a.prompts.length);
  }

  private async refuseStranger(actor: MemberActor, workerId: string): Promise<void> {
    const worker = await this.database.maybe(
      actor.schemeId,
      sql`
      select 1 from membership m
      where m.scheme_id = ${actor.schemeId} and m.id = ${workerId} and ${caresForPeople(sql`m`)}`,
    );
    if (!worker) throw Refusal.notFound();
  }

  private away(): Sql {
    const today = sql`${londonDate(this.clock.now())}::date`;
    return sql`exists (select 1 from cover away where away.scheme_id = m.scheme_id and away.worker_id = m.id
      and ${absence(sql`away`, today)})`;
  }

  private workers(actor: MemberActor, which: Sql, order: Sql, limit: number): Promise<Worker[]> {
    return this.database.read<Worker>(
      actor.schemeId,
      sql`
      select m.id as "workerId", q.name, coalesce(w.caseload_limit, ${CASELOAD_LIMIT}) as "limit", ${this.away()} as absent
      from membership m
      join user_profile q on q.scheme_id = m.scheme_id and q.account_id = m.account_id
      left join link_worker w on w.scheme_id = m.scheme_id and w.membership_id = m.id
      where m.scheme_id = ${actor.schemeId} and ${standing(sql`m`)} and ${which}
      order by ${order} limit ${limit}`,
    );
  }

  private async weigh(actor: MemberActor, workers: readonly Worker[]): Promise<Plain<CaseloadWeight>[]> {
    const today = londonDate(this.clock.now());
    const cases = await this.database.read<CaseRow>(
      actor.schemeId,
      casesStatement(
        actor.schemeId,
        workers.map(({ workerId }) => workerId),
      ),
    );
    return workers.map((worker) => {
      const own = cases.filter(({ ownerId }) => ownerId === worker.workerId);
      const weight = caseloadWeight(own, today);
      const silences = own.map(({ lastContactOn, takenOn }) => daysBetween(lastContactOn ?? takenOn, today));
      const full = fullness(weight, worker.limit);
      return {
        ...worker,
        weight,
        cases: own.length,
        due: own.filter((one) => !one.onHold && daysBetween(today, one.nextOn) <= 7).length,
        complex: own.filter((one) => complexity(one) > 0).length,
        longestSilenceDays: silences.length === 0 ? null : Math.max(...silences),
        room: Math.max(0, worker.limit - own.length),
        fullness: Number.isFinite(full) ? Math.round(full * 100) / 100 : null,
      };
    });
  }
}

/** The facts of every live case of these workers. */
export const casesStatement = (schemeId: string, workerIds: readonly string[]): Sql => sql`
  select ${caseColumns} from referral r ${CASES}
  where r.scheme_id = ${schemeId} and r.owner_kind = 'worker' and r.owner_id = any(${[...workerIds]}::uuid[])`;

export const supervisionStatement = (actor: MemberActor, workerId: string, now: Date): Sql =>
  auditedRead(
    actor,
    now,
    { action: 'supervision.read', subject: { kind: 'membership', id: workerId } },
    sql`
    select r.client_id, r.id as "referralId", r.reference, c.first_name || ' ' || c.last_name as name, ${caseColumns}
    from referral r ${CASES}
    where r.scheme_id = ${actor.schemeId} and r.owner_id = ${workerId} and r.owner_kind = 'worker'
    order by r.next_at, r.id`,
  );
