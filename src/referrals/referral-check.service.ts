import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { audit } from '../audit/audit.js';
import type { SystemActor } from '../platform/actor/actor.types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Ticks } from '../platform/jobs/ticks.js';
import { outbox } from '../platform/outbox/outbox.js';
import { OWNERLESS } from './referral.events.js';
import { ownerlessReferrals, type Ownerless } from './referrals.queries.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * P1, proved daily: the record says that it was looked at and how many were found. One that is found is a fault of ours:
 * it is logged as one, and told as an event of its own.
 */
@Injectable()
export class ReferralCheck implements OnModuleInit {
  private readonly logger = new Logger('referrals');

  constructor(
    private readonly ticks: Ticks,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'referrals-owned',
      everyMs: DAY_MS,
      for: 'scheme',
      run: async (actor) => {
        await this.run(actor);
      },
    });
  }

  async run(actor: SystemActor): Promise<Ownerless[]> {
    const found = await this.unitOfWork.run(actor, async (tx) => {
      const ownerless = await ownerlessReferrals(tx);
      await audit(tx, { action: 'referral.check', details: { found: ownerless.length } });
      for (const { referralId, because } of ownerless)
        await outbox.add(tx, OWNERLESS, { referralId, because });
      return ownerless;
    });
    for (const { referralId, because } of found) {
      this.logger.error({ fault: 'referral without an owner', scheme: actor.schemeId, referralId, because });
    }
    return found;
  }
}
