import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Side } from '../platform/pure/lifecycle.js';
import { ReferralHooks } from '../referrals/referral.hooks.js';
import { isWithWorker, type EndReason } from '../referrals/referral.types.js';
import { AppointmentsService } from './appointments.service.js';
import { AreaMoves } from './area-moves.service.js';
import { PlansService } from './plans.service.js';
import { TransfersService } from './transfers.service.js';

/**
 * When a referral ends, by whatever verb, nobody is left waiting for an appointment, for another scheme or for a decision. A hold leaves all be.
 * Who closes it may say of each goal how it stands.
 */
@Injectable()
export class EndingHooks {
  constructor(
    referrals: ReferralHooks,
    appointments: AppointmentsService,
    transfers: TransfersService,
    areaMoves: AreaMoves,
    plans: PlansService,
  ) {
    referrals.closing.register('caseload', (tx, { referralId, input }) =>
      plans.goalsAtEnd(tx, referralId, input.goals),
    );
    referrals.moved.register('caseload', async (tx, { referralId, clientId, from, to }) => {
      if (from === null || !isWithWorker(from) || isWithWorker(to)) return;
      const ended = await tx.one<{ end_reason: EndReason | null; end_side: Side | null }>(sql`
        select end_reason, end_side from referral where scheme_id = ${tx.schemeId} and id = ${referralId}`);
      const reason = ended.end_reason === 'died' ? 'died' : 'referral_ended';
      await appointments.cancelComing(tx, referralId, { side: ended.end_side ?? 'scheme', reason });
      await transfers.takeBackOf(tx, { id: referralId, client_id: clientId });
      await areaMoves.endOf(tx, { id: referralId, client_id: clientId }, ended.end_reason);
    });
  }
}
