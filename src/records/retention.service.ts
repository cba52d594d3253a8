import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import { lockWithin } from '../clients/client-rows.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import { destroyAll } from './person-data.queries.js';
import type { ReviewRetentionInput } from './record.dto.js';
import { keptLongEnough, type KeptLongEnough } from './retention.queries.js';
import { destroyOn } from './retention.rules.js';

const AT_A_TIME = 20;

/** Records are kept as long as they must be, then looked at by a person, then destroyed with a certificate. */
@Injectable()
export class Retention {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async placeHold(actor: Actor, clientId: string, reason: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'legalHold.place', clientId);
      const id = newId();
      await tx.run(sql`
        insert into legal_hold (scheme_id, id, client_id, reason, placed_by, placed_at)
        values (${tx.schemeId}, ${id}, ${clientId}, ${reason}, ${memberOf(actor)}, ${tx.now})`);
      await record(tx, 'legalHold.place', id, clientId);
      return id;
    });
  }

  async liftHold(actor: Actor, clientId: string, holdId: string, because: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'legalHold.place', clientId);
      const lifted = await tx.run(sql`
        update legal_hold set lifted_at = ${tx.now}, lifted_by = ${memberOf(actor)}, lifted_because = ${because}
        where scheme_id = ${tx.schemeId} and id = ${holdId} and lifted_at is null and exists (
          select 1 from client c
          where c.scheme_id = ${tx.schemeId} and c.id = legal_hold.client_id
            and ${clientId} in (c.id, c.merged_into))`);
      if (lifted.rowCount === 0) throw Refusal.notFound();
      await record(tx, 'legalHold.lift', holdId, clientId);
      return holdId;
    });
  }

  /** Only for a record that has been kept long enough: anything else is refused (409) with the day it will be. */
  async review(actor: Actor, clientId: string, input: ReviewRetentionInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'retention.review', clientId);
      const today = londonDate(tx.now);
      const keeps = input.decision === 'keep';
      if (keeps && (!input.keepUntil || input.keepUntil <= today)) {
        throw Refusal.invalidField('keepUntil', 'Give a day to come on which to ask again');
      }
      if (keeps !== (input.because !== undefined)) {
        throw Refusal.invalidField('because', 'Give a reason to keep it longer, and none to destroy it');
      }
      if (!keeps && input.keepUntil !== undefined) {
        throw Refusal.invalidField('keepUntil', 'Leave this out when the record is to be destroyed');
      }
      if (!(await this.mayGo(tx, clientId))) {
        throw Refusal.conflict(
          'not-yet',
          'This record has to be kept: it is still needed, held, or not old enough.',
        );
      }
      const id = newId();
      await tx.run(sql`
        insert into retention_review (scheme_id, id, client_id, decision, because, keep_until, destroy_on, decided_by,
          decided_at)
        values (${tx.schemeId}, ${id}, ${clientId}, ${input.decision}, ${input.because ?? 'kept_long_enough'},
          ${input.keepUntil ?? null}, ${keeps ? null : destroyOn(today)}, ${memberOf(actor)}, ${tx.now})`);
      await record(tx, 'retention.review', id, clientId, { decision: input.decision });
      return id;
    });
  }

  async cancel(actor: Actor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'retention.review');
      const review = await tx.maybe<{ clientId: string }>(sql`
        update retention_review set cancelled_at = ${tx.now}, cancelled_by = ${memberOf(actor)}
        where scheme_id = ${tx.schemeId} and id = ${id} and decision = 'destroy'
          and cancelled_at is null and destroyed_at is null and overtaken_at is null
        returning client_id as "clientId"`);
      if (!review) {
        const known = await tx.maybe(sql`
          select 1 from retention_review where scheme_id = ${tx.schemeId} and id = ${id}`);
        if (!known) throw Refusal.notFound();
        throw Refusal.conflict('settled', 'There is nothing left to take back.');
      }
      await record(tx, 'retention.cancel', id, review.clientId);
      return id;
    });
  }

  /** One person in one transaction; whatever came in between keeps the record. */
  async destroyDue(actor: Actor): Promise<void> {
    const due = await this.unitOfWork.run(actor, (tx) =>
      tx.rows<{ id: string }>(sql`
        select id from retention_review
        where scheme_id = ${tx.schemeId} and decision = 'destroy' and destroy_on <= ${londonDate(tx.now)}
          and cancelled_at is null and destroyed_at is null and overtaken_at is null
        order by destroy_on limit ${AT_A_TIME}`),
    );
    const faults: unknown[] = [];
    for (const { id } of due) {
      await this.unitOfWork
        .run(actor, (tx) => this.destroy(tx, id))
        .catch((fault: unknown) => faults.push(fault));
    }
    // Thrown after the last, so that one record that cannot go keeps no other.
    if (faults.length > 0) throw faults[0];
  }

  private async destroy(tx: Tx, reviewId: string): Promise<void> {
    const review = await tx.maybe<{ clientId: string; decidedBy: string | null }>(sql`
      select client_id as "clientId", decided_by as "decidedBy" from retention_review
      where scheme_id = ${tx.schemeId} and id = ${reviewId}
        and cancelled_at is null and destroyed_at is null and overtaken_at is null for update`);
    if (!review) return;
    const { clientId, decidedBy } = review;
    await tx.run(sql`select 1 from client where scheme_id = ${tx.schemeId} and id = ${clientId} for update`);
    const kept = await this.mayGo(tx, clientId, reviewId);
    if (!kept) {
      await tx.run(sql`
        update retention_review set overtaken_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${reviewId}`);
      await record(tx, 'retention.overtaken', reviewId, clientId);
      return;
    }
    const id = newId();
    // First: without it, history refuses to go.
    await tx.run(sql`
      insert into destruction (scheme_id, id, client_id, review_id, decided_by, destroyed_at, last_contact_on)
      values (${tx.schemeId}, ${id}, ${clientId}, ${reviewId}, ${decidedBy}, ${tx.now}, ${kept.lastContactOn})`);
    const gone = Object.entries(await destroyAll(tx, clientId)).filter(([, rows]) => rows > 0);
    await tx.run(sql`
      insert into destruction_part (scheme_id, destruction_id, table_name, row_count)
      select ${tx.schemeId}, ${id}, t.name, t.rows
      from unnest(${gone.map(([name]) => name)}::text[], ${gone.map(([, rows]) => rows)}::int[]) as t (name, rows)`);
    await tx.run(sql`
      update retention_review set destroyed_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${reviewId}`);
    await record(tx, 'retention.destroy', reviewId, clientId, { certificate: id });
  }

  private async mayGo(
    tx: Tx,
    clientId: string,
    reviewId: string | null = null,
  ): Promise<KeptLongEnough | null> {
    const { retentionYears } = await schemeSettings(tx);
    const [found] = await keptLongEnough(
      (statement) => tx.rows(statement),
      { schemeId: tx.schemeId, today: londonDate(tx.now), years: retentionYears },
      { clientId, reviewId },
    );
    return found ?? null;
  }
}

const memberOf = (actor: Actor): string | null => (actor.kind === 'member' ? actor.membershipId : null);

async function record(
  tx: Tx,
  action: Act,
  id: string,
  clientId: string,
  details: Record<string, unknown> = {},
): Promise<void> {
  const [kind = ''] = action.split('.');
  await audit(tx, { action, subject: { kind, id }, clients: [clientId], details });
}
