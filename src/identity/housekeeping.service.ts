import { Injectable, type OnModuleInit } from '@nestjs/common';
import sql from 'sql-template-tag';
import { INSTALLATION, systemActor } from '../platform/actor/actor.types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Ticks } from '../platform/jobs/ticks.js';
import { FORGET_AFTER_MS } from './throttle.rules.js';

const HOUR_MS = 3_600_000;

/** What is over is kept this long, for whoever looks into a sign-in; the audit record remembers for good. */
const KEPT_MS = 30 * 24 * HOUR_MS;

/** A browser that was not used for longer is new again; its own cookie lasts a year. */
const DEVICE_KEPT_MS = 400 * 24 * HOUR_MS;

/** Forgets sessions, tokens, links and counts that are long over, so that their tables stay small. */
@Injectable()
export class IdentityHousekeeping implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'identity-forget',
      everyMs: HOUR_MS,
      for: 'installation',
      run: () => this.forget(),
    });
  }

  async forget(): Promise<void> {
    await this.unitOfWork.run(systemActor(INSTALLATION, 'identity-forget'), async (tx) => {
      const long = new Date(tx.now.getTime() - KEPT_MS);
      const tries = new Date(tx.now.getTime() - FORGET_AFTER_MS);
      await tx.run(sql`
        delete from refresh_token t using session s where s.id = t.session_id and s.expires_at < ${long}`);
      await tx.run(sql`delete from session where expires_at < ${long}`);
      await tx.run(sql`delete from one_time_link where expires_at < ${long}`);
      await tx.run(sql`delete from sign_in_challenge where expires_at < ${long}`);
      // Those of the last hour are counted: a mailbox gets so many, and no more.
      await tx.run(sql`delete from code_entry where expires_at < ${new Date(tx.now.getTime() - HOUR_MS)}`);
      await tx.run(sql`delete from second_factor_offer where expires_at < ${tx.now}`);
      await tx.run(
        sql`delete from known_device where last_seen < ${new Date(tx.now.getTime() - DEVICE_KEPT_MS)}`,
      );
      await tx.run(sql`delete from sign_in_throttle where updated_at < ${tries}`);
    });
  }
}
