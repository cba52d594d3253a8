import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  DEFAULT_LIMIT,
  decodeIdCursor,
  pageOf,
  type Page,
  type PageQuery,
} from '../platform/http/pagination.js';
import { without } from '../platform/pure/without.js';
import { nameOf } from './by-whom.js';
import { escalationWithin } from './handover.reach.js';
import type { EscalationView } from './workload.dto.js';

@Injectable()
export class EscalationsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(actor: MemberActor, id: string): Promise<EscalationView> {
    const [view] = await this.rows(actor, sql`e.id = ${id}`, sql`e.id`, 1);
    if (!view) throw Refusal.notFound();
    return view;
  }

  /** Newest first; those that wait for an answer are the ones without one. */
  async list(actor: MemberActor, query: PageQuery): Promise<Page<EscalationView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const rows = await this.rows(
      actor,
      sql`(${after}::uuid is null or e.id < ${after}::uuid)`,
      sql`e.id desc`,
      limit + 1,
      limit,
    );
    return pageOf(rows, limit, (row) => [row.id]);
  }

  private async rows(
    actor: MemberActor,
    which: Sql,
    order: Sql,
    limit: number,
    shows = limit,
  ): Promise<EscalationView[]> {
    const within = escalationWithin(actor, reachFor(actor, 'escalation.list'));
    const rows = await this.database.read<Omit<EscalationView, 'clientId'> & { client_id: string | null }>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'escalation.list', shows },
        sql`
        select r.client_id, e.id, e.referral_id as "referralId", r.reference, e.words,
          ${nameOf(sql`e.scheme_id`, sql`e.raised_by`)} as "raisedBy", e.raised_at as "raisedAt",
          ${nameOf(sql`e.scheme_id`, sql`e.acknowledged_by`)} as "acknowledgedBy",
          e.acknowledged_at as "acknowledgedAt", e.answer
        from escalation e left join referral r on r.scheme_id = e.scheme_id and r.id = e.referral_id
        where e.scheme_id = ${actor.schemeId} and ${which} and ${within}
        order by ${order} limit ${limit}`,
      ),
    );
    return rows.map((row) => ({ ...without(row, 'client_id'), clientId: row.client_id }));
  }
}
