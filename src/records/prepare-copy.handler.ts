import sql from 'sql-template-tag';
import { Clock } from '../platform/clock/clock.js';
import type { Tx } from '../platform/database/tx.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, Handles } from '../platform/outbox/handles.js';
import { isLong, LongJobs } from '../reminders/long-jobs.service.js';
import { COPY_ASKED_FOR } from './record.events.js';
import { SubjectAccess } from './subject-access.service.js';

/** Not in the request: years of reading the record are looked through for who looked. */
@Handles(COPY_ASKED_FOR, 'prepare-copy')
export class PrepareCopy implements EventHandler {
  constructor(
    private readonly copies: SubjectAccess,
    private readonly jobs: LongJobs,
    private readonly clock: Clock,
  ) {}

  async handle(tx: Tx, { subjectAccessId }: EventPayload): Promise<void> {
    if (!subjectAccessId) throw new Error('The event lacks its id.');
    await this.copies.prepare(tx, subjectAccessId);
    const asked = await tx.maybe<{ by: string; at: Date }>(sql`
      select m.id as by, s.recorded_at as at from subject_access s
      join membership m on m.scheme_id = s.scheme_id and m.id = s.recorded_by and m.role = 'scheme_manager'
      where s.scheme_id = ${tx.schemeId} and s.id = ${subjectAccessId} and s.state = 'prepared'`);
    if (asked && isLong(asked.at, this.clock.now())) await this.jobs.over(tx, subjectAccessId, asked.by);
  }
}
