import { Injectable, type OnModuleInit } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { caresForPeople, coverFor, standing } from '../identity/cover.queries.js';
import { reachFor } from '../permissions/reach.js';
import { systemActor, type MemberActor, type SystemActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { Ticks } from '../platform/jobs/ticks.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { nextDateProblem } from '../referrals/referral.rules.js';
import { isWithWorker } from '../referrals/referral.types.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import { memberOf } from './by-whom.js';
import { HANDOVER_EVENTS } from './caseload.events.js';
import type { CheckHandoverInput, MakeHandoverInput } from './handover.dto.js';
import { HandoverHooks } from './handover.hooks.js';
import { handoverWithin } from './handover.reach.js';
import type { HandoverOutcome, HandoverState } from './handover.types.js';

CONSTRAINT_REFUSALS.set('handover_item_once', () =>
  Refusal.conflict(
    'already-planned',
    'One of these referrals is in a planned handover already. Cancel that first.',
  ),
);

const TICK_MS = 60_000;

/**
 * Many referrals from one worker to others, from a day on. A tick does what is due: each referral in a transaction of its
 * own, so that one that cannot be handed keeps the owner it has and stops none of the others.
 */
@Injectable()
export class HandoversService implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly referrals: ReferralsService,
    private readonly ticks: Ticks,
    private readonly hooks: HandoverHooks,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'handovers',
      everyMs: TICK_MS,
      for: 'scheme',
      run: (actor) => this.performDue(actor),
    });
  }

  async make(actor: MemberActor, input: MakeHandoverInput): Promise<string> {
    reachFor(actor, 'handover.make');
    const id = await this.unitOfWork.run(actor, async (tx) => {
      const late = nextDateProblem(input.effectiveOn, tx.now, 0);
      if (late !== null) throw Refusal.invalidField('effectiveOn', late);
      const from = await tx.maybe(sql`
        select 1 from membership m
        where m.scheme_id = ${tx.schemeId} and m.id = ${input.fromId} and ${caresForPeople(sql`m`)}`);
      if (!from) throw Refusal.invalidField('fromId', 'We cannot find this link worker or manager');
      const items = await chosen(tx, input);
      await refuseWrongTakers(tx, input, items);
      const handoverId = newId();
      await tx.run(sql`
        insert into handover (scheme_id, id, from_id, all_to_id, effective_on, state, note, made_by, made_at)
        values (${tx.schemeId}, ${handoverId}, ${input.fromId}, ${input.toId ?? null}, ${input.effectiveOn}, 'planned',
          ${input.note ?? null}, ${actor.membershipId}, ${tx.now})`);
      await tx.run(sql`
        insert into handover_item (scheme_id, handover_id, referral_id, to_id, outcome)
        select ${tx.schemeId}, ${handoverId}, r, t, 'waiting'
        from unnest(${items.map(({ referralId }) => referralId)}::uuid[], ${items.map(({ toId }) => toId)}::uuid[]) as i(r, t)`);
      await record(tx, 'make', handoverId, { fromId: input.fromId, referrals: items.length });
      return handoverId;
    });
    // What is to begin today begins now; should this process die here, the tick finds it.
    if (input.effectiveOn <= londonDate(this.clock.now())) {
      await this.perform(systemActor(actor.schemeId, 'handovers'), id);
    }
    return id;
  }

  check(actor: MemberActor, id: string, input: CheckHandoverInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { checks } = await lock(tx, 'handover.check', id);
      const done = { doneAt: tx.now.toISOString(), doneBy: actor.membershipId };
      const after = { ...Object.fromEntries(input.done.map((code) => [code, done])), ...checks };
      await tx.run(sql`
        update handover set checks = ${JSON.stringify(after)} where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, {
        action: 'handover.check',
        subject: { kind: 'handover', id },
        details: { done: input.done },
      });
      return id;
    });
  }

  cancel(actor: MemberActor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { state } = await lock(tx, 'handover.make', id);
      if (state !== 'planned') throw Refusal.illegalMove(state, 'cancel', 'This handover is over already.');
      await tx.run(sql`
        update handover_item set outcome = 'cancelled', settled_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and handover_id = ${id} and outcome = 'waiting'`);
      await tx.run(sql`
        update handover set state = 'cancelled', ended_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await record(tx, 'cancel', id, {});
      await this.hooks.ended.run(tx, { handoverId: id });
      return id;
    });
  }

  /** Every planned handover whose day has come. Two at once, or one that died half way, hand nothing over twice. */
  async performDue(actor: SystemActor): Promise<void> {
    const due = await this.database.read<{ id: string }>(
      actor.schemeId,
      sql`select id from handover where scheme_id = ${actor.schemeId} and state = 'planned'
        and effective_on <= ${londonDate(this.clock.now())}::date order by effective_on, id`,
    );
    for (const { id } of due) await this.perform(actor, id);
  }

  private async perform(actor: SystemActor, id: string): Promise<void> {
    await this.unitOfWork.run(actor, (tx) => addGivenSince(tx, id));
    const waiting = await this.database.read<{ referral_id: string }>(
      actor.schemeId,
      sql`select i.referral_id from handover_item i join referral r on r.scheme_id = i.scheme_id and r.id = i.referral_id
        where i.scheme_id = ${actor.schemeId} and i.handover_id = ${id} and i.outcome = 'waiting'
        order by r.next_at, i.referral_id`,
    );
    for (const { referral_id } of waiting) {
      await this.unitOfWork.run(actor, (tx) => this.settle(tx, id, referral_id));
    }
    await this.unitOfWork.run(actor, async (tx) => {
      const { rowCount } = await tx.run(sql`
        update handover h set state = 'done', ended_at = ${tx.now}
        where h.scheme_id = ${tx.schemeId} and h.id = ${id} and h.state = 'planned' and not exists (
          select 1 from handover_item i
          where i.scheme_id = h.scheme_id and i.handover_id = h.id and i.outcome = 'waiting')`);
      if (rowCount !== 1) return;
      await record(tx, 'finish', id, {});
      await this.hooks.ended.run(tx, { handoverId: id });
    });
  }

  /** The referral first, as everywhere; then the item, which tells whether somebody was here before. */
  private async settle(tx: Tx, handoverId: string, referralId: string): Promise<void> {
    const referral = await lockReferral(tx, referralId);
    const item = await tx.maybe<{ to_id: string; from_id: string; there: boolean }>(sql`
      select i.to_id, h.from_id, exists (
          select 1 from membership m where m.scheme_id = i.scheme_id and m.id = i.to_id and ${standing(sql`m`)}) as there
      from handover_item i join handover h on h.scheme_id = i.scheme_id and h.id = i.handover_id
      where i.scheme_id = ${tx.schemeId} and i.handover_id = ${handoverId} and i.referral_id = ${referralId}
        and i.outcome = 'waiting' for update of i`);
    if (!item) return;
    const outcome: HandoverOutcome = !isWithWorker(referral.state)
      ? 'had_ended'
      : referral.owner_id !== item.from_id
        ? 'had_another_owner'
        : item.there && !(await isAlone(tx, item))
          ? 'handed'
          : 'nobody_there';
    if (outcome === 'handed') {
      await this.referrals.handWithin(tx, referral, item.to_id, 'handover', { handoverId });
    }
    await tx.run(sql`
      update handover_item set outcome = ${outcome}, settled_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and handover_id = ${handoverId} and referral_id = ${referralId}`);
  }
}

/**
 * Where somebody takes everything, what the leaver was given since it was planned goes too. What another handover waits to
 * give away goes with that one.
 */
const addGivenSince = (tx: Tx, handoverId: string) =>
  tx.run(sql`
    insert into handover_item (scheme_id, handover_id, referral_id, to_id, outcome)
    select h.scheme_id, h.id, r.id, h.all_to_id, 'waiting'
    from handover h join referral r on r.scheme_id = h.scheme_id and r.owner_id = h.from_id and r.owner_kind = 'worker'
    where h.scheme_id = ${tx.schemeId} and h.id = ${handoverId} and h.state = 'planned' and h.all_to_id is not null
    order by r.id
    on conflict do nothing`);

interface Item {
  referralId: string;
  toId: string;
}

async function chosen(tx: Tx, input: MakeHandoverInput): Promise<Item[]> {
  if ((input.toId === undefined) === (input.referrals === undefined)) {
    throw Refusal.invalidField('toId', 'Say who takes everything, or name the referrals one by one');
  }
  const owned = await tx.rows<{ id: string }>(sql`
    select id from referral where scheme_id = ${tx.schemeId} and owner_id = ${input.fromId} and owner_kind = 'worker'`);
  const { toId, referrals } = input;
  if (toId !== undefined) {
    if (owned.length === 0) throw Refusal.invalidField('fromId', 'They have no referrals');
    return owned.map(({ id }) => ({ referralId: id, toId }));
  }
  const items = (referrals ?? []).map(({ referralId, toId: to }) => ({
    referralId: referralId.toLowerCase(),
    toId: to,
  }));
  const problems = items.flatMap(({ referralId }, n) => {
    const field = `referrals.${String(n)}.referralId`;
    if (!owned.some(({ id }) => id === referralId)) {
      return { field, message: 'This referral is not in the caseload that is handed over' };
    }
    return items.findIndex((other) => other.referralId === referralId) === n
      ? []
      : { field, message: 'Give each referral only once' };
  });
  if (problems.length > 0) throw Refusal.invalid(problems);
  return items;
}

async function refuseWrongTakers(tx: Tx, input: MakeHandoverInput, items: readonly Item[]): Promise<void> {
  const takers = [...new Set(items.map(({ toId }) => toId))];
  const able = await tx.rows<{ id: string }>(sql`
    select m.id from membership m
    where m.scheme_id = ${tx.schemeId} and m.id = any(${takers}::uuid[]) and m.id <> ${input.fromId}
      and m.role = 'link_worker' and ${standing(sql`m`)}`);
  const refuse = (because: string, wrong: (toId: string) => boolean): void => {
    const at = items.findIndex(({ toId }) => wrong(toId.toLowerCase()));
    if (at === -1) return;
    throw Refusal.invalidField(input.toId === undefined ? `referrals.${String(at)}.toId` : 'toId', because);
  };
  refuse('Choose another link worker who is here', (toId) => !able.some(({ id }) => id === toId));
  const alone: string[] = [];
  for (const { id } of able) {
    const between = { to_id: id, from_id: input.fromId.toLowerCase() };
    if (await isAlone(tx, between, input.effectiveOn)) alone.push(id);
  }
  refuse(
    'They are away on that day and nobody covers for them. Name their cover first, or choose somebody else',
    (toId) => alone.includes(toId),
  );
}

/** Away on a day with nobody in their place: whoever leaves is no cover for what they give away. */
async function isAlone(
  tx: Tx,
  { to_id: toId, from_id: fromId }: { to_id: string; from_id: string },
  on = londonDate(tx.now),
): Promise<boolean> {
  const { absent, coverId } = await coverFor(tx, toId, on);
  return absent && (coverId === null || coverId === fromId);
}

async function lock(
  tx: Tx,
  action: 'handover.check' | 'handover.make',
  id: string,
): Promise<{ state: HandoverState; checks: Record<string, unknown> }> {
  const row = await tx.maybe<{ state: HandoverState; checks: Record<string, unknown> }>(sql`
    select h.state, h.checks from handover h
    where h.scheme_id = ${tx.schemeId} and h.id = ${id} and ${handoverWithin(tx.actor, reachFor(tx.actor, action))}
    for update`);
  if (!row) throw Refusal.notFound();
  return row;
}

async function record(
  tx: Tx,
  verb: keyof typeof HANDOVER_EVENTS,
  id: string,
  details: Record<string, unknown>,
): Promise<void> {
  await audit(tx, {
    action: `handover.${verb}`,
    subject: { kind: 'handover', id },
    details: { ...details, by: memberOf(tx) },
  });
  await outbox.add(tx, HANDOVER_EVENTS[verb], { handoverId: id });
}
