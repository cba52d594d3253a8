import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { heldClient, reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import type { RaiseConcern, ReviewConcern } from './concern.dto.js';
import { concernWithin } from './concern.reach.js';
import { CONCERN_RAISED, CONCERN_REVIEWED } from './onward.events.js';
import { OnwardHooks } from './onward.hooks.js';

const member = (actor: Actor): string | null => (actor.kind === 'member' ? actor.membershipId : null);

/**
 * Pressure or unequal treatment by a group, told to the scheme and to nobody else. Nothing of it is written where a
 * group reads: not into its history, its record, or a message.
 */
@Injectable()
export class Concerns {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: OnwardHooks,
  ) {}

  async raise(actor: Actor, input: RaiseConcern): Promise<string> {
    const reach = reachFor(actor, 'concern.raise');
    return this.unitOfWork.run(actor, async (tx) => {
      const clientId = input.clientId ?? null;
      const provider = await tx.maybe(sql`
        select 1 from provider where scheme_id = ${tx.schemeId} and organisation_id = ${input.organisationId}`);
      if (!provider) throw Refusal.notFound();
      if (clientId !== null) {
        const held = reach === 'scheme' ? sql`true` : heldClient(actor, sql`c.id`, tx.now);
        const client = await tx.maybe(sql`
          select 1 from client c where c.scheme_id = ${tx.schemeId} and c.id = ${clientId} and ${held}`);
        if (!client) throw Refusal.notFound();
      }
      const happenedOn = input.happenedOn ?? null;
      if (happenedOn !== null && happenedOn > londonDate(tx.now)) {
        throw Refusal.invalidField('happenedOn', 'Enter a date that is not in the future');
      }
      const id = newId();
      await tx.run(sql`
        insert into concern (scheme_id, id, organisation_id, client_id, kind, told_by, what, happened_on, raised_by, raised_at)
        values (${tx.schemeId}, ${id}, ${input.organisationId}, ${clientId}, ${input.kind}, ${input.toldBy}, ${input.what},
          ${happenedOn}, ${member(actor)}, ${tx.now})`);
      await audit(tx, {
        action: 'concern.raise',
        subject: { kind: 'concern', id },
        clients: clientId === null ? [] : [clientId],
        details: { kind: input.kind },
      });
      await outbox.add(tx, CONCERN_RAISED, { concernId: id });
      await this.hooks.concernChanged.run(tx, { concernId: id });
      return id;
    });
  }

  async review(actor: Actor, id: string, input: ReviewConcern): Promise<string> {
    const within = concernWithin(actor, reachFor(actor, 'concern.review'));
    return this.unitOfWork.run(actor, async (tx) => {
      const concern = await tx.maybe<{ clientId: string | null; reviewed: boolean }>(sql`
        select k.client_id as "clientId", k.reviewed_at is not null as reviewed from concern k
        where k.scheme_id = ${tx.schemeId} and k.id = ${id} and ${within} for update`);
      if (!concern) throw Refusal.notFound();
      if (concern.reviewed) throw Refusal.illegalMove('reviewed', 'review', 'It has been reviewed already.');
      await tx.run(sql`
        update concern set outcome = ${input.outcome}, review_note = ${input.note}, reviewed_by = ${member(actor)},
          reviewed_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, {
        action: 'concern.review',
        subject: { kind: 'concern', id },
        clients: concern.clientId === null ? [] : [concern.clientId],
        details: { outcome: input.outcome },
      });
      await outbox.add(tx, CONCERN_REVIEWED, { concernId: id });
      await this.hooks.concernChanged.run(tx, { concernId: id });
      return id;
    });
  }
}
