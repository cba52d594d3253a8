import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Safeguarding } from '../clients/safeguarding.service.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { referralWithin } from './referral.reach.js';
import type { RaiseWorryInput } from './worry.dto.js';

/** A sender is worried about somebody whom it referred: at any time, also when the referral has long ended. */
@Injectable()
export class WorriesService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly safeguarding: Safeguarding,
  ) {}

  raise(actor: MemberActor, referralId: string, input: RaiseWorryInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const within = referralWithin(actor, reachFor(actor, 'safeguarding.worry'), tx.now);
      const found = await tx.maybe<{ clientId: string | null }>(sql`
        select coalesce(c.merged_into, c.id) as "clientId" from referral r
        left join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
        where r.scheme_id = ${tx.schemeId} and r.id = ${referralId} and ${within}`);
      if (!found) throw Refusal.notFound();
      if (found.clientId === null) {
        throw Refusal.illegalMove(
          'draft',
          'worry',
          'Send the referral first: nobody here knows of them yet.',
        );
      }
      const leadId = await this.safeguarding.leadToday(tx);
      return this.safeguarding.recordWithin(tx, found.clientId, Object.assign({ leadId }, input));
    });
  }
}
