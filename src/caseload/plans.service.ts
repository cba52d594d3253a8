import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import { nameInHistory, type Actor, type ClientActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { without } from '../platform/pure/without.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { isWithWorker } from '../referrals/referral.types.js';
import { memberOf } from './by-whom.js';
import { PLAN_EVENTS } from './caseload.events.js';
import type {
  ActionProgressInput,
  AgreePlanInput,
  GoalProgressInput,
  MakePlanInput,
  SavePlanInput,
  SharePlanInput,
} from './plan.dto.js';
import { PlanHooks } from './plan.hooks.js';
import { agreesToPlan, planReadableBy } from './plan.reach.js';
import { savePrivateWords, type PrivateWordsInput } from './private-words.js';
import { planAfter, planDifferences, planProblems } from './plan.rules.js';
import type { GoalStatus, PlanContent } from './plan.types.js';

CONSTRAINT_REFUSALS.set('plan_scheme_id_referral_id_key', () =>
  Refusal.conflict('plan-exists', 'There is a plan already. Read it, and save your changes to it.'),
);

interface Episode {
  id: string;
  clientId: string;
}

interface Plan {
  id: string;
  version: number;
  content: PlanContent;
}

type Writing = 'plan.write' | 'plan.share';

/** What matters to a person and what is to be done about it. Every save is a version; none is ever changed. */
@Injectable()
export class PlansService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: PlanHooks,
  ) {}

  /** Answers with the referral's id, under which the plan is read. */
  make(actor: Actor, referralId: string, input: MakePlanInput, own?: PrivateWordsInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const episode = await lockEpisode(tx, 'plan.write', referralId);
      refuseProblems(planProblems(input, null, tx.now));
      const content = planAfter(input, null, { today: londonDate(tx.now), newId });
      const id = newId();
      await tx.run(sql`
        insert into plan (scheme_id, id, referral_id, review_on, made_by, made_at, changed_at)
        values (${tx.schemeId}, ${id}, ${episode.id}, ${content.reviewOn}, ${memberOf(tx)}, ${tx.now}, ${tx.now})`);
      await this.write(tx, episode, { id, version: 0, content: null }, content, null);
      await keepOwn(tx, actor, episode, own);
      await endDraft(tx, episode.id, input.draftRevision);
      return episode.id;
    });
  }

  /** The whole plan as it shall be. What is left out is taken away, and stays in the version before. */
  save(
    actor: Actor,
    planId: string,
    version: number,
    input: SavePlanInput,
    own?: PrivateWordsInput,
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { episode, plan } = await lockPlan(tx, 'plan.write', planId);
      refuseStale(plan.version, version);
      refuseProblems(planProblems(input, plan.content, tx.now));
      const content = planAfter(input, plan.content, { today: londonDate(tx.now), newId });
      if (!isSame(plan.content, content)) await this.write(tx, episode, plan, content, input.reason ?? null);
      await keepOwn(tx, actor, episode, own);
      await endDraft(tx, episode.id, input.draftRevision);
      return episode.id;
    });
  }

  /** How a goal stands now, as the person says: kept over time. */
  goalProgress(
    actor: Actor,
    planId: string,
    goalId: string,
    input: GoalProgressInput,
    seen?: number,
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { episode, plan } = await lockPlan(tx, 'plan.write', planId);
      refuseStale(plan.version, seen);
      const goal = plan.content.goals.find(({ id }) => id === goalId);
      if (!goal) throw Refusal.notFound();
      const howFar = input.howFar === undefined ? goal.howFar : input.howFar;
      const content = structuredClone(plan.content);
      for (const one of content.goals) {
        if (one.id === goalId) Object.assign(one, { status: input.status, howFar });
      }
      if (isSame(plan.content, content)) {
        if (input.note) await addProgress(tx, goalId, input.status, howFar, input.note);
        return episode.id;
      }
      await this.write(tx, episode, plan, content, null, new Map([[goalId, input.note ?? null]]));
      return episode.id;
    });
  }

  /** How goals stand as their referral is closed, said in the same write. What is not said stays as it stood. */
  async goalsAtEnd(
    tx: Tx,
    referralId: string,
    said: readonly { id: string; status?: GoalStatus }[],
  ): Promise<void> {
    const ends = new Map(said.flatMap(({ id, status }) => (status ? [[id, status] as const] : [])));
    if (ends.size === 0) return;
    const found = await tx.maybe<{ id: string }>(sql`
      select id from plan where scheme_id = ${tx.schemeId} and referral_id = ${referralId}`);
    const locked = found && (await lockPlan(tx, 'plan.write', found.id));
    const content = structuredClone(locked?.plan.content);
    const gone = said.findIndex(({ id, status }) => status && !content?.goals.some((goal) => goal.id === id));
    if (!locked || !content || gone >= 0) {
      throw Refusal.invalidField(`goals.${String(gone)}.status`, 'This goal is not in the plan any more');
    }
    for (const goal of content.goals) goal.status = ends.get(goal.id) ?? goal.status;
    if (!isSame(locked.plan.content, content))
      await this.write(tx, locked.episode, locked.plan, content, null);
  }

  actionProgress(
    actor: Actor,
    planId: string,
    actionId: string,
    input: ActionProgressInput,
    seen?: number,
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { episode, plan } = await lockPlan(tx, 'plan.write', planId);
      refuseStale(plan.version, seen);
      const content = structuredClone(plan.content);
      const action = content.goals.flatMap(({ actions }) => actions).find(({ id }) => id === actionId);
      if (!action) throw Refusal.notFound();
      action.status = input.status;
      if (input.confidence !== undefined) action.confidence = input.confidence;
      if (!isSame(plan.content, content)) await this.write(tx, episode, plan, content, null);
      return episode.id;
    });
  }

  /**
   * On their own page a person says that they did one of their own steps, or that they did not after all: of the plan
   * they were given, and as it stands now.
   */
  tick(actor: ClientActor, actionId: string, done: boolean): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const found = await tx.maybe<{ planId: string }>(sql`
        select a.plan_id as "planId" from action a
        where a.scheme_id = ${tx.schemeId} and a.id = ${actionId} and a.dropped_at is null and exists (
          select 1 from plan_share s
          join plan_version v on v.scheme_id = s.scheme_id and v.plan_id = s.plan_id and v.number = s.number
          where s.scheme_id = a.scheme_id and s.plan_id = a.plan_id and s.recipient = 'client' and s.ended_at is null
            and 'goals' = any(s.sections)
            and jsonb_path_exists(v.content, '$.goals[*].actions[*].id ? (@ == $id)', jsonb_build_object('id', a.id)))`);
      if (!found) throw Refusal.notFound();
      const { episode, plan } = await lockPlan(tx, 'plan.write', found.planId);
      const content = structuredClone(plan.content);
      const action = content.goals.flatMap(({ actions }) => actions).find(({ id }) => id === actionId);
      if (!action) throw Refusal.notFound();
      if (action.who !== 'client') {
        throw Refusal.conflict('not-theirs', 'This step is somebody else’s. You can write to us about it.');
      }
      if ((action.status === 'done') === done) return episode.id;
      action.status = done ? 'done' : 'to_do';
      await this.write(tx, episode, plan, content, `${done ? 'Done' : 'Not done after all'}: ${action.what}`);
      return episode.id;
    });
  }

  /** They agree to the plan as it stands: to this version, not to what it becomes. */
  agree(actor: Actor, planId: string, input: AgreePlanInput, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { episode, plan } = await lockPlan(tx, 'plan.write', planId);
      refuseStale(plan.version, seen);
      const basis = input.basis ?? 'agreed';
      if (input.agreedOn > londonDate(tx.now)) {
        throw Refusal.invalidField('agreedOn', 'Enter when they agreed: this is in the future');
      }
      if ((basis === 'agreed') !== !input.decidedBy) {
        throw Refusal.invalidField(
          'decidedBy',
          basis === 'agreed' ? 'Leave this out: they agreed themselves' : 'Say who decided for them',
        );
      }
      await tx.run(sql`
        insert into plan_agreement (scheme_id, id, plan_id, number, agreed_on, how, basis, decided_by, recorded_by,
          recorded_at)
        values (${tx.schemeId}, ${newId()}, ${plan.id}, ${plan.version}, ${input.agreedOn}, ${input.how}, ${basis},
          ${input.decidedBy ?? null}, ${memberOf(tx)}, ${tx.now})`);
      await record(tx, 'plan.agree', plan.id, episode, { version: plan.version });
      await outbox.add(tx, PLAN_EVENTS.agree, { planId: plan.id, referralId: episode.id });
      return episode.id;
    });
  }

  /** Gives somebody the chosen parts of the plan as it stands. Sharing again gives them the newer version instead. */
  share(actor: Actor, planId: string, input: SharePlanInput, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { episode, plan } = await lockPlan(tx, 'plan.share', planId);
      refuseStale(plan.version, seen);
      const organisationId = input.organisationId ?? null;
      if ((input.with === 'organisation') !== (organisationId !== null)) {
        throw Refusal.invalidField(
          'organisationId',
          input.with === 'client' ? 'Leave this out: it is their own plan' : 'Say which organisation',
        );
      }
      if (organisationId !== null) await refuseUnreadable(tx, episode, organisationId);
      await endShares(
        tx,
        sql`plan_id = ${plan.id} and organisation_id is not distinct from ${organisationId}::uuid`,
      );
      await tx.run(sql`
        insert into plan_share (scheme_id, id, plan_id, number, recipient, organisation_id, sections, shared_by, shared_at)
        values (${tx.schemeId}, ${newId()}, ${plan.id}, ${plan.version}, ${input.with}, ${organisationId},
          ${input.sections}, ${memberOf(tx)}, ${tx.now})`);
      await record(tx, 'plan.share', plan.id, episode, {
        with: input.with,
        organisationId,
        sections: input.sections,
        version: plan.version,
      });
      await outbox.add(tx, PLAN_EVENTS.share, { planId: plan.id, referralId: episode.id });
      return episode.id;
    });
  }

  endShare(actor: Actor, planId: string, shareId: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { episode, plan } = await lockPlan(tx, 'plan.share', planId, false);
      const ended = await endShares(tx, sql`plan_id = ${plan.id} and id = ${shareId}`);
      if (ended === 0) throw Refusal.notFound();
      await record(tx, 'plan.endShare', plan.id, episode, { shareId });
      return episode.id;
    });
  }

  /**
   * They no longer agree that this organisation (null: anybody outside) reads their plans: it has none from now on, so
   * that agreeing again opens nothing that nobody gives again.
   */
  async takeBack(tx: Tx, clientId: string, organisationId: string | null): Promise<void> {
    const ended = await tx.rows<{ id: string; planId: string; referralId: string }>(sql`
      update plan_share s set ended_at = ${tx.now}
      from plan p
      join referral r on r.scheme_id = p.scheme_id and r.id = p.referral_id
      where s.scheme_id = ${tx.schemeId} and p.scheme_id = s.scheme_id and p.id = s.plan_id
        and r.client_id = ${clientId} and s.recipient = 'organisation' and s.ended_at is null
        and (${organisationId}::uuid is null or s.organisation_id = ${organisationId})
      returning s.id, s.plan_id as "planId", r.id as "referralId"`);
    for (const { id, planId, referralId } of ended) {
      await record(tx, 'plan.endShare', planId, { id: referralId, clientId }, { shareId: id });
    }
  }

  /** The next version, with its goals and actions as rows, audit entry, event and whoever follows. */
  private async write(
    tx: Tx,
    episode: Episode,
    before: { id: string; version: number; content: PlanContent | null },
    content: PlanContent,
    reason: string | null,
    notes: ReadonlyMap<string, string | null> = new Map(),
  ): Promise<void> {
    const { id: planId } = before;
    const number = before.version + 1;
    await tx.run(sql`
      insert into plan_version (scheme_id, id, plan_id, number, at, actor_id, actor_name, reason, content)
      values (${tx.schemeId}, ${newId()}, ${planId}, ${number}, ${tx.now}, ${memberOf(tx)}, ${nameInHistory(tx.actor)}, ${reason},
        ${JSON.stringify(content)})`);
    if (before.version > 0) {
      await tx.run(sql`
        update plan set version = ${number}, review_on = ${content.reviewOn}, changed_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${planId}`);
    }
    await keepRows(tx, planId, content);
    for (const goal of content.goals) {
      const was = before.content?.goals.find(({ id }) => id === goal.id);
      if (was?.status === goal.status && was.howFar === goal.howFar) continue;
      await addProgress(tx, goal.id, goal.status, goal.howFar, notes.get(goal.id) ?? null);
    }
    const changed =
      before.content === null
        ? []
        : planDifferences(before.content, content).map(({ of, field, change }) => field ?? `${of} ${change}`);
    const made = before.version === 0;
    await record(tx, made ? 'plan.make' : 'plan.save', planId, episode, { version: number, changed });
    await outbox.add(tx, made ? PLAN_EVENTS.make : PLAN_EVENTS.save, { planId, referralId: episode.id });
    await this.hooks.changed.run(tx, { planId, referralId: episode.id, clientId: episode.clientId });
  }
}

/** With the client locked too, as everywhere. A plan is written while a link worker has the referral. */
async function lockEpisode(tx: Tx, action: Writing, referralId: string, live = true): Promise<Episode> {
  const reach = referralWithin(tx.actor, reachFor(tx.actor, action), tx.now);
  const { id, client_id, state } = await lockReferral(tx, referralId, reach);
  if (client_id === null) throw Refusal.notFound();
  if (live && !isWithWorker(state)) {
    const because = 'A plan can be changed only while a link worker has the referral.';
    throw Refusal.illegalMove(state, 'plan', because);
  }
  return { id, clientId: client_id };
}

async function lockPlan(
  tx: Tx,
  action: Writing,
  planId: string,
  live = true,
): Promise<{ episode: Episode; plan: Plan }> {
  const found = await tx.maybe<{ referral_id: string }>(sql`
    select referral_id from plan where scheme_id = ${tx.schemeId} and id = ${planId}`);
  if (!found) throw Refusal.notFound();
  const episode = await lockEpisode(tx, action, found.referral_id, live);
  const plan = await tx.one<Plan>(sql`
    select p.id, p.version, v.content from plan p
    join plan_version v on v.scheme_id = p.scheme_id and v.plan_id = p.id and v.number = p.version
    where p.scheme_id = ${tx.schemeId} and p.id = ${planId}`);
  return { episode, plan };
}

/** By their words, whatever order a document keeps its keys in. */
const isSame = (before: PlanContent, after: PlanContent): boolean =>
  planDifferences(before, after).length === 0 &&
  before.goals.map(({ id }) => id).join() === after.goals.map(({ id }) => id).join();

function refuseProblems(problems: ReturnType<typeof planProblems>): void {
  if (problems.length > 0) throw Refusal.invalid(problems);
}

async function refuseUnreadable(tx: Tx, episode: Episode, organisationId: string): Promise<void> {
  const found = await tx.maybe<{ agreed: boolean; readable: boolean }>(sql`
    select ${agreesToPlan(sql`r.scheme_id`, sql`r.client_id`, sql`o.id`)} as agreed, ${planReadableBy} as readable
    from organisation o
    join referral r on r.scheme_id = o.scheme_id and r.id = ${episode.id}
    where o.scheme_id = ${tx.schemeId} and o.id = ${organisationId}`);
  if (!found) throw Refusal.invalidField('organisationId', 'We cannot find this organisation');
  if (!found.agreed) {
    throw Refusal.conflict(
      'not-agreed',
      'Record first that they agree to share their plan with this organisation.',
    );
  }
  if (!found.readable) {
    throw Refusal.conflict(
      'not-with-them',
      'A group reads a plan only while the person is with it. Give it once the group has said yes.',
    );
  }
}

async function endShares(tx: Tx, which: Sql): Promise<number> {
  const { rowCount } = await tx.run(sql`
    update plan_share set ended_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and ended_at is null and ${which}`);
  return rowCount ?? 0;
}

/** Goals and actions as they are now; those left out are dropped, never deleted. */
async function keepRows(tx: Tx, planId: string, content: PlanContent): Promise<void> {
  const goals = content.goals.map((goal, position) => ({ ...without(goal, 'actions'), position }));
  const actions = content.goals.flatMap((goal) =>
    goal.actions.map((action, position) => ({ ...action, goalId: goal.id, position })),
  );
  await tx.run(sql`
    insert into goal (scheme_id, id, plan_id, position, words, importance, status, how_far, made_at, status_at)
    select ${tx.schemeId}, g.id, ${planId}, g.position, g.words, g.importance, g.status, g."howFar", ${tx.now}, ${tx.now}
    from jsonb_to_recordset(${JSON.stringify(goals)}::jsonb)
      as g(id uuid, position int, words text, importance int, status text, "howFar" int)
    on conflict (scheme_id, id) do update set position = excluded.position, words = excluded.words,
      importance = excluded.importance, status = excluded.status, how_far = excluded.how_far,
      status_at = case when goal.status = excluded.status then goal.status_at else excluded.status_at end`);
  await tx.run(sql`
    insert into action (scheme_id, id, plan_id, goal_id, position, what, who, who_name, due_on, status, confidence,
      made_at, status_at)
    select ${tx.schemeId}, a.id, ${planId}, a."goalId", a.position, a.what, a.who, a."whoName", a."dueOn", a.status,
      a.confidence, ${tx.now}, ${tx.now}
    from jsonb_to_recordset(${JSON.stringify(actions)}::jsonb)
      as a(id uuid, "goalId" uuid, position int, what text, who text, "whoName" text, "dueOn" date, status text, confidence int)
    on conflict (scheme_id, id) do update set position = excluded.position, what = excluded.what, who = excluded.who,
      who_name = excluded.who_name, due_on = excluded.due_on, status = excluded.status,
      confidence = excluded.confidence,
      status_at = case when action.status = excluded.status then action.status_at else excluded.status_at end`);
  await tx.run(sql`
    update action set dropped_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and plan_id = ${planId} and dropped_at is null
      and id <> all(${actions.map(({ id }) => id)}::uuid[])`);
  await tx.run(sql`
    update goal set dropped_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and plan_id = ${planId} and dropped_at is null
      and id <> all(${goals.map(({ id }) => id)}::uuid[])`);
}

const addProgress = (
  tx: Tx,
  goalId: string,
  status: GoalStatus,
  howFar: number | null,
  note: string | null,
): Promise<unknown> =>
  tx.run(sql`
    insert into goal_progress (scheme_id, id, goal_id, at, status, how_far, note, actor_id, actor_name)
    values (${tx.schemeId}, ${newId()}, ${goalId}, ${tx.now}, ${status}, ${howFar}, ${note}, ${memberOf(tx)},
      ${nameInHistory(tx.actor)})`);

/** What whoever saves noted for themselves, in the same write: all of it is there, or none. */
async function keepOwn(tx: Tx, actor: Actor, episode: Episode, own?: PrivateWordsInput): Promise<void> {
  if (own === undefined || actor.kind !== 'member') return;
  if (!(await savePrivateWords(tx, actor, episode, own))) throw Refusal.stale();
}

/** Saving ends the draft it was made from. One that moved on in another tab stays, and what was put aside always does. */
async function endDraft(tx: Tx, referralId: string, revision: number | undefined): Promise<void> {
  if (revision === undefined) return;
  await tx.run(sql`
    update plan_draft set content = null
    where scheme_id = ${tx.schemeId} and referral_id = ${referralId} and author_id = ${memberOf(tx)}
      and revision = ${revision}`);
}

const record = (
  tx: Tx,
  action: Act,
  planId: string,
  episode: Episode,
  details: Record<string, unknown>,
): Promise<void> =>
  audit(tx, {
    action,
    subject: { kind: 'plan', id: planId },
    clients: [episode.clientId],
    details: { referralId: episode.id, ...details },
  });
