import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { clientWithin } from './client.reach.js';
import { type Audited, present, withoutAudit } from './clients.queries.js';
import type { LoneWorkerFlagView } from './lone-worker-flag.dto.js';

@Injectable()
export class LoneWorkerFlagsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Those in force first, then what they were; of joined records too. */
  async list(actor: Actor, clientId: string): Promise<LoneWorkerFlagView[]> {
    const within = clientWithin(actor, reachFor(actor, 'loneWorkerFlag.list'), this.clock.now());
    const rows = await this.database.read<Audited<LoneWorkerFlagView>>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'loneWorkerFlag.list', subject: { kind: 'client', id: clientId } },
        sql`
        select c.id as client_id, f.id, f.code, f.review_on::text as "reviewOn", p.name as "recordedBy",
          f.recorded_at as "recordedAt", f.ended_at as "endedAt", f.end_reason as "endReason"
        from client c
        left join lone_worker_flag f on f.scheme_id = c.scheme_id and f.client_id in (
          select c.id union all
          select other.id from client other where other.scheme_id = c.scheme_id and other.merged_into = c.id)
        left join membership m on m.scheme_id = f.scheme_id and m.id = f.recorded_by
        left join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
        where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}
        order by f.ended_at nulls first, f.id desc`,
      ),
    );
    return present(rows.map(withoutAudit));
  }
}
