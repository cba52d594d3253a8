import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor, MemberActor } from '../platform/actor/actor.types.js';
import { addMonths, londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { actorIdOf, recordHistory } from './client-history.js';
import { joined } from './client-reach.js';
import { ClientHooks } from './client.hooks.js';
import { clientWithin } from './client.reach.js';
import type { EndLoneWorkerFlagInput, RaiseLoneWorkerFlagInput } from './lone-worker-flag.dto.js';
import { REVIEW_MONTHS, type LoneWorkerFlag } from './lone-worker-flag.types.js';

/** How the record says that somebody read a safety note. */
const SAFETY_NOTE_READ = 'safetyNote.read';

/** Whether a member has read the safety note of a person since then. */
export const noteReadSince = (
  { schemeId, membershipId }: MemberActor,
  clientId: Sql,
  since: Date,
): Sql => sql`exists (
  select 1 from audit_entry e
  where e.scheme_id = ${schemeId} and e.subject_id = ${clientId} and e.action = ${SAFETY_NOTE_READ}
    and e.actor_id = ${membershipId} and e.at >= ${since})`;

/** The live flags of the person `clientId` stands for, of records joined to theirs too, as an array of codes. */
export const flagsOf = (schemeId: string | Sql, clientId: Sql): Sql => sql`array(
  select distinct f.code from lone_worker_flag f
  where f.scheme_id = ${schemeId} and f.ended_at is null and f.client_id in (
    select ${clientId} union all
    select other.id from client other where other.scheme_id = ${schemeId} and other.merged_into = ${clientId})
  order by f.code)`;

/** What a record says that keeps its person, or whoever works with them, safe: that there is a note, and each live flag. */
export async function safetyOf(tx: Tx, clientId: string): Promise<string[]> {
  const { noted, flags } = await tx.one<{ noted: boolean; flags: LoneWorkerFlag[] }>(sql`
    select c.safety_flag as noted, ${flagsOf(tx.schemeId, sql`c.id`)} as flags from client c
    where c.scheme_id = ${tx.schemeId} and c.id = ${clientId}`);
  return noted ? ['note', ...flags] : flags;
}

/** What is lifted is news to nobody; what still stands beside it is still to be read. */
export async function safetyLifted(tx: Tx, hooks: ClientHooks, clientId: string): Promise<void> {
  if ((await safetyOf(tx, clientId)).length > 0) return;
  await hooks.safetyNoted.run(tx, { clientId, holds: false });
}

/** Grows with everything that a safety note says, or that is known of the person `c` stands for. */
export const NOTE_VERSION: Sql = sql`c.version + (
  select count(*)::int from client_history h
  where h.scheme_id = c.scheme_id and h.client_id = c.id
    and h.action in ('loneWorkerFlag.raise', 'loneWorkerFlag.end'))`;

@Injectable()
export class LoneWorkerFlags {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ClientHooks,
  ) {}

  /** Raised again, it counts from today with a new day to look at it. */
  raise(actor: Actor, clientId: string, input: RaiseLoneWorkerFlagInput, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockClient(tx, clientId, seen);
      const today = londonDate(tx.now);
      const latest = addMonths(today, REVIEW_MONTHS);
      const { code, reviewOn = latest } = input;
      if (reviewOn <= today || reviewOn > latest) {
        throw Refusal.invalidField(
          'reviewOn',
          `Choose a day from tomorrow, within ${String(REVIEW_MONTHS)} months`,
        );
      }
      const { id } = await tx.one<{ id: string }>(sql`
        insert into lone_worker_flag (scheme_id, id, client_id, code, review_on, recorded_by, recorded_at, updated_at)
        values (${tx.schemeId}, ${newId()}, ${clientId}, ${code}, ${reviewOn}, ${actorIdOf(tx)}, ${tx.now}, ${tx.now})
        on conflict (scheme_id, client_id, code) where ended_at is null do update
          set review_on = excluded.review_on, updated_at = excluded.updated_at
        returning id`);
      await this.record(tx, 'raise', id, clientId, { code, reviewOn });
      await this.hooks.safetyNoted.run(tx, { clientId, holds: true });
      return id;
    });
  }

  /** Whoever opens the record has read what keeps them and the person safe: nobody stops them again that day. */
  readNote(actor: Actor, clientId: string, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const within = clientWithin(actor, reachFor(actor, 'loneWorkerFlag.list'), tx.now);
      const client = await tx.maybe<{ version: number }>(sql`
        select ${NOTE_VERSION} as version from client c where c.scheme_id = ${tx.schemeId} and c.id = ${clientId} and ${within}`);
      if (!client) throw Refusal.notFound();
      // Nobody has read what was noted after the page was shown.
      refuseStale(client.version, seen);
      await audit(tx, {
        action: SAFETY_NOTE_READ,
        subject: { kind: 'client', id: clientId },
        clients: [clientId],
      });
      return clientId;
    });
  }

  end(
    actor: Actor,
    clientId: string,
    flagId: string,
    { reason }: EndLoneWorkerFlagInput,
    seen?: number,
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const clientIds = await lockClient(tx, clientId, seen);
      const flag = await tx.maybe<{ client_id: string; code: LoneWorkerFlag; ended_at: Date | null }>(sql`
        select client_id, code, ended_at from lone_worker_flag
        where scheme_id = ${tx.schemeId} and id = ${flagId} and client_id = any(${clientIds}::uuid[]) for update`);
      if (!flag) throw Refusal.notFound();
      if (flag.ended_at !== null) throw Refusal.illegalMove('ended', 'end', 'It was ended already.');
      await tx.run(sql`
        update lone_worker_flag set ended_at = ${tx.now}, ended_by = ${actorIdOf(tx)}, end_reason = ${reason},
          updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${flagId}`);
      await this.record(tx, 'end', flagId, clientId, { code: flag.code, reason });
      await safetyLifted(tx, this.hooks, clientId);
      return flagId;
    });
  }

  private async record(
    tx: Tx,
    verb: 'raise' | 'end',
    flagId: string,
    clientId: string,
    changes: { code: LoneWorkerFlag } & Record<string, string>,
  ): Promise<void> {
    const action = `loneWorkerFlag.${verb}` as const;
    await recordHistory(tx, clientId, action, { flagId, ...changes });
    await audit(tx, {
      action,
      subject: { kind: 'loneWorkerFlag', id: flagId },
      clients: [clientId],
      details: { code: changes.code },
    });
    await outbox.add(tx, 'loneWorkerFlag.changed', { flagId, clientId });
    await this.hooks.flagChanged.run(tx, { flagId });
  }
}

/** Gives the ids of every record that is this person. */
async function lockClient(tx: Tx, clientId: string, seen: number | undefined): Promise<string[]> {
  const within = clientWithin(tx.actor, reachFor(tx.actor, 'loneWorkerFlag.change'), tx.now);
  const row = await tx.maybe<{ merged_into: string | null; version: number }>(sql`
    select c.merged_into, ${NOTE_VERSION} as version from client c
    where c.scheme_id = ${tx.schemeId} and c.id = ${clientId} and ${within} for no key update of c`);
  if (!row) throw Refusal.notFound();
  if (row.merged_into !== null) throw joined(row.merged_into);
  refuseStale(row.version, seen);
  const others = await tx.rows<{ id: string }>(sql`
    select id from client where scheme_id = ${tx.schemeId} and merged_into = ${clientId}`);
  return [clientId, ...others.map(({ id }) => id)];
}
