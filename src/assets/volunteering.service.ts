import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { lockWithin } from '../clients/client-rows.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import type { RecordVolunteering, VoidVolunteering } from './volunteering.dto.js';
import { VOLUNTEERING_EVENTS } from './volunteering.events.js';

/** From helped to helper, where no volunteer role of the directory says so by itself. */
@Injectable()
export class Volunteering {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  record(actor: Actor, clientId: string, input: RecordVolunteering): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'volunteering.record', clientId);
      if (input.sinceOn > londonDate(tx.now)) {
        throw Refusal.invalidField('sinceOn', 'Enter a date that is not in the future');
      }
      if (await live(tx, clientId)) {
        throw Refusal.conflict('already-recorded', 'They are recorded as a volunteer already.');
      }
      const id = newId();
      await tx.run(sql`
        insert into became_volunteer (scheme_id, id, client_id, since_on, doing, recorded_by, recorded_at)
        values (${tx.schemeId}, ${id}, ${clientId}, ${input.sinceOn}, ${input.doing ?? null},
          ${actor.kind === 'member' ? actor.membershipId : null}, ${tx.now})`);
      await tell(tx, 'record', id, clientId);
      return clientId;
    });
  }

  void(actor: Actor, clientId: string, { reason }: VoidVolunteering): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'volunteering.record', clientId);
      const id = await live(tx, clientId);
      if (id === null)
        throw Refusal.illegalMove('none', 'void', 'Nothing is recorded that could be taken back.');
      await tx.run(sql`
        update became_volunteer set voided_at = ${tx.now}, void_reason = ${reason}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await tell(tx, 'void', id, clientId);
      return clientId;
    });
  }
}

async function live(tx: Tx, clientId: string): Promise<string | null> {
  const row = await tx.maybe<{ id: string }>(sql`
    select id from became_volunteer
    where scheme_id = ${tx.schemeId} and client_id = ${clientId} and voided_at is null`);
  return row?.id ?? null;
}

async function tell(
  tx: Tx,
  verb: keyof typeof VOLUNTEERING_EVENTS,
  id: string,
  clientId: string,
): Promise<void> {
  await audit(tx, {
    action: `volunteering.${verb}`,
    subject: { kind: 'became_volunteer', id },
    clients: [clientId],
  });
  await outbox.add(tx, VOLUNTEERING_EVENTS[verb], { clientId });
}
