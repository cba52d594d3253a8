import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { agreedScopes, calledBy } from '../onward-referrals/onward-facts.queries.js';
import { NEEDS_SCOPE } from '../onward-referrals/onward.rules.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  DEFAULT_LIMIT,
  decodeIdCursor,
  pageOf,
  type Page,
  type PageQuery,
} from '../platform/http/pagination.js';
import { without } from '../platform/pure/without.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { nameOf } from './by-whom.js';
import type {
  DifferencesQuery,
  GoalProgressView,
  PlanDifferenceView,
  PlanDraftView,
  PlanVersionView,
  PlanView,
  PrivateWords,
  SharedPlanView,
} from './plan.dto.js';
import { planReadableBy, sharedPlanWithin } from './plan.reach.js';
import { planDifferences, sharedPart } from './plan.rules.js';
import type { PlanContent } from './plan.types.js';

export interface PrivateWordsView {
  words: PrivateWords;
  /** Nought where nothing was noted yet. */
  version: number;
}

interface OfClient {
  client_id: string;
}

@Injectable()
export class PlansQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The plan of a referral as it stands, what of it was agreed, and who has it. */
  async ofReferral(actor: MemberActor, referralId: string): Promise<PlanView> {
    const [row] = await this.read<PlanView & OfClient>(
      actor,
      'plan.read',
      { kind: 'referral', id: referralId },
      sql`
      select r.client_id, p.id, p.version, p.referral_id as "referralId", v.content,
        ${nameOf(sql`p.scheme_id`, sql`p.made_by`)} as "madeBy", p.made_at as "madeAt",
        p.changed_at as "changedAt",
        (select json_build_object('version', a.number, 'agreedOn', a.agreed_on, 'how', a.how, 'basis', a.basis,
            'decidedBy', a.decided_by)
          from plan_agreement a where a.scheme_id = p.scheme_id and a.plan_id = p.id
          order by a.number desc, a.id desc limit 1) as agreed,
        (select coalesce(json_agg(json_build_object('id', s.id, 'with', s.recipient, 'organisationId', s.organisation_id,
            'organisation', o.name, 'version', s.number, 'sections', s.sections, 'sharedAt', s.shared_at,
            'readable', s.organisation_id is null or ${planReadableBy}) order by s.id), '[]')
          from plan_share s
          left join organisation o on o.scheme_id = s.scheme_id and o.id = s.organisation_id
          where s.scheme_id = p.scheme_id and s.plan_id = p.id and s.ended_at is null) as "sharedWith"
      from referral r
      join plan p on p.scheme_id = r.scheme_id and p.referral_id = r.id
      join plan_version v on v.scheme_id = p.scheme_id and v.plan_id = p.id and v.number = p.version
      where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${this.within(actor)}`,
    );
    if (!row) throw Refusal.notFound();
    return without(row, 'client_id');
  }

  /** The organisations that may read it once they are given it, by name. */
  async readers(actor: MemberActor, referralId: string): Promise<{ id: string; name: string }[]> {
    const rows = await this.read<{ id: string; name: string } & OfClient>(
      actor,
      'plan.read',
      { kind: 'referral', id: referralId },
      sql`
      select r.client_id, o.id, o.name
      from referral r
      join organisation o on o.scheme_id = r.scheme_id
      where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${this.within(actor)}
        and o.id in (select a.organisation_id from agreement a
          where a.scheme_id = r.scheme_id and a.client_id = r.client_id and a.withdrawn_at is null)
        and ${planReadableBy}
      order by o.name, o.id`,
    );
    return rows.map((row) => without(row, 'client_id'));
  }

  /** Every version, newest first. */
  async versions(actor: MemberActor, planId: string, query: PageQuery): Promise<Page<PlanVersionView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const rows = await this.read<PlanVersionView & OfClient & { id: string }>(
      actor,
      'plan.read',
      { kind: 'plan', id: planId },
      sql`
      select ${VERSION} where v.scheme_id = ${actor.schemeId} and v.plan_id = ${planId} and ${this.within(actor)}
        and (${after}::uuid is null or v.id < ${after}::uuid)
      order by v.id desc limit ${limit + 1}`,
    );
    if (rows.length === 0) throw Refusal.notFound();
    const page = pageOf(rows, limit, (row) => [row.id]);
    return { items: page.items.map((row) => without(row, 'client_id', 'id')), next: page.next };
  }

  async differences(
    actor: MemberActor,
    planId: string,
    { from, to }: DifferencesQuery,
  ): Promise<PlanDifferenceView[]> {
    const rows = await this.read<PlanVersionView & OfClient & { id: string }>(
      actor,
      'plan.read',
      { kind: 'plan', id: planId },
      sql`
      select ${VERSION} where v.scheme_id = ${actor.schemeId} and v.plan_id = ${planId}
        and v.number in (${from}, ${to}) and ${this.within(actor)}`,
    );
    const version = (number: number): PlanContent => {
      const found = rows.find((row) => row.number === number);
      if (!found) throw Refusal.notFound();
      return found.content;
    };
    return planDifferences(version(from), version(to));
  }

  /** How each goal went over time, oldest first; of goals taken out of the plan too. */
  async progress(actor: MemberActor, planId: string): Promise<GoalProgressView[]> {
    const rows = await this.read<
      Omit<GoalProgressView, 'goalId' | 'at'> & OfClient & { goalId: string | null; at: Date | null }
    >(
      actor,
      'plan.read',
      { kind: 'plan', id: planId },
      sql`
      select r.client_id, g.id as "goalId", s.at, s.status, s.how_far as "howFar", s.note,
        coalesce(s.actor_name, ${nameOf(sql`s.scheme_id`, sql`s.actor_id`)}) as by
      from plan p
      join referral r on r.scheme_id = p.scheme_id and r.id = p.referral_id
      left join goal g on g.scheme_id = p.scheme_id and g.plan_id = p.id
      left join goal_progress s on s.scheme_id = g.scheme_id and s.goal_id = g.id
      where p.scheme_id = ${actor.schemeId} and p.id = ${planId} and ${this.within(actor)}
      order by g.position, g.id, s.id`,
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.flatMap(({ goalId, at, ...row }) =>
      goalId === null || at === null ? [] : { ...without(row, 'client_id'), goalId, at },
    );
  }

  /** What this author is writing, and what other tabs of theirs wrote beside it. Somebody else's draft is theirs alone. */
  async draft(actor: MemberActor, referralId: string): Promise<PlanDraftView> {
    const [row] = await this.read<PlanDraftView & OfClient>(
      actor,
      'plan.read',
      { kind: 'referral', id: referralId },
      sql`
      select r.client_id, coalesce(d.revision, 0) as revision, d.content, d.saved_at as "savedAt",
        coalesce(p.version, 0) as "planVersion", coalesce(d.based_on, p.version, 0) as "basedOn",
        (select coalesce(json_agg(json_build_object('id', e.id, 'tab', e.tab, 'content', e.content,
            'savedAt', e.saved_at) order by e.id), '[]')
          from plan_draft_aside e
          where e.scheme_id = r.scheme_id and e.referral_id = r.id and e.author_id = ${actor.membershipId}) as aside
      from referral r
      left join plan p on p.scheme_id = r.scheme_id and p.referral_id = r.id
      left join plan_draft d on d.scheme_id = r.scheme_id and d.referral_id = r.id
        and d.author_id = ${actor.membershipId} and d.content is not null
      where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${this.within(actor)}`,
    );
    if (!row) throw Refusal.notFound();
    return without(row, 'client_id');
  }

  /** What this member noted for themselves: nobody else's is ever found. */
  async privateWords(actor: MemberActor, referralId: string): Promise<PrivateWordsView> {
    const row = await this.database.maybe<PrivateWordsView>(
      actor.schemeId,
      sql`
      select w.words, w.version from referral r, words_of_writer(r.id, ${actor.membershipId}::uuid) w
      where r.scheme_id = ${actor.schemeId} and r.id = ${referralId} and ${this.within(actor)}`,
    );
    return row ?? { words: {}, version: 0 };
  }

  /** Plans that people let this organisation read, as the agreements stand at this moment; newest first. */
  async shared(actor: MemberActor, query: PageQuery): Promise<Page<SharedPlanView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const rows = await this.sharedRows(
      actor,
      sql`(${after}::uuid is null or s.id < ${after}::uuid)`,
      limit + 1,
      limit,
    );
    return pageOf(rows, limit, (row) => [row.id]);
  }

  async sharedOne(actor: MemberActor, shareId: string): Promise<SharedPlanView> {
    const [view] = await this.sharedRows(actor, sql`s.id = ${shareId}`, 1, 1);
    if (!view) throw Refusal.notFound();
    return view;
  }

  private async sharedRows(
    actor: MemberActor,
    which: Sql,
    limit: number,
    shows: number,
  ): Promise<SharedPlanView[]> {
    reachFor(actor, 'sharedPlan.list');
    const rows = await this.database.read<SharedPlanView & OfClient & { content: PlanContent }>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'sharedPlan.list', shows },
        sql`
        select r.client_id, s.id, ${nameTo(actor)} as name, s.shared_at as "sharedAt", s.sections,
          v.content
        from plan_share s
        join plan p on p.scheme_id = s.scheme_id and p.id = s.plan_id
        join referral r on r.scheme_id = p.scheme_id and r.id = p.referral_id
        join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        join plan_version v on v.scheme_id = s.scheme_id and v.plan_id = s.plan_id and v.number = s.number
        where s.scheme_id = ${actor.schemeId} and ${which} and ${sharedPlanWithin(actor)}
        order by s.id desc limit ${limit}`,
      ),
    );
    return rows.map((row) => ({
      ...without(row, 'client_id'),
      content: sharedPart(row.content, row.sections),
    }));
  }

  private within(actor: MemberActor): Sql {
    return referralWithin(actor, reachFor(actor, 'plan.read'), this.clock.now());
  }

  private read<Row extends OfClient>(
    actor: MemberActor,
    action: Action,
    subject: { kind: string; id: string },
    page: Sql,
  ): Promise<Row[]> {
    return this.database.read<Row>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), { action, subject }, page),
    );
  }
}

/**
 * Under what name this member reads a plan, from `client c` with `referral r` and `plan_share s`. A group reads what the
 * person was called when it was asked, until they agree that it has their full name.
 */
const nameTo = ({ role }: MemberActor): Sql => {
  const fullName = sql`c.first_name || ' ' || c.last_name`;
  if (role !== 'provider_member') return fullName;
  return sql`case
    when ${NEEDS_SCOPE.fullName} = any(${agreedScopes(sql`r.client_id`, sql`s.organisation_id`)}) then ${fullName}
    else (select ${calledBy} from onward_referral o
      where o.scheme_id = r.scheme_id and o.referral_id = r.id and o.organisation_id = s.organisation_id
        and o.state in ('accepted', 'started')
      order by o.called_by = 'initials' desc limit 1) end`;
};

const VERSION = sql`r.client_id, v.id, v.number, v.at, coalesce(v.actor_name,
    ${nameOf(sql`v.scheme_id`, sql`v.actor_id`)}) as by, v.reason, v.content
  from plan_version v
  join plan p on p.scheme_id = v.scheme_id and p.id = v.plan_id
  join referral r on r.scheme_id = p.scheme_id and r.id = p.referral_id`;
