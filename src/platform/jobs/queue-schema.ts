import { runMigrations } from 'bullmq';
import type { Client } from 'pg';

export const QUEUE_SCHEMA = 'bullmq';
export const QUEUE = 'betony';

/** The queue's tables on PostgreSQL. Always made, so that moving off Redis later needs no owner at hand. */
export async function migrateQueue(owner: Client, quotedAppRole: string): Promise<void> {
  await runMigrations(owner, QUEUE_SCHEMA);
  // BullMQ makes a queue's counter when it is first used, which the application's role may not.
  await owner.query(`
    select ${QUEUE_SCHEMA}.next_job_id('${QUEUE}');
    grant usage on schema ${QUEUE_SCHEMA} to ${quotedAppRole};
    grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to ${quotedAppRole};
    grant usage, select on all sequences in schema ${QUEUE_SCHEMA} to ${quotedAppRole};
    grant execute on all functions in schema ${QUEUE_SCHEMA} to ${quotedAppRole};
  `);
}
