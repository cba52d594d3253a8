import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { nameOf } from '../caseload/by-whom.js';
import { clientWithin } from '../clients/client.reach.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { PageVisitorView } from './page-access.dto.js';
import { mayHaveCode, mayVisit } from './page.rules.js';
import { addressBy, EVERYBODY_WHO_MAY, visitorOf, type VisitorRead } from './page-visitors.js';
import { CODE_CHANNELS } from './page.types.js';

type Row = VisitorRead &
  Pick<
    PageVisitorView,
    'supporter' | 'askedOn' | 'askedRecordedBy' | 'closedAt' | 'closedBy' | 'lastEnteredAt'
  >;

@Injectable()
export class PageAccessQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The person first, then each supporter who is named now: who may enter, and how. */
  async list(actor: MemberActor, clientId: string): Promise<PageVisitorView[]> {
    const now = this.clock.now();
    const within = clientWithin(actor, reachFor(actor, 'clientPage.get'), now);
    const rows = await this.database.read<Row>(
      actor.schemeId,
      auditedRead(
        actor,
        now,
        { action: 'clientPage.get', subject: { kind: 'client', id: clientId } },
        sql`
        select c.id as client_id, ${EVERYBODY_WHO_MAY}, s.name as supporter, v.asked_on::text as "askedOn",
          ${nameOf(sql`v.scheme_id`, sql`v.asked_by`)} as "askedRecordedBy", v.closed_at as "closedAt",
          ${nameOf(sql`v.scheme_id`, sql`v.closed_by`)} as "closedBy",
          (select max(e.created_at) from page_session e
            where e.scheme_id = v.scheme_id and e.visitor_id = v.id) as "lastEnteredAt"
        from client c
        join scheme h on h.id = c.scheme_id
        join lateral (
          select null::uuid as supporter_id
          union all
          select x.id from supporter x
          where x.scheme_id = c.scheme_id and x.client_id = c.id and x.ended_at is null) who on true
        left join supporter s on s.scheme_id = c.scheme_id and s.id = who.supporter_id
        left join page_visitor v on v.scheme_id = c.scheme_id and v.client_id = c.id
          and v.supporter_id is not distinct from who.supporter_id
        where c.scheme_id = ${actor.schemeId} and c.id = ${clientId} and ${within}
        order by who.supporter_id nulls first`,
      ),
    );
    if (rows.length === 0) throw Refusal.notFound();
    return rows.map((row) => viewOf(row, londonDate(now)));
  }
}

function viewOf(row: Row, today: string): PageVisitorView {
  const visitor = visitorOf(row);
  const { supporterId, supporter, askedOn, askedChannel, askedRecordedBy, closedAt, closedBy } = row;
  return {
    supporterId,
    supporter,
    open: mayVisit(visitor, 'code', today),
    byCode: CODE_CHANNELS.some(
      (channel) => addressBy(visitor, channel) !== null && mayHaveCode(visitor, channel, today),
    ),
    byLink: mayVisit(visitor, 'link', today),
    askedOn,
    askedChannel,
    askedRecordedBy,
    closedAt,
    closedBy,
    lastEnteredAt: row.lastEnteredAt,
  };
}
