import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { insertOf } from '../platform/database/entity-sql.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { referralWithin } from '../referrals/referral.reach.js';
import type { SignpostInput } from './onward.dto.js';
import { SIGNPOST_RECORDED } from './onward.events.js';
import { Signpost } from './signpost.entity.js';

/** "Told them about it": nothing is sent and nobody is asked, so there is nothing to agree to and nothing to answer. */
@Injectable()
export class Signposts {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async record(actor: Actor, referralId: string, input: SignpostInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const within = referralWithin(actor, reachFor(actor, 'signpost.record'), tx.now);
      const { client_id: clientId, created_at: since } = await lockReferral(tx, referralId, within);
      if (clientId === null) throw Refusal.notFound();
      if (input.toldOn > londonDate(tx.now)) {
        throw Refusal.invalidField('toldOn', 'Enter a date that is not in the future');
      }
      if (input.toldOn < londonDate(since)) {
        throw Refusal.invalidField('toldOn', 'Enter a date on or after the day of the referral');
      }
      const listingId = input.listingId ?? null;
      if (listingId !== null) {
        const listing = await tx.maybe(sql`
          select 1 from listing where scheme_id = ${tx.schemeId} and id = ${listingId}`);
        if (!listing) throw Refusal.notFound();
      }
      const id = newId();
      await tx.run(
        insertOf(Signpost, {
          schemeId: tx.schemeId,
          id,
          referralId,
          clientId,
          listingId,
          toldAbout: input.toldAbout,
          need: input.need ?? null,
          toldOn: input.toldOn,
          how: input.how,
          note: input.note ?? null,
          recordedBy: actor.kind === 'member' ? actor.membershipId : null,
          recordedAt: tx.now,
        }),
      );
      await audit(tx, {
        action: 'signpost.record',
        subject: { kind: 'signpost', id },
        clients: [clientId],
      });
      await outbox.add(tx, SIGNPOST_RECORDED, { signpostId: id, referralId, clientId });
      return id;
    });
  }
}
