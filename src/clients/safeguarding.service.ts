import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { standing } from '../identity/cover.queries.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor, MemberActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import { actorIdOf } from './client-history.js';
import { joined } from './client-reach.js';
import { ClientHooks } from './client.hooks.js';
import { clientWithin } from './client.reach.js';
import type { ClientEvent } from './client.events.js';
import type {
  AddSafeguardingStep,
  CloseSafeguardingInput,
  RecordSafeguardingInput,
  SafeguardingStepInput,
} from './safeguarding.dto.js';
import { isLead, safeguardingWithin } from './safeguarding.reach.js';
import { followUpProblem, nextFollowUp, safeguardingProblems, stepProblems } from './safeguarding.rules.js';
import { READING_MINUTES, type SafeguardingState } from './safeguarding.types.js';

interface Locked {
  client_id: string;
  state: SafeguardingState;
}

const MINUTE_MS = 60_000;

/**
 * Safeguarding concerns, apart from every other record: nothing of them is written into the person's history, a
 * referral, a message or what a group sees. No agreement is asked for, and none that was taken back stands in the way.
 */
@Injectable()
export class Safeguarding {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ClientHooks,
  ) {}

  /** Refused until whoever writes says that they have read what to do in an emergency. */
  record(actor: Actor, clientId: string, input: RecordSafeguardingInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const within = clientWithin(actor, reachFor(actor, 'safeguarding.record'), tx.now);
      const client = await tx.maybe<{ merged_into: string | null }>(sql`
        select c.merged_into from client c where c.scheme_id = ${tx.schemeId} and c.id = ${clientId} and ${within}`);
      if (!client) throw Refusal.notFound();
      if (client.merged_into !== null) throw joined(client.merged_into);
      return this.recordWithin(tx, clientId, input);
    });
  }

  /** The same as a part of another write, by a caller that found the person and asked its own permission. */
  async recordWithin(tx: Tx, clientId: string, input: RecordSafeguardingInput): Promise<string> {
    const { understood, kind, about, what, happenedOn = null, leadId = null } = input;
    const holidays = holidaysOf(await schemeSettings(tx));
    const followUpOn = input.followUpOn ?? nextFollowUp(tx.now, holidays);
    const late = followUpProblem(followUpOn, tx.now);
    const problems = [
      ...safeguardingProblems({ understood, happenedOn }, tx.now),
      ...(late ? [late] : []),
      ...stepProblems(saidOf(input.done, tx.now), tx.now, 'done.'),
    ];
    if (problems.length > 0) throw Refusal.invalid(problems);
    if (leadId !== null) await refuseOtherThanLead(tx, leadId);

    const id = newId();
    await tx.run(sql`
      insert into safeguarding (scheme_id, id, client_id, kind, about, what, happened_on, understood_at, lead_id,
        follow_up_on, state, recorded_by, recorded_at, updated_at)
      values (${tx.schemeId}, ${id}, ${clientId}, ${kind}, ${about}, ${what}, ${happenedOn}, ${tx.now}, ${leadId},
        ${followUpOn}, 'open', ${actorIdOf(tx)}, ${tx.now}, ${tx.now})`);
    await writeStep(tx, id, input.done);
    await this.tell(tx, 'record', 'safeguarding.recorded', id, clientId);
    return id;
  }

  /** Who takes what comes from outside: the lead named longest, else null for the managers. */
  async leadToday(tx: Tx): Promise<string | null> {
    const lead = await tx.maybe<{ id: string }>(sql`
      select m.id from safeguarding_lead l join membership m on m.scheme_id = l.scheme_id and m.id = l.membership_id
      where l.scheme_id = ${tx.schemeId} and l.ended_at is null and ${standing(sql`m`)}
      order by l.named_at, l.id limit 1`);
    return lead?.id ?? null;
  }

  /** What was done since. Choosing the next day, or another lead, moves the follow-up. */
  addStep(actor: Actor, id: string, input: AddSafeguardingStep): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { client_id, state } = await lock(tx, id, 'safeguarding.addStep');
      if (state === 'closed')
        throw Refusal.illegalMove(state, 'addStep', 'It is closed. Record a new concern.');
      const late = input.followUpOn === undefined ? null : followUpProblem(input.followUpOn, tx.now);
      const problems = [...stepProblems(saidOf(input, tx.now), tx.now), ...(late ? [late] : [])];
      if (problems.length > 0) throw Refusal.invalid(problems);
      if (input.leadId !== undefined) await refuseOtherThanLead(tx, input.leadId);
      await writeStep(tx, id, input);
      await tx.run(sql`
        update safeguarding set follow_up_on = coalesce(${input.followUpOn ?? null}, follow_up_on),
          lead_id = coalesce(${input.leadId ?? null}, lead_id), updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.tell(tx, 'addStep', 'safeguarding.acted', id, client_id);
      return id;
    });
  }

  /** For leads and managers: whoever raised a worry does not also decide that it is over. */
  close(actor: Actor, id: string, input: CloseSafeguardingInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { client_id, state } = await lock(tx, id, 'safeguarding.close');
      if (reachFor(actor, 'safeguarding.close') === 'own' && actor.kind === 'member') {
        const { lead } = await tx.one<{ lead: boolean }>(sql`select ${isLead(actor)} as lead`);
        if (!lead) throw Refusal.conflict('not-a-lead', 'A safeguarding lead or a manager closes it.');
      }
      if (state === 'closed') throw Refusal.illegalMove(state, 'close', 'It is closed already.');
      await tx.run(sql`
        update safeguarding set state = 'closed', outcome = ${input.outcome}, closing_note = ${input.note},
          closed_by = ${actorIdOf(tx)}, closed_at = ${tx.now}, updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.tell(tx, 'close', 'safeguarding.closed', id, client_id);
      return id;
    });
  }

  /** A manager who is no lead reads for a reason, which the leads are shown; gives the id of that reading. */
  read(actor: MemberActor, id: string, reason: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { client_id } = await lock(tx, id, 'safeguarding.open');
      const readingId = newId();
      const until = new Date(tx.now.getTime() + READING_MINUTES * MINUTE_MS);
      await tx.run(sql`
        insert into safeguarding_reading (scheme_id, id, safeguarding_id, membership_id, reason, at, until)
        values (${tx.schemeId}, ${readingId}, ${id}, ${actor.membershipId}, ${reason}, ${tx.now}, ${until})`);
      await record(tx, 'open', id, client_id, { readingId });
      return readingId;
    });
  }

  /** Twice is once. */
  nameLead(actor: Actor, membershipId: string): Promise<void> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'safeguarding.lead');
      const able = await tx.maybe(sql`
        select 1 from membership m
        where m.scheme_id = ${tx.schemeId} and m.id = ${membershipId} and m.role in ('link_worker', 'scheme_manager')
          and ${standing(sql`m`)} for update`);
      if (!able) throw Refusal.notFound();
      const written = await tx.run(sql`
        insert into safeguarding_lead (scheme_id, id, membership_id, named_by, named_at)
        values (${tx.schemeId}, ${newId()}, ${membershipId}, ${actorIdOf(tx)}, ${tx.now})
        on conflict (scheme_id, membership_id) where ended_at is null do nothing`);
      if (written.rowCount === 0) return;
      await audit(tx, { action: 'safeguarding.lead', subject: { kind: 'membership', id: membershipId } });
    });
  }

  endLead(actor: Actor, membershipId: string): Promise<void> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'safeguarding.lead');
      const ended = await tx.run(sql`
        update safeguarding_lead set ended_at = ${tx.now}, ended_by = ${actorIdOf(tx)}
        where scheme_id = ${tx.schemeId} and membership_id = ${membershipId} and ended_at is null`);
      if (ended.rowCount === 0) throw Refusal.notFound();
      const subject = { kind: 'membership', id: membershipId };
      await audit(tx, { action: 'safeguarding.lead', subject, details: { ended: true } });
      const theirs = await tx.rows<{ id: string }>(sql`
        select id from safeguarding
        where scheme_id = ${tx.schemeId} and lead_id = ${membershipId} and state = 'open' order by id`);
      for (const { id } of theirs) await this.hooks.safeguardingChanged.run(tx, { safeguardingId: id });
    });
  }

  private async tell(tx: Tx, verb: Verb, event: ClientEvent, id: string, clientId: string): Promise<void> {
    await record(tx, verb, id, clientId);
    await outbox.add(tx, event, { safeguardingId: id });
    await this.hooks.safeguardingChanged.run(tx, { safeguardingId: id });
  }
}

type Verb = 'record' | 'addStep' | 'close' | 'open';

const record = (tx: Tx, verb: Verb, id: string, clientId: string, details = {}): Promise<void> =>
  audit(tx, {
    action: `safeguarding.${verb}`,
    subject: { kind: 'safeguarding', id },
    clients: [clientId],
    details,
  });

async function lock(tx: Tx, id: string, action: Extract<Action, `safeguarding.${string}`>): Promise<Locked> {
  const within: Sql = safeguardingWithin(tx.actor, reachFor(tx.actor, action));
  const found = await tx.maybe<{ client_id: string; state: SafeguardingState }>(sql`
    select s.client_id, s.state from safeguarding s
    where s.scheme_id = ${tx.schemeId} and s.id = ${id} and ${within} for update of s`);
  if (!found) throw Refusal.notFound();
  return found;
}

const saidOf = (step: SafeguardingStepInput, now: Date) => ({
  told: step.told,
  whom: step.whom ?? null,
  at: step.at === undefined ? now : new Date(step.at),
});

async function writeStep(tx: Tx, safeguardingId: string, step: SafeguardingStepInput): Promise<void> {
  const { told, whom, at } = saidOf(step, tx.now);
  await tx.run(sql`
    insert into safeguarding_step (scheme_id, id, safeguarding_id, told, whom, told_at, reference, note, recorded_by,
      recorded_at)
    values (${tx.schemeId}, ${newId()}, ${safeguardingId}, ${told}, ${whom}, ${at}, ${step.reference ?? null},
      ${step.note ?? null}, ${actorIdOf(tx)}, ${tx.now})`);
}

async function refuseOtherThanLead(tx: Tx, membershipId: string): Promise<void> {
  const lead = await tx.maybe(sql`
    select 1 from safeguarding_lead l join membership m on m.scheme_id = l.scheme_id and m.id = l.membership_id
    where l.scheme_id = ${tx.schemeId} and l.membership_id = ${membershipId} and l.ended_at is null
      and ${standing(sql`m`)}`);
  if (!lead) throw Refusal.invalidField('leadId', 'Choose one of the scheme’s safeguarding leads');
}
