import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import { factsOf, idsOf, subjectsOfClients, type SubjectIds } from './reminder-facts.queries.js';
import { audienceOf, isSame, planned, type Planned } from './reminder.rules.js';
import type { Facts } from './reminder.types.js';

interface WaitingRow {
  id: string;
  subject_id: string;
  client_id: string | null;
  kind: string;
  step: number;
  occasion: Date;
  due_at: Date;
}

/** A task that is open, or was finished by hand and has been wanted ever since. */
interface KnownTask {
  id: string;
  subject_id: string;
  client_id: string | null;
  audience: string;
  audience_id: string | null;
  kind: string;
  step: number;
  occasion: Date;
  finished: boolean;
}

export interface PlanOptions {
  /** For what was brought in from elsewhere: what fell due before now counts as told. */
  past?: 'told_before';
}

/**
 * Keeps reminders and the tasks they made in step with what they are about. Every move calls it in its own transaction:
 * the rows that ought to exist follow from the facts, so what no longer applies is dropped, and nothing is told twice.
 */
@Injectable()
export class RemindersService {
  async plan(tx: Tx, subjects: SubjectIds, options: PlanOptions = {}): Promise<void> {
    const ids = idsOf(subjects);
    if (ids.length === 0) return;
    // The waiting rows first and locked: a tick that holds one finishes before the tasks it makes are looked for.
    const [waiting, known, settings, facts] = await Promise.all([
      tx.rows<WaitingRow>(sql`
        select id, subject_id, client_id, kind, step, occasion, due_at from reminder
        where scheme_id = ${tx.schemeId} and subject_id = any(${ids}::uuid[]) and state = 'waiting'
        order by id for update`),
      tx.rows<KnownTask>(sql`
        select id, subject_id, client_id, audience, audience_id, kind, step, occasion, ended_at is not null as finished
        from task
        where scheme_id = ${tx.schemeId} and subject_id = any(${ids}::uuid[]) and occasion is not null
          and (ended_at is null or ended_at is not null and outcome = 'finished' and left_at is null)`),
      schemeSettings(tx),
      factsOf(tx, subjects),
    ]);
    const rhythm = { settings, holidays: holidaysOf(settings) };
    const plans = new Map(facts.map((one) => [one.id, { facts: one, plan: planned(one, rhythm) }]));
    const planOf = (subjectId: string): readonly Planned[] => plans.get(subjectId)?.plan ?? [];

    const dropped = waiting.filter((row) => !planOf(row.subject_id).some((wanted) => isSame(row, wanted)));
    const gone = known.filter((task) => !planOf(task.subject_id).some((wanted) => isSame(task, wanted)));
    const [ended, left] = [gone.filter(({ finished }) => !finished), gone.filter(({ finished }) => finished)];
    const open = known.filter((task) => !task.finished && !ended.includes(task));
    const wanted = [...plans.values()].flatMap(({ plan }) =>
      plan.filter((one) => isNews(one, waiting) && (one.until === null || one.until > tx.now)),
    );
    const moved = open.flatMap((task) => handedOver(task, plans));

    await Promise.all([
      dropped.length > 0 && drop(tx, dropped),
      ended.length > 0 && endTasks(tx, ended),
      left.length > 0 && leaveTasks(tx, left),
      moved.length > 0 && handOverTasks(tx, moved),
      wanted.length > 0 && keep(tx, wanted, options),
    ]);
    const back = [...plans.values()].flatMap((one) => backAgain(one, open, tx.now));
    if (back.length > 0) await openAgain(tx, back);
  }

  /**
   * What no plan knows of follows the referral as well: what the person, a group or the ledger asked of whoever had it.
   * A task that names another referral, or none, stays with whoever still has one of the person's.
   */
  async toOwner(tx: Tx, referralId: string): Promise<void> {
    await tx.run(sql`
      update task t set audience_id = r.owner_id
      from referral r
      where r.scheme_id = ${tx.schemeId} and r.id = ${referralId} and r.owner_kind = 'worker'
        and t.scheme_id = r.scheme_id and t.ended_at is null and t.occasion is null
        and t.audience = 'membership' and t.audience_id <> r.owner_id
        and (t.referral_id = r.id or (t.client_id = r.client_id and not exists (
          select 1 from referral other
          where other.scheme_id = t.scheme_id and other.client_id = t.client_id
            and other.owner_kind = 'worker' and other.owner_id = t.audience_id)))`);
  }

  /** For a subject that is about to be no more. */
  async forget(tx: Tx, subjectId: string): Promise<void> {
    await Promise.all([
      tx.run(sql`
        update reminder set state = 'dropped', outcome = 'moved_on', done_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and subject_id = ${subjectId} and state = 'waiting'`),
      tx.run(sql`
        update task set ended_at = ${tx.now}, outcome = 'moved_on'
        where scheme_id = ${tx.schemeId} and subject_id = ${subjectId} and ended_at is null`),
    ]);
  }

  /** After a merge, a death, a withdrawn agreement: everything of these people, as it stands now. */
  async planForClients(tx: Tx, clientIds: readonly string[]): Promise<void> {
    await this.plan(tx, await subjectsOfClients(tx, clientIds));
  }
}

/** Whether a wanted reminder says something the waiting rows do not. Those told already are known by the database. */
const isNews = (wanted: Planned, waiting: readonly WaitingRow[]): boolean =>
  !waiting.some(
    (row) =>
      row.subject_id === wanted.subjectId &&
      isSame(row, wanted) &&
      row.due_at.getTime() === wanted.dueAt.getTime() &&
      row.client_id === wanted.clientId,
  );

/** An open task whose list or person is another one now. */
function handedOver(
  task: KnownTask,
  plans: ReadonlyMap<string, { facts: Facts; plan: readonly Planned[] }>,
): { id: string; audience: string; audience_id: string | null; client_id: string | null }[] {
  const of = plans.get(task.subject_id);
  const effect = of?.plan.find((wanted) => isSame(task, wanted))?.effect;
  const whose = effect?.by === 'task' ? effect.to : effect?.by === 'message' ? effect.or : null;
  if (!of || !whose) return [];
  const { audience, id } = audienceOf(whose, of.facts);
  const same = audience === task.audience && id === task.audience_id && of.facts.clientId === task.client_id;
  return same ? [] : [{ id: task.id, audience, audience_id: id, client_id: of.facts.clientId }];
}

/** A step whose day has come, that a person is asked about, and that no open task speaks of. */
interface MayBeBack {
  subject_id: string;
  client_id: string | null;
  kind: string;
  step: number;
  occasion: Date;
  audience: string;
  audience_id: string | null;
}

function backAgain(
  { facts, plan }: { facts: Facts; plan: readonly Planned[] },
  open: readonly KnownTask[],
  now: Date,
): MayBeBack[] {
  return plan.flatMap(({ kind, step, occasion, dueAt, until, effect }) => {
    const whose = effect.by === 'task' ? effect.to : effect.by === 'message' ? effect.or : null;
    if (whose === null || dueAt > now || (until !== null && until <= now)) return [];
    const { audience, id } = audienceOf(whose, facts);
    const asked = open.some(
      (task) => task.subject_id === facts.id && task.kind === kind && task.audience === audience,
    );
    if (asked) return [];
    const { id: subject_id, clientId: client_id } = facts;
    return { subject_id, client_id, kind, step, occasion, audience, audience_id: id };
  });
}

const drop = (tx: Tx, rows: readonly WaitingRow[]) =>
  tx.run(sql`
    update reminder set state = 'dropped', outcome = 'moved_on', done_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and id = any(${rows.map((row) => row.id)}::uuid[])`);

const endTasks = (tx: Tx, rows: readonly KnownTask[]) =>
  tx.run(sql`
    update task set ended_at = ${tx.now}, outcome = 'moved_on'
    where scheme_id = ${tx.schemeId} and id = any(${rows.map((row) => row.id)}::uuid[])`);

/** What they finished is wanted no more: its day is another one, or what it was about is another thing. */
const leaveTasks = (tx: Tx, rows: readonly KnownTask[]) =>
  tx.run(sql`
    update task set left_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and id = any(${rows.map((row) => row.id)}::uuid[])`);

const handOverTasks = (tx: Tx, rows: readonly object[]) =>
  tx.run(sql`
    update task set audience = now.audience, audience_id = now.audience_id, client_id = now.client_id
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as now (id uuid, audience text, audience_id uuid, client_id uuid)
    where task.scheme_id = ${tx.schemeId} and task.id = now.id and not exists (
      select 1 from task other
      where other.scheme_id = task.scheme_id and other.subject_id = task.subject_id and other.kind = task.kind
        and other.audience = now.audience and other.id <> task.id and other.ended_at is null)`);

/**
 * A reminder tells once, and stays told; but what it asked of a person is asked again when the day it ended with comes
 * back. What they finished stays finished unless it was wanted no more meanwhile. Nobody is written to by this.
 */
const openAgain = (tx: Tx, rows: readonly MayBeBack[]) =>
  tx.run(sql`
    insert into task (scheme_id, id, kind, audience, audience_id, late, subject_kind, subject_id, referral_id, client_id,
      step, occasion, due_at, created_at)
    select scheme_id, new_id, kind, audience, now_whose, late, subject_kind, subject_id, referral_id, now_client,
      step, occasion, due_at, ${tx.now}
    from (
      select distinct on (t.subject_id, t.kind, t.audience) t.*, back.id as new_id, back.audience_id as now_whose,
        back.client_id as now_client
      from jsonb_to_recordset(${JSON.stringify(rows.map((row) => ({ ...row, id: newId() })))}::jsonb)
        as back (id uuid, subject_id uuid, client_id uuid, kind text, step smallint, occasion timestamptz, audience text,
          audience_id uuid)
      join task t on t.scheme_id = ${tx.schemeId} and t.subject_id = back.subject_id and t.kind = back.kind
        and t.step = back.step and t.occasion = back.occasion and t.audience = back.audience
        and t.ended_at is not null
      order by t.subject_id, t.kind, t.audience, t.created_at desc, t.id desc) last
    where outcome = 'moved_on' or left_at is not null
    on conflict (scheme_id, subject_id, kind, audience) where ended_at is null do nothing`);

/** Puts them in; one that was dropped comes back, one whose day changed moves, one that was told stays told. */
const keep = (tx: Tx, wanted: readonly Planned[], { past }: PlanOptions) => {
  const rows = wanted.map((one) => {
    // What the product does itself it still has to do, however late.
    const told = past === 'told_before' && one.dueAt <= tx.now && one.effect.by !== 'product';
    return {
      id: newId(),
      kind: one.kind,
      step: one.step,
      subject_kind: one.subject,
      subject_id: one.subjectId,
      referral_id: one.referralId,
      client_id: one.clientId,
      occasion: one.occasion,
      due_at: one.dueAt,
      by_product: one.effect.by === 'product',
      state: told ? 'done' : 'waiting',
      outcome: told ? 'told_before' : null,
      done_at: told ? one.dueAt : null,
    };
  });
  return tx.run(sql`
    insert into reminder (scheme_id, id, kind, step, subject_kind, subject_id, referral_id, client_id, occasion, due_at,
      by_product, state, outcome, done_at, created_at)
    select ${tx.schemeId}, id, kind, step, subject_kind, subject_id, referral_id, client_id, occasion, due_at,
      by_product, state, outcome, done_at, ${tx.now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as wanted (id uuid, kind text, step smallint,
      subject_kind text, subject_id uuid, referral_id uuid, client_id uuid, occasion timestamptz, due_at timestamptz,
      by_product boolean, state text, outcome text, done_at timestamptz)
    on conflict (scheme_id, subject_id, kind, step, occasion) do update
      set due_at = excluded.due_at, client_id = excluded.client_id, state = excluded.state,
        outcome = excluded.outcome, done_at = excluded.done_at
      where reminder.state = 'waiting' or reminder.outcome = 'moved_on'`);
};
