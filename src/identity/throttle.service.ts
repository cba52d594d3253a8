import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { INSTALLATION, systemActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { FORGET_AFTER_MS, waitSeconds } from './throttle.rules.js';

/**
 * Counts tries at one account, known or not, for every process together. A try is counted before the password is
 * looked at, so that many at once cannot slip through; a success takes the count away.
 */
@Injectable()
export class Throttle {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async countTry(key: string, free?: number): Promise<void> {
    const wait = await this.unitOfWork.run(systemActor(INSTALLATION, 'sign-in'), async (tx) => {
      const forgotten = new Date(tx.now.getTime() - FORGET_AFTER_MS);
      const counted = await tx.maybe<{ failures: number }>(sql`
        insert into sign_in_throttle as t (key, failures, updated_at) values (${key}, 1, ${tx.now})
        on conflict (key) do update set updated_at = ${tx.now},
          failures = case when t.updated_at < ${forgotten} then 1 else t.failures + 1 end
        where t.locked_until is null or t.locked_until <= ${tx.now}
        returning failures`);
      if (counted) {
        const seconds = waitSeconds(counted.failures, free);
        const until = seconds > 0 ? new Date(tx.now.getTime() + seconds * 1000) : null;
        await tx.run(sql`update sign_in_throttle set locked_until = ${until} where key = ${key}`);
        return 0;
      }
      const { locked_until: until } = await tx.one<{ locked_until: Date }>(
        sql`select locked_until from sign_in_throttle where key = ${key}`,
      );
      return Math.max(1, Math.ceil((until.getTime() - tx.now.getTime()) / 1000));
    });
    if (wait > 0) throw Refusal.tooMany(wait);
  }
}

export async function forgetTries(tx: Tx, key: string): Promise<void> {
  await tx.run(sql`delete from sign_in_throttle where key = ${key}`);
}
