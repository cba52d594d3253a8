import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  decodeMomentCursor,
  DEFAULT_LIMIT,
  type Page,
  pageOf,
  type PageQuery,
} from '../platform/http/pagination.js';
import { StuckEvents, type StuckEvent } from '../platform/outbox/stuck-events.js';
import { reachFor } from '../permissions/reach.js';
import type { MessagesQuery, MessageView } from './message.dto.js';
import { sayFault } from './message.faults.js';

interface MessageRow extends Omit<MessageView, 'client' | 'says' | keyof Sent>, Sent {
  client_id: string | null;
  clientName: string | null;
}

type Sent = Parameters<typeof sayFault>[0];

@Injectable()
export class MessagesQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: StuckEvents,
  ) {}

  async list(actor: MemberActor, query: MessagesQuery): Promise<Page<MessageView>> {
    reachFor(actor, 'message.list');
    const limit = query.limit ?? DEFAULT_LIMIT;
    const [at, id] = decodeMomentCursor(query.after);
    const page = sql`
      ${columns(actor)}
      where m.scheme_id = ${actor.schemeId}
        and ${query.state === undefined ? sql`m.state in ('failed', 'unconfirmed')` : sql`m.state = ${query.state}`}
        and ${query.channel === undefined ? sql`true` : sql`m.channel = ${query.channel}`}
        and ${query.dropped === true ? sql`m.dropped_at is not null` : sql`m.dropped_at is null`}
        and ${at === null ? sql`true` : sql`(m.created_at, m.id) < (${at}::timestamptz, ${id}::uuid)`}
      order by m.created_at desc, m.id desc limit ${limit + 1}`;
    const rows = await this.database.read<MessageRow>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), { action: 'message.list', shows: limit }, page),
    );
    const { items, next } = pageOf(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
    return { items: items.map(viewOf), next };
  }

  async get(actor: MemberActor, id: string): Promise<MessageView> {
    reachFor(actor, 'message.list');
    const page = sql`${columns(actor)} where m.scheme_id = ${actor.schemeId} and m.id = ${id}`;
    const subject = { kind: 'message', id };
    const row = await this.database.maybe<MessageRow>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), { action: 'message.list', subject }, page),
    );
    if (!row) throw Refusal.notFound();
    return viewOf(row);
  }

  async stuck(actor: MemberActor, query: PageQuery): Promise<Page<StuckEvent>> {
    reachFor(actor, 'event.list');
    const limit = query.limit ?? DEFAULT_LIMIT;
    const rows = await this.events.list(actor.schemeId, limit + 1, decodeMomentCursor(query.after));
    return pageOf(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
  }
}

/** Administrators set things up, and see nobody's name. */
const columns = (actor: MemberActor): Sql => {
  const named = actor.role === 'scheme_manager';
  return sql`
    select m.id, m.kind, m.channel, m.recipient_kind as recipient,
      ${named ? sql`c.id` : sql`null::uuid`} as client_id,
      ${named ? sql`coalesce(c.known_as, c.first_name) || ' ' || c.last_name` : sql`null::text`} as "clientName",
      o.name as organisation,
      array(select distinct r.kind from reminder r
        where r.scheme_id = m.scheme_id and r.message_id = m.id order by r.kind) as about,
      m.state, m.because, m.attempts, m.language, m.language_missing as "languageMissing", m.receipt,
      m.created_at as "createdAt", m.settled_at as "settledAt", m.dropped_at as "droppedAt",
      m.dropped_because as "droppedBecause"
    from message m
    left join client c on c.scheme_id = m.scheme_id and c.id = m.client_id
    left join organisation o on o.scheme_id = m.scheme_id and o.id = m.organisation_id`;
};

const viewOf = ({ client_id, clientName, ...row }: MessageRow): MessageView => ({
  ...row,
  says: sayFault(row),
  client: client_id === null || clientName === null ? null : { id: client_id, name: clientName },
});
