import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor, MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, type Page } from '../platform/http/pagination.js';
import type { GlassQuery, GlassReviewView, OpenedGlassView } from './break-glass.dto.js';
import { type Audited, pageFrom, withoutAudit } from './clients.queries.js';

const REVIEW = sql`
  b.client_id, b.id, b.client_id as "clientId", b.opened_at as "openedAt", b.until, b.membership_id as "membershipId",
  p.name as "workerName", b.found_by as "foundBy", b.reason, b.reviewed_at as "reviewedAt",
  b.reviewed_by as "reviewedBy", b.outcome, b.review_note as "reviewNote"
  from break_glass b
  join membership m on m.scheme_id = b.scheme_id and m.id = b.membership_id
  join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id`;

@Injectable()
export class BreakGlassQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** For whoever opened it: which record, and until when. */
  async opened(actor: MemberActor, id: string): Promise<OpenedGlassView> {
    reachFor(actor, 'client.breakGlass');
    const [row] = await this.database.read<Audited<OpenedGlassView>>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'client.breakGlass', subject: { kind: 'breakGlass', id }, details: { part: 'read' } },
        sql`
        select client_id, id, client_id as "clientId", opened_at as "openedAt", until from break_glass
        where scheme_id = ${actor.schemeId} and id = ${id} and membership_id = ${actor.membershipId}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    return withoutAudit(row);
  }

  /** Oldest first: what waits longest is reviewed first. */
  async list(actor: Actor, query: GlassQuery): Promise<Page<GlassReviewView>> {
    reachFor(actor, 'breakGlass.review');
    const after = decodeIdCursor(query.after);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const reviewed = query.reviewed ?? false;
    const rows = await this.database.read<Audited<GlassReviewView & { more: boolean }>>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'breakGlass.review', details: { part: 'read' } },
        sql`
        with few as (
          select ${REVIEW}
          where b.scheme_id = ${actor.schemeId} and (b.reviewed_at is not null) = ${reviewed}
            and (${after}::uuid is null or b.id > ${after}::uuid)
          order by b.id limit ${limit + 1})
        select few.*, (select count(*) from few) > ${limit} as more from few order by id limit ${limit}`,
      ),
    );
    return pageFrom(rows.map(withoutAudit));
  }

  async get(actor: Actor, id: string): Promise<GlassReviewView> {
    reachFor(actor, 'breakGlass.review');
    const [row] = await this.database.read<Audited<GlassReviewView>>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'breakGlass.review', subject: { kind: 'breakGlass', id }, details: { part: 'read' } },
        sql`select ${REVIEW} where b.scheme_id = ${actor.schemeId} and b.id = ${id}`,
      ),
    );
    if (!row) throw Refusal.notFound();
    return withoutAudit(row);
  }
}
