import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';
import { Notices } from './notices.js';
import type { JobTask } from './task.types.js';

const OVER: JobTask = 'job_over';

/** Who waits longer has gone on to something else. */
const LONG_MS = 30_000;
export const isLong = (since: Date, until: Date): boolean => until.getTime() - since.getTime() >= LONG_MS;

/** Whoever had to wait for something long is told once it is over: on their list, and by e-mail unless they left that out. */
@Injectable()
export class LongJobs {
  constructor(private readonly notices: Notices) {}

  async over(tx: Tx, jobId: string, membershipId: string): Promise<void> {
    await tx.run(sql`
      insert into task (scheme_id, id, kind, audience, audience_id, subject_kind, subject_id, due_at, created_at)
      values (${tx.schemeId}, ${newId()}, ${OVER}, 'membership', ${membershipId}, 'job', ${jobId}, ${tx.now}, ${tx.now})
      on conflict (scheme_id, subject_id, kind, audience) where ended_at is null do nothing`);
    await this.notices.tell(tx, [jobId]);
  }
}

/** It went on, or what came of it is gone: nobody need look at it any more. */
export const jobMovedOn = async (tx: Tx, jobId: string): Promise<void> => {
  await tx.run(sql`
    update task set ended_at = ${tx.now}, outcome = 'moved_on'
    where scheme_id = ${tx.schemeId} and subject_id = ${jobId} and kind = ${OVER} and ended_at is null`);
};
