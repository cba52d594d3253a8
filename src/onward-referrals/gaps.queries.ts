import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { auditedRead } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { counted, inOrder, type Orders, type Total } from '../platform/database/listed.js';
import { Refusal } from '../platform/errors/refusal.js';
import { decodeIdCursor, DEFAULT_LIMIT, pageOf, type Page } from '../platform/http/pagination.js';
import { freshnessOf } from '../providers/listing.rules.js';
import type { GapListQuery, GapSort, GapView } from './gap.dto.js';

type Row = Omit<GapView, 'freshness'> & { client_id: string | null; confirmedOn: string | null };

@Injectable()
export class GapsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Newest first. A manager sees all of them, a link worker those they recorded. */
  async list(actor: MemberActor, query: GapListQuery): Promise<Page<GapView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const rows = await this.database.read<Row>(
      actor.schemeId,
      auditedRead(
        actor,
        this.clock.now(),
        { action: 'gap.list', shows: limit },
        gapsPage(actor, query, limit),
      ),
    );
    const { items, next } = pageOf(rows, limit, ({ id }) => [id]);
    return { items: items.map((row) => viewOf(row, this.clock.now())), next };
  }

  async count(actor: MemberActor, query: GapListQuery): Promise<number> {
    const few = sql`select 1 from ${asked(actor, query)}`;
    return (await this.database.maybe<Total>(actor.schemeId, counted(few)))?.total ?? 0;
  }

  async get(actor: MemberActor, id: string): Promise<GapView> {
    const page = sql`select ${COLUMNS} from ${TABLES} where g.scheme_id = ${actor.schemeId} and g.id = ${id} and ${within(actor)}`;
    const row = await this.database.maybe<Row>(
      actor.schemeId,
      auditedRead(actor, this.clock.now(), { action: 'gap.get', subject: { kind: 'gap', id } }, page),
    );
    if (!row) throw Refusal.notFound();
    return viewOf(row, this.clock.now());
  }
}

export function gapsPage(actor: MemberActor, query: GapListQuery, limit: number): Sql {
  const { order, after } = inOrder(ORDERS, query.sort ?? '-opened', {
    id: sql`g.id`,
    rows: sql`gap g where g.scheme_id = ${actor.schemeId}`,
    last: decodeIdCursor(query.after),
  });
  return sql`select ${COLUMNS} from ${asked(actor, query)} and ${after} order by ${order} limit ${limit + 1}`;
}

const ORDERS: Orders<GapSort> = {
  opened: [],
  need: [sql`g.need`],
  area: [sql`coalesce(g.area, '')`],
  why: [sql`g.why`],
};

function asked(actor: MemberActor, { closed = false, need, area, why, language, access }: GapListQuery): Sql {
  return sql`${TABLES}
    where g.scheme_id = ${actor.schemeId} and ${within(actor)}
      and ${closed ? sql`g.closed_at is not null` : sql`g.closed_at is null`}
      and ${need === undefined ? sql`true` : sql`g.need = any(${need}::text[])`}
      and ${area === undefined ? sql`true` : sql`g.area = ${area}`}
      and ${why === undefined ? sql`true` : sql`g.why = any(${why}::text[])`}
      and ${language === undefined ? sql`true` : sql`g.language = ${language}`}
      and ${
        access === undefined
          ? sql`true`
          : sql`exists (
              select 1 from client c
              where c.scheme_id = g.scheme_id and c.id = r.client_id and ${access} = any(c.access_needs))`
      }`;
}

const within = (actor: MemberActor): Sql =>
  reachFor(actor, 'gap.list') === 'scheme' ? sql`true` : sql`g.opened_by = ${actor.membershipId}`;

const COLUMNS = sql`
  g.id, g.need, g.area, g.language, g.why, g.would_have_helped as "wouldHaveHelped",
    g.referral_id as "referralId", g.opened_by is null as "byItself", g.opened_at as "openedAt",
    g.closed_at as "closedAt", g.closed_because as "closedBecause", g.closed_note as "closedNote",
    g.listing_id as "listingId", l.confirmed_on::text as "confirmedOn", r.client_id`;

const TABLES = sql`
  gap g left join listing l on l.scheme_id = g.scheme_id and l.id = g.listing_id
  left join referral r on r.scheme_id = g.scheme_id and r.id = g.referral_id`;

const viewOf = (row: Row, now: Date): GapView => ({
  id: row.id,
  need: row.need,
  area: row.area,
  language: row.language,
  why: row.why,
  wouldHaveHelped: row.wouldHaveHelped,
  referralId: row.referralId,
  byItself: row.byItself,
  openedAt: row.openedAt,
  closedAt: row.closedAt,
  closedBecause: row.closedBecause,
  closedNote: row.closedNote,
  listingId: row.listingId,
  freshness: row.listingId === null ? null : freshnessOf(row.confirmedOn, londonDate(now)),
});
