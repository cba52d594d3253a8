import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { SystemActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { RemindersService } from './reminders.service.js';

/** What was there before anybody was reminded of it was moved by no verb since, and is planned as soon as it is seen. */
@Injectable()
export class Unplanned {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reminders: RemindersService,
  ) {}

  plan(actor: SystemActor): Promise<void> {
    return this.unitOfWork.run(actor, async (tx) =>
      this.reminders.plan(tx, { program: await unplannedPrograms(tx) }),
    );
  }
}

/** Programs of whose key's end nothing was ever planned, as of those whose key is older than its notices. */
async function unplannedPrograms(tx: Tx): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select distinct p.membership_id as id from program p
    join membership m on m.scheme_id = p.scheme_id and m.id = p.membership_id and m.ended_at is null
    join program_key k on k.membership_id = p.membership_id and k.revoked_at is null and k.ends_at > ${tx.now}
    where p.scheme_id = ${tx.schemeId} and not exists (
      select 1 from reminder d where d.scheme_id = p.scheme_id and d.subject_id = p.membership_id)
    order by id`);
  return rows.map(({ id }) => id);
}
