import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { EscalationHooks } from './escalation.hooks.js';
import { ESCALATION_EVENTS } from './caseload.events.js';
import type { AcknowledgeEscalationInput, RaiseEscalationInput } from './workload.dto.js';

/** What a worker cannot carry alone: put before the managers, and open until one of them answers. */
@Injectable()
export class EscalationsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: EscalationHooks,
  ) {}

  raise(actor: MemberActor, input: RaiseEscalationInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = reachFor(actor, 'escalation.raise');
      const referralId = input.referralId ?? null;
      let clients: string[] = [];
      if (referralId !== null) {
        const found = await tx.maybe<{ client_id: string | null }>(sql`
          select r.client_id from referral r
          where r.scheme_id = ${tx.schemeId} and r.id = ${referralId} and ${referralWithin(actor, reach, tx.now)}`);
        if (!found) throw Refusal.notFound();
        clients = found.client_id === null ? [] : [found.client_id];
      }
      const id = newId();
      await tx.run(sql`
        insert into escalation (scheme_id, id, referral_id, words, raised_by, raised_at)
        values (${tx.schemeId}, ${id}, ${referralId}, ${input.words}, ${actor.membershipId}, ${tx.now})`);
      await audit(tx, { action: 'escalation.raise', subject: { kind: 'escalation', id }, clients });
      await outbox.add(tx, ESCALATION_EVENTS.raise, { escalationId: id });
      await this.hooks.changed.run(tx, { escalationId: id });
      return id;
    });
  }

  acknowledge(actor: MemberActor, id: string, input: AcknowledgeEscalationInput): Promise<string> {
    reachFor(actor, 'escalation.acknowledge');
    return this.unitOfWork.run(actor, async (tx) => {
      const row = await tx.maybe<{ done: boolean; client_id: string | null }>(sql`
        select e.acknowledged_at is not null as done,
          (select r.client_id from referral r where r.scheme_id = e.scheme_id and r.id = e.referral_id) as client_id
        from escalation e where e.scheme_id = ${tx.schemeId} and e.id = ${id} for update of e`);
      if (!row) throw Refusal.notFound();
      if (row.done) throw Refusal.illegalMove('acknowledged', 'acknowledge', 'It was answered already.');
      await tx.run(sql`
        update escalation set acknowledged_by = ${actor.membershipId}, acknowledged_at = ${tx.now}, answer = ${input.answer}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, {
        action: 'escalation.acknowledge',
        subject: { kind: 'escalation', id },
        clients: row.client_id === null ? [] : [row.client_id],
      });
      await outbox.add(tx, ESCALATION_EVENTS.acknowledge, { escalationId: id });
      await this.hooks.changed.run(tx, { escalationId: id });
      return id;
    });
  }
}
